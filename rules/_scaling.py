"""What the rules about scaling ask of data: whether images are as they were read, and what a network wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kerasvae_lint.model import LibraryObject, Value, is_model, is_none, is_text

if TYPE_CHECKING:
    from kerasvae_lint.model import Data, Step, Training

_NEUTRAL = frozenset(
    {
        *("split", "selected", "shuffled", "reshaped", "cast", "padded", "resized", "concatenated", "repeated"),
        *("batched", "cached", "taken", "skipped", "filtered", "augmented", "clipped", "sorted"),
    }
)
"""The steps after which numbers are still about as large as before."""
_SMALL = frozenset({"load_digits", "fetch_olivetti_faces"})
_LARGE = 100.0

_FAMILIES = {
    "caffe": ("vgg16", "vgg19", "resnet", "resnet50", "imagenet_utils"),
    "minus one to one": (
        *("mobilenet", "mobilenet_v2", "inception_v3", "inception_resnet_v2", "xception", "resnet_v2", "nasnet"),
    ),
    "standardised": ("densenet",),
    "inside": ("efficientnet", "efficientnet_v2", "mobilenet_v3", "convnext"),
}
_MODELS = (
    ("EfficientNet", "inside"),
    ("MobileNetV3", "inside"),
    ("ConvNeXt", "inside"),
    ("MobileNet", "minus one to one"),
    ("Inception", "minus one to one"),
    ("Xception", "minus one to one"),
    ("NASNet", "minus one to one"),
    ("DenseNet", "standardised"),
    ("VGG", "caffe"),
)


def is_raw_image(data: Data) -> bool:
    """True for images that are as they were read, as far as the size of the numbers goes."""
    if not data.is_image or not data.is_known or data.source.kind in _SMALL:
        return False
    if any(step.kind not in _NEUTRAL for step in data.steps):
        return False
    return data.range.highest > _LARGE if data.range is not None else bool(data.did("augmented"))


def style_of_function(name: str) -> str:
    """How a family's ``preprocess_input`` scales, by its canonical name; empty if it is not known."""
    family = name.split(".")[-2] if "." in name else ""
    return next((style for style, families in _FAMILIES.items() if family in families), "")


def style_of_network(network: Value) -> str:
    """How a ready-made network wants its images, as :func:`style_of_function` names it; empty if not known."""
    name = network.name.rpartition(".")[2] if isinstance(network, LibraryObject) else ""
    if name.startswith("ResNet"):
        return "minus one to one" if name.endswith("V2") else "caffe"
    return next((style for start, style in _MODELS if name.startswith(start)), "")


def rescaling_family(network: Value) -> str:
    """``inside`` for a network that scales its images itself, ``outside`` for pretrained ones that do not.

    Empty if it is not known, or the network has no pretrained weights and normalises by itself.
    """
    style = style_of_network(network)
    if not style or not isinstance(network, LibraryObject):
        return ""
    if style == "inside":
        given = network.arguments.get("include_preprocessing")
        return "inside" if given is None and network.complete else ""
    return "outside" if is_pretrained(network) else ""


def is_pretrained(network: Value) -> bool:
    """True for a ready-made network with weights, by its default or as it was told."""
    if not isinstance(network, LibraryObject) or not network.complete:
        return False
    given = network.arguments.get("weights")
    return given is None or (not is_none(given) and is_text(given))


def is_keras(training: Training) -> bool:
    """True if it is a model of Keras that is trained: scikit-learn's objects have a ``fit`` too."""
    return is_model(training.model) or training.compiled is not None


def scalings(data: Data) -> tuple[Step, ...]:
    """The steps that change how large the numbers are."""
    return tuple(step for step in data.did("scaled", "standardised") if not step.detail.endswith(".inverse_transform"))


def is_as_large(data: Data) -> bool:
    """True if nothing was done that may change how large the numbers are."""
    return all(step.kind in _NEUTRAL for step in data.steps)
