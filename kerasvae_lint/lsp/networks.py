"""The networks of one program, read in the worker's thread when somebody asks: never raises for what is in it."""

from __future__ import annotations

import logging
import sys
import weakref
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from lsprotocol import types

from kerasvae_lint.core import TargetKeras
from kerasvae_lint.core.network import Layer, Network, Tensor
from kerasvae_lint.lsp.brackets import Brackets
from kerasvae_lint.lsp.configuration import Configuration
from kerasvae_lint.lsp.rows import Code, Rows, nearest
from kerasvae_lint.lsp.snapshot import Part, Snapshot
from kerasvae_lint.lsp.surroundings import Surroundings, Watched
from kerasvae_lint.run.config import ConfigError
from kerasvae_lint.run.reading import MAX_BYTES
from kerasvae_lint.run.triage import mentions_field
from kerasvae_lint.source import SourceError
from kerasvae_lint.source.collector import paused_collector

log = logging.getLogger(__name__)

MAX_KEPT = 64
"""Of so many programs the last good answer is kept."""


@dataclass(frozen=True)
class Spot:
    """A layer's call in the program: the one that makes it (``made``), or one of it. Places are offsets."""

    network: Network
    layer: Layer
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    start: int
    end: int
    made: bool


@dataclass(frozen=True)
class Reading:
    """The networks of a snapshot; their rows are those of its program.

    Attributes:
        broken: how many cells could not be parsed.
        failure: what could not be done and is kvlint's fault; for the log.
    """

    snapshot: Snapshot
    networks: tuple[Network, ...] = ()
    broken: int = 0
    failure: str | None = None

    @cached_property
    def spots(self) -> list[Spot]:
        """Every call of a layer, each once for each network that it is in."""
        brackets = Brackets(self.snapshot.source.text)
        return [spot for network in self.networks for spot in self._spots(network, brackets)]

    @cached_property
    def code(self) -> Code:
        """The program without its comments."""
        return Code(self.snapshot.source.text)

    def offset(self, row: int, column: int) -> int:
        """The offset of a row and a column of the program, both from 1."""
        source = self.snapshot.source
        start = source.row_start(row)
        return start + min(max(column - 1, 0), len(source.line(row)))

    def owns(self, layer: Layer) -> bool:
        """True for a layer that this program makes."""
        return layer.file == self.snapshot.source.filename

    def _spots(self, network: Network, brackets: Brackets) -> Iterator[Spot]:
        for layer in network.layers:
            if self.owns(layer):
                start = self.offset(layer.line, layer.column)
                end = brackets.end_of_call(start)
                yield Spot(network, layer, layer.inputs, layer.outputs, start, end, True)
            for call in layer.calls:
                end = self.offset(call.line, call.column)
                start = brackets.start_of_call(end)
                yield Spot(network, layer, call.inputs, call.outputs, start, end, False)
            if layer.network is not None:
                yield from self._spots(layer.network, brackets)

    def range_in(self, part: Part, spot: Spot) -> types.Range | None:
        """Where a call is in one text of the editor's; None if it is in another."""
        first, last = self.snapshot.placed(spot.start), self.snapshot.placed(spot.end)
        if first is None or last is None or first[0] is not part or last[0] is not part:
            return None
        return part.lines.range(first[1], max(first[1], last[1]))

    def kept_for(self, snapshot: Snapshot) -> Reading:
        """The same networks, as near as can be to where they are in another text of the program."""
        rows = nearest(self.snapshot.source.text, snapshot.source.text)
        return Reading(snapshot, _moved(self.networks, rows, snapshot.source.filename), self.broken)

    def same_in(self, newer: Reading) -> Reading | None:
        """``newer`` with these networks; None if it is another program."""
        if self.snapshot.source.filename != newer.snapshot.source.filename:
            return None
        rows = self.code.rows_in(newer.code)
        if rows is None:
            return None
        return replace(newer, networks=_moved(self.networks, rows, newer.snapshot.source.filename), broken=self.broken)


