"""The table of Keras's names is what the installed packages say, and each twin exists as it is written."""

from __future__ import annotations

import re
from importlib.metadata import version
from importlib.util import find_spec

import pytest

from kerasvae_lint.library import lookup
from kerasvae_lint.library.moves import door_names, names, place_of
from kerasvae_lint.library.moves.names import GONE, KERAS, TF_KERAS
from kerasvae_lint.library.moves.twins import (
    BACKEND,
    HINTS,
    LAYER_ARGUMENTS,
    RENAMED,
    STRINGS,
    TENSORFLOW,
)
from tools import moves

needs_keras = pytest.mark.skipif(
    any(find_spec(name) is None for name in ("keras", "tf_keras")), reason="needs the runtime extra"
)
_ROW = re.compile(r"([\w.]+)\(([^{}]*)\)")
_NAME = re.compile(r"(?<![\w.])((?:ops|keras)\.[\w.]+)\(")


@needs_keras
def test_the_table_is_fresh() -> None:
    if (version("keras"), version("tf-keras")) != (KERAS, TF_KERAS):
        pytest.skip("it was read from other releases")
    assert moves.TABLE.read_text(encoding="utf-8") == moves.written()


@pytest.mark.parametrize("name", sorted(RENAMED))
def test_a_new_name_is_there(name: str) -> None:
    assert RENAMED[name] in names() | door_names()


@pytest.mark.parametrize("name", sorted(GONE))
def test_what_became_of_a_name_is_there(name: str) -> None:
    today = GONE[name]
    assert today in {"", "tf.keras"} or today in names()
    assert (today == "tf.keras") == (name in door_names() and today != name and not today.startswith("keras."))


def _whole(name: str) -> str:
    return f"keras.{name}" if name.startswith("ops.") else name


@pytest.mark.parametrize(
    ("name", "row"),
    [
        *((f"keras.backend.{name}", row) for name, row in sorted(BACKEND.items())),
        *((f"tf.{name}", row) for name, row in sorted(TENSORFLOW.items())),
    ],
)
def test_a_twin_takes_what_it_is_given(name: str, row: str) -> None:
    old = lookup(name)
    assert old is not None
    before = old.signature(2)
    assert before is not None or not re.search(r"\w", row.partition("(")[2])
    match = _ROW.fullmatch(row)
    if match is None:
        for used in _NAME.findall(row):
            assert _whole(used) in names(), used
        for hole in re.findall(r"\{(\w+)\}", row):
            assert before is not None
            assert before.get(hole) is not None
        return
    target = lookup(_whole(match[1]))
    if target is None:  # no function that the tables know: it has to be a public name
        assert _whole(match[1]) in names()
        return
    after = target.keras3
    assert after is not None
    assert target.stands_in(3)
    order = [p.name for p in after.parameters]
    last = -1
    for item in filter(None, match[2].split(", ")):
        body, _, default = item.partition("|")
        new, _, given = body.rstrip("!").partition("=")
        assert new in order[last + 1 :], f"{new} is no argument, or stands elsewhere"
        last = order.index(new)
        assert default or (before is not None and before.get(given or new) is not None), given or new


@needs_keras
@pytest.mark.parametrize("kind", sorted(STRINGS))
def test_a_word_is_known_to_keras_3(kind: str) -> None:
    import keras

    get = {"loss": keras.losses.get, "metric": keras.metrics.get}[kind]
    for word in STRINGS[kind].values():
        if "{" in word:
            assert word.partition("(")[0] in names()
        else:
            assert word == "acc" or get(word) is not None


def test_hints_are_for_what_is_gone() -> None:
    assert not [name for name in HINTS if name in names()]
    assert not [hint for hint in HINTS.values() if hint.endswith(".")]


def test_an_old_argument_is_not_its_own_new_name() -> None:
    assert not [old for old, new in LAYER_ARGUMENTS.items() if old == new]


@pytest.mark.parametrize(
    ("old", "today"),
    [
        ("keras.layers.core.Dense", "keras.layers.Dense"),
        ("keras.layers.convolutional.Convolution2D", "keras.layers.Conv2D"),
        ("keras.engine.topology.Layer", "keras.layers.Layer"),
        ("keras.utils.np_utils.to_categorical", "keras.utils.to_categorical"),
        ("keras.utils.vis_utils", "keras.utils"),
        ("keras.preprocessing.image.ImageDataGenerator", "tensorflow.keras.preprocessing.image.ImageDataGenerator"),
        ("keras.preprocessing.sequence.pad_sequences", "keras.preprocessing.sequence.pad_sequences"),
        ("tensorflow.python.keras.layers.Dense", "tensorflow.keras.layers.Dense"),
        ("tensorflow.keras.optimizers.legacy.Adam", "tensorflow.keras.optimizers.Adam"),
        ("tensorflow.keras.layers.experimental.preprocessing.Rescaling", "tensorflow.keras.layers.Rescaling"),
        ("tensorflow.keras.losses.mse", "tensorflow.keras.losses.mse"),
        ("keras.losses.mse", "keras.losses.mean_squared_error"),
        ("keras.backend.tensorflow_backend", "keras.backend"),
        ("keras.optimizers.rmsprop", "keras.optimizers.RMSprop"),
        ("keras.layers.LocallyConnected1D", ""),
        ("tensorflow.keras.layers.Dense", "tensorflow.keras.layers.Dense"),
    ],
)
def test_where_a_name_is_now(old: str, today: str) -> None:
    place = place_of(old)
    assert place is not None
    assert place.today == today
    assert today or place.hint


@pytest.mark.parametrize("name", ["numpy.mean", "tensorflow.reduce_mean", "kerastuner.Tuner", "keras_hub.models.Bert"])
def test_other_packages_are_not_meant(name: str) -> None:
    assert place_of(name) is None
