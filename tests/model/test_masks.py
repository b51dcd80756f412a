"""What is said of masks is what the installed Kerases do."""

from __future__ import annotations

import importlib
from importlib.util import find_spec
from typing import Any

import pytest

from kerasvae_lint.keras import masks

pytestmark = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("tensorflow", "keras", "tf_keras")), reason="needs the runtime extra"
)

GIVEN: dict[str, tuple[Any, ...]] = {
    **{"Dense": (4,), "Activation": ("relu",), "GaussianNoise": (0.1,), "GaussianDropout": (0.1,)},
    **{
        "Dropout": (0.1,),
        "SpatialDropout1D": (0.1,),
        "AlphaDropout": (0.1,),
        "SimpleRNN": (4,),
        "GRU": (4,),
        "LSTM": (4,),
    },
    **dict.fromkeys(("Conv1D", "Convolution1D", "SeparableConv1D", "SeparableConvolution1D"), (4, 3)),
    "DepthwiseConv1D": (3,),
}
PASS, RECURRENT, DROP = (
    sorted(name.rpartition(".")[2] for name in names) for names in (masks._PASS, masks._RECURRENT, masks._CONVOLUTIONS)
)


def hands_on(keras: Any, layer: Any) -> bool:
    np = importlib.import_module("numpy")
    embedded = keras.layers.Embedding(8, 4, mask_zero=True)(np.array([[1, 2, 0, 0]]))
    return getattr(layer(embedded), "_keras_mask", None) is not None


def made(keras: Any, name: str, **options: Any) -> Any:
    layers = keras.layers
    cls = getattr(layers, name, None)
    if cls is None:
        pytest.skip(f"this Keras has no {name}")
    if name == "TimeDistributed":
        return cls(layers.Dense(4))
    if name == "RNN":
        return cls(layers.LSTMCell(4), **options)
    return cls(*GIVEN.get(name, ()), **options)


@pytest.mark.parametrize("home", ["keras", "tf_keras"])
@pytest.mark.parametrize("name", PASS)
def test_these_hand_masks_on(home: str, name: str) -> None:
    keras = importlib.import_module(home)
    assert hands_on(keras, made(keras, name))


@pytest.mark.parametrize("home", ["keras", "tf_keras"])
@pytest.mark.parametrize("name", RECURRENT)
def test_recurrent_layers_hand_masks_on_with_all_timesteps(home: str, name: str) -> None:
    keras = importlib.import_module(home)
    assert hands_on(keras, made(keras, name, return_sequences=True))
    assert hands_on(keras, keras.layers.Bidirectional(made(keras, name, return_sequences=True)))
    assert not hands_on(keras, made(keras, name))


@pytest.mark.parametrize("home", ["keras", "tf_keras"])
@pytest.mark.parametrize("name", DROP)
def test_convolutions_drop_masks(home: str, name: str) -> None:
    keras = importlib.import_module(home)
    assert not hands_on(keras, made(keras, name, padding="same"))


@pytest.mark.parametrize("home", ["keras", "tf_keras"])
def test_lambdas_drop_masks_unless_they_are_told(home: str) -> None:
    layers = importlib.import_module(home).layers
    keras = importlib.import_module(home)
    assert not hands_on(keras, layers.Lambda(lambda t: t * 2.0))
    assert hands_on(keras, layers.Lambda(lambda t: t))
    assert hands_on(keras, layers.Lambda(lambda t: t * 2.0, mask=lambda _, mask: mask))
