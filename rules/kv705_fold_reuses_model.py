"""KV705 fold-reuses-model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, is_layer, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Fold


class FoldReusesModel(Rule):
    """A cross-validation trains one model on: later folds are tested on what it has learned already.

    ## What it finds
    A `fit` inside a loop over the folds of scikit-learn (`KFold`, `StratifiedKFold`, `ShuffleSplit`, …) of a model that
    was made before the loop. To compile it again inside does not begin anew. Not: a model made, cloned or loaded in the
    loop, directly or by a function; `set_weights`, `load_weights` or a reset of one's own in it; `TimeSeriesSplit`,
    where going on is a method; loops without a split, such as training on data that arrive.

    ## Why it bites
    From the second fold on the held-out samples have been trained on: the score is that of memory. Measured with random
    labels, where 0.5 is right: 0.50, 0.88, 1.0, 1.0, 1.0, a mean of 0.875, in both Kerases; with a model per fold 0.52
    and 0.54.

    ## Bad
    ```python
    model = build()
    for train, test in KFold(5).split(x):
        model.fit(x[train], y[train])
    ```

    ## Good
    ```python
    for train, test in KFold(5).split(x):
        model = build()
        model.fit(x[train], y[train])
    ```

    ## Fix
    Unsafe, where the model has its weights before the loop: they are kept and set again at the start of each fold. To
    build the model inside is better, as the optimizer begins anew too.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Stack Overflow 75264251
    """

    code = "KV705"
    name = "fold-reuses-model"
    triggers = (".split(",)
    fixable = "unsafe"
    probes = ("learning",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per training in a cross-validation whose model was made before the loop."""
        seen: set[records.Record] = set()
        for fold in module.reused_models:
            place = fold.step.site.record
            if place in seen:
                continue
            seen.add(place)
            made = fold.training.model.site
            notes = ((made.record, "made once, here"),) if made is not None and module.owns(made) else ()
            yield Report(
                place,
                f"This model was made before the loop over `{fold.splitter}`: each fold goes on with the weights of the"
                " one before, which has trained on its test part, in Keras 2 and 3. Make the model in the loop.",
                notes,
                _fix(module, fold),
            )


def _fix(module: Module, fold: Fold) -> Draft | None:
    """Keep the first weights and set them again, where the model has them before the loop."""
    call = fold.step.site.record
    receiver = call.func.value if isinstance(call, records.Call) and isinstance(call.func, records.Attribute) else None
    network = module.network_of(fold.training.model)
    built = network is not None and all(module.outputs.shape(output) is not None for output in network.outputs)
    if not isinstance(receiver, records.Name) or network is None or not network.outputs or not built:
        return None
    first = fold.loop.body[0]
    editor = module.editor()
    start, inside = editor.line_start(fold.loop.start), editor.line_start(first.start)
    if module.source.text[start : fold.loop.start].strip() or inside <= start or not is_layer(fold.training.model):
        return None
    name, newline = receiver.id, editor.newline
    editor.edit(start, start, f"{editor.indent_at(fold.loop.start)}first_weights = {name}.get_weights(){newline}")
    editor.edit(inside, inside, f"{editor.indent_at(first.start)}{name}.set_weights(first_weights){newline}")
    return editor.draft("Begin each fold with the first weights", Applicability.UNSAFE)
