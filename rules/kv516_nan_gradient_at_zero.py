"""KV516 nan-gradient-at-zero."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Singular

_MESSAGES = {
    "root": (
        "The square root of a distance has no slope at 0: where two of the compared tensors agree the gradient is NaN,"
        " in Keras 2 and 3, and one NaN ends the training. Add a small number under the root."
    ),
    "norm": (
        "The norm of a difference has no slope at 0: where the two tensors agree the gradient is NaN, in Keras 2 and 3,"
        " and one NaN ends the training. Take a root with a small number under it."
    ),
    "unchosen": (
        "`where` picks the value, but the gradient of this branch is computed all the same, and at 0 it is NaN, in"
        " Keras 2 and 3. Give the branch a safe number where it is not picked."
    ),
}
_WRITTEN_OUT = {
    "tf.norm": ("tf.sqrt", "tf.reduce_sum", "tf.square"),
    "keras.ops.norm": ("keras.ops.sqrt", "keras.ops.sum", "keras.ops.square"),
}
_KEPT = frozenset({"axis", "keepdims"})


class NanGradientAtZero(Rule):
    """The root of a distance that can be 0 has a gradient of NaN there.

    ## What it finds
    On the way from a loss to what is trained: `sqrt` (or `** 0.5`) of a sum or mean of squared differences, per sample
    or per pair, with nothing added under the root; `norm` of a difference; a logarithm or quotient of `x` in a
    `where` that asks whether `x` is 0. Losses are those of `compile`, `add_loss`, a tape, functions that are losses by
    name, and layers that make one. Not: a root over a whole batch, or over several outputs and their targets, whose
    parts are never all 0; one with an epsilon or a floor above 0 under it; a root that is only squared again; metrics;
    what `stop_gradient` or `argmin` holds back.

    ## Why it bites
    The slope of a root at 0 is infinite, and infinity times the inner slope of 0 is NaN. The loss itself looks fine.
    It happens when anchor and positive are the same picture, when two posteriors agree, on the diagonal of a matrix
    of pairwise distances, on padding; after one such step every weight is NaN.

    ## Bad
    ```python
    distance = tf.sqrt(tf.reduce_sum(tf.square(anchor - positive), axis=-1))
    ```

    ## Good
    ```python
    distance = tf.sqrt(tf.reduce_sum(tf.square(anchor - positive), axis=-1) + 1e-12)
    ```

    ## Fix
    Unsafe, it changes numbers: `+ 1e-12` under a root; a norm is written out as such a root; a branch of `where` gets
    1 in place of what it is not meant for.

    ## Keras 2 and Keras 3
    The same in both, on all backends.
    """

    code = "KV516"
    name = "nan-gradient-at-zero"
    triggers = ("sqrt", "norm(", "0.5", "where(")
    fixable = "sometimes"
    probes = ("gradients",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per root, norm or branch."""
        for found in module.singular:
            if found.targets and not _has_one_number(module, found.site.record):
                continue
            notes = module.notes("picked here", found.chosen) if found.chosen is not None else ()
            yield Report(found.site.record, _MESSAGES[found.kind], notes, _fix(module, found))


def _has_one_number(module: Module, place: records.Record) -> bool:
    """True in a loss of outputs of one number for each sample: of several, some are always off."""
    names = set[str]()
    at = place.parent
    while at is not None:
        if isinstance(at, (records.Function, records.Class)):
            names.add(at.name)
        at = at.parent
    units = {task.output.units for task in module.tasks if task.loss is not None and task.loss.name in names}
    return units == {1}


def _fix(module: Module, found: Singular) -> Draft | None:
    if found.kind == "root":
        return _over_a_floor(module, found.site.record)
    return _root_of(module, found.site.record) if found.kind == "norm" else _safe_branch(module, found)


def _over_a_floor(module: Module, record: records.Record) -> Draft | None:
    """``sqrt(x)`` → ``sqrt(x + 1e-12)``, ``x ** 0.5`` → ``(x + 1e-12) ** 0.5``."""
    editor = module.editor()
    if isinstance(record, records.Binary):
        editor.replace(record.left, f"({module.text(record.left)} + 1e-12)")
    elif isinstance(record, records.Call) and record.arguments and not record.arguments[0].star:
        inner = record.arguments[0].value
        if not isinstance(inner, (records.Call, records.Name, records.Attribute, records.Subscript, records.Binary)):
            return None
        editor.insert_after(inner, " + 1e-12")
    else:
        return None
    return editor.draft("Add a small number under the root", Applicability.UNSAFE)


def _root_of(module: Module, record: records.Record) -> Draft | None:
    """``norm(x, axis=-1)`` → ``sqrt(sum(square(x), axis=-1) + 1e-12)``."""
    call = module.call_at(record)
    words = _WRITTEN_OUT.get(call.name) if call is not None else None
    if call is None or words is None or not isinstance(call.record.func, records.Attribute):
        return None
    first, *others = call.record.arguments
    if first.star or "\n" in module.text(record):
        return None
    kept = [argument for argument in others if argument.name in _KEPT]
    rest = [argument for argument in others if argument.name not in _KEPT]
    if any(argument.name not in {"ord", "name"} for argument in rest):
        return None
    spelled = module.text(call.record.func)
    home = spelled.removesuffix("linalg.norm").removesuffix("norm")
    if not home.endswith("."):
        return None
    root, total, square = (home + word.rpartition(".")[2] for word in words)
    more = "".join(f", {argument.name}={module.text(argument.value)}" for argument in kept)
    editor = module.editor()
    editor.replace(call.record, f"{root}({total}({square}({module.text(first.value)}){more}) + 1e-12)")
    return editor.draft("Take a root with a small number under it", Applicability.UNSAFE)


def _safe_branch(module: Module, found: Singular) -> Draft | None:
    """``where(x > 0, log(x), 0.)`` → ``where(x > 0, log(where(x > 0, x, 1.0)), 0.)``."""
    place, around = found.site.record, found.chosen.site if found.chosen is not None else None
    if around is None or not module.owns(around) or not isinstance(around.record, records.Call):
        return None
    if not module.stands_in(place, around.record) or len(around.record.arguments) < 3:
        return None
    inner: records.Expression | None = None
    if isinstance(place, records.Call) and len(place.arguments) == 1 and not place.arguments[0].star:
        inner = place.arguments[0].value
    elif isinstance(place, records.Binary):
        inner = place.right
    condition = around.record.arguments[0]
    if inner is None or condition.star or condition.name not in {None, "condition"}:
        return None
    where, asked = module.text(around.record.func), module.text(condition.value)
    editor = module.editor()
    editor.replace(inner, f"{where}({asked}, {module.text(inner)}, 1.0)")
    return editor.draft("Give the branch a number that is safe", Applicability.UNSAFE)
