"""KV736 untrained-model-judged."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import LibraryObject, Module, Value, is_application, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Training, TrainingStep

_JUDGES = frozenset({"evaluate", "predict", "evaluate_generator", "predict_generator"})
_LOADS = frozenset(
    {
        *("load_weights", "load_model", "set_weights", "restore", "from_pretrained", "from_preset", "assign"),
        *("load_checkpoint", "load_state_dict", "read", "load", "KerasRegressor", "KerasClassifier", "search"),
    }
)
_TRAINS = ("fit", "fit_generator", "train_on_batch", "apply_gradients", "minimize", "apply", "train")


class UntrainedModelJudged(Rule):
    """A model is evaluated, or predicts, that nothing has fitted or loaded: its weights are those it was made with.

    ## What it finds
    `evaluate` or `predict` on data that come from somewhere, of a model that this file makes and that no `fit`, loop or
    loading of weights in it is for: often a second model made by the same function, or a name that was bound anew after
    `fit`. Not: models that share layers with a trained one, that are handed to others, with pretrained parts, random or
    made-up inputs (a try of shapes), files that load anything into models.

    ## Why it bites
    The answers are those of random weights: measured, an accuracy of 0.10 for ten classes. Nothing warns.

    ## Bad
    ```python
    build().fit(x_train, y_train)
    print(build().evaluate(x_test, y_test))
    ```

    ## Good
    ```python
    model = build()
    model.fit(x_train, y_train)
    print(model.evaluate(x_test, y_test))
    ```

    ## Fix
    None.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV736"
    name = "untrained-model-judged"
    triggers = (".evaluate(", ".predict(")
    fixable = "no"
    probes = ()
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per model that is judged and that nothing has trained."""
        words = {record.attr for record in module.code.walk() if isinstance(record, records.Attribute)}
        words |= {record.id for record in module.code.walk() if isinstance(record, records.Name)}
        if words & _LOADS or not _trains_only_what_is_seen(module):
            return
        trained = {id(layer) for training in module.trainings if training.fits for layer in _layers(module, training)}
        seen: set[records.Record] = set()
        for training in module.trainings:
            judged = next((step for step in training.steps if _judges(step)), None)
            network = module.network_of(training.model)
            if training.fits or judged is None or network is None or not module.owns(judged.site):
                continue
            layers = _layers(module, training)
            model = training.model
            if any(id(layer) in trained or is_application(layer) for layer in layers) or not network.members:
                continue
            if not isinstance(model, LibraryObject) or model.escaped or judged.site.record in seen:
                continue
            seen.add(judged.site.record)
            made = model.site
            yield Report(
                judged.site.record,
                f"Nothing in this file has fitted or loaded the model asked to `{judged.method}`: it answers with"
                " the weights it was made with, in Keras 2 and 3. Ask the one that was trained.",
                ((made.record, "made here"),) if made is not None and module.owns(made) else (),
            )


def _judges(step: TrainingStep) -> bool:
    """True for a question about data that come from somewhere."""
    return step.method in _JUDGES and any(
        data.source.is_known and data.source.kind not in {"random", "array", "generator"} for data in step.x
    )


def _layers(module: Module, training: Training) -> list[Value]:
    """A model with its layers, those of its nested models included."""
    found: list[Value] = [training.model]
    todo = [module.network_of(training.model)]
    while todo:
        network = todo.pop()
        for member in network.members if network is not None else ():
            if not any(member.layer is layer for layer in found):
                found.append(member.layer)
                todo.append(module.network_of(member.layer))
    return found


def _trains_only_what_is_seen(module: Module) -> bool:
    """True if every training that is written trains a model whose layers are known."""
    known = {
        step.site.record
        for training in module.trainings
        if module.network_of(training.model) is not None
        for step in training.fits
    }
    written = [record for record in module.code.walk() if isinstance(record, records.Call)]
    named = [call for call in written if isinstance(call.func, records.Attribute) and call.func.attr in _TRAINS]
    return all(call in known or _is_of_scikit_learn(module, call) for call in named)


def _is_of_scikit_learn(module: Module, call: records.Call) -> bool:
    receiver = module.value(call.func.value) if isinstance(call.func, records.Attribute) else None
    return isinstance(receiver, LibraryObject) and receiver.name.startswith("sklearn.")
