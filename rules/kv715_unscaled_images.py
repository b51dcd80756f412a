"""KV715 unscaled-images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import LibraryObject, Module, library_class, records
from kerasvae_lint.rules._scaling import is_raw_image, rescaling_family

if TYPE_CHECKING:
    from kerasvae_lint.model import Data, Entrance, Training, TrainingStep

_GENERATORS = frozenset({"keras.preprocessing.image.ImageDataGenerator"})
_MEASURES = frozenset({"evaluate", "predict", "evaluate_generator", "predict_generator"})


class UnscaledImages(Rule):
    """Images of 0 to 255 reach the first weights as they are: training starts slowly, or never.

    ## What it finds
    Images that are as they were read (`keras.datasets`, image files, folders of images) and are given to `fit`, or to a
    loop, of a model whose first layer with weights gets them as they are: nothing divides, standardises or preprocesses
    them on the way, neither in the data nor in the model. A model whose first convolution is followed by batch
    normalisation is left alone, and so is whatever can't be followed from the source to the first layer. Ready-made
    networks that scale inside (EfficientNet, MobileNetV3, ConvNeXt) want their images so. Not: a model that is trained
    to give raw images again with a distance between numbers, no bound on its output, and another optimizer than SGD.

    ## Why it bites
    Keras initialises weights for inputs of about 1. With 0 to 255, the first activations and gradients are hundreds of
    times too large: with `SGD(0.01)` and relu, ten classes of images stay at an accuracy of 0.10, where the scaled ones
    learn at once; with Adam, the loss begins at 40 to 175 and the accuracy ends at 0.94 instead of 1.00.

    ## Bad
    ```python
    (x_train, y_train), _ = keras.datasets.mnist.load_data()
    model = keras.Sequential([layers.Flatten(), layers.Dense(64, "relu"), layers.Dense(10, "softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    model.fit(x_train, y_train)
    ```

    ## Good
    ```python
    model.fit(x_train / 255.0, y_train)
    ```

    ## Fix
    `/ 255.0` where `fit`, `evaluate` and `predict` get the arrays, or `rescale` in the image generators. Unsafe: what
    else uses the model has to scale too; a `Rescaling(1 / 255)` in front of the model does it for all.

    ## Keras 2 and Keras 3
    The same in both; nothing is printed.

    ## References
    - Stack Overflow 48594888, 55328966
    - UMLAUT, Schoop et al., CHI 2021: "input data exceeds typical limits"
    """

    code = "KV715"
    name = "unscaled-images"
    triggers = ("load_data", "imread", "mage", "load_digits", "tfds", "tensorflow_datasets")
    companions = ("fit", "train_on_batch", "apply_gradients", "minimize")
    fixable = "sometimes"
    probes = ("targets",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per training of a model that gets raw images."""
        for training in module.trainings:
            entrances = module.entrances(training.model)
            if not entrances or not all(_takes_raw(entrance) for entrance in entrances):
                continue
            for step in training.fits:
                raw = next((data for data in step.x if is_raw_image(data)), None)
                if raw is None or len(step.x) > 1 or not module.owns(step.site) or _answers_raw(module, training, step):
                    continue
                yield Report(
                    step.site.record,
                    f"The images reach the first layer as {_numbers(raw)}: {_harm(module, training, step)},"
                    " in Keras 2 and 3. Divide them by 255, here and wherever the model is used.",
                    _notes(module, raw),
                    _fix(module, training),
                    about=(step.site.record,),
                )


def _takes_raw(entrance: Entrance) -> bool:
    """True for a layer that gets the inputs as they are given, and suffers from it."""
    if not entrance.is_known or any(step.kind in {"scaled", "standardised"} for step in entrance.steps):
        return False
    if any(step.kind in {"computed", "compared", "encoded", "one-hot"} for step in entrance.steps):
        return False
    if entrance.is_application:
        outside: bool = rescaling_family(entrance.layer) == "outside"
        return outside
    return not entrance.is_levelled


