"""KV710 single-unit-categorical."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Computed, Entropy, LibraryObject, Module, records

_KEPT = frozenset({"from_logits", "label_smoothing", "name", "reduction"})


class SingleUnitCategorical(Rule):
    """A categorical cross-entropy on one unit is 0 whatever the model says.

    ## What it finds
    `categorical_crossentropy`, its sparse variant, or the softmax cross-entropies of `tf.nn`, as a string, function or
    object, on an output whose last axis has size 1, in `compile` or where the loss is called. One unit with a softmax
    is KV701's finding. Not: an output of three axes, unless its targets are known to have three too: beside targets
    of two, Keras drops the axis of size 1 and compares along the one before (a score for each word of a text).

    ## Why it bites
    These losses compare classes along the last axis. With one class its share is always 1 and the loss 0.0 before any
    training; the accuracy stays at the share of one label (measured: 0.47). The sparse loss raises at the first label
    above 0, on a GPU it gives NaN.

    ## Bad
    ```python
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "categorical_crossentropy")
    ```

    ## Good
    ```python
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy")
    ```

    ## Fix
    Unsafe: binary cross-entropy, and a sigmoid where the output has another activation or none. With more than two
    classes, one unit for each class and a softmax are meant.

    ## Keras 2 and Keras 3
    The same in both; both warn once that the output's shape should have more than one class.

    ## References
    - stats.stackexchange.com 565956
    """

    code = "KV710"
    name = "single-unit-categorical"
    triggers = ("ategorical", "softmax_cross_entropy_with_logits", ".compile(")
    fixable = "unsafe"
    probes = ("loss", "build")
    outranks = ("KV409", "KV702", "KV719", "KV722", "KV731")

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per loss over classes all of whose outputs have one."""
        for place, uses in module.entropies.items():
            if not all(_is_over_classes(use) and module.outputs.size(use.output) == 1 for use in uses):
                continue
            endings = [use.ending for use in uses if use.ending is not None]
            if any(ending.name == "softmax" for ending in endings):
                continue
            if any(_is_squeezed(module, use) or _is_of_one_hot(use) for use in uses):
                continue
            sites = [module.outputs.size_written(use.output) for use in uses]
            sparse = "sparse" in uses[0].name.lower()
            yield Report(
                place,
                f"`{uses[0].name}` compares classes, and the output has one: "
                + ("it raises or gives NaN at any label above 0" if sparse else "the loss is 0 whatever it says")
                + ", in Keras 2 and 3. Use binary cross-entropy, or one unit for each class.",
                tuple((site.record, "one unit") for site in sites[:1] if site is not None and module.owns(site)),
                _fix(module, place, uses),
                about=tuple(ending.site.record for ending in endings if ending.site is not None),
            )


def _is_over_classes(use: Entropy) -> bool:
    return "categorical" in use.name.lower() or "softmax" in use.name


def _is_of_one_hot(use: Entropy) -> bool:
    """True for labels that are the argmax of one-hot rows: as many columns as the output has classes, so all are 0."""
    return isinstance(use.targets, Computed) and use.targets.op == "argmax"


def _is_squeezed(module: Module, use: Entropy) -> bool:
    """True if Keras may drop the last axis, because the targets have one axis less: (B, words, 1) beside (B, words)."""
    shape = module.outputs.shape(use.output)
    if shape is None or len(shape) != 3:
        return False
    tasks = [task for task in module.tasks if task.compiled.site.record is use.use.record]
    targets = [data.shape for task in tasks for data in task.targets]
    return not targets or any(shape is None or len(shape) != 3 for shape in targets)


def _fix(module: Module, place: records.Record, uses: list[Entropy]) -> Draft | None:
    use, ending, editor = uses[0], uses[0].ending, module.editor()
    if use.always or ending is None or any(other.ending is None for other in uses):
        return None
    name = place.func if isinstance(place, records.Call) else place
    if isinstance(place, records.Call) and any(argument.name not in _KEPT for argument in place.arguments):
        return None
    text = module.text(name)
    short = text.replace("sparse_", "").replace("Sparse", "")
    binary = short.replace("categorical", "binary").replace("Categorical", "Binary")
    if binary == text or not isinstance(name, (records.Constant, records.Attribute)):
        return None
    editor.replace(name, binary)
    if ending.name != "sigmoid" and not use.logits:
        site = ending.site
        if not ending.literal or not module.owns(site) or site is None or len(uses) > 1:
            return None
        if isinstance(site.record, records.Constant):
            editor.replace(site.record, '"sigmoid"')
        elif isinstance(site.record, records.Call) and isinstance(ending.layer, LibraryObject):
            editor.add_argument(site.record, 'activation="sigmoid"')
        else:
            return None
    return editor.draft("Use binary cross-entropy", Applicability.UNSAFE)
