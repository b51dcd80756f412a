"""What the library's tables answer: signatures by Keras, defaults, roles, kinds, words."""

from __future__ import annotations

import pytest

from kerasvae_lint.library import NO_DEFAULT, OPAQUE, Entry, kind_of, lookup, string_alias
from kerasvae_lint.library.signatures import parse_signature


def _entry(name: str) -> Entry:
    entry = lookup(name)
    assert entry is not None, name
    return entry


@pytest.mark.parametrize(
    ("name", "makes", "operation"),
    [
        ("tf.reduce_sum", "tensor", "sum"),
        ("keras.backend.sum", "tensor", "sum"),
        ("keras.ops.sum", "tensor", "sum"),
        ("np.sum", "array", "sum"),
        ("jnp.sum", "tensor", "sum"),
        ("math.exp", "host", "exp"),
        ("tf.nn.sigmoid", "tensor", "sigmoid"),
        ("keras.objectives.mse", "lossfunction", "mean_squared_error"),
        ("keras.layers.Dense", "layer", "Dense"),
        ("keras.layers.Add", "layer", "add_n"),
        ("keras.layers.add", "tensor", "add_n"),
        ("tfp.distributions.Normal", "distribution", "Normal"),
        ("tf.contrib.distributions.Normal", "distribution", "Normal"),
        ("keras.backend.set_value", "effect", "set_value"),
        ("tf.get_variable", "variable", "variable"),
        ("keras.random.normal", "random", "normal"),
        ("keras.models.Model", "model", "Model"),
        ("keras.applications.resnet50.ResNet50", "model", "ResNet50"),
        ("keras.datasets.mnist.load_data", "array", "load_data"),
        ("sklearn.datasets.make_moons", "array", "make_moons"),
        ("tf.function", "function", "function"),
        ("tf.GradientTape", "context", "GradientTape"),
        ("keras.optimizers.schedules.ExponentialDecay", "schedule", "ExponentialDecay"),
    ],
)
def test_what_a_name_makes_and_computes(name: str, makes: str, operation: str) -> None:
    entry = _entry(name)
    assert (entry.makes, entry.operation) == (makes, operation)


def test_a_name_that_no_table_has() -> None:
    assert lookup("keras.layers.NoSuchLayer") is None
    assert lookup("elsewhere.Dense") is None


def test_each_keras_has_its_signature() -> None:
    dense = _entry("keras.layers.Dense")
    assert dense.keras2 is not None
    assert dense.keras3 is not None
    assert "lora_rank" not in dense.keras2
    assert "lora_rank" in dense.keras3
    assert dense.signature(3) is dense.keras3
    assert dense.older is not None
    assert dense.older["output_dim"].role == "units"
    assert _entry("keras.ops.sum").keras2 is None
    assert not _entry("keras.ops.sum").stands_in(2)
    assert _entry("keras.backend.sum").only_tf_keras
    assert not _entry("keras.layers.merge").stands_in(3)


def test_defaults_are_merged_across_kerases() -> None:
    dense = _entry("keras.layers.Dense")
    assert dense.default("use_bias") is True
    assert dense.default("units") is NO_DEFAULT
    assert dense.default("lora_rank") is None
    assert dense.default("lora_rank", keras=2) is NO_DEFAULT
    compile_ = _entry("keras.Model.compile")
    assert compile_.default("jit_compile", keras=3) == "auto"
    assert compile_.default("jit_compile") is OPAQUE
    assert _entry("np.sum").default("keepdims") is False


@pytest.mark.parametrize(
    ("name", "parameter", "role"),
    [
        ("tf.reduce_sum", "input_tensor", "x"),
        ("tf.reduce_sum", "reduction_indices", "axis"),
        ("tf.reduce_sum", "keep_dims", "keepdims"),
        ("np.sum", "a", "x"),
        ("tf.concat", "values", "x"),
        ("keras.ops.add", "x1", "x"),
        ("keras.ops.add", "x2", "y"),
        ("tf.matmul", "b", "y"),
        ("tf.nn.softmax", "logits", "x"),
        ("tf.where", "condition", "condition"),
        ("tf.where", "y", "y"),
        ("keras.losses.mean_squared_error", "y_true", "target"),
        ("keras.losses.mean_squared_error", "y_pred", "output"),
        ("keras.backend.binary_crossentropy", "output", "output"),
        ("tf.nn.sigmoid_cross_entropy_with_logits", "labels", "target"),
        ("tf.nn.sigmoid_cross_entropy_with_logits", "logits", "logits"),
        ("np.random.normal", "scale", "stddev"),
        ("np.random.normal", "size", "shape"),
        ("tfp.distributions.Normal", "loc", "mean"),
        ("keras.optimizers.Adam", "lr", "learning_rate"),
        ("tf.clip_by_value", "clip_value_min", "minimum"),
        ("keras.backend.clip", "max_value", "maximum"),
    ],
)
def test_parameters_have_roles(name: str, parameter: str, role: str) -> None:
    found = _entry(name).parameter(parameter)
    assert found is not None
    assert found.role == role
    assert _entry(name).parameter(role) is not None


