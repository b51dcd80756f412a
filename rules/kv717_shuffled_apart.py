"""KV717 shuffled-apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, Module, constant, is_none, records
from kerasvae_lint.rules._scaling import is_keras

if TYPE_CHECKING:
    from kerasvae_lint.model import Data, TrainingStep

_CALLS = frozenset(
    {
        *("np.random.shuffle", "random.shuffle", "sklearn.utils.shuffle", "np.random.permutation"),
        "sklearn.model_selection.train_test_split",
    }
)
_SEEDS = (
    *("np.random.seed", "random.seed", "np.random.set_state", "random.setstate"),
    *("tf.random.set_seed", "keras.utils.set_random_seed"),
)
_NO_PAIR = frozenset({"unknown", "random", "predict", "generator", "several", "input", "tf.data"})
_MEANT = re.compile(r"(?i)rand|perm|shuf|fake|null|dummy")


@dataclass(frozen=True, eq=False, slots=True)
class _Mixing:
    """One shuffling of data.

    Attributes:
        call: the call that shuffles.
        key: what tells it from another one; two data that one call shuffles share it.
    """

    call: Call
    key: object


class ShuffledApart(Rule):
    """Inputs and targets are shuffled by separate calls, or only one of them: no target belongs to its input.

    ## What it finds
    `fit` on inputs and targets of which each was shuffled by a call of its own (`np.random.shuffle`, `random.shuffle`,
    scikit-learn's `shuffle`, `np.random.permutation`, `train_test_split`), or only one was. The same seed set before
    each of the two, the same `random_state`, one permutation as the index of both, and `shuffle(x, y)` keep the pairs.
    Targets that are called random, permuted or shuffled are meant so.

    ## Why it bites
    The model learns pairs that chance has made: accuracy 0.61 in training and 0.44 in validation, where the pairs as
    they were give 1.0. Nothing is printed.

    ## Bad
    ```python
    np.random.shuffle(x)
    np.random.shuffle(y)
    model.fit(x, y)
    ```

    ## Good
    ```python
    order = np.random.permutation(len(x))
    x, y = x[order], y[order]
    model.fit(x, y)
    ```

    ## Fix
    Unsafe: one permutation for both, where two calls of `np.random.shuffle` follow each other.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Stack Overflow 39217567
    """

    code = "KV717"
    name = "shuffled-apart"
    triggers = ("shuffle(", "permutation(", "train_test_split(")
    companions = (".fit(", "fit_generator", "train_on_batch")
    fixable = "sometimes"
    probes = ()

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per shuffling that takes inputs and targets apart."""
        told: set[int] = set()
        for training in module.trainings:
            if not is_keras(training):
                continue
            for step in training.fits:
                if len(step.x) != 1 or len(step.y) != 1:
                    continue
                report = _judged(module, step, step.x[0], step.y[0])
                if report is not None and report.at.start not in told:
                    told.add(report.at.start)
                    yield report


def _judged(module: Module, step: TrainingStep, x: Data, y: Data) -> Report | None:
    if len(x.value.alternatives()) > 1 or len(y.value.alternatives()) > 1 or x.value is y.value:
        return None
    mixed = _mixings(module, x), _mixings(module, y)
    if mixed[0] is None or mixed[1] is None:
        return None
    own = [m for m in mixed[0] if m.key not in {n.key for n in mixed[1]}]
    others = [m for m in mixed[1] if m.key not in {n.key for n in mixed[0]}]
    if len(own) == 1 and len(others) == 1 and own[0].call.record is not others[0].call.record:
        first, second = sorted((own[0], others[0]), key=lambda one: one.call.start)
        if _is_paired(module, first.call, second.call):
            return None
        return Report(
            second.call,
            "Inputs and targets are shuffled by separate calls, each into an order of its own: no target belongs to its"
            " input, in Keras 2 and 3. Use one permutation for both.",
            ((first.call.record, "the other one is shuffled here"),),
            _fix(module, first.call, second.call),
        )
    alone = own if own and not others else others if others and not own else []
    if len(alone) != 1 or not _is_pair(x, y) or _is_meant(module, step, alone[0]):
        return None
    what, rest = ("inputs", "targets") if alone is own else ("targets", "inputs")
    return Report(
        alone[0].call,
        f"The {what} are shuffled and the {rest} are not: no target belongs to its input, in Keras 2 and 3. Use one"
        " permutation for both.",
    )


def _mixings(module: Module, data: Data) -> list[_Mixing] | None:
    """The shufflings of data; None if one of them, or a step that may be one, can't be followed."""
    if data.did("unknown", "learned", "sorted", "concatenated", "mapped") or not data.source.is_known:
        return None
    found: list[_Mixing] = []
    for step in data.steps:
        if step.kind not in {"shuffled", "split"} or (step.kind == "split" and not step.detail):
            continue
        by = step.by.site if step.by is not None else None
        site = by if by is not None and module.owns(by) else step.site
        call = module.call_at(site.record) if site is not None and module.owns(site) else None
        if call is None or call.name not in _CALLS:
            return None
        if call.name.endswith("train_test_split"):
            mixes = call.argument("shuffle")
            if call.is_given("shuffle") != "absent":
                if mixes is None or constant(mixes) is not False:
                    return None
                continue
        found.append(_Mixing(call, id(step.by)))
    return found


def _is_paired(module: Module, first: Call, second: Call) -> bool:
    """True if two calls draw the same order, or may do so: by the same state, or a seed that is set between them."""
    if any(call.function is not first.function for call in (second,)):
        return True
    for seed in module.calls(*_SEEDS):
        if first.start < seed.start < second.start:
            return True
    states = [call.argument("random_state", "seed") for call in (first, second)]
    given = [call.is_given("random_state", "seed") for call in (first, second)]
    if first.name.startswith("sklearn.") or second.name.startswith("sklearn."):
        if given == ["absent", "absent"]:
            return False
        known = [constant(state) if state is not None and not is_none(state) else None for state in states]
        return not (all(isinstance(state, int) for state in known) and known[0] != known[1])
    return any(len(call.record.arguments) != 1 for call in (first, second)) or first.name != second.name


def _is_pair(x: Data, y: Data) -> bool:
    """True if inputs and targets come from one place, in which they belong together."""
    one, other = x.source, y.source
    if one.kind != other.kind or one.kind in _NO_PAIR:
        return False
    if one.kind == "array":
        return not one.name and not other.name and x.did("selected") == y.did("selected")
    return one.name == other.name and (not one.split or not other.split or one.split == other.split)


def _is_meant(module: Module, step: TrainingStep, mixing: _Mixing) -> bool:
    """True if a name says that the pairs are broken on purpose, as in a test with random labels."""
    call = step.site.record
    given = [module.text(argument.value) for argument in getattr(call, "arguments", ())[:2]]
    given += [module.text(argument.value) for argument in mixing.call.record.arguments]
    statement = records.statement_of(mixing.call.record)
    if isinstance(statement, records.Assign):
        given += [module.text(target) for target in statement.targets]
    function = mixing.call.function
    named = getattr(function, "name", "") or ""
    return any(_MEANT.search(text) for text in (*given, named))


def _fix(module: Module, first: Call, second: Call) -> Draft | None:
    """One order for both, where two arrays are shuffled in place one after the other."""
    if first.name != "np.random.shuffle" or second.name != "np.random.shuffle":
        return None
    names = [call.record.arguments[0].value for call in (first, second) if len(call.record.arguments) == 1]
    func = first.record.func
    if len(names) != 2 or not all(isinstance(name, records.Name) for name in names):
        return None
    parents = [call.record.parent for call in (first, second)]
    if not isinstance(func, records.Attribute) or not all(isinstance(p, records.ExpressionStatement) for p in parents):
        return None
    x, y = (module.text(name) for name in names)
    if any(isinstance(record, records.Name) and record.id == "order" for record in module.code.walk()):
        return None
    editor = module.editor()
    editor.replace(first.record, f"order = {module.text(func.value)}.permutation(len({x}))")
    editor.replace(second.record, f"{x}, {y} = {x}[order], {y}[order]")
    return editor.draft("Use one permutation", Applicability.UNSAFE)
