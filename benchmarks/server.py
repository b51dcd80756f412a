"""Time `kvlint server` on Keras files of a thousand lines, beside ruff's server, and write the answers as Markdown.

    python benchmarks/server.py --output benchmarks/server.md

Both servers are spoken to over their standard streams by pygls's client, in turn. ruff is taken from the environment
that runs this script, or from ``--ruff COMMAND``; if there is none, it is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib.util
import os
import platform
import re
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.lsp.client import LanguageClient

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.thousand import first_thousand, thousand_lines, thousand_models

Times = dict[str, list[float]]
LIBRARY = ("tf_keras/src/callbacks.py", "tf_keras/src/engine/base_layer.py", "keras/src/layers/layer.py")
CHANGE, HOVER, ACTION, RESOLVE, ALL = (
    "change → diagnostics",
    "hover over a finding",
    "code actions at a finding",
    "… and the edits of its quick fix",
    'the edits of "fix all in this file"',
)
FIRST, UNITS, COMMENT, BROKEN, SYMBOLS, LAYER = (
    "open → hints, the first time",
    "a digit of a layer's size → the hint with the new shape",
    "a letter of a comment → hints",
    "a bracket that is not closed → the hints there were",
    "document symbols, with nothing changed",
    "hover over a layer, with nothing changed",
)
SIZED = re.compile(r"Dense\((\d+), activation=\"relu\", name=\"bottleneck\"\)")
"""The layer in the file of models whose size is typed anew."""


class Client(LanguageClient):
    """Waits for diagnostics and answers what servers ask."""

    def __init__(self) -> None:
        super().__init__("benchmark", "1")
        typed = self.protocol.get_result_type
        # lsprotocol can't read all that servers say of notebooks, and nothing of the answer is needed here.
        self.protocol.get_result_type = (  # type: ignore[method-assign]
            lambda method: None if method == types.INITIALIZE else typed(method)
        )
        self.published: asyncio.Queue[types.PublishDiagnosticsParams] = asyncio.Queue()
        self.refresh = asyncio.Event()

        @self.feature(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.published.put_nowait(params)

        @self.feature(types.WORKSPACE_INLAY_HINT_REFRESH)
        def refreshed(_: None) -> None:
            self.refresh.set()

        @self.feature(types.CLIENT_REGISTER_CAPABILITY)
        def registered(_: types.RegistrationParams) -> None:
            pass

    async def diagnostics(self, number: int) -> types.PublishDiagnosticsParams:
        """What is published of one version of the text."""
        while True:
            found = await asyncio.wait_for(self.published.get(), 60)
            if found.version == number:
                return found


def processor_time(pid: int) -> float:
    """The seconds of processor time that a process has had; 0 where there is no ``/proc``."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def shared(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginning."""
    length = min(len(one), len(other))
    return next((at for at in range(length) if one[at] != other[at]), length)


