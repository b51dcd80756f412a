"""Where the boxes and the lines of a drawing go: rows from top to bottom, long lines beside the boxes.

A box stands one row below the lowest of those that it gets something from; an input, one row above the first that
reads it; what no line leads to or from, at the bottom. A line to the next row runs through the gap between the two; one
to a row further down does so too, if it can go straight down until then because nothing stands there, as beneath the
short one of several branches. Any other line runs up or down a lane of its own, beside all boxes of the rows that it
passes, and reaches its lane through gaps or from the outer side of a box: so no line runs through a box. Lines from the
same box share a lane, short ones run further inside.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from kerasvae_lint.report.network_graph import Graph

Point = tuple[float, float]

GAP = 22.0
"""Between two rows, without the lines that run along it."""
SPACE = 26.0
"""Between two boxes of a row."""
LANE = 14.0
TRACK = 7.0
"""From a lane to the next one, and from a line along a gap to the next one."""
_BOW = 14.0
"""How much higher a gap is where lines run from one side to another."""
_ABREAST = 4
"""How many boxes that no line leads to stand side by side."""
_SWEEPS = 8
_IN, _OUT = (0.08, 0.52), (0.6, 0.9)
"""Where lines meet the side of a box: between these parts of its height."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where a node stands."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def right(self) -> float:
        return self.x + self.width


@dataclass(frozen=True, slots=True)
class Line:
    """A line from a node to another, through ``points``: right-angled, or, where ``curved``, straight down and in bows.

    A bow stays within the rectangle between its two points. ``back`` is a line that leads to what stands above it.
    """

    source: int
    target: int
    points: tuple[Point, ...]
    curved: bool = False
    back: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A drawing: the boxes by node, the lines, and how much room all that takes, from 0, 0."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


@dataclass(slots=True)
class _Lane:
    """What runs beside the boxes from one node to one or several others; ``low`` and ``high`` are rows."""

    source: int
    targets: list[int]
    on_left: bool
    low: int
    high: int
    x: float = 0.0


@dataclass(slots=True)
class _Rows:
    """Which node stands in which row, and where in it."""

    row_of: list[int]
    rows: list[list[int]]
    middle: dict[int, float] = field(default_factory=dict)

    def is_outermost(self, node: int, on_left: bool) -> bool:
        row = self.rows[self.row_of[node]]
        return row[0 if on_left else -1] == node


def laid_out(graph: Graph, width: float, heights: Sequence[float]) -> Layout:
    """Lay out a graph whose boxes are all equally wide; those in a row are as high as its highest."""
    if not graph.nodes:
        return Layout((), (), 0.0, 0.0)
    forward, back = _without_circles(len(graph.nodes), graph.edges)
    rows = _ordered(_in_rows(len(graph.nodes), forward), forward)
    short = [(a, b) for a, b in forward if rows.row_of[b] == rows.row_of[a] + 1]
    long = [(a, b) for a, b in forward if rows.row_of[b] > rows.row_of[a] + 1]
    _placed(rows, forward, width)
    straight = _Columns(rows, width).taken_by(long)
    if len(straight) < len(long):  # what runs beside the boxes after all need not pull them to its side
        _placed(rows, [*short, *straight], width)
        straight = _Columns(rows, width).taken_by(long)
    lanes = [*_lanes(rows, [edge for edge in long if edge not in straight]), *_lanes(rows, back)]
    return _Drawing(rows, width, heights, lanes, set(back), short, straight).drawn()


