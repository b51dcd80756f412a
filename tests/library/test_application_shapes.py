"""What is said of the ready-made networks is what both Kerases build."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from itertools import combinations
from typing import Any

import pytest

from kerasvae_lint.library import lookup
from kerasvae_lint.library.shapes.applications import Application, application_output
from kerasvae_lint.library.shapes.calls import Options
from kerasvae_lint.library.shapes.dims import UNKNOWN, MismatchError, Shape
from kerasvae_lint.library.tables.keras_applications import ROWS

MODELS = [name.rpartition(".")[2] for name, row in ROWS.items() if row.startswith("model ")]
PACKAGES = {2: "tf_keras", 3: "keras"}
DEFAULTS: dict[str, object] = {
    "include_top": True,
    "weights": None,
    "input_shape": None,
    "input_tensor": None,
    "pooling": None,
    "classes": 1000,
    "alpha": 1.0,
    "depth_multiplier": 1,
    "minimalistic": False,
    "include_preprocessing": True,
    "classifier_activation": "softmax",
}
BARE: dict[str, object] = {"include_top": False}

# networks that are small enough to be built here
BUILT: list[tuple[str, dict[str, object]]] = [
    ("EfficientNetB0", {**BARE, "input_shape": (97, 225, 3)}),
    ("MobileNet", {**BARE, "input_shape": (97, 225, 3), "alpha": 0.25, "depth_multiplier": 2}),
    ("MobileNet", {"input_shape": (75, 96, 1), "alpha": 0.5, "classes": 3}),
    ("MobileNetV2", {**BARE, "input_shape": (97, 75, 3), "alpha": 0.35}),
    ("MobileNetV3Small", {"alpha": 1.25, "minimalistic": True, "classes": 3}),
    ("ResNet50", {**BARE, "input_shape": (97, 225, 1), "pooling": "avg"}),
    ("VGG16", {**BARE, "input_shape": (97, 225, 3)}),
    ("VGG16", {"input_shape": (75, 96, 3), "classes": 3}),
]
CALLED = [("EfficientNetB0", 97), ("MobileNet", 97), ("MobileNetV2", 97), ("MobileNetV2", 96), ("VGG16", 75)]
SMALL = [("InceptionV3", (74, 75, 3)), ("MobileNetV2", (None, 31, 3)), ("VGG16", (31, 32, 3))]


def _application(name: str, options: dict[str, object] | None = None, given: Shape | None = None) -> Application:
    return application_output(name, given, Options({**DEFAULTS, **(options or {})}))


@pytest.fixture(params=sorted(PACKAGES), ids=["Keras 2", "Keras 3"])
def keras(request: pytest.FixtureRequest) -> Any:
    """One of the Kerases."""
    if any(find_spec(name) is None for name in ("tensorflow", *PACKAGES.values())):
        pytest.skip("needs the runtime extra")
    module = importlib.import_module(PACKAGES[request.param])
    module.backend.clear_session()
    return module


def _count(weights: list[Any]) -> int:
    total = 0
    for weight in weights:
        size = 1
        for dim in weight.shape:
            size *= int(dim)
        total += size
    return total


@pytest.mark.parametrize(("name", "options"), BUILT, ids=[f"{name}-{n}" for n, (name, _) in enumerate(BUILT)])
def test_what_is_said_is_what_is_built(keras: Any, name: str, options: dict[str, object]) -> None:
    model = getattr(keras.applications, name)(weights=None, **options)
    said = _application(name, options)
    assert said.input == tuple(model.input_shape)
    assert said.result.output == tuple(model.output_shape)
    assert said.result.params == _count(model.trainable_weights)
    assert said.result.fixed == _count(model.non_trainable_weights)


@pytest.mark.parametrize(("name", "size"), CALLED)
def test_a_network_for_every_size_is_called_on_one(keras: Any, name: str, size: int) -> None:
    model = getattr(keras.applications, name)(weights=None, include_top=False)
    shape = (2, size, size + 1, 3)
    assert _application(name, BARE, shape).result.output == tuple(model.compute_output_shape(shape))


@pytest.mark.parametrize(("name", "shape"), SMALL)
def test_small_images_are_refused(keras: Any, name: str, shape: tuple[int | None, ...]) -> None:
    with pytest.raises(ValueError, match="at least"):
        getattr(keras.applications, name)(weights=None, include_top=False, input_shape=shape)
    with pytest.raises(MismatchError, match="at least"):
        _application(name, {**BARE, "input_shape": shape})


def test_images_that_may_be_large_enough_are_not_refused() -> None:
    assert _application("VGG16", {**BARE, "input_shape": (UNKNOWN, 32, 3)}).result.output == (None, UNKNOWN, 1, 512)
    assert _application("MobileNetV3Small", {**BARE, "input_shape": (31, None, 3)}).result.output == (
        None,
        1,
        None,
        576,
    )


@pytest.mark.parametrize("name", MODELS)
def test_every_network_is_known(name: str) -> None:
    entry = lookup(f"keras.applications.{name}")
    assert entry is not None
    found = _application(name)
    assert found.result.output == (None, 1000)
    assert isinstance(found.result.params, int)
    assert isinstance(found.result.fixed, int)
    bare = _application(name, {**BARE, "input_tensor": UNKNOWN}, (8, 299, 299, 3))
    assert isinstance(bare.result.output, tuple)
    assert all(isinstance(dim, int) for dim in bare.result.output)
    assert isinstance(bare.result.params, int)


def test_an_unknown_function_gives_nothing_known() -> None:
    found = _application("keras.applications.imagenet_utils.preprocess_input")
    assert (found.input, found.result.output, found.result.params) == (None, None, UNKNOWN)


def _agrees(known: object, less: object) -> bool:
    """Whether what is said with less knowledge leaves room for what is said with more."""
    if less is None or less is UNKNOWN or known is UNKNOWN:
        return True
    if isinstance(known, tuple) and isinstance(less, tuple):
        return len(known) == len(less) and all(k == v or v is UNKNOWN for k, v in zip(known, less, strict=True))
    return known is None or known == less


BLANKED: list[dict[str, object]] = [
    {**BARE, "input_shape": (97, 99, 3)},
    {**BARE, "input_shape": (None, None, 3), "pooling": "avg"},
    {"input_shape": (111, 97, 3), "classes": 7, "alpha": 0.5, "minimalistic": True},
    {"weights": "imagenet"},
    {**BARE, "weights": "imagenet", "pooling": "max"},
]


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("options", BLANKED, ids=range(len(BLANKED)))
def test_less_knowledge_never_says_something_else(name: str, options: dict[str, object]) -> None:
    blanks = [
        "include_top",
        "weights",
        "input_shape",
        "pooling",
        "classes",
        "alpha",
        "depth_multiplier",
        "minimalistic",
    ]
    for given in (None, (4, 97, 99, 3), (4, UNKNOWN, None, UNKNOWN)):
        tensor = ["input_tensor"] if given is None else []
        known = _application(name, options, given)
        for count in (1, 2, len(blanks)):
            for chosen in combinations([*blanks, *tensor], count):
                less = _application(name, {**options, **dict.fromkeys(chosen, UNKNOWN)}, given)
                assert _agrees(known.input, less.input), chosen
                assert _agrees(known.result.output, less.result.output), chosen
                assert _agrees(known.result.params, less.result.params), chosen
                assert _agrees(known.result.fixed, less.result.fixed), chosen


def test_without_its_classifier_a_mobile_nasnet_takes_another_size_in_each_keras() -> None:
    inputs = [application_output("NASNetMobile", None, Options({**DEFAULTS, **BARE}, keras)).input for keras in (2, 3)]
    assert inputs == [(None, None, None, 3), (None, 224, 224, 3)]
    assert _application("NASNetMobile", BARE).input == (None, UNKNOWN, UNKNOWN, 3)


def test_parts_of_a_size_may_be_unknown() -> None:
    found = _application("ResNet50", {**BARE, "input_shape": (UNKNOWN, 225, 3)})
    assert found.result.output == (None, UNKNOWN, 8, 2048)
    assert found.result.params == _application("ResNet50", BARE).result.params
    assert _application("ResNet50", {**BARE, "input_shape": (64, 64, UNKNOWN)}).result.params is UNKNOWN


def test_imagenet_weights_say_how_many_channels_an_image_has() -> None:
    found = _application("ResNet50", {**BARE, "weights": "imagenet", "input_shape": UNKNOWN})
    assert found.input == (None, UNKNOWN, UNKNOWN, 3)
    assert found.result.params == _application("ResNet50", BARE).result.params