class Session:
    """One server with the file open."""

    def __init__(self, command: list[str], path: Path, text: str) -> None:
        self.command, self.uri, self.text = command, path.as_uri(), text
        self.client, self.version = Client(), 1
        self.times: Times = {}
        self.found = 0
        self.shown = 0
        self.processor: dict[str, float] = {}

    async def timed(self, name: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """Do something and note how long it took, and how much of a processor."""
        server = self.client._server
        assert server is not None
        used, began = processor_time(server.pid), time.perf_counter()
        answer = await work()
        self.times.setdefault(name, []).append(time.perf_counter() - began)
        self.processor[name] = self.processor.get(name, 0.0) + processor_time(server.pid) - used
        return answer

    async def open(self, options: object) -> None:
        """Start, and wait for the first diagnostics."""
        await self.client.start_io(*self.command, cwd=Path(self.uri[7:]).parent)
        resolve = types.ClientCodeActionResolveOptions(["edit"])
        kinds = types.ClientCodeActionLiteralOptions(types.ClientCodeActionKindOptions(["quickfix", "source.fixAll"]))
        capabilities = types.ClientCapabilities(
            workspace=types.WorkspaceClientCapabilities(
                workspace_edit=types.WorkspaceEditClientCapabilities(document_changes=True),
                inlay_hint=types.InlayHintWorkspaceClientCapabilities(refresh_support=True),
            ),
            text_document=types.TextDocumentClientCapabilities(
                code_action=types.CodeActionClientCapabilities(
                    code_action_literal_support=kinds, resolve_support=resolve, data_support=True
                ),
                publish_diagnostics=types.PublishDiagnosticsClientCapabilities(version_support=True),
                inlay_hint=types.InlayHintClientCapabilities(),
                document_symbol=types.DocumentSymbolClientCapabilities(hierarchical_document_symbol_support=True),
            ),
        )
        folder = types.WorkspaceFolder(Path(self.uri[7:]).parent.as_uri(), "benchmark")
        params = types.InitializeParams(capabilities, workspace_folders=[folder], initialization_options=options)
        await asyncio.wait_for(self.client.initialize_async(params), 60)
        self.client.initialized(types.InitializedParams())

        async def opened() -> None:
            item = types.TextDocumentItem(self.uri, "python", 1, self.text)
            self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))
            self.found = len((await self.client.diagnostics(1)).diagnostics)

        await self.timed("open → diagnostics, the first time", opened)

    async def change(self) -> list[types.Diagnostic]:
        """Type one digit in the middle of the file."""
        self.version += 1
        line = self.text.count("\n") // 2
        while self.text.split("\n")[line].strip():
            line += 1
        place = types.Position(line, 0)
        new = f"# {self.version:05}"
        end = types.Position(line, 0 if self.version == 2 else len(new))
        change = types.TextDocumentContentChangePartial(types.Range(place, end), new)
        item = types.VersionedTextDocumentIdentifier(self.version, self.uri)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(item, [change]))
        return list((await self.client.diagnostics(self.version)).diagnostics)

    async def round(self) -> None:
        """One change, and what an editor asks next."""
        shown = await self.timed(CHANGE, self.change)
        first = next(one for one in shown if one.data and one.data.get("fix", one.data.get("edits")))
        document = types.TextDocumentIdentifier(self.uri)
        hover = types.HoverParams(document, first.range.start)
        await self.timed(HOVER, lambda: self.client.text_document_hover_async(hover))
        asked = types.CodeActionParams(document, first.range, types.CodeActionContext([first]))
        actions = await self.timed(ACTION, lambda: self.client.text_document_code_action_async(asked))
        fixes = [action for action in actions if action.kind == "quickfix"]
        if fixes and fixes[0].edit is None:
            await self.timed(RESOLVE, lambda: self.client.code_action_resolve_async(fixes[0]))
        every = [action for action in actions if str(action.kind).startswith("source.fixAll")]
        if every and every[0].edit is None:
            await self.timed(ALL, lambda: self.client.code_action_resolve_async(every[0]))

    # hints --------------------------------------------------------------------------------------
    def type(self, text: str) -> None:
        """Have the whole file with one keystroke more, sent as the stretch that differs."""
        assert text != self.text
        self.version += 1
        start = shared(self.text, text)
        rest = min(len(self.text), len(text)) - start
        end = shared(self.text[::-1][:rest], text[::-1][:rest])
        old, new = self.text[start : len(self.text) - end], text[start : len(text) - end]
        line = self.text.count("\n", 0, start)
        column = start - (self.text.rfind("\n", 0, start) + 1)
        assert "\n" not in old
        where = types.Range(types.Position(line, column), types.Position(line, column + len(old)))
        item = types.VersionedTextDocumentIdentifier(self.version, self.uri)
        change = types.TextDocumentContentChangePartial(where, new)
        self.client.text_document_did_change(types.DidChangeTextDocumentParams(item, [change]))
        self.text = text

    async def hints(self, wanted: Callable[[list[str]], bool]) -> list[str]:
        """The hints of the whole file, asked for again whenever the server says so till they are as ``wanted``."""
        whole = types.Range(types.Position(0, 0), types.Position(self.text.count("\n") + 1, 0))
        while True:
            self.client.refresh.clear()
            asked = types.InlayHintParams(types.TextDocumentIdentifier(self.uri), whole)
            found = [str(hint.label) for hint in await self.client.text_document_inlay_hint_async(asked) or ()]
            if wanted(found):
                return found
            await asyncio.wait_for(self.client.refresh.wait(), 60)

    async def typed(self, name: str, text: str, wanted: Callable[[list[str]], bool] = bool) -> None:
        """Type, and ask for the hints at once; afterwards wait till the server is at rest."""

        async def work() -> None:
            self.type(text)
            await self.hints(wanted)

        await self.timed(name, work)
        await self.client.diagnostics(self.version)

    async def hints_round(self, number: int) -> None:
        """One keystroke of each kind, each with what an editor asks next."""
        size = f"{100 + number % 800}"
        place = SIZED.search(self.text)
        assert place is not None
        text = self.text[: place.start(1)] + size + self.text[place.end(1) :]
        await self.typed(UNITS, text, lambda found: any(size in label for label in found))
        document = types.TextDocumentIdentifier(self.uri)
        before = self.text[: place.start()]
        at = types.Position(before.count("\n"), len(before) - before.rfind("\n"))
        hover = types.HoverParams(document, at)
        await self.timed(LAYER, lambda: self.client.text_document_hover_async(hover))
        asked = types.DocumentSymbolParams(document)
        await self.timed(SYMBOLS, lambda: self.client.text_document_document_symbol_async(asked))
        head, mark, rest = self.text.partition("# data -")
        await self.typed(COMMENT, f"{head}{mark}{'-' if number % 2 else '= '}{rest.lstrip('=- ')}")
        await self.typed(BROKEN, self.text.replace("main_0():\n", "main_0(:\n", 1))
        await self.typed("", self.text.replace("main_0(:\n", "main_0():\n", 1))

    async def close(self) -> None:
        """End the server."""
        await self.client.shutdown_async(None)
        self.client.exit(None)
        await self.client.stop()