def _moved(networks: tuple[Network, ...], rows: Rows, filename: str) -> tuple[Network, ...]:
    """Networks with their places in another text of the file."""

    def layer(old: Layer) -> Layer:
        return replace(
            old,
            line=rows(old.line) if old.file == filename else old.line,
            frozen_by=rows(old.frozen_by) if old.frozen_by is not None else None,
            calls=tuple(replace(call, line=rows(call.line)) for call in old.calls),
            network=network(old.network) if old.network is not None else None,
        )

    def network(old: Network) -> Network:
        return replace(
            old,
            line=rows(old.line) if old.file == filename else old.line,
            layers=tuple(map(layer, old.layers)),
            steps=tuple(replace(step, line=rows(step.line)) for step in old.steps),
        )

    return tuple(map(network, networks))


@dataclass
class _Good:
    """The last good answer, and what it rests on besides the text."""

    reading: Reading
    target: TargetKeras | None
    project: weakref.ref[Watched] = field(repr=False)


class Reader:
    """Reads the networks of one snapshot after the other; not to be called from two threads at once."""

    def __init__(self, configuration: Configuration, surroundings: Surroundings) -> None:
        self.configuration = configuration
        self.surroundings = surroundings
        self._good: dict[str, _Good] = {}

    def warm_up(self) -> None:
        """Import what reading needs."""
        try:
            import kerasvae_lint.model.networks  # noqa: F401
        except Exception:  # what is wrong will be said of the first file
            log.exception("warming up failed")

    def forget(self, uri: str) -> None:
        """Keep nothing of a program."""
        self._good.pop(uri, None)

    def __call__(self, snapshot: Snapshot) -> Reading:
        """Read a snapshot; for code that can't be parsed, what was last read of the program."""
        try:
            found = self._read(snapshot)
            found.spots  # noqa: B018 (here nobody waits for it)
        except ConfigError:  # linting says so
            return Reading(snapshot)
        except Exception as error:  # a mistake of kvlint's must not cost the editor its server
            log.exception("networks of %s", snapshot.filename)
            return Reading(snapshot, failure=f"{snapshot.filename}: networks: {type(error).__name__}: {error}")
        return found

    def _read(self, snapshot: Snapshot) -> Reading:
        verdict = self.configuration.of(snapshot.filename)
        data = snapshot.source.text.encode("utf-8", "surrogatepass")
        if verdict.left_out or len(data) > MAX_BYTES or not mentions_field(data):
            self.forget(snapshot.uri)
            return Reading(snapshot)
        target, project = verdict.settings.target_keras, self.surroundings.project()
        good = self._good.get(snapshot.uri)
        if good is not None and good.target == target and good.project() is project:
            same = good.reading.same_in(Reading(snapshot))
            if same is not None:
                good.reading = same
                return same
        broken = _broken_cells(snapshot)
        if good is not None and broken > good.reading.broken:
            return good.reading.kept_for(snapshot)
        try:
            found = Reading(snapshot, _networks(snapshot, target, project), broken)
        except SourceError:
            return good.reading.kept_for(snapshot) if good is not None else Reading(snapshot)
        finally:
            self.surroundings.note_read()
        self._good.pop(snapshot.uri, None)
        self._good[snapshot.uri] = _Good(found, target, weakref.ref(project))
        while len(self._good) > MAX_KEPT:
            self._good.pop(next(iter(self._good)))
        return found


def _networks(snapshot: Snapshot, target: TargetKeras | None, project: Watched) -> tuple[Network, ...]:
    from kerasvae_lint.model.networks import networks_in
    from kerasvae_lint.run.engine import RECURSION_LIMIT

    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(max(limit, RECURSION_LIMIT))
    try:
        with paused_collector():
            return networks_in(snapshot.source, target=target, project=project)
    finally:
        sys.setrecursionlimit(limit)


def _broken_cells(snapshot: Snapshot) -> int:
    """How many cells of a notebook can't be parsed; none for a script."""
    if snapshot.source.cells is None:
        return 0
    from kerasvae_lint.source.syntax import parse_code

    try:
        _, mended = parse_code(snapshot.source)
    except SourceError:
        return len(snapshot.source.cells)
    return len(mended.problems) - len(snapshot.source.problems)
