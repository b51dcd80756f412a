"""KV734 absurd-learning-rate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Call, Module, constant, ending_of, library_class

if TYPE_CHECKING:
    from kerasvae_lint.model import Training

_LIMITS = {"Adam": 0.3, "AdamW": 0.3, "Nadam": 0.3, "RMSprop": 0.3, "Adamax": 1.0, "SGD": 3.0}
"""From which rate on networks with a hidden layer fail, as measured; for those that are not here there is no bound."""
_BOUNDED = frozenset({"sigmoid", "hard_sigmoid"})
_WITH_BOUNDED = {**_LIMITS, "SGD": 30.0}
"""The same for networks with a sigmoid between, whose gradients are small: they want large rates of `SGD`."""
_WEIGHTED = ("Dense", "Conv1D", "Conv2D", "Conv3D", "LSTM", "GRU", "SimpleRNN", "Bidirectional", "SeparableConv2D")


class AbsurdLearningRate(Rule):
    """A learning rate with which nothing can be learned: a negative one, or one far above what the optimizer can bear.

    ## What it finds
    A number below 0 as `learning_rate` (or `lr`) of any optimizer; for a model with a hidden layer also 0.3 or more for
    `Adam`, `AdamW`, `Nadam` and `RMSprop`, 1 or more for `Adamax`, 3 or more for `SGD` (30 with a sigmoid in a hidden
    layer). Not: other optimizers, whose bounds are not measured (`Adadelta` and `Adagrad` want large rates), schedules,
    models of one layer, rates that a callback sets.

    ## Why it bites
    A negative rate climbs: measured, a loss of 904 and rising, without a complaint from either Keras. On two small
    networks with relu layers, two seeds each, 20 epochs: Adam at 0.1 reaches accuracies of 0.93 to 1.0, at 0.3 0.56 to
    0.96, at 1.0 0.32 to 0.87; RMSprop at 0.1 0.86 to 0.98, at 0.3 0.54 to 0.84; SGD at 1.0 0.79 to 1.0, at 3.0 0.39 to
    0.54, at 10 NaN. On scikit-learn's digits, with two hidden layers: Adamax at 0.1 0.85 to 0.98, at 0.3 0.08 to 0.82,
    at 1.0 0.08 to 0.24; Nadam at 0.1 0.82 to 0.93, at 0.3 0.10 to 0.70; AdamW at 0.3 0.10 to 0.33; with sigmoids none
    of them does better (Adamax at 1.0 0.08 to 0.09, Nadam and AdamW at 0.3 0.08 to 0.11).
    Where the hidden layer is a sigmoid, SGD does better at 3.0 (0.90 on 4,000 digits of MNIST) than at 0.1 (0.82), at
    10 as well, and fails at 30 (0.10).

    ## Bad
    ```python
    model.compile(keras.optimizers.Adam(learning_rate=1.0), "mse")
    ```

    ## Good
    ```python
    model.compile(keras.optimizers.Adam(learning_rate=0.001), "mse")
    ```

    ## Fix
    None: the right rate is a matter of trying.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - UMLAUT, study script B
    - DeepLocalize, 48385830
    """

    code = "KV734"
    name = "absurd-learning-rate"
    triggers = ("optimizers", "SGD", "Adam", "RMSprop")
    fixable = "no"
    probes = ("learning",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per optimizer whose rate is below 0, or too large for the networks that it trains."""
        for call in module.all_calls:
            if not call.name.startswith("keras.optimizers.") or call.name.startswith("keras.optimizers.schedules"):
                continue
            given = call.argument("learning_rate", "lr")
            rate = constant(given) if given is not None else None
            if not isinstance(rate, (int, float)) or isinstance(rate, bool):
                continue
            name = call.name.rpartition(".")[2]
            if rate >= 0 and not _is_absurd(module, call, name, rate):
                continue
            what = "climbs: the loss grows" if rate < 0 else f"is far above what {name} can bear"
            yield Report(
                call.written("learning_rate", "lr") or call,
                f"A learning rate of {rate:g} {what}, in Keras 2 and 3. {name}'s default is {_default(call)}.",
            )


def _default(call: Call) -> str:
    found = call.entry.default("learning_rate") if call.entry is not None else None
    return f"{found:g}" if isinstance(found, float) else "much smaller"


def _is_absurd(module: Module, call: Call, name: str, rate: float) -> bool:
    """True if none of the models that an optimizer is for can bear the rate."""
    mine = [training for training in module.trainings if any(_is_for(step.optimizer, call) for step in training.steps)]
    limits = [_limit(module, training, name) for training in mine if name in _LIMITS]
    return bool(limits) and all(limit is not None and rate >= limit for limit in limits)


def _is_for(chosen: object, call: Call) -> bool:
    value = getattr(chosen, "value", None)
    return value is not None and any(value is made for made in call.result.alternatives())


def _limit(module: Module, training: Training, name: str) -> float | None:
    """From which rate on a network fails; None for one without a hidden layer."""
    network = module.network_of(training.model)
    members = network.members if network is not None else []
    weighted = [i for i, one in enumerate(members) if library_class(one.layer).rpartition(".")[2] in _WEIGHTED]
    if len(weighted) < 2:
        return None
    hidden = [ending_of(one.output) for one in members[: weighted[-1]] if one.output is not None]
    bounded = any(ending is not None and ending.name in _BOUNDED for ending in hidden)
    return (_WITH_BOUNDED if bounded else _LIMITS)[name]
