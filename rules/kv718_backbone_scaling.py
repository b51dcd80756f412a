"""KV718 backbone-scaling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import LibraryObject, Module, Value, records
from kerasvae_lint.rules._scaling import is_pretrained, rescaling_family, style_of_function, style_of_network

if TYPE_CHECKING:
    from kerasvae_lint.model import Step

_PIXELS = frozenset({"255", "256", "127.5", "128"})
_AGAIN = frozenset({"unknown", "learned", "computed"})


class BackboneScaling(Rule):
    """A pretrained network of `keras.applications` gets images that are scaled in another way than it learned from.

    ## What it finds
    Three ways, from the data to the network, through generators, `map` and the layers in front: a division by 255 (or
    `rescale`, `Rescaling`) in front of EfficientNet, EfficientNetV2, MobileNetV3 or ConvNeXt, which scale inside; the
    `preprocess_input` of a family that scales otherwise, or of none (`imagenet_utils`: as ResNet50 wants it, unless it
    is given a `mode`); a division and a `preprocess_input`, one after the other.
    Networks with `weights=None` learn whatever they get, and `include_preprocessing=False` takes the scaling out: these
    are left alone.

    ## Why it bites
    The weights fit numbers of one range. EfficientNet divides by 255 itself: behind another division it sees images of
    0 to 0.004, nearly black. ResNet50's and VGG's own function takes means off 0 to 255; of images of 0 to 1 it makes
    -124 to -103, nearly the same for all. Nothing is printed.

    ## Bad
    ```python
    base = keras.applications.EfficientNetB0(include_top=False, pooling="avg")
    model.fit(images / 255.0, labels)
    ```

    ## Good
    ```python
    base = keras.applications.EfficientNetB0(include_top=False, pooling="avg")
    model.fit(images, labels)
    ```

    ## Fix
    The division, or `rescale`, is taken out in front of a network that scales inside. Otherwise none: take the
    `preprocess_input` of the network's own module, and nothing else.

    ## Keras 2 and Keras 3
    The same in both: since TensorFlow 2.3 these networks hold a Rescaling layer.

    ## References
    - tensorflow/tensorflow issues 48412 and 47619
    - keras-team/keras-io issue 1549
    """

    code = "KV718"
    name = "backbone-scaling"
    triggers = ("applications",)
    fixable = "sometimes"
    probes = ("targets",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per scaling that does not fit the pretrained network behind it."""
        told: set[records.Record] = set()
        for training in module.trainings:
            for network, before in _networks(module, training.model):
                for step in training.steps:
                    given = [*step.x, *step.validation[0]] if len(step.x) == 1 else []
                    for steps in [(*data.steps, *before) for data in given]:
                        wrong = _wrong(network, steps)
                        if wrong is None:
                            continue
                        at = _place(module, wrong[0])
                        at = at if at is not None else step.site.record if module.owns(step.site) else None
                        if at is None or at in told:
                            continue
                        told.add(at)
                        site = network.site
                        notes = ((site.record, "the network"),) if site is not None and module.owns(site) else ()
                        yield Report(at, wrong[1], notes, _fix(module, network, wrong[0], at))


def _networks(module: Module, model: Value) -> Iterator[tuple[LibraryObject, tuple[Step, ...]]]:
    """The pretrained networks that a model's inputs reach first, with what the model does to them before."""
    if isinstance(model, LibraryObject) and style_of_network(model) and is_pretrained(model):
        yield model, ()
        return
    for entrance in module.entrances(model):
        layer = entrance.layer
        if entrance.is_application and isinstance(layer, LibraryObject) and is_pretrained(layer):
            yield layer, entrance.steps


def _wrong(network: LibraryObject, steps: tuple[Step, ...]) -> tuple[Step, str] | None:
    """The step that does not fit the network, and what is wrong with it."""
    name, own = network.name.rpartition(".")[2], style_of_network(network)
    functions = [step for step in steps if step.detail.endswith(".preprocess_input")]
    divisions = [step for step in steps if step.kind == "scaled" and _is_division(step)]
    if not own or any(step.kind in _AGAIN and step not in functions for step in steps[_first(steps) :]):
        return None
    if any(step.kind == "scaled" and step.detail.startswith("* ") for step in steps):
        return None
    if divisions and rescaling_family(network) == "inside":
        return divisions[-1], (
            f"{name} scales its images inside: behind this division it gets them nearly black, in Keras 2 and 3. Give"
            " it 0 to 255."
        )
    for step in functions:
        style = style_of_function(step.detail)
        if own == "inside" and rescaling_family(network) != "inside":
            continue
        if style and style != own:
            family = step.detail.split(".")[-2]
            return step, (
                f"`preprocess_input` of `{family}` scales images in another way than {name} was trained with, in Keras"
                " 2 and 3. Take that of the network's own module."
            )
        if divisions and style == own and own != "inside":
            return divisions[-1], (
                f"The images are divided, and `preprocess_input` scales them too: {name} gets them nearly all alike, in"
                " Keras 2 and 3. Leave the division out."
            )
    return None


def _first(steps: tuple[Step, ...]) -> int:
    return next((index for index, step in enumerate(steps) if step.kind == "scaled"), 0)


def _is_division(step: Step) -> bool:
    return step.detail.startswith("/ ") and step.detail[2:].partition(" ")[0] in _PIXELS


def _place(module: Module, step: Step) -> records.Record | None:
    """Where a scaling is written: the operation, or the generator's argument."""
    by = step.by
    if isinstance(by, LibraryObject) and by.name.endswith("ImageDataGenerator"):
        made = by.site
        if made is None or not module.owns(made) or not isinstance(made.record, records.Call):
            return None
        wanted = "preprocessing_function" if step.detail.endswith(".preprocess_input") else "rescale"
        return next((a for a in made.record.arguments if a.name == wanted), made.record)
    return step.site.record if step.site is not None and module.owns(step.site) else None


def _fix(module: Module, network: LibraryObject, step: Step, at: records.Record) -> Draft | None:
    if rescaling_family(network) != "inside" or not _is_division(step) or step.detail not in {"/ 255", "/ 256"}:
        return None
    editor = module.editor()
    if isinstance(at, records.Argument) and isinstance(at.parent, records.Call):
        editor.remove_argument(at.parent, at)
    elif isinstance(at, records.Binary) and at.operator == "/":
        editor.replace(at, module.text(at.left))
    else:
        return None
    return editor.draft("Leave the division out", Applicability.SAFE)