def _without_circles(
    count: int, edges: Iterable[tuple[int, int]]
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """The edges that lead on, and those that lead back: to what came before, on a walk in the order of the nodes."""
    targets: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        targets[source].append(target)
    state = [0] * count  # 1 on the way, 2 done
    forward: list[tuple[int, int]] = []
    back: list[tuple[int, int]] = []
    for start in range(count):
        if state[start]:
            continue
        state[start] = 1
        way = [(start, iter(targets[start]))]
        while way:
            node, rest = way[-1]
            target = next(rest, -1)
            if target < 0:
                state[node] = 2
                way.pop()
                continue
            (back if state[target] == 1 else forward).append((node, target))
            if not state[target]:
                state[target] = 1
                way.append((target, iter(targets[target])))
    return forward, back


def _in_rows(count: int, edges: list[tuple[int, int]]) -> list[int]:
    """The row of each node: the longest way to it, or just above the first that reads it if it gets nothing."""
    sources: list[list[int]] = [[] for _ in range(count)]
    targets: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        sources[target].append(source)
        targets[source].append(target)
    left = [len(of) for of in sources]
    ready = [node for node in range(count) if not left[node]]
    row = [0] * count
    for node in ready:  # grows while it is walked
        for target in targets[node]:
            row[target] = max(row[target], row[node] + 1)
            left[target] -= 1
            if not left[target]:
                ready.append(target)
    for node in range(count):
        if not sources[node] and targets[node]:
            row[node] = min(row[target] for target in targets[node]) - 1
    alone = [node for node in range(count) if not sources[node] and not targets[node]]
    below = max((row[node] + 1 for node in range(count) if sources[node] or targets[node]), default=0)
    for at, node in enumerate(alone):
        row[node] = below + at // _ABREAST
    return row


def _ordered(row_of: list[int], edges: list[tuple[int, int]]) -> _Rows:
    """The nodes of each row from left to right, so that few lines cross: each near the middle of its neighbours."""
    rows: list[list[int]] = [[] for _ in range(max(row_of) + 1)]
    for node, row in enumerate(row_of):
        rows[row].append(node)
    near: list[list[int]] = [[] for _ in row_of]
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    place = {node: at - (len(nodes) - 1) / 2 for nodes in rows for at, node in enumerate(nodes)}
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for nodes in rows if down else rows[::-1]:
            if len(nodes) == 1:
                continue
            wanted = {}
            for node in nodes:
                beside = [other for other in near[node] if (row_of[other] < row_of[node]) == down]
                wanted[node] = sum(place[other] for other in beside) / len(beside) if beside else place[node]
            keys = {node: (wanted[node], place[node]) for node in nodes}
            nodes.sort(key=keys.__getitem__)
            for at, node in enumerate(nodes):
                place[node] = at - (len(nodes) - 1) / 2
    return _Rows(row_of, rows)


def _placed(rows: _Rows, edges: list[tuple[int, int]], width: float) -> None:
    """Work out the middles of the boxes: a chain of boxes stands straight where there is room for it."""
    near: list[list[int]] = [[] for _ in rows.row_of]
    for source, target in edges:
        near[source].append(target)
        near[target].append(source)
    step = width + SPACE
    middle = rows.middle
    for row in rows.rows:
        middle.update({node: (at - (len(row) - 1) / 2) * step for at, node in enumerate(row)})
    for sweep in range(_SWEEPS * 2 + 1):  # downwards at last: what has one source stands beneath it
        down = sweep % 2 == 0
        for row in rows.rows if down else rows.rows[::-1]:
            wanted = []
            for node in row:
                beside = [middle[o] for o in near[node] if (rows.row_of[o] < rows.row_of[node]) == down]
                wanted.append(sum(beside) / len(beside) if beside else middle[node])
            middle.update(zip(row, _apart(wanted, step), strict=True))


def _apart(wanted: list[float], step: float) -> list[float]:
    """The places nearest to those that are wanted, at least a step from one to the next."""
    groups: list[tuple[float, int]] = []  # the mean of what its members want for its first one, and their number
    for at, value in enumerate(wanted):
        mean, count = value - at * step, 1
        while groups and groups[-1][0] >= mean:
            other, size = groups.pop()
            mean, count = (other * size + mean * count) / (size + count), size + count
        groups.append((mean, count))
    means = [mean for mean, count in groups for _ in range(count)]
    return [mean + at * step for at, mean in enumerate(means)]


class _Columns:
    """Where lines go straight down through rows in which nothing stands there."""

    def __init__(self, rows: _Rows, width: float) -> None:
        self.rows = rows
        self.near = width / 2 + LANE / 2
        self.taken: list[tuple[float, int, int]] = []

    def taken_by(self, edges: Iterable[tuple[int, int]]) -> dict[tuple[int, int], bool]:
        """The edges that can go straight down: True for those beneath their source, False above their target."""
        found = {}
        for source, target in edges:
            first, last = self.rows.row_of[source] + 1, self.rows.row_of[target] - 1
            if self._take(self.rows.middle[source], first, last):
                found[source, target] = True
            elif self._take(self.rows.middle[target], first, last):
                found[source, target] = False
        return found

    def _take(self, x: float, first: int, last: int) -> bool:
        passed = (node for row in self.rows.rows[first : last + 1] for node in row)
        if any(abs(self.rows.middle[node] - x) < self.near for node in passed):
            return False
        if any(abs(x - other) < LANE / 2 and low <= last and first <= high for other, low, high in self.taken):
            return False
        self.taken.append((x, first, last))
        return True


def _lanes(rows: _Rows, edges: Iterable[tuple[int, int]]) -> list[_Lane]:
    """The lanes that edges need: on the left for what stands on the left of others in its row, else on the right."""
    made: dict[tuple[int, bool], _Lane] = {}
    for source, target in edges:
        on_left = _is_left(rows, source) or (_is_left(rows, target) and len(rows.rows[rows.row_of[source]]) == 1)
        ends = sorted((rows.row_of[source], rows.row_of[target]))
        lane = made.setdefault((source, on_left), _Lane(source, [], on_left, *ends))
        lane.targets.append(target)
        lane.low, lane.high = min(lane.low, ends[0]), max(lane.high, ends[1])
    return list(made.values())


def _is_left(rows: _Rows, node: int) -> bool:
    row = rows.rows[rows.row_of[node]]
    return len(row) > 1 and row.index(node) < len(row) / 2 - 0.5


class _Drawing:
    """Puts numbers to rows, lanes and tracks."""

    def __init__(
        self,
        rows: _Rows,
        width: float,
        heights: Sequence[float],
        lanes: list[_Lane],
        back: set[tuple[int, int]],
        short: list[tuple[int, int]],
        straight: dict[tuple[int, int], bool],
    ) -> None:
        self.rows = rows
        self.width = width
        self.lanes = lanes
        self.back = back
        self.short = short
        self.straight = straight
        self.row_height = [max(heights[node] for node in row) for row in rows.rows]
        self.tracks: dict[int, list[object]] = {}
        """By the row below it (so one more than there are rows): who runs along a gap."""
        self.ports_in: dict[tuple[int, bool], list[object]] = {}
        self.ports_out: dict[tuple[int, bool], list[object]] = {}
        self.bows = {
            rows.row_of[target] if straight.get((source, target), True) else rows.row_of[source] + 1
            for source, target in (*short, *straight)
            if abs(rows.middle[source] - rows.middle[target]) >= 0.5
        }
        """Gaps, by the row below, in which lines run from one side to another."""

    def drawn(self) -> Layout:
        for lane in self.lanes:
            self._reserve(lane)
        top = self._row_tops()
        boxes = [
            Box(self.rows.middle[n] - self.width / 2, top[row], self.width, self.row_height[row])
            for n, row in enumerate(self.rows.row_of)
        ]
        self._spread(boxes)
        lines = [
            Line(a, b, ((boxes[a].middle, boxes[a].bottom), (boxes[b].middle, boxes[b].y)), True) for a, b in self.short
        ]
        lines += [self._straight(edge, boxes) for edge in self.straight]
        for lane in self.lanes:
            lines += [self._line(lane, target, boxes) for target in lane.targets]
        return _moved(boxes, lines)

    def _reserve(self, lane: _Lane) -> None:
        """Note where a lane's lines leave and meet boxes: at their outer sides if they have one, else through gaps."""
        row_of = self.rows.row_of
        if self.rows.is_outermost(lane.source, lane.on_left):
            self.ports_out.setdefault((lane.source, lane.on_left), []).append(lane.source)
        else:
            self.tracks.setdefault(row_of[lane.source] + 1, []).append((lane.source, "out", lane.on_left))
        for target in lane.targets:
            if self.rows.is_outermost(target, lane.on_left):
                self.ports_in.setdefault((target, lane.on_left), []).append(lane.source)
            else:
                self.tracks.setdefault(row_of[target], []).append((lane.source, target, lane.on_left))

    def _row_tops(self) -> list[float]:
        top, found = 0.0, []
        for row, height in enumerate(self.row_height):
            top += self._gap(row) if row or self.tracks.get(0) else 0.0
            found.append(top)
            top += height
        return found

    def _gap(self, row: int) -> float:
        tracks = len(self.tracks.get(row, ()))
        return GAP + (tracks + 1) * TRACK * (tracks > 0) + (_BOW if row in self.bows else 0.0)

    def _spread(self, boxes: list[Box]) -> None:
        """Give each lane its place, the shortest first: outside of all boxes that it passes, apart from other lanes."""
        taken: dict[bool, list[tuple[float, float, float]]] = {True: [], False: []}
        for lane in sorted(self.lanes, key=lambda lane: (lane.high - lane.low, lane.low)):
            passed = [node for row in self.rows.rows[lane.low : lane.high + 1] for node in row]
            top, bottom = self._extent(lane, boxes)
            others = [x for x, start, end in taken[lane.on_left] if start < bottom + 1 and top < end + 1]
            sign = -1 if lane.on_left else 1
            edge = min(boxes[n].x for n in passed) if lane.on_left else max(boxes[n].right for n in passed)
            x = edge + sign * LANE
            while any(abs(x - other) < LANE for other in others):
                x += sign * LANE / 2
            lane.x = x
            taken[lane.on_left].append((x, top, bottom))

    def _extent(self, lane: _Lane, boxes: list[Box]) -> tuple[float, float]:
        heights = [self._leaves(lane, boxes)[-1][1], *(self._meets(lane, t, boxes)[0][1] for t in lane.targets)]
        return min(heights), max(heights)

    def _leaves(self, lane: _Lane, boxes: list[Box]) -> list[Point]:
        """From the box to the height at which its lane is entered."""
        box = boxes[lane.source]
        ports = self.ports_out.get((lane.source, lane.on_left))
        if ports is not None:
            return [(box.x if lane.on_left else box.right, _port(box, _OUT, 0, 1))]
        row = self.rows.row_of[lane.source]
        shift = self.width / (4 if lane.on_left else -4)
        return [
            (box.middle - shift, box.bottom),
            (box.middle - shift, self._track(row + 1, (lane.source, "out", lane.on_left), boxes)),
        ]

    def _meets(self, lane: _Lane, target: int, boxes: list[Box]) -> list[Point]:
        """From the height at which the lane is left to the box."""
        box = boxes[target]
        ports = self.ports_in.get((target, lane.on_left), [])
        if self.rows.is_outermost(target, lane.on_left):
            return [
                (box.x if lane.on_left else box.right, _port(box, _IN, ports.index(lane.source), len(ports))),
            ]
        row = self.rows.row_of[target]
        shift = self.width / (4 if lane.on_left else -4)
        return [
            (box.middle - shift, self._track(row, (lane.source, target, lane.on_left), boxes)),
            (box.middle - shift, box.y),
        ]

    def _track(self, row: int, who: object, boxes: list[Box]) -> float:
        """The height of a line along the gap above a row."""
        at = self.tracks[row].index(who)
        if row < len(self.rows.rows):
            below = boxes[self.rows.rows[row][0]].y
            return below - GAP / 2 - (at + 0.5) * TRACK
        return boxes[self.rows.rows[row - 1][0]].bottom + GAP / 2 + (at + 0.5) * TRACK

    def _straight(self, edge: tuple[int, int], boxes: list[Box]) -> Line:
        source, target = (boxes[node] for node in edge)
        if self.straight[edge]:
            above = boxes[self.rows.rows[self.rows.row_of[edge[1]] - 1][0]]
            between = source.middle, above.bottom
        else:
            between = target.middle, boxes[self.rows.rows[self.rows.row_of[edge[0]] + 1][0]].y
        return Line(*edge, ((source.middle, source.bottom), between, (target.middle, target.y)), curved=True)

    def _line(self, lane: _Lane, target: int, boxes: list[Box]) -> Line:
        start, end = self._leaves(lane, boxes), self._meets(lane, target, boxes)
        points = (*start, (lane.x, start[-1][1]), (lane.x, end[0][1]), *end)
        return Line(lane.source, target, points, back=(lane.source, target) in self.back)


def _port(box: Box, part: tuple[float, float], at: int, count: int) -> float:
    """Where the ``at``-th of ``count`` lines meets the side of a box."""
    first, last = part
    return box.y + box.height * (first + (last - first) * (at + 1) / (count + 1))


def _moved(boxes: list[Box], lines: list[Line]) -> Layout:
    """The same with its upper left corner at 0, 0."""
    xs = [*(box.x for box in boxes), *(box.right for box in boxes), *(x for line in lines for x, _ in line.points)]
    ys = [*(box.y for box in boxes), *(box.bottom for box in boxes), *(y for line in lines for _, y in line.points)]
    left, top = min(xs), min(ys)
    return Layout(
        tuple(Box(box.x - left, box.y - top, box.width, box.height) for box in boxes),
        tuple(
            Line(line.source, line.target, tuple((x - left, y - top) for x, y in line.points), line.curved, line.back)
            for line in lines
        ),
        max(xs) - left,
        max(ys) - top,
    )