async def measure(commands: dict[str, list[str]], text: str, rounds: int) -> dict[str, Session]:
    """All servers, a round of each in turn."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "vae.py")
        path.write_text(text, encoding="utf-8")
        Path(folder, "requirements.txt").write_text("tensorflow>=2.16\n", encoding="utf-8")
        sessions = {name: Session(command, path, text) for name, command in commands.items()}
        for name, session in sessions.items():
            await session.open({"debounce": 0} if name == "kvlint" else {"settings": {"lint": {"select": ["E", "F"]}}})
        for _ in range(rounds):
            for session in sessions.values():
                await session.round()
        for session in sessions.values():
            await session.close()
        return sessions


async def measure_hints(command: list[str], text: str, rounds: int) -> Session:
    """Keystrokes in a file of models, with the debounce that editors have."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "models.py")
        path.write_text(text, encoding="utf-8")
        Path(folder, "requirements.txt").write_text("tensorflow>=2.16\nkeras>=3\n", encoding="utf-8")
        session = Session(command, path, text)
        await session.open({})
        await session.timed(FIRST, lambda: session.hints(bool))
        session.shown = len(await session.hints(bool))
        for number in range(rounds):
            await session.hints_round(number)
        await session.close()
        return session


async def measure_library(command: list[str], rounds: int) -> list[str]:
    """Rows of a table: how long a change takes in the first thousand lines of files that are installed here."""
    rows = []
    for name in LIBRARY:
        spec = importlib.util.find_spec(name.partition("/")[0])
        if spec is None or spec.origin is None:
            continue
        text = first_thousand(Path(spec.origin).parent.parent.joinpath(name).read_text(encoding="utf-8"))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "library.py")
            path.write_text(text, encoding="utf-8")
            session = Session(command, path, text)
            await session.open({"debounce": 0})
            for _ in range(rounds):
                await session.timed(CHANGE, session.change)
            await session.close()
        median, tail = shown(session.times[CHANGE])
        parsed, _ = shown(parsing(text, rounds)[0])
        size = f"{text.count(chr(10))} lines, {len(text) / 1000:.0f} kB"
        rows.append(f"| {name} | {size} | {session.found} | {median} | {tail} | {parsed} |")
    return rows


def parsing(text: str, rounds: int) -> tuple[list[float], float]:
    """What LibCST's parser alone takes for the text, in this process, and its processor time."""
    from kerasvae_lint.source import Source, parse

    times: list[float] = []
    parse(Source("vae.py", text))
    used = time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        parse(Source("vae.py", text))
        times.append(time.perf_counter() - began)
    return times, (time.process_time() - used) / rounds


def shown(times: list[float]) -> tuple[str, str]:
    """Median and 95th percentile in milliseconds."""
    tail = statistics.quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    return f"{1000 * statistics.median(times):.0f} ms", f"{1000 * tail:.0f} ms"


def rows_of(session: Session, names: list[str]) -> list[str]:
    """Rows of a table: what took how long."""
    rows = []
    for name in names:
        times = session.times[name]
        median, tail = shown(times)
        rows.append(f"| {name} | {median} | {tail} | {1000 * session.processor[name] / len(times):.0f} ms |")
    return rows


