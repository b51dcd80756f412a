"""KV518 module-level-metric."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Module, mentions, records

if TYPE_CHECKING:
    from kerasvae_lint.model import StrayMetric

_RESETS = frozenset({"reset_state", "reset_states"})


class ModuleLevelMetric(Rule):
    """A metric outside the model that its `train_step` updates: no epoch begins it anew.

    ## What it finds
    A metric that is made at the top of a file, in a function around the model's class or in the class's own body, and
    that a `train_step` or `test_step` run by `fit` updates. Not: a metric that a model or layer holds as an attribute,
    also in a list or dictionary (no `metrics` property is needed for that); a class with a `metrics` property; metrics
    given to `compile`; a file that resets metrics, or another one that names it and resets something; a step
    that a loop calls by hand; one single epoch.

    ## Why it bites
    `fit` resets the metrics that it finds in the model, at the begin of every epoch. Any other one goes on for ever and
    shows the mean since the first batch. Measured with a loss that falls from 1.29 over 0.35 to 0.11: the first epochs
    show 1.29, 0.82, 0.58, in Keras 2 and 3. EarlyStopping and checkpoints go by this number.

    ## Bad
    ```python
    loss_tracker = keras.metrics.Mean(name="loss")


    class VAE(keras.Model):
        def train_step(self, data):
            ...
            loss_tracker.update_state(loss)
            return {"loss": loss_tracker.result()}
    ```

    ## Good
    ```python
    class VAE(keras.Model):
        def __init__(self):
            super().__init__()
            self.loss_tracker = keras.metrics.Mean(name="loss")

        def train_step(self, data):
            ...
            self.loss_tracker.update_state(loss)
            return {"loss": self.loss_tracker.result()}
    ```

    ## Fix
    Safe, for a metric at the top of a file that only methods of one class with an `__init__` name: an attribute.

    ## Keras 2 and Keras 3
    The same in both; a Keras 3 step that logs such a metric as `loss` alone shows 0.0, as there the loss of `compile`
    takes its place.

    ## References
    - keras-team/keras issue 14705
    """

    code = "KV518"
    name = "module-level-metric"
    triggers = ("def train_step", "def test_step")
    fixable = "sometimes"
    probes = ("metrics",)
    preview = True
    project_wide = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per metric, where it is made."""
        if module.flavour.graph:
            return
        for found in module.stray_metrics:
            name = _name(found)
            if name is not None and module.around is not None and module.around.search((name.id,), _RESETS):
                continue
            label = f"`{name.id}`" if name is not None else "This metric"
            yield Report(
                found.site.record,
                f"{label} is no part of the model, and `fit` resets only what it finds there: from the second epoch on"
                " it shows the mean of all epochs so far, in Keras 2 and 3. Make it an attribute in `__init__`.",
                ((module.place(found.update), "the step updates it here"),),
                _fix(module, found, name) if name is not None else None,
            )


def _name(found: StrayMetric) -> records.Name | None:
    """The name that the metric gets; None where a statement does more than that."""
    statement = records.statement_of(found.site.record)
    if not isinstance(statement, records.Assign) or statement.value is not found.site.record:
        return None
    target = statement.targets[0]
    return target if len(statement.targets) == 1 and isinstance(target, records.Name) else None


def _fix(module: Module, found: StrayMetric, name: records.Name) -> Draft | None:
    """An attribute of the one class whose methods say the name."""
    statement, cls = records.statement_of(name), module.class_of(found.step.function.function)
    init = cls.record.methods.get("__init__") if cls is not None else None
    if statement is None or cls is None or init is None or cls.super_init is None or name.id in cls.attributes:
        return None
    if not isinstance(statement.parent, records.Module) or isinstance(init.body[-1], records.Return):
        return None
    editor = module.editor()
    for mention in mentions(module.code, name.id):
        method = records.method_of(mention)
        if mention is name:
            continue
        if not isinstance(mention, records.Name):
            if isinstance(mention, records.Attribute):
                return None
            continue
        if method is None or method.owner is not cls.record or method is init or not method.parameters:
            return None
        if records.home_of(mention) is not records.home_of(name) or method.decorators:
            return None
        editor.replace(mention, f"{method.parameters[0].name}.{name.id}")
    owner = init.parameters[0].name
    editor.delete_statement(statement)
    # at its end: Keras 2 counts it among the model's weights
    editor.insert_after_statement(init.body[-1], [f"{owner}.{name.id} = {module.text(found.site.record)}"])
    return editor.draft("Make the metric an attribute of the model")
