"""How a model is to be run: what the command line says and what the child process is told."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

from kerasvae_lint.core import PROBES as PROBES


@dataclass(frozen=True, slots=True)
class Options:
    """Options of one run.

    Attributes:
        steps: batches in each epoch, and steps of a training loop of one's own that are watched.
        epochs: epochs of the short ``fit`` that shows schedules; never more than the script asks for.
        timeout: seconds until a run is given up.
        memory_limit: bytes that the run and its children may hold; 0 for four fifths of what is free.
        seed: of Python, NumPy and Keras.
        keras: ``2`` or ``3``; None for what the code itself imports.
        backend: ``tensorflow``, ``jax`` or ``torch``, in Keras 3.
        device: ``auto``, ``cpu`` or ``gpu``.
        require_gpu: refuse to run where there is none.
        fit: which ``fit`` of a script is probed; the ones before it train one batch.
        synthetic: data sets and downloads are answered with made arrays.
        input_shape: of one sample, for a factory's model; several for several inputs.
        data: ``module:callable`` that gives the batch for a factory's model.
        arguments: ``sys.argv[1:]`` of a script.
    """

    steps: int = 5
    epochs: int = 12
    timeout: float = 300.0
    memory_limit: int = 0
    seed: int = 0
    keras: str | None = None
    backend: str | None = None
    device: str = "auto"
    require_gpu: bool = False
    fit: int = 1
    synthetic: bool = False
    input_shape: tuple[tuple[int, ...], ...] = ()
    data: str | None = None
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """One program for a child process.

    Attributes:
        target: as the user gave it, a file or ``module:factory``.
        source: ``original`` or ``fixed``.
        text: the program, for a file; a notebook's is what its cells make.
        path: where the file stands, absolute; for a factory the folder to import from.
        findings: ``(code, row)`` of what the linter says of it.
        probes: which to ask; all if empty.
        twin: for a proof (:mod:`kerasvae_lint.runtime.twins`), the folder for the record.
        against: the folder of the record of the old program, which the new one is held against.
        plain: no old names are answered: the program runs as it stands.
        seconds: how long it may run on, once the record is written; 0 for not at all.
        changed: other files beside it, absolute, with their new text.
    """

    target: str
    source: str
    text: str | None
    path: str
    findings: tuple[tuple[str, int], ...] = field(default=())
    probes: tuple[str, ...] = ()
    twin: str = ""
    against: str = ""
    plain: bool = False
    seconds: float = 0.0
    changed: tuple[tuple[str, str], ...] = ()


def options_to_dict(options: Options) -> dict[str, Any]:
    """For the child process."""
    return asdict(options)


def options_from_dict(body: dict[str, Any]) -> Options:
    """In the child process."""
    shapes = tuple(tuple(int(n) for n in shape) for shape in body.pop("input_shape"))
    arguments = tuple(body.pop("arguments"))
    return Options(**body, input_shape=shapes, arguments=arguments)


def parse_shapes(text: str) -> tuple[tuple[int, ...], ...]:
    """``28,28,1`` or ``8;4,4`` (two inputs) → shapes without the batch.

    Raises:
        ValueError: something else than positive whole numbers.
    """
    shapes = tuple(tuple(int(n) for n in part.strip(" ()").split(",") if n.strip()) for part in text.split(";"))
    if any(n < 1 for shape in shapes for n in shape):
        raise ValueError(text)
    return shapes


def parse_bytes(text: str) -> int:
    """``4G``, ``512M``, ``1.5GiB`` → bytes.

    Raises:
        ValueError: not a size.
    """
    units = {"": 1, "K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
    number = text.strip().upper().removesuffix("B").removesuffix("I")
    unit = number[-1:] if number[-1:] in units and number[-1:].isalpha() else ""
    size = float(number.removesuffix(unit)) * units[unit]
    if not 0 < size < 2**60:
        raise ValueError(text)
    return int(size)
