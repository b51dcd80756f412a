"""The networks of a file as plain data: what ``kvlint show``, the language server and the Python API hand out."""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterator
from functools import cached_property

from kerasvae_lint.binding import records as r
from kerasvae_lint.binding.build import build
from kerasvae_lint.core import TargetKeras
from kerasvae_lint.core.network import Layer, LayerCall, Network, Shape, Step, Tensor
from kerasvae_lint.keras.backbones import made_for
from kerasvae_lint.keras.chains import given_to
from kerasvae_lint.keras.kinds import is_layer, library_class
from kerasvae_lint.keras.layers import activation_name, argument_of, nodes_of
from kerasvae_lint.keras.networks import Holders, Member, Names, class_name, network_of, networks
from kerasvae_lint.keras.networks import Network as Found
from kerasvae_lint.keras.parameters import UNKNOWN_COUNT, count, is_trainable
from kerasvae_lint.keras.program import Program
from kerasvae_lint.keras.shaping import Shapes, shapes_of
from kerasvae_lint.keras.trainings import Training, trainings
from kerasvae_lint.library import lookup
from kerasvae_lint.library.shapes.dims import UNKNOWN as _UNKNOWN
from kerasvae_lint.library.shapes.dims import Shape as KnownShape
from kerasvae_lint.model.module import Module
from kerasvae_lint.model.project import Project
from kerasvae_lint.model.training_words import arguments_in_words
from kerasvae_lint.source import Source
from kerasvae_lint.source.collector import paused_collector
from kerasvae_lint.source.syntax import parse_code
from kerasvae_lint.values.lattice import Computed, Constant, Instance, LibraryObject, Site, Unknown, Value
from kerasvae_lint.values.unit import Unit

MAX_NESTED = 4
"""Networks within networks that are turned into data."""
STEPS = 600_000
PATIENCE = 8
RECURSION_LIMIT = 12_000
"""How many nested calls of Python reading a network may take."""


def networks_in(
    source: Source, *, target: TargetKeras | None = None, project: Project | None = None
) -> tuple[Network, ...]:
    """The networks that a file makes, read from its code, in the order in which they are made.

    Args:
        source: the file.
        target: the Keras that it is for; None to judge by the code.
        project: the files around it; None keeps everything inside this one.

    Raises:
        SourceError: the code can't be parsed.
    """
    sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
    with paused_collector():
        tree, source = parse_code(source)
        module = Module(build(tree, source.text), source, target=target, project=project)
        keras = 2 if module.flavour.only2 else 3 if module.flavour.only3 else None
        program = Program(module.unit, module.around, STEPS, PATIENCE, keras)
        return tuple(Reader(program, module.unit, source, keras).networks())


