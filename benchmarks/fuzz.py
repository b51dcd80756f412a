"""Many spoiled programs, linted and fixed: how often something goes wrong that never may.

    python benchmarks/fuzz.py --inputs 10000 --seed 1

Prints what was tried and each kind of fault with the seed that shows it; ``--show SEED`` prints that input. A program
that takes longer than the limit is given up and counts as one that hangs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import re
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import FrameType

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.fuzz.judge import Verdict, judge
from tests.fuzz.mutations import spoiled

LIMIT = 5.0
PER_TASK = 20


class _TooLongError(BaseException):
    pass


@dataclass(frozen=True, slots=True)
class Trial:
    """One input: its seed, what became of it, and the seconds of the processor that linting and fixing it took."""

    seed: int
    verdict: Verdict
    seconds: float


def trial(seed: int, folder: str, limit: float) -> Trial:
    """Judge the input of a seed."""
    name, data = spoiled(random.Random(seed))
    begun = time.process_time()
    signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, limit * 5)  # five times over: linted once, fixed twice, and each again
    try:
        verdict = judge(data, name, folder)
    except _TooLongError:
        verdict = Verdict((f"hangs: {_place()}",))
    except Exception as error:
        verdict = Verdict((f"crash: {type(error).__name__}: {str(error)[:100]} ({_place()})",))
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return Trial(seed, verdict, time.process_time() - begun)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise _TooLongError


def _place() -> str:
    frames = traceback.extract_tb(sys.exc_info()[2])
    ours = [frame for frame in frames if "kerasvae_lint" in frame.filename or "rules" in frame.filename]
    return ", ".join(f"{Path(frame.filename).name}:{frame.lineno}" for frame in ours[-2:])


def _trials(seeds: range, folder: str, limit: float) -> list[Trial]:
    return [trial(seed, folder, limit) for seed in seeds]


def run(inputs: int, seed: int, jobs: int, limit: float) -> Iterator[Trial]:
    """The trials of seeds in a row, in several processes."""
    first = seed * 10_000_000
    chunks = [range(at, min(at + PER_TASK, first + inputs)) for at in range(first, first + inputs, PER_TASK)]
    with tempfile.TemporaryDirectory() as folder, multiprocessing.Pool(jobs, maxtasksperchild=25) as pool:
        for trials in pool.imap_unordered(partial(_trials, folder=folder, limit=limit), chunks):
            yield from trials


def main() -> int:
    """Run, and print the counts; the exit status says whether anything went wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds of the processor for one lint or fix")
    parser.add_argument("--show", type=int, metavar="SEED", help="print the input of a seed")
    options = parser.parse_args()
    if options.show is not None:
        sys.stdout.buffer.write(spoiled(random.Random(options.show))[1])
        return 0
    counts: Counter[str] = Counter()
    seeds: dict[str, int] = {}
    slowest = Trial(0, Verdict(), 0.0)
    for done in run(options.inputs, options.seed, options.jobs, options.limit):
        verdict = done.verdict
        counts["inputs"] += 1
        counts["that can be read"] += verdict.parsed
        counts["with findings"] += verdict.findings > 0
        counts["findings"] += verdict.findings
        counts["fixes made"] += verdict.fixed
        counts["with a fault"] += bool(verdict.faults)
        slowest = max(slowest, done, key=lambda trial: trial.seconds)
        for fault in verdict.faults:
            kind = (
                re.sub(r"\d+", "N", fault)
                if fault.startswith("line ")
                else re.sub(r"(error in) KV\d+", r"\1 rules", fault)
            )
            counts[f"  {kind}"] += 1
            if kind not in seeds:
                seeds[kind] = done.seed
                print(f"{kind}: --show {done.seed}", flush=True)
    print(*(f"{count:>8,} {what}" for what, count in counts.items()), sep="\n")
    print(f"slowest: {slowest.seconds:.1f} s for linting once and fixing up to four times: --show {slowest.seed}")
    return 1 if seeds else 0


if __name__ == "__main__":
    sys.exit(main())