def page(
    text: str,
    sessions: dict[str, Session],
    parsed: list[float],
    cpu: float,
    load: float,
    library: list[str],
    models: Session,
) -> str:
    """The measurements as Markdown."""
    ours = sessions["kvlint"]
    made = rows_of(ours, list(ours.times))
    median, tail = shown(parsed)
    made.append(f"| LibCST's parser alone, for comparison | {median} | {tail} | {1000 * cpu:.0f} ms |")
    ratio = statistics.median(ours.times[CHANGE]) / statistics.median(parsed)
    told = [
        "<!-- Made by benchmarks/server.py. -->",
        "# The language server",
        "",
        f"A Keras file of {text.count(chr(10))} lines ({len(text) / 1000:.0f} kB) with {ours.found} findings: eleven",
        "of the programs with mistakes from `fixtures/`, and recipes, one after the other (`benchmarks/thousand.py`).",
        f"It is changed {len(ours.times[CHANGE])} times, without the debounce (0.2 s as a rule); after each change",
        "comes what an editor asks next. Times are the client's, which speaks to the server over pipes.",
        "",
        f"kvlint {version('kerasvae-lint')}, pygls {version('pygls')}, LibCST {version('libcst')}, Python "
        f"{platform.python_version()}, {platform.system()}.",
        f"The machine has {os.cpu_count()} cores and a load average of {load:.1f} before the run: where that is more",
        "than nothing, read the ratios rather than the milliseconds.",
        "",
        "| | median | 95th percentile | processor time, mean |",
        "|---|---|---|---|",
        *made,
        "",
        f"From change to diagnostics takes {ratio:.1f} times as long as LibCST's parser alone needs for the file.",
    ]
    peer = sessions.get("ruff")
    if peer is not None:
        median, tail = shown(peer.times[CHANGE])
        slower = statistics.median(ours.times[CHANGE]) / statistics.median(peer.times[CHANGE])
        told += [
            "",
            f"ruff's server, with the rules E and F, takes {median} for the same changes (95th percentile {tail}):",
            f"kvlint takes {slower:.1f} times as long. ruff is compiled, and follows no values through the program.",
        ]
    told += [
        "\n## Inlay hints\n",
        f"A file of {models.text.count(chr(10))} lines ({len(models.text) / 1000:.0f} kB) with models and their",
        f"training (`benchmarks/models.txt`, in several variants), {models.shown} hints in it. Each keystroke is",
        "followed at once by the question for the hints of the whole file; the time is that till the hints are there",
        "that belong to the new text. The debounce is as it is by default, and each keystroke waits for the",
        "diagnostics of the last.",
        "",
        "| | median | 95th percentile | processor time, mean |",
        "|---|---|---|---|",
        *rows_of(models, [FIRST, UNITS, COMMENT, BROKEN, LAYER, SYMBOLS]),
        "",
        "The file is read anew after every keystroke that changes more than comments and empty lines.",
        "\n## Files of Keras itself\n",
        "The first thousand lines of installed files, up to the end of a statement, not chosen for their mistakes.",
        "",
        "| file | size | findings | change → diagnostics, median | 95th percentile | LibCST's parser alone |",
        "|---|---|---|---|---|---|",
        *library,
    ]
    return "\n".join(told) + "\n"


def main() -> None:
    """Measure, then print or write the page."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=40, help="changes to make (default: 40)")
    parser.add_argument("--ruff", default=shutil.which("ruff", path=str(Path(sys.executable).parent)) or "ruff")
    parser.add_argument("--output", type=Path, help="write the page here instead of printing it")
    given = parser.parse_args()
    commands = {"kvlint": [sys.executable, "-m", "kerasvae_lint", "server"]}
    if shutil.which(given.ruff):
        commands["ruff"] = [given.ruff, "server"]
    text = thousand_lines()
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else 0.0
    sessions = asyncio.run(measure(commands, text, given.rounds))
    models = asyncio.run(measure_hints(commands["kvlint"], thousand_models(), given.rounds))
    library = asyncio.run(measure_library(commands["kvlint"], given.rounds))
    told = page(text, sessions, *parsing(text, given.rounds), load, library, models)
    if given.output is None:
        sys.stdout.write(told)
    else:
        given.output.write_text(told, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
