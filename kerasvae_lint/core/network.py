"""The networks of a file as plain data: what ``kvlint show`` prints and :func:`kerasvae_lint.networks` returns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Size = int | None | Literal["?"]
"""One axis: its size, None where Keras leaves it free (the batch), ``?`` where the code does not say."""

Shape = tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Tensor:
    """What a layer gets or gives.

    Attributes:
        shape: its shape; None if not even the number of axes is known.
        dtype: ``float32``, ``int64``, …; empty if it is not known.
    """

    shape: Shape | None
    dtype: str = ""

    @property
    def is_known(self) -> bool:
        """True if every axis is known; a free axis is known to be free."""
        return self.shape is not None and "?" not in self.shape


@dataclass(frozen=True, slots=True)
class LayerCall:
    """One call of a layer in the file that was asked about.

    Attributes:
        line: the line on which the call ends, counted from 1; in a notebook counted over all code cells.
        column: the column behind it, counted from 1.
        inputs: what it is called with.
        outputs: what it gives.
    """

    line: int
    column: int
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of a network.

    Attributes:
        kind: its class, ``Dense``.
        name: the name that Keras gives it or that it was given.
        file: the file of the call that makes it.
        line: the line of that call, counted from 1.
        column: its column, counted from 1.
        inputs: what it gets where the network first calls it.
        outputs: what it gives there; empty if it is never called.
        params: how many numbers it holds; None if that is not known.
        fixed_params: how many of these nothing trains whatever ``trainable`` says; None if that is not known.
        trainable: its ``trainable``; None if it is not known.
        activation: ``relu``, ``linear``, …; empty for layers that have none, and if it is not known.
        dtype: of its variables; empty if it is not known.
        inbound: the names of the layers whose outputs it gets; ``input`` stands for an input that has no name.
        repeated: True for a layer that stands for as many as a loop of unknown length makes.
        optional: True for a layer that only some way through the program makes.
        shared: how often the network calls it.
        tied: the name of the layer whose weights it uses; empty if it has its own.
        frozen_by: the line that froze it; None if nothing did.
        calls: where it is called.
        note: why something is not known; empty if all is.
        network: what it consists of, if it is a network.
    """

    kind: str
    name: str
    file: str
    line: int
    column: int
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    params: int | None = None
    fixed_params: int | None = 0
    trainable: bool | None = True
    activation: str = ""
    dtype: str = ""
    inbound: tuple[str, ...] = ()
    repeated: bool = False
    optional: bool = False
    shared: int = 1
    tied: str = ""
    frozen_by: int | None = None
    calls: tuple[LayerCall, ...] = ()
    note: str = ""
    network: Network | None = None

    @property
    def trained_params(self) -> int | None:
        """How many numbers of it the optimizer moves; None if that is not known."""
        if self.trainable is None or self.params is None or self.fixed_params is None:
            return None
        return self.params - self.fixed_params if self.trainable else 0


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that a training does, in order of time.

    Attributes:
        method: ``compile``, ``fit``, ``evaluate``, ``predict``, ``train_on_batch``, or ``loop`` for an own loop.
        line: where, counted from 1.
        arguments: what it was given, by name, in words.
    """

    method: str
    line: int
    arguments: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Network:
    """A model.

    Attributes:
        file: the file.
        name: the variable or attribute that holds it, or the class or function that makes it.
        kind: how it is written.
        line: where it is made, counted from 1.
        column: its column, counted from 1.
        layers: its layers in the order of ``model.layers``, without input layers; nested networks are one layer.
        params: how many numbers it holds, what several layers share once; None if one of its layers is not known.
        trained_params: how many of them the optimizer moves; None if that is not known.
        inputs: its inputs.
        outputs: its outputs.
        input_names: the names of its inputs.
        output_names: the names of the layers that give its outputs.
        steps: what is done with it.
        notes: what is not known about it as a whole.
    """

    file: str
    name: str
    kind: Literal["sequential", "functional", "subclassed"]
    line: int
    column: int
    layers: tuple[Layer, ...]
    params: int | None = None
    trained_params: int | None = None
    inputs: tuple[Tensor, ...] = ()
    outputs: tuple[Tensor, ...] = ()
    input_names: tuple[str, ...] = ()
    output_names: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    notes: tuple[str, ...] = ()