def test_a_signature_is_asked_by_name_role_and_place() -> None:
    signature = parse_signature("a, b=(1, 'x, y'), /, c=…, *rest, axis=-1, **more")
    assert [(p.name, p.kind, p.default) for p in signature.parameters] == [
        ("a", "positional-only", NO_DEFAULT),
        ("b", "positional-only", (1, "x, y")),
        ("c", "positional", OPAQUE),
        ("rest", "*", NO_DEFAULT),
        ("axis", "keyword", -1),
        ("more", "**", NO_DEFAULT),
    ]
    assert [getattr(signature.at(place), "name", None) for place in range(5)] == ["a", "b", "c", "rest", "rest"]
    assert signature.open
    assert signature.with_role("x") is signature["a"]
    assert not signature["a"].has_default
    assert signature["rest"].has_default
    assert parse_signature("a, *, b").at(1) is None


@pytest.mark.parametrize(
    ("name", "reduced"),
    [
        ("keras.losses.mse", "feature"),
        ("keras.losses.binary_crossentropy", "feature"),
        ("keras.losses.categorical_crossentropy", "class"),
        ("keras.losses.kl_divergence", "class"),
        ("keras.losses.MeanSquaredError", "all"),
        ("keras.backend.binary_crossentropy", "element"),
        ("keras.ops.binary_crossentropy", "element"),
        ("tf.nn.sigmoid_cross_entropy_with_logits", "element"),
        ("tf.nn.softmax_cross_entropy_with_logits", "class"),
        ("tf.losses.mse", "feature"),
        ("tf.reduce_sum", ""),
    ],
)
def test_what_a_loss_has_averaged(name: str, reduced: str) -> None:
    assert _entry(name).reduced == reduced


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("keras.layers.SomethingNew", "layer"),
        ("keras.layers.Input", "input"),
        ("keras_hub.layers.TokenAndPositionEmbedding", "layer"),
        ("keras_hub.models.Backbone", "model"),
        ("tensorflow_addons.layers.WeightNormalization", "layer"),
        ("tfp.distributions.SomethingNew", "distribution"),
        ("tfp.bijectors.SomethingNew", "bijector"),
        ("keras.engine.MyLayer", "layer"),
        ("tf.something_new", "tensor"),
        ("tf.random.something_new", "random"),
        ("tf.train.SomethingNew", None),
        ("somewhere.Layer", None),
    ],
)
def test_a_family_says_what_a_name_makes(name: str, kind: str | None) -> None:
    assert kind_of(name) == kind


@pytest.mark.parametrize(
    ("kind", "word", "name"),
    [
        ("optimizer", "adam", "keras.optimizers.Adam"),
        ("optimizer", "RMSprop", "keras.optimizers.RMSprop"),
        ("loss", "mse", "keras.losses.mean_squared_error"),
        ("loss", "kullback_leibler_divergence", "keras.losses.kl_divergence"),
        ("activation", "relu", "keras.activations.relu"),
        ("metric", "accuracy", "keras.metrics.Accuracy"),
        ("metric", "mae", "keras.losses.mean_absolute_error"),
        ("initializer", "glorot_uniform", "keras.initializers.GlorotUniform"),
        ("regularizer", "l2", "keras.regularizers.L2"),
        ("constraint", "non_neg", "keras.constraints.NonNeg"),
        ("loss", "get", None),
        ("loss", "no such loss", None),
        ("activation", "adam", None),
    ],
)
def test_words_stand_for_names(kind: str, word: str, name: str | None) -> None:
    assert string_alias(kind, word) == name
