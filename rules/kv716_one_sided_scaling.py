"""KV716 one-sided-scaling."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Call, Computed, LibraryObject, Module, records
from kerasvae_lint.rules._scaling import is_as_large, is_keras, scalings

if TYPE_CHECKING:
    from kerasvae_lint.model import Data, Step, Training, TrainingStep

_HELD_OUT = frozenset({"evaluate", "predict", "evaluate_generator", "predict_generator"})
_SCALERS = frozenset(
    {"StandardScaler", "MinMaxScaler", "MaxAbsScaler", "RobustScaler", "PowerTransformer", "QuantileTransformer"}
)
_OTHERS = frozenset({"unknown", "array", "random", "predict", "generator", "several", "input", "file", "tf.data"})
"""Sources of which two data can't be compared."""
_PARTS = re.compile(r"(?i)(?<![a-z])(train(?:ing)?|tr|trn|test(?:ing)?|tst|te|val(?:id(?:ation)?)?|dev)(?![a-z])")
_TRAINING = frozenset({"train", "training", "tr", "trn"})


class OneSidedScaling(Rule):
    """Training and held-out data are scaled differently: the model is judged on other numbers than it learned.

    ## What it finds
    Four spellings of one mistake. The inputs of `fit` are divided or standardised, and those of its `validation_data`,
    of `evaluate` or of `predict` are not, or the other way round. A scaler's `fit_transform` is called on the training
    part and again on the test part, or again behind `fit` on what `predict` gets. The labels of a classification are
    divided in place of the images. A scaled array is made and lost, and `fit` gets the unscaled one. Data whose way
    from the source can't be followed are left alone, and so is augmentation of the training data, or a scaler that was
    fitted before the split.

    ## Why it bites
    Nothing is printed, and the training looks well. Measured: a network of sigmoids trained on 0 to 255 and tested on 0
    to 1 falls from an accuracy of 0.94 to 0.14; one trained on 0 to 1 and tested on 0 to 255 from a loss of 2 to 17. A
    scaler that is fitted again moves a shifted test set back: an error of 5.49 instead of 0.00. Labels divided by 255
    are all cut to class 0: loss 0.0, accuracy 0.35.

    ## Bad
    ```python
    x_train = x_train / 255.0
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## Good
    ```python
    x_train, x_test = x_train / 255.0, x_test / 255.0
    model.fit(x_train, y_train)
    model.evaluate(x_test, y_test)
    ```

    ## Fix
    `transform` in place of the second `fit_transform`, which is safe where both are calls of one scaler and the
    training part comes first. Otherwise none: only you know which of the two scalings is meant.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - Stack Overflow 59325381, 51930566
    - scikit-learn's documentation, "Common pitfalls": inconsistent preprocessing
    """

    code = "KV716"
    name = "one-sided-scaling"
    triggers = (".fit(", "fit_generator", "train_on_batch")
    companions = ("/", "scale", "Scal", "transform", "ormaliz", "preprocess")
    fixable = "sometimes"
    probes = ("targets",)
    outranks = ("KV715", "KV722")

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per held-out part, scaler, label or lost array that is not treated as the rest."""
        trainings = [training for training in module.trainings if is_keras(training)]
        seen: set[records.Record] = set()
        for training in trainings:
            for report in _held_out(module, training):
                if isinstance(report.at, records.Record) and report.at not in seen:
                    seen.add(report.at)
                    yield report
        fits = [step for training in trainings for step in training.fits if module.owns(step.site)]
        if fits:
            yield from _fitted_twice(module)
            yield from _fitted_after(module, trainings)
        yield from _labels(module, trainings)
        if not any(step.site.record in seen for step in fits):
            yield from _lost(module, trainings)


# training against held-out data -----------------------------------------------------------------
def _held_out(module: Module, training: Training) -> Iterator[Report]:
    fits = [step for step in training.fits if len(step.x) == 1]
    for step in training.steps:
        if not module.owns(step.site):
            continue
        if step in fits and len(step.validation[0]) == 1:
            yield from _compared(module, [step], step, step.validation[0][0], "validation_data")
        before = [fit for fit in fits if fit.order < step.order]
        if step.method in _HELD_OUT and before and len(step.x) == 1:
            yield from _compared(module, before, step, step.x[0], f"{step.method}")


def _compared(module: Module, fits: list[TrainingStep], step: TrainingStep, data: Data, word: str) -> Iterator[Report]:
    sides = [_differ(fit.x[0], data) for fit in fits]
    if not all(sides):
        return
    scaled = sides[0] == "fit"
    done = scalings(fits[-1].x[0] if scaled else data)
    how = _in_words(done[-1])
    what = "the inputs of `fit`" if scaled else f"the data of `{word}`"
    other = f"the data of `{word}`" if scaled else "the inputs of `fit`"
    at = step if scaled or not module.owns(fits[-1].site) else fits[-1]
    notes = _notes(module, done) or (((step.site.record, "scaled here"),) if at is not step else ())
    yield Report(
        at.site.record,
        f"{other[0].upper()}{other[1:]} are as they were read, {what} are {how}: the model gets other numbers than it"
        " was trained on, in Keras 2 and 3. Treat both alike.",
        notes,
        about=() if scaled else tuple(fit.site.record for fit in fits),
    )


def _differ(train: Data, other: Data) -> str:
    """Which of the two is scaled, ``fit`` or ``other``, if one is and the other is not; else empty."""
    if not train.is_known or not other.is_known or not _comparable(train, other):
        return ""
    one, two = scalings(train), scalings(other)
    if one and not two and is_as_large(other) and _far(other, train):
        return "fit"
    if two and not one and is_as_large(train) and _far(train, other):
        return "other"
    return ""


def _comparable(train: Data, other: Data) -> bool:
    shapes = train.shape, other.shape
    if shapes[0] is not None and shapes[1] is not None and len(shapes[0]) != len(shapes[1]):
        return False
    if train.is_image and other.is_image:
        return True
    one, two = train.source, other.source
    return one.kind == two.kind and one.name == two.name and one.part == two.part and one.kind not in _OTHERS


def _far(raw: Data, scaled: Data) -> bool:
    """True if a scaling made a difference: the two lie between other numbers."""
    if raw.range is None or scaled.range is None or not raw.is_image:
        return not raw.is_image or raw.range is not None
    return raw.range.highest > 10 * max(scaled.range.highest, 1.0)


def _in_words(step: Step) -> str:
    if step.kind == "standardised":
        return "standardised"
    if step.detail.startswith(("/ ", "* ")) and step.detail[2:3].isdigit():
        return f"divided by {step.detail[2:]}" if step.detail[0] == "/" else f"multiplied by {step.detail[2:]}"
    return "scaled"


def _notes(module: Module, steps: tuple[Step, ...]) -> tuple[tuple[records.Record, str], ...]:
    sites = [step.site for step in steps if step.site is not None and module.owns(step.site)]
    return ((sites[0].record, "scaled here"),) if sites and sites[0] is not None else ()


# fit_transform twice ----------------------------------------------------------------------------
def _fitted_twice(module: Module) -> Iterator[Report]:
    calls = [call for call in module.method_calls("fit_transform") if _scaler(call) is not None]
    for call in calls:
        text, part = _part_of(module, call)
        if part != "test":
            continue
        for other in calls:
            twin, whose = _part_of(module, other)
            mine, theirs = _scaler(call), _scaler(other)
            if whose != "train" or twin != text or mine is None or theirs is None or mine.name != theirs.name:
                continue
            yield Report(
                call,
                "The scaler is fitted again, to the held-out part: the model sees it by another mean and scale than the"
                " training data, in Keras 2 and 3. Call `transform` of the scaler that was fitted to these.",
                ((other.record, "fitted to the training data here"),),
                _transform(module, call, other, calls),
            )
            break


def _fitted_after(module: Module, trainings: list[Training]) -> Iterator[Report]:
    """A scaler that made the inputs of ``fit`` is fitted again behind it, to what the model is then asked about."""
    every = [step for training in trainings for step in training.steps if module.owns(step.site)]
    held_out = [step for step in every if step.method in _HELD_OUT]
    fits = [step for training in trainings for step in training.fits if module.owns(step.site) and len(step.x) == 1]
    calls = [call for call in module.method_calls("fit_transform") if _scaler(call) is not None]
    for call in calls:
        behind = [fit for fit in fits if fit.site.record.end <= call.start]
        if not behind or len(behind) < len(fits) or _part_of(module, call)[1]:
            continue
        if not any(_gets(step.site.record, call) for step in held_out):
            continue
        made = {step.site.record for step in scalings(behind[-1].x[0]) if step.site is not None}
        first = next((one for one in calls if one.record in made and _scaler(one) is _scaler(call)), None)
        scopes = (
            {records.function_of(one) for one in (call.record, behind[-1].site.record, first.record)} if first else ()
        )
        if first is not None and len(scopes) == 1:
            yield Report(
                call,
                "The scaler is fitted again behind `fit`: the model sees these by another mean and scale than the"
                " training data, in Keras 2 and 3. Call `transform`.",
                ((first.record, "fitted to the training data here"),),
                _transform(module, call, first, calls),
            )


def _gets(asked: records.Record, made: Call) -> bool:
    """True for a call that is given what another call gives: inside of it, or by the name that it was given."""
    if asked.start <= made.start and made.end <= asked.end:
        return True
    statement = records.statement_of(made.record)
    names = statement.targets if isinstance(statement, records.Assign) and statement.value is made.record else ()
    wanted = {name.id for name in names if isinstance(name, records.Name)}
    used = asked.walk() if asked.start >= made.end else ()
    return any(isinstance(one, records.Name) and one.id in wanted for one in used)


def _scaler(call: Call) -> LibraryObject | None:
    found = [one for one in call.receivers if isinstance(one, LibraryObject)]
    if len(found) != 1 or len(call.receivers) != 1:
        return None
    return found[0] if found[0].name.rpartition(".")[2] in _SCALERS else None


def _part_of(module: Module, call: Call) -> tuple[str, str]:
    """What a call is given, with the word for the part taken out, and which part: ``train`` or ``test``."""
    argument = call.record.arguments[0] if call.record.arguments else None
    if argument is None or argument.name not in {None, "X"}:
        return "", ""
    text = module.text(argument.value)
    words = _PARTS.findall(text.replace("_", " "))
    if len(words) == 1:
        part = "train" if words[0].lower() in _TRAINING else "test"
        return _PARTS.sub("*", text.replace("_", " ")), part
    return "", ""


def _transform(module: Module, call: Call, other: Call, calls: list[Call]) -> Draft | None:
    func, first = call.record.func, other.record.func
    if not isinstance(func, records.Attribute) or not isinstance(first, records.Attribute):
        return None
    if other.record.start > call.record.start or records.function_of(call.record) is not records.function_of(
        other.record
    ):
        return None
    fitted = [*calls, *module.method_calls("fit")]
    theirs = _scaler(other)
    between = [one for one in fitted if theirs in one.receivers and other.start < one.start < call.start]
    if between or len(call.record.arguments) != 1:
        return None
    editor = module.editor()
    same = _scaler(call) is theirs
    if same:
        editor.replace(func, f"{module.text(func.value)}.transform")
        return editor.draft("Use the fitted scaler", Applicability.SAFE)
    if not isinstance(first.value, records.Name):
        return None
    editor.replace(func, f"{first.value.id}.transform")
    return editor.draft("Use the fitted scaler", Applicability.UNSAFE)


# labels -----------------------------------------------------------------------------------------
def _labels(module: Module, trainings: list[Training]) -> Iterator[Report]:
    seen: set[records.Record] = set()
    for training in trainings:
        for step in training.steps:
            for data in (*step.y, *step.validation[1]):
                divided = _division_of_labels(data)
                if divided is None or divided.site is None or not module.owns(divided.site):
                    continue
                if divided.site.record not in seen:
                    seen.add(divided.site.record)
                    yield Report(
                        divided.site.record,
                        "The labels are divided as images are: classes become fractions, and a loss that takes classes"
                        " cuts them all to 0, in Keras 2 and 3. Leave the labels as they are.",
                        about=(divided.site.record,),
                    )


def _division_of_labels(data: Data) -> Step | None:
    """The division of labels that are numbers of classes by a number that is no count of classes."""
    if data.source.part != "y" or not (data.source.kind in _LABELLED or "images" in data.source.kind):
        return None
    if data.did("one-hot", "multi-hot", "unknown", "computed"):
        return None
    for step in data.steps:
        number = step.detail[2:]
        if step.kind == "scaled" and step.detail.startswith("/ ") and number in _OF_PIXELS:
            return step
    return None


_LABELLED = frozenset(
    {
        *("keras.datasets.mnist", "keras.datasets.fashion_mnist", "keras.datasets.cifar10", "keras.datasets.cifar100"),
        *("load_digits", "image_dataset_from_directory", "flow_from_directory"),
    }
)
_OF_PIXELS = frozenset({"255", "256", "127.5", "128", "16"})


# lost arrays ------------------------------------------------------------------------------------
def _lost(module: Module, trainings: list[Training]) -> Iterator[Report]:
    fits = [
        step
        for training in trainings
        if not any(entrance.steps or not entrance.is_known for entrance in module.entrances(training.model))
        for step in training.fits
        if module.owns(step.site)
    ]
    if not fits or any(scalings(data) for step in fits for data in step.x):
        return
    for one in module.lost:
        value = module.value(one.value)
        candidates = [value]
        if isinstance(value, Computed) and one.again is not None:
            candidates += value.operands
        scaled = [module.data(part) for part in candidates]
        found = next((data for data in scaled if scalings(data) and data.source.part != "y"), None)
        if found is None or not found.source.is_known:
            continue
        if isinstance(one.statement, records.ExpressionStatement) and "transform" not in scalings(found)[-1].detail:
            continue
        raw = [step for step in fits if any(_is_unscaled_twin(data, found) for data in step.x)]
        if not raw:
            continue
        at = one.again.value if one.again is not None else one.value
        yield Report(
            at,
            "The scaled array is lost here: `fit` gets the one that is not scaled, in Keras 2 and 3. Go on with the"
            " scaled one.",
            _notes(module, scalings(found)),
            about=tuple(step.site.record for step in raw),
        )


def _is_unscaled_twin(data: Data, scaled: Data) -> bool:
    same = data.source.value is not None and data.source.value is scaled.source.value
    return same and data.is_known and is_as_large(data)