class Reader:
    """Turns what the interpreter knows of networks into plain data.

    Args:
        program: the program, run.
        unit: the file that was asked about.
        source: its text.
        keras: which Keras it is for, 2 or 3, if that is known.
    """

    def __init__(self, program: Program, unit: Unit, source: Source, keras: int | None) -> None:
        self.machine = program.machine
        self.unit = unit
        self.source = source
        self.keras = keras
        self.shapes: Shapes = shapes_of(program.machine)
        self._made: dict[int, Network] = {}
        self._trainings: dict[Hashable, Training] | None = None

    def networks(self) -> Iterator[Network]:
        """Every network that the file makes or gets hold of, the same one once."""
        seen: set[object] = set()
        for found in networks(self.machine):
            made = self.network(found)
            likeness = (made.file, made.line, made.column, made.name, made.layers)
            if likeness not in seen:
                seen.add(likeness)
                yield made

    @cached_property
    def names(self) -> Names:
        """The names of the layers; asked when all of them have been made."""
        return Names(self.machine, self.keras)

    @cached_property
    def holders(self) -> Holders:
        """What holds the networks; asked when all of them have been made."""
        return Holders(self.machine, self.unit)

    def network(self, found: Found, depth: int = MAX_NESTED) -> Network:
        """One network; the same one is turned into data once."""
        known = self._made.get(id(found))
        if known is None:
            known = self._made[id(found)] = self._network(found, depth)
        return known

    def _network(self, found: Found, depth: int) -> Network:
        file, line, column = self.place(found.site)
        certain = not any(member.repeated or member.optional for member in found.members)
        numbers = count(self.machine, found.model) if certain else UNKNOWN_COUNT
        return Network(
            file,
            self.holders.name(found),
            found.kind,
            line,
            column,
            tuple(self.layer(member, depth) for member in found.members),
            numbers.total,
            numbers.trained,
            tuple(part for value in found.inputs for part in self.tensors(value)),
            tuple(part for value in found.outputs for part in self.tensors(value)),
            tuple(self.names.of(value) for value in found.inputs),
            tuple(self.names.of(layer) for layer in _makers(found)),
            tuple(self.steps(found)),
        )

    def steps(self, found: Found) -> Iterator[Step]:
        """What is done with a network, in order of time."""
        if self._trainings is None:
            self._trainings = {training.model.key: training for training in trainings(self.machine)}
        training = self._trainings.get(found.model.key)
        for step in training.steps if training is not None else ():
            file, line, _ = self.place(step.site)
            if file == self.place(found.site)[0]:
                yield Step(step.method, line, tuple(arguments_in_words(step)))

    def layer(self, member: Member, depth: int) -> Layer:
        """One layer."""
        layer = member.layer
        whole = made_for(self.machine, layer)
        file, line, column = self.place((whole or layer).site)
        numbers = count(self.machine, layer)
        trained = is_trainable(layer)
        fixed = None if numbers.total is None or numbers.trained is None else numbers.total - numbers.trained
        if trained is False:
            fixed = 0
        outputs = tuple(self.tensors(member.output)) if member.output is not None else ()
        nested = network_of(self.machine, layer) if depth > 0 else None
        made = Layer(
            class_name(layer),
            self.names.of(layer),
            file,
            line,
            column,
            tuple(self.tensors(member.inputs)) if member.inputs is not None else (),
            outputs,
            numbers.total,
            fixed,
            trained,
            self.activation(layer),
            self.dtype(layer),
            tuple(self.names.of(source) for source in member.inbound),
            member.repeated,
            member.optional,
            member.shared,
            self.names.of(member.tied) if member.tied is not None else "",
            self.frozen_by(layer),
            tuple(self.calls(layer)),
            self.why_unknown(member, outputs),
            self.network(nested, depth - 1) if nested is not None and nested.members else None,
        )
        return made

    # what a layer is ----------------------------------------------------------------------------
    def activation(self, layer: Value) -> str:
        """The name of a layer's activation; empty for layers that have none, and where it can't be told."""
        name = library_class(layer)
        entry = lookup(name)
        if name in {"keras.layers.ReLU", "keras.layers.Softmax", "keras.layers.LeakyReLU", "keras.layers.ELU"}:
            return ""
        parameter = entry.parameter("activation") if entry is not None else None
        if parameter is None or not name.startswith("keras.layers."):
            return ""
        given = argument_of(layer, "activation")
        if given is None:
            complete = layer.complete if isinstance(layer, LibraryObject) else True
            default = parameter.default
            return "" if not complete else default if isinstance(default, str) else "linear" if default is None else ""
        found = {activation_name(part) for part in given.alternatives()}
        only = found.pop() if len(found) == 1 else None
        return only or ""

    def dtype(self, layer: LibraryObject | Instance) -> str:
        """The dtype of a layer's variables; empty where it can't be told."""
        given = given_to(layer).get("dtype")
        if given is None or (isinstance(given, Constant) and given.value is None):
            last = library_class(layer).rpartition(".")[2]
            return "" if last in _LOOKUPS else "float32"
        plain = self.shapes.plain.of(given)
        if not isinstance(plain, str):
            return ""
        return "float32" if plain.startswith("mixed_") else plain

    def frozen_by(self, layer: LibraryObject | Instance) -> int | None:
        """The line that set ``trainable = False`` last, in this file; None if the layer is not frozen."""
        site = self.machine.memory.get(("froze", layer.key))
        if is_trainable(layer) is not False or not isinstance(site, Site) or site.unit is not self.unit:
            return None
        return self.place(site)[1]

    def calls(self, layer: Value) -> Iterator[LayerCall]:
        """Where the file calls a layer; the same place with the same shapes once."""
        seen: set[LayerCall] = set()
        for node in nodes_of(self.machine, layer):
            record = node.site.record
            if node.site.unit is not self.unit or not isinstance(record, r.Call) or node.output is None:
                continue
            if layer.site is not None and record is layer.site.record:
                continue
            row, column = self.source.row_and_column(record.end)
            inputs = tuple(self.tensors(node.inputs)) if node.inputs is not None else ()
            call = LayerCall(row, column, inputs, tuple(self.tensors(node.output)))
            if call not in seen:
                seen.add(call)
                yield call

    # places and shapes --------------------------------------------------------------------------
    def place(self, site: Site | None) -> tuple[str, int, int]:
        """The file, line and column of a place."""
        if site is None:
            return self.source.filename, 1, 1
        source = self.source if site.unit is self.unit else site.unit.source
        row, column = source.row_and_column(site.record.start)
        return site.unit.filename if site.unit is not self.unit else source.filename, row, column

    def tensors(self, value: Value) -> Iterator[Tensor]:
        """The tensors that a value is, one or several."""
        for shape in self.shapes.each(value):
            yield Tensor(_plain_shape(shape), self.tensor_dtype(value))

    def tensor_dtype(self, value: Value) -> str:
        """The dtype of an input; empty for what is computed."""
        given = value.options.get("dtype") if isinstance(value, Computed) and value.op == "input" else None
        if given is None:
            return ""
        plain = self.shapes.plain.of(given)
        return plain if isinstance(plain, str) else ""

    def why_unknown(self, member: Member, outputs: tuple[Tensor, ...]) -> str:
        """Why a layer's shape is not known, in words; empty if it is."""
        if outputs and all(tensor.is_known for tensor in outputs):
            return ""
        layer = member.layer
        misfit = next((p.error for p in self.shapes.problems if p.value is member.output), None)
        if misfit is not None:
            return str(misfit)
        if member.repeated:
            return "a loop makes it, nobody can say how often"
        if member.output is None:
            return "never called on anything that is known" if isinstance(layer, Instance) else "never called"
        for name, value in given_to(layer).items():
            if name in _SIZES and self.shapes.plain.of(value) is _UNKNOWN:
                reason = f" ({value.reason} {value.name})".replace(" )", ")") if isinstance(value, Unknown) else ""
                return f"`{name}` is not known{reason}"
        inputs = member.inputs
        if inputs is None or any(shape is None or _UNKNOWN in shape for shape in self.shapes.each(inputs)):
            return "its input is not known"
        return "what it computes is not known" if isinstance(layer, Instance) or is_layer(layer) else ""


_SIZES = frozenset(
    {"units", "filters", "kernel_size", "strides", "output_dim", "target_shape", "pool_size", "n", "size"}
)
_LOOKUPS = frozenset({"StringLookup", "IntegerLookup", "TextVectorization", "Hashing", "CategoryEncoding"})


def _makers(found: Found) -> Iterator[Value]:
    """The layers that give a network's outputs."""
    for output in found.outputs:
        for member in found.members:
            if member.output is output:
                yield member.layer


def _plain_shape(shape: KnownShape | None) -> Shape | None:
    if shape is None:
        return None
    return tuple(dim if isinstance(dim, int) or dim is None else "?" for dim in shape)


__all__ = ["Reader", "networks_in"]
