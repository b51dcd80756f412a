"""KV721 constant-kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import LibraryObject, Module, Value, constant, is_none, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Weighted

_WORDS = {"zeros": 0.0, "zero": 0.0, "ones": 1.0, "one": 1.0}
_READ = frozenset({"weights", "get_weights", "save_weights", "summary"})
_NAMES = ("kernel_initializer", "init")


class ConstantKernel(Rule):
    """A hidden layer's kernel begins with one number everywhere, and nothing ever makes its units differ.

    ## What it finds
    `kernel_initializer` of `zeros` on a `Dense` or convolution with a relu behind it whose output goes on to another
    such layer; and of `zeros`, `ones` or `Constant` with a number, where the next layer's kernel is constant too. As a
    string, function or object. Not: a constant kernel whose next layer begins at random (its weights make the units
    differ), the last layer of a model or of a branch (an output or residual branch that begins at zero is a choice),
    biases, layers that are frozen or are given their weights, a random bias beside it, a model of which nothing is used
    but its weights.

    ## Why it bites
    A relu of zeros gets no gradient, so the layer stays at zero for ever. Two constant layers in a row get equal
    gradients for all units, which stay one unit. Measured on XOR, in both Kerases: accuracy 0.5 and 1 distinct unit of
    16 (zeros), 0.75 (ones). With a random layer behind it, zeros under a tanh learn as well as Glorot's uniform.

    ## Bad
    ```python
    model.add(layers.Dense(16, activation="relu", kernel_initializer="zeros"))
    model.add(layers.Dense(1, activation="sigmoid"))
    ```

    ## Good
    ```python
    model.add(layers.Dense(16, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    ```

    ## Fix
    Unsafe: the argument is dropped, which gives Keras's default, Glorot's uniform.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - TheDeepChecker, fault class `wrong_init`
    """

    code = "KV721"
    name = "constant-kernel"
    triggers = ("ernel_initializer", "init=")
    fixable = "unsafe"
    probes = ("layers",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per hidden layer whose kernel begins with one number."""
        seen: set[records.Record] = set()
        for joint in module.joints:
            layer, site = joint.first, joint.site
            number = _number(layer)
            if number is None or site is None or site.record in seen or not _is_hidden(module, layer):
                continue
            dead = number == 0 and joint.activation == "relu"
            if not dead and _number(joint.second) is None:
                continue
            if _only_gives_weights(module, layer):
                continue
            seen.add(site.record)
            written = _written(site.record)
            yield Report(
                written or site.record,
                f"All weights of this {layer.kind} begin with {number:g}: "
                + (
                    "a relu of zeros gets no gradient and stays there"
                    if dead
                    else "so do the next layer's, and all units stay one"
                )
                + ", in Keras 2 and 3. Leave out the initializer.",
                fix=_fix(module, site.record, written),
            )


def _number(layer: Weighted) -> float | None:
    """The number that every weight of a kernel begins with; None if they differ, or that can't be told."""
    given = layer.argument(*_NAMES)
    if given is None or not layer.layer.complete:
        return None
    word = constant(given)
    if isinstance(word, str):
        return _WORDS.get(word.lower())
    name = getattr(given, "name", "").rpartition(".")
    if not name[0].startswith("keras.initializers"):
        return None
    if name[2].lower() in _WORDS:
        return _WORDS[name[2].lower()]
    if name[2] == "Constant" and isinstance(given, LibraryObject):
        value = given.arguments.get("value")
        plain = 0.0 if value is None and given.complete else constant(value) if value is not None else None
        return float(plain) if isinstance(plain, (int, float)) else None
    return None


def _is_hidden(module: Module, layer: Weighted) -> bool:
    """True for a layer of several units that trains, with nothing else that makes its units differ."""
    if layer.size is None or layer.size < 2:
        return False
    if any(not _is_plain(layer.argument(name)) for name in ("bias_initializer", "weights")):
        return False
    trains = layer.argument("trainable")
    if trains is not None and constant(trains) is not True:
        return False
    names = ("set_weights", "load_weights", "assign")
    return not any(_is_of(call.receivers, layer.layer) for call in module.method_calls(*names))


def _only_gives_weights(module: Module, layer: Weighted) -> bool:
    """True for a layer of models that nothing trains, calls or hands on: only their weights are read."""
    homes = [network.model for network in module.networks if any(m.layer is layer.layer for m in network.members)]
    if any(training.model is home for training in module.trainings for home in homes):
        return False
    uses = [
        record
        for record in module.code.walk()
        if isinstance(record, records.Expression) and any(module.value(record) is home for home in homes)
    ]
    reads = [use.parent for use in uses if isinstance(use.parent, records.Attribute)]
    is_handed_on = any(isinstance(use.parent, (records.Argument, records.Call)) for use in uses)
    return bool(reads) and not is_handed_on and all(read.attr in _READ for read in reads)


def _is_plain(given: Value | None) -> bool:
    """True for a bias that begins equal too."""
    if given is None or is_none(given):
        return True
    word = constant(given)
    return isinstance(word, str) and word.lower() in _WORDS


def _is_of(receivers: tuple[Value, ...], layer: Value) -> bool:
    """True if a call changes the layer, or a model, which may hold it."""
    return any(receiver is layer or "odel" in getattr(receiver, "name", "") for receiver in receivers)


def _written(call: records.Record) -> records.Argument | None:
    given = call.arguments if isinstance(call, records.Call) else ()
    return next((argument for argument in given if argument.name in _NAMES), None)


def _fix(module: Module, call: records.Record, written: records.Argument | None) -> Draft | None:
    if written is None or not isinstance(call, records.Call):
        return None
    editor = module.editor()
    editor.remove_argument(call, written)
    return editor.draft("Leave out the initializer", Applicability.UNSAFE)
