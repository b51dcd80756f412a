"""TensorFlow's functions, and what means the same in ``keras.ops``: for tensors that no number is in yet."""

from __future__ import annotations

_ALIKE = (
    *("abs", "exp", "expm1", "log", "log1p", "sqrt", "rsqrt", "square", "sign", "floor", "ceil", "sin", "cos", "tan"),
    *("tanh", "sigmoid", "negative"),
)
_OF_TWO = {
    **dict.fromkeys(("add", "subtract", "multiply", "divide", "maximum", "minimum", "equal", "not_equal"), ""),
    **dict.fromkeys(("greater", "greater_equal", "less", "less_equal", "logical_and", "logical_or"), ""),
    "pow": "power",
}
_REDUCING = {
    **{f"reduce_{word}": word for word in ("sum", "mean", "max", "min", "prod", "any", "all", "std", "logsumexp")},
    "reduce_variance": "var",
}

TENSORFLOW: dict[str, str] = {
    **{f"tf.{word}": f"ops.{word}(x)" for word in _ALIKE},
    **{f"tf.{word}": f"ops.{other or word}(x1=x, x2=y)" for word, other in _OF_TWO.items()},
    **{f"tf.{word}": f"ops.{other}(x=input_tensor, axis, keepdims)" for word, other in _REDUCING.items()},
    "tf.argmax": "ops.argmax(x=input, axis=axis|0)",
    "tf.argmin": "ops.argmin(x=input, axis=axis|0)",
    "tf.cast": "ops.cast(x, dtype)",
    "tf.clip_by_value": "ops.clip(x=t, x_min=clip_value_min, x_max=clip_value_max)",
    "tf.concat": "ops.concatenate(xs=values, axis)",
    "tf.expand_dims": "ops.expand_dims(x=input, axis)",
    "tf.image.resize": "ops.image.resize(images, size, interpolation=method, antialias)",
    "tf.l2_normalize": "ops.normalize(x, axis!, epsilon=|1e-06)",
    "tf.log_softmax": "ops.log_softmax(x=logits, axis)",
    "tf.matmul": "ops.matmul(x1=a, x2=b)",
    "tf.nn.elu": "ops.elu(x=features)",
    "tf.nn.gelu": "ops.gelu(x=features, approximate=approximate|False)",
    "tf.nn.leaky_relu": "ops.leaky_relu(x=features, negative_slope=alpha)",
    "tf.nn.relu": "ops.relu(x=features)",
    "tf.nn.relu6": "ops.relu6(x=features)",
    "tf.nn.selu": "ops.selu(x=features)",
    "tf.nn.silu": "ops.silu(x=features)",
    "tf.nn.swish": "ops.silu(x=features)",
    "tf.one_hot": "ops.one_hot(x=indices, num_classes=depth, axis, dtype)",
    "tf.ones_like": "ops.ones_like(x=input, dtype)",
    "tf.reshape": "ops.reshape(x=tensor, newshape=shape)",
    "tf.softmax": "ops.softmax(x=logits, axis)",
    "tf.softplus": "ops.softplus(x=features)",
    "tf.squeeze": "ops.squeeze(x=input, axis)",
    "tf.stack": "ops.stack(x=values, axis)",
    "tf.stop_gradient": "ops.stop_gradient(variable=input)",
    "tf.tensordot": "ops.tensordot(x1=a, x2=b, axes)",
    "tf.tile": "ops.tile(x=input, repeats=multiples)",
    "tf.transpose": "ops.transpose(x=a, axes=perm)",
    "tf.where": "ops.where(condition, x1=x, x2=y)",
    "tf.zeros_like": "ops.zeros_like(x=input, dtype)",
}
"""Rows as in :data:`kerasvae_lint.library.moves.twins.BACKEND`, by canonical name."""
