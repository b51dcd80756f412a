"""What the outputs of a functional model are made with: its layers and how they are connected, in Keras's order."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.keras.kinds import is_layer
from kerasvae_lint.keras.layers import Product, function_layer_of, products_of
from kerasvae_lint.keras.shaping import shapes_of
from kerasvae_lint.values.lattice import (
    Computed,
    DictObject,
    LibraryObject,
    ListObject,
    Tuple,
    Union,
    Value,
)
from kerasvae_lint.values.operators import kind_of
from kerasvae_lint.values.world import Machine

MAX_NODES = 6_000


class Vertex:
    """One call in a model: of a layer, an input, or an operation between layers.

    Attributes:
        value: what it gives.
        layer: the layer that is called; an input's tensor for an input; None for an operation.
        kind: ``layer``, ``input``, ``operation``, or ``choice`` where one of several ways leads on.
        parents: the calls whose outputs it gets.
        tensors: these outputs.
    """

    __slots__ = ("kind", "layer", "parents", "tensors", "value")

    def __init__(self, value: Value, kind: str, layer: Value | None, tensors: tuple[Value, ...]) -> None:
        self.value = value
        self.kind = kind
        self.layer = layer
        self.tensors = tensors
        self.parents: list[Vertex] = []


class Graph:
    """The layers of a functional model.

    Args:
        machine: the interpreter that ran the code.
        outputs: what the model gives.
        inputs: what it gets; None if that is not known.
        before: when the model was made: later calls don't count.
    """

    def __init__(self, machine: Machine, outputs: Value, inputs: Value | None, before: int) -> None:
        self.machine = machine
        self.before = before
        self.ends = frozenset(id(value) for value in _tensors(machine, inputs)) if inputs is not None else frozenset()
        self.outputs = list(_tensors(machine, outputs))
        self.inputs = list(_tensors(machine, inputs)) if inputs is not None else []
        self._vertices: dict[tuple[int, int], Vertex] = {}
        self.finished: list[Vertex] = []
        self._indices: dict[int, int] = {}
        self._walk()
        self.layers = self._in_order()

    @property
    def is_open(self) -> bool:
        """True where there may be other layers than these: one of several ways leads on, or code that nobody knows."""
        return any(
            vertex.kind == "choice"
            or (vertex.kind == "operation" and isinstance(vertex.value, Computed) and vertex.value.op == "call")
            for vertex in self.finished
        )

    # vertices -----------------------------------------------------------------------------------
    def vertex(self, value: Value) -> Vertex | None:
        """The call that gave a tensor; None for what is no tensor of the model."""
        if isinstance(value, (ListObject, DictObject, Tuple)):
            return None
        products = [p for p in products_of(self.machine, value) if p.order <= self.before]
        last = products[-1] if products else None
        place = (id(value), 0) if last is None else (id(last.layer), last.order)
        found = self._vertices.get(place)
        if found is None:
            found = self._made(value, last)
            if found is not None:
                self._vertices[place] = found
        return found

    def _made(self, value: Value, product: Product | None) -> Vertex | None:
        if product is not None:
            return Vertex(value, "layer", product.layer, tuple(self._given(*product.inputs)))
        if id(value) in self.ends:
            return Vertex(value, "input", value, ())
        if isinstance(value, Union):
            return Vertex(value, "choice", None, value.members)
        if isinstance(value, LibraryObject):
            return None
        if not isinstance(value, Computed):
            return None
        if value.op == "getitem" and value.operands and isinstance(shapes_of(self.machine).of(value.operands[0]), list):
            return self.vertex(value.operands[0])
        if value.op == "layer" and value.maker is not None:
            others = [v for v in value.options.values() if kind_of(v) == "tensor" or isinstance(v, (Tuple, ListObject))]
            return Vertex(value, "layer", value.maker, tuple(self._given(*value.operands, *others)))
        if value.op in {"input", "placeholder"}:
            return Vertex(value, "input", value, ())
        if value.op in {"output", "batch", "data"}:
            maker = value.maker if value.op == "output" and value.maker is not None and is_layer(value.maker) else None
            return Vertex(value, "layer" if maker is not None else "input", maker or value, ())
        function_layer = function_layer_of(self.machine, value)
        if function_layer is not None:
            return Vertex(value, "layer", function_layer, tuple(self._given(*value.operands)))
        tensors = tuple(self._given(*value.operands, *value.options.values()))
        return Vertex(value, "operation", None, tensors)

    def _given(self, *values: Value) -> Iterator[Value]:
        """The tensors among what a call is given."""
        for value in values:
            if isinstance(value, (Tuple, ListObject, DictObject)):
                yield from _tensors(self.machine, value)
            elif isinstance(value, Union):
                if any(self._is_tensor(member) for member in value.members):
                    yield value
            elif self._is_tensor(value):
                yield value

    @staticmethod
    def _is_tensor(value: Value) -> bool:
        return isinstance(value, Computed) and value.kind in {"tensor", "any", "array"}

    # the order of Keras -------------------------------------------------------------------------
    def _walk(self) -> None:
        """Every call that the outputs depend on, those that come first first; depth first, as Keras walks."""
        done: set[int] = set()
        for output in self.outputs:
            start = self.vertex(output)
            todo: list[tuple[Vertex, Iterator[Vertex]]] = []
            if start is not None and id(start) not in done:
                todo.append((start, self._before(start)))
                self._note(start, done)
            while todo and len(done) < MAX_NODES:
                vertex, waiting = todo[-1]
                parent = next(waiting, None)
                if parent is None:
                    todo.pop()
                    self.finished.append(vertex)
                    continue
                if parent is not vertex and parent not in vertex.parents:
                    vertex.parents.append(parent)
                if id(parent) not in done:
                    todo.append((parent, self._before(parent)))
                    self._note(parent, done)

    def _before(self, vertex: Vertex) -> Iterator[Vertex]:
        yield from tuple(vertex.parents)
        for tensor in vertex.tensors:
            parent = self.vertex(tensor)
            if parent is not None:
                yield parent

    def _note(self, vertex: Vertex, done: set[int]) -> None:
        done.add(id(vertex))
        self._indices.setdefault(_key(vertex), len(self._indices))

    def _in_order(self) -> list[Value]:
        """The layers and inputs by depth, and by the order in which they were met within one depth."""
        depth_of: dict[int, int] = {}
        of_layer: dict[int, tuple[int, Vertex]] = {}
        for vertex in reversed(self.finished):
            key = _key(vertex)
            depth = max(depth_of.get(id(vertex), 0), of_layer.get(key, (0, vertex))[0])
            of_layer[key] = (depth, vertex)
            depth_of[id(vertex)] = depth
            step = 0 if vertex.kind == "choice" else 1
            for parent in vertex.parents:
                depth_of[id(parent)] = max(depth + step, depth_of.get(id(parent), 0))
        ordered = sorted(of_layer.items(), key=lambda item: (-item[1][0], self._indices.get(item[0], 0)))
        return [vertex.layer for _, (_, vertex) in ordered if vertex.layer is not None]

    def calls_of(self, layer: Value) -> list[Vertex]:
        """The calls of a layer in this model, first ones first."""
        return [vertex for vertex in self.finished if vertex.layer is layer]

    def sources(self, vertex: Vertex) -> list[Vertex]:
        """The layers and inputs whose outputs a call gets, through operations and choices between them."""
        found: list[Vertex] = []
        todo, seen = list(vertex.parents), set[int]()
        while todo:
            at = todo.pop(0)
            if id(at) in seen:
                continue
            seen.add(id(at))
            if at.kind in {"layer", "input"}:
                found.append(at)
            else:
                todo = [*at.parents, *todo]
        return found


def _key(vertex: Vertex) -> int:
    return id(vertex.layer) if vertex.layer is not None else id(vertex)


def _tensors(machine: Machine, value: Value | None) -> Iterator[Value]:
    """The tensors that one argument holds, in order."""
    if value is None:
        return
    if isinstance(value, (Tuple, ListObject)):
        state = value if isinstance(value, Tuple) else value.items
        for item in (*state.items, *([state.rest] if state.rest is not None else [])):
            yield from _tensors(machine, item)
    elif isinstance(value, DictObject):
        entries = value.entries.items
        for key in sorted(entries, key=str):  # as Keras takes a dictionary's items
            yield from _tensors(machine, entries[key][1])
    elif isinstance(value, (Computed, Union)):
        yield value


def in_one_loop(one: Value, other: Value) -> bool:
    """True for two values that one place of the code made in different rounds of a loop that nobody could count."""
    if one is other or one.site is None or other.site is None or one.site.record is not other.site.record:
        return False
    return stands_in_loop(one)


def stands_in_loop(value: Value) -> bool:
    """True for a value that is made inside of a loop of its function."""
    at: r.Record | None = value.site.record if value.site is not None else None
    while at is not None and not isinstance(at, (r.Function, r.Class)):
        if isinstance(at, (r.For, r.While, r.Comprehension)):
            return True
        at = at.parent
    return False