def _answers_raw(module: Module, training: Training, step: TrainingStep) -> bool:
    """True for raw images in and out: Adam's steps are as large for any scale, and a relu keeps it.

    Measured on load_digits times 16: mean square 1678 raw and 1651 scaled (Dense), 942 and 843 (convolutions); with SGD
    the raw one is NaN.
    """
    if _uses_sgd(training, step) or not any(is_raw_image(target) for target in step.y):
        return False
    tasks = [task for task in module.tasks if task.training is training and step in task.fits]
    return bool(tasks) and all(task.is_regression and task.activation in {"linear", "relu"} for task in tasks)


def _uses_sgd(training: Training, step: TrainingStep) -> bool:
    compiled = training.compiled_for(step)
    optimizer = step.optimizer or (compiled.optimizer if compiled is not None else None)
    return optimizer is not None and optimizer.name == "SGD"


def _numbers(data: Data) -> str:
    limits = data.range
    return f"numbers of {limits.lowest:g} to {limits.highest:g}" if limits is not None else "raw pixels"


def _harm(module: Module, training: Training, step: TrainingStep) -> str:
    network = module.network_of(training.model)
    members = network.members if network is not None else []
    weighted = [m for m in members if library_class(m.layer).rpartition(".")[2] in {"Dense", "Conv1D", "Conv2D"}]
    if _uses_sgd(training, step) and len(weighted) != 1:  # a softmax regression does learn
        return "with SGD a network of that kind often learns nothing"
    return "training starts from a huge loss and ends worse"


def _notes(module: Module, data: Data) -> tuple[tuple[records.Record, str], ...]:
    site = data.source.value.site if data.source.value is not None else None
    return ((site.record, "they come from here"),) if site is not None and module.owns(site) else ()


# the fix ----------------------------------------------------------------------------------------
def _fix(module: Module, training: Training) -> Draft | None:
    editor = module.editor()
    generators = _generators(module, training)
    if generators is None:
        return None
    if generators:
        for call in generators:
            editor.add_argument(call, "rescale=1.0 / 255")
        return editor.draft("Divide the images by 255", Applicability.UNSAFE)
    changed = 0
    for other in training.steps:
        if not other.trains and other.method not in _MEASURES:
            continue
        if other.method == "loop" or not module.owns(other.site) or not isinstance(other.site.record, records.Call):
            return None
        places = _places(other)
        if places is None:
            return None
        for place in places:
            text = module.text(place)
            editor.replace(place, f"{text} / 255.0")
            changed += 1
    return editor.draft("Divide the images by 255", Applicability.UNSAFE) if changed else None


def _generators(module: Module, training: Training) -> list[records.Call] | None:
    """The generators of images that feed a model, for `rescale`; None if some data come otherwise too."""
    found: dict[records.Call, None] = {}
    others = 0
    for step in training.steps:
        for data in (*step.x, *step.validation[0]):
            made = data.source.value
            by = [done.by for done in data.steps if done.kind == "batched" and isinstance(done.by, LibraryObject)]
            generator = next((b.arguments.get("input") for b in by), None)
            if isinstance(generator, LibraryObject) and generator.name in _GENERATORS and is_raw_image(data):
                site = generator.site
                if site is None or not module.owns(site) or not isinstance(site.record, records.Call):
                    return None
                found[site.record] = None
            elif made is not None and data.source.name:
                others += 1
    return None if found and others else list(found)


def _places(step: TrainingStep) -> list[records.Expression] | None:
    """The names by which a step gets raw images; None if one is given in another way."""
    call = step.site.record
    assert isinstance(call, records.Call)
    found: list[records.Expression] = []
    if any(data.value is target.value for data in step.x for target in step.y):
        return None
    written = [argument.value for argument in call.arguments if argument.name in {None, "x"}][:1]
    pairs = [(written, step.x)]
    given = next((argument.value for argument in call.arguments if argument.name == "validation_data"), None)
    if given is not None:
        if not isinstance(given, records.Display) or not given.items:
            return None
        pairs.append(([given.items[0]], step.validation[0]))
    for expressions, datas in pairs:
        if not any(is_raw_image(data) for data in datas):
            continue
        if len(expressions) != 1 or not isinstance(
            expressions[0], (records.Name, records.Attribute, records.Subscript)
        ):
            return None
        if any(data.did("batched") for data in datas):
            return None
        found.append(expressions[0])
    return found
