"""KV712 linear-stack."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, constant, is_none, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Joint, Weighted

_FIRST = frozenset({"Dense", "Conv1D", "Conv2D", "Conv3D"})
_NARROW = re.compile(r"proj|embed|bottle|latent|code|lora|adapt|rank|squeeze|reduc|logit|linear", re.I)


class LinearStack(Rule):
    """A hidden layer without activation feeds the next one: the two are one linear map.

    ## What it finds
    A `Dense` or convolution without an activation whose output goes to another one and nowhere else, with nothing in
    between that is nonlinear: dropout, flattening and average pooling are not. Not: a layer narrower than both its
    neighbours (a bottleneck, a low-rank pair, an autoencoder's code), `use_bias=False`, 1x1, separable and asymmetric
    convolutions, a `Dense` reshaped into maps, layers with a constraint, a tensor that is used twice or is an output of
    a model, the last layer of a model within the model (an encoder's code), a network that is linear throughout and
    reconstructs its input, names that speak of a projection, a class whose name says that it is linear, a model of a
    script or notebook that is only shown (`summary`, `plot_model`): nothing compiles or trains it, or calls it in turn;
    a model that a test expects to raise, a layer with a misspelt keyword, which is a TypeError.

    ## Why it bites
    A product of two matrices is a matrix: the model can say no more than it could without the layer. Two hidden layers
    without activation do not learn XOR (accuracy 0.25 to 0.50, loss 0.693, in both Kerases); with a relu they do (1.0).

    ## Bad
    ```python
    model.add(layers.Dense(64))
    model.add(layers.Dense(1, activation="sigmoid"))
    ```

    ## Good
    ```python
    model.add(layers.Dense(64, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    ```

    ## Fix
    Unsafe: a relu for each hidden layer that has no activation.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - DeepLocalize, 48385830 and 55328966
    - UMLAUT, study script B
    """

    code = "KV712"
    name = "linear-stack"
    triggers = (".compile(", "Model(", "Sequential(", "apply_gradients", "minimize")
    fixable = "unsafe"
    probes = ("learning",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per row of layers without an activation between them, at the first of them."""
        linear = [joint for joint in module.joints if _is_linear(joint)]
        if _reconstructs_linearly(module, linear):
            return
        seen: set[records.Record] = set()
        for joint in linear:
            if any(other.second.layer is joint.first.layer for other in linear):
                continue
            row = _row(joint, linear)
            at = joint.site.record if joint.site is not None else None
            if at is None or at in seen or _is_linear_by_name(module, at) or _is_only_shown(module, joint, at):
                continue
            seen.add(at)
            others = [other.site.record for other in row[1:] if other.site is not None and module.owns(other.site)]
            last = row[-1].second
            notes = [(record, "and neither has this one") for record in others]
            if last.layer.site is not None and module.owns(last.layer.site) and last.layer.site.record not in others:
                notes.append((last.layer.site.record, "it feeds this one"))
            yield Report(
                at,
                f"This {joint.first.kind} has no activation and feeds the next layer: the two are one linear map, in"
                " Keras 2 and 3. Give it one, such as relu.",
                tuple(notes),
                _fix(module, row),
            )


def _row(joint: Joint, linear: list[Joint]) -> list[Joint]:
    """The joints that follow each other, beginning with this one."""
    row = [joint]
    while len(row) < len(linear) + 1:
        after = next((other for other in linear if other.first.layer is row[-1].second.layer), None)
        if after is None or after in row:
            break
        row.append(after)
    return row


def _is_linear(joint: Joint) -> bool:
    first, second = joint.first, joint.second
    if joint.between == "other" or first.kind not in _FIRST or first.activation != "linear":
        return False
    if not _is_plain(first) or first.layer is second.layer or _NARROW.search(first.name):
        return False
    if second.kind in {"SeparableConv1D", "SeparableConv2D"} or _is_one_by_one(second):
        return False
    if first.kind == "Dense" and second.kind != "Dense":
        return False  # a code unfolded into maps, or a projection of words
    if first.kind != "Dense" and (not _is_square(first) or not _is_square(second)):
        return False
    if first.kind != "Dense" and second.kind == "Dense" and not joint.flattens and joint.between == "nothing":
        return False
    return not _is_narrow(first, second)


def _is_narrow(first: Weighted, second: Weighted) -> bool:
    """True for a layer between two that are wider, and where that can't be told."""
    if first.size is None:
        return True
    before = first.inputs
    if first.kind != "Dense":
        return second.size is not None and first.size < second.size and (before is None or first.size < before)
    if second.size is None:
        return True
    return first.size < second.size and (before is None or first.size < before)


def _is_plain(layer: Weighted) -> bool:
    bias = layer.argument("use_bias", "bias")
    if layer.is_refused:
        return False
    if bias is not None and constant(bias) is not True:
        return False
    if not layer.layer.complete or _constant_or_true(layer, "trainable") is not True:
        return False
    kept = [layer.argument(name) for name in ("kernel_constraint", "W_constraint", "weights")]
    return all(given is None or is_none(given) for given in kept)


def _constant_or_true(layer: Weighted, name: str) -> object:
    """A plain argument; True if it was not given."""
    given = layer.argument(name)
    return True if given is None else constant(given)


def _is_square(layer: Weighted) -> bool:
    """True for a kernel larger than 1 and as high as wide, and for a Dense."""
    return layer.kind == "Dense" or (len(set(layer.kernel)) == 1 and layer.kernel[0] > 1)


def _is_one_by_one(layer: Weighted) -> bool:
    return layer.kind != "Dense" and set(layer.kernel) <= {1}


def _is_linear_by_name(module: Module, at: records.Record) -> bool:
    """True in a class that is called linear: a classifier to measure what others have learned."""
    owner = module.class_of(at)
    return owner is not None and "linear" in owner.record.name.lower()


def _is_only_shown(module: Module, joint: Joint, at: records.Record) -> bool:
    """True for a layer that only models outside any function have, with which nothing is done."""
    if records.function_of(at) is not None or records.class_of(at) is not None:
        return False
    homes = [network for network in module.networks if any(m.layer is joint.first.layer for m in network.members)]
    used = {id(training.model) for training in module.trainings if training.steps}
    used |= {id(member.layer) for network in module.networks for member in network.members}
    return bool(homes) and not any(id(home.model) in used for home in homes)


def _reconstructs_linearly(module: Module, linear: list[Joint]) -> bool:
    """True for a file whose only trainings give a linear network its own input: a linear autoencoder, on purpose."""
    return bool(linear) and bool(module.tasks) and all(task.reconstructs for task in module.tasks)


def _fix(module: Module, row: list[Joint]) -> Draft | None:
    editor = module.editor()
    for joint in row:
        call = joint.site.record if joint.site is not None else None
        if not isinstance(call, records.Call) or not module.owns(joint.site):
            return None
        written = next((argument for argument in call.arguments if argument.name == "activation"), None)
        if written is not None:
            editor.replace(written.value, '"relu"')
        elif joint.first.argument("activation") is None:
            editor.add_argument(call, 'activation="relu"')
        else:
            return None
    return editor.draft("Give each hidden layer a relu", Applicability.UNSAFE)
