"""What no installed package can say: names of Keras 1 and early Keras 2, and what means the same in Keras 3.

A test holds that each name on the right exists in the installed Keras, with those parameters.
"""

from __future__ import annotations

from kerasvae_lint.core import keras_1

RENAMED: dict[str, str] = {
    **{
        f"keras.layers.{old}": f"keras.layers.{new}"
        for old, new in {
            "Convolution1D": "Conv1D",
            "Convolution2D": "Conv2D",
            "Convolution3D": "Conv3D",
            "Deconvolution2D": "Conv2DTranspose",
            "Deconvolution3D": "Conv3DTranspose",
            "Convolution2DTranspose": "Conv2DTranspose",
            "SeparableConvolution2D": "SeparableConv2D",
            "AtrousConvolution1D": "Conv1D",
            "AtrousConvolution2D": "Conv2D",
            "AtrousConv1D": "Conv1D",
            "AtrousConv2D": "Conv2D",
            "CuDNNLSTM": "LSTM",
            "CuDNNGRU": "GRU",
            "BatchNormalizationV1": "BatchNormalization",
            "BatchNormalizationV2": "BatchNormalization",
            "SyncBatchNormalization": "BatchNormalization",
        }.items()
    },
    "keras.layers.experimental.SyncBatchNormalization": "keras.layers.BatchNormalization",
    "keras.layers._Merge": "keras.layers.Layer",
    "keras.losses.cosine_proximity": "keras.losses.cosine_similarity",
    "keras.losses.cosine": "keras.losses.cosine_similarity",
    "keras.metrics.cosine_proximity": "keras.losses.cosine_similarity",
    "keras.metrics.cosine": "keras.losses.cosine_similarity",
    "keras.losses.huber_loss": "keras.losses.huber",
    "keras.initializers.normal": "keras.initializers.RandomNormal",
    "keras.initializers.uniform": "keras.initializers.RandomUniform",
    "keras.initializers.zero": "keras.initializers.Zeros",
    "keras.initializers.one": "keras.initializers.Ones",
    "keras.constraints.maxnorm": "keras.constraints.MaxNorm",
    "keras.constraints.nonneg": "keras.constraints.NonNeg",
    "keras.constraints.unitnorm": "keras.constraints.UnitNorm",
    "keras.regularizers.l1l2": "keras.regularizers.L1L2",
    "keras.regularizers.WeightRegularizer": "keras.regularizers.L1L2",
    "keras.regularizers.activity_l1": "keras.regularizers.L1",
    "keras.regularizers.activity_l2": "keras.regularizers.L2",
    "keras.regularizers.activity_l1l2": "keras.regularizers.L1L2",
    "keras.engine.Container": "keras.Model",
    "keras.engine.Network": "keras.Model",
    "keras.models.Container": "keras.Model",
    "keras.models.Network": "keras.Model",
    "keras.utils.plot": "keras.utils.plot_model",
    "keras.mixed_precision.set_policy": "keras.mixed_precision.set_dtype_policy",
    **{
        f"keras.optimizers.{name.lower()}": f"keras.optimizers.{name}"
        for name in ("SGD", "RMSprop", "Adagrad", "Adadelta", "Adam", "Adamax", "Nadam")
    },
}
"""Names that are called otherwise now."""

HOMES: dict[str, tuple[str, ...]] = {
    "layers": ("layers",),
    "legacy": ("layers", ""),
    "engine": ("layers", "models", "", "utils"),
    "utils": ("utils", "saving", "preprocessing.image"),
    "optimizers": ("optimizers", "optimizers.schedules"),
    "optimizer_v2": ("optimizers", "optimizers.schedules"),
    "optimizer_v1": ("optimizers",),
    "objectives": ("losses",),
    "losses": ("losses",),
    "metrics": ("metrics",),
    "callbacks": ("callbacks",),
    "initializers": ("initializers",),
    "initializations": ("initializers",),
    "regularizers": ("regularizers",),
    "constraints": ("constraints",),
    "activations": ("activations",),
    "backend": ("backend",),
    "models": ("models", ""),
    "saving": ("models", "saving"),
    "applications": ("applications",),
    "datasets": ("datasets",),
    "preprocessing": ("utils", "preprocessing.image", "preprocessing.sequence", "preprocessing.text"),
    "feature_column": (),
    "mixed_precision": ("mixed_precision",),
    "wrappers": ("wrappers",),
    "distribute": ("",),
    "distribution": ("",),
}
"""Where the names of an old module live, by the room that it was in; the first that has the name counts."""

MODULES: dict[str, str] = {
    "objectives": "losses",
    "initializations": "initializers",
    "utils.visualize_util": "utils",
    "backend.tensorflow_backend": "backend",
    "backend.common": "backend",
    "optimizers.legacy": "optimizers",
    "optimizers.experimental": "optimizers",
    "optimizer_v1": "optimizers",
    "optimizer_v2": "optimizers",
    "layers.experimental": "layers",
    "layers.experimental.preprocessing": "layers",
    **{
        f"layers.{name}": "layers"
        for name in (
            *("core", "convolutional", "convolutional_recurrent", "recurrent", "recurrent_v2", "normalization"),
            *("embeddings", "advanced_activations", "merge", "merging", "pooling", "wrappers", "noise", "local"),
            *("cudnn_recurrent", "attention", "dense_attention", "preprocessing", "reshaping", "regularization"),
            *("activation", "rnn", "normalization_v2"),
        )
    },
    **{
        f"utils.{name}": "utils"
        for name in (
            *("np_utils", "data_utils", "layer_utils", "conv_utils", "generic_utils", "io_utils", "vis_utils"),
            *("training_utils", "all_utils", "image_utils", "tf_utils"),
        )
    },
    "mixed_precision.experimental": "mixed_precision",
}
"""Old modules that are called otherwise now."""

HINTS: dict[str, str] = {
    "keras.layers.LocallyConnected1D": "Write it as a layer of its own: Keras 3 has none",
    "keras.layers.LocallyConnected2D": "Write it as a layer of its own: Keras 3 has none",
    "keras.layers.AbstractRNNCell": "Subclass `keras.layers.Layer`, and give it `state_size` and `output_size`",
    "keras.layers.DenseFeatures": "Use `keras.utils.FeatureSpace` or the preprocessing layers",
    "keras.layers.Merge": "Call `keras.layers.concatenate`, `add` or the like on the outputs of the branches",
    "keras.layers.merge": "Call `keras.layers.concatenate`, `add` or the like",
    "keras.utils.multi_gpu_model": "Make and compile the model under `tf.distribute.MirroredStrategy().scope()`",
    "keras.layers.TimeDistributedDense": "Use a Dense, which takes sequences as they are",
    "keras.merge": "Call `keras.layers.concatenate`, `add` or the like",
    "keras.utils.print_summary": "Call `model.summary()`",
    "keras.layers.MaxoutDense": "Use a Dense of `units * features`, a Reshape and `keras.ops.max`",
    "keras.layers.Highway": "Write it as a layer of its own: Keras 2 and 3 have none",
    "keras.layers.SReLU": "Write it as a layer of its own: Keras 2 and 3 have none",
    "keras.layers.Recurrent": "Subclass `keras.layers.RNN`, with a cell",
    "keras.models.Graph": "Write the model with `keras.Input` and `keras.Model`",
    "keras.models.model_from_yaml": "Use `model_from_json`, with `to_json` where the text is made",
    "keras.models.model_from_config": "Use `keras.Model.from_config`",
    "keras.estimator.model_to_estimator": "Train the Keras model by `fit`: TensorFlow has no estimators any more",
    "keras.utils.HDF5Matrix": "Read the array with `h5py`, or make a `keras.utils.PyDataset`",
    "keras.utils.OrderedEnqueuer": "Give the data set to `fit`: a PyDataset takes `workers` and `max_queue_size`",
    "keras.utils.GeneratorEnqueuer": "Give the data set to `fit`: a PyDataset takes `workers` and `max_queue_size`",
    "keras.callbacks.BaseLogger": "Leave it out: `fit` averages by itself",
    "keras.metrics.MeanTensor": "Write a metric of its own",
    "keras.metrics.precision": "Use `keras.metrics.Precision()`, which counts over the whole epoch",
    "keras.metrics.recall": "Use `keras.metrics.Recall()`, which counts over the whole epoch",
    "keras.metrics.fmeasure": "Use `keras.metrics.F1Score()`, which counts over the whole epoch",
    "keras.wrappers.scikit_learn.KerasClassifier": "Use `KerasClassifier` of the package scikeras, with `model=`",
    "keras.wrappers.scikit_learn.KerasRegressor": "Use `KerasRegressor` of the package scikeras, with `model=`",
    "keras.optimizers.TFOptimizer": "Use the optimizer of that name in `keras.optimizers`",
    "keras.backend.function": "Make a `keras.Model(inputs, outputs)` and call it",
    "keras.backend.gradients": "Use `tf.GradientTape`",
    "keras.backend.placeholder": "Use `keras.Input`",
    "keras.backend.in_train_phase": "Take `training` in `call`, and choose by it",
    "keras.backend.in_test_phase": "Take `training` in `call`, and choose by it",
    "keras.backend.learning_phase": "Take `training` in `call`, and pass it on",
    "keras.backend.learning_phase_scope": "Pass `training=` in the calls",
    "keras.backend.set_learning_phase": "Pass `training=` in the calls",
    "keras.backend.print_tensor": "Use `tf.print`, or `print` in eager code",
    "keras.backend.local_conv1d": "Write it with `keras.ops`",
    "keras.backend.local_conv2d": "Write it with `keras.ops`",
    "keras.backend.normalize_batch_in_training": "Use `keras.layers.BatchNormalization`, or `keras.ops.moments`",
    "keras.backend.get_session": "There are no sessions: call the model or function, in eager mode",
    "keras.backend.set_session": "There are no sessions: settings of the GPU go through `tf.config`",
    "keras.backend.manual_variable_initialization": "Leave it out: variables have their values from the beginning",
    "keras.backend.reset_uids": "Leave it out, or call `keras.utils.clear_session()`",
    "keras.backend.random_binomial": "Use `keras.random.binomial`, or compare `keras.random.uniform` with `p`",
}
"""For names that have no twin: what to do instead."""

BACKEND: dict[str, str] = {
    # the same arguments in the same order
    "abs": "ops.abs(x)",
    "all": "ops.all(x, axis, keepdims)",
    "any": "ops.any(x, axis, keepdims)",
    "argmax": "ops.argmax(x, axis=axis|-1)",
    "argmin": "ops.argmin(x, axis=axis|-1)",
    "arange": "ops.arange(start, stop, step, dtype=dtype|'int32')",
    "cast": "ops.cast(x, dtype)",
    "cast_to_floatx": "ops.cast({x}, keras.config.floatx())",
    "clip": "ops.clip(x, x_min=min_value, x_max=max_value)",
    "concatenate": "ops.concatenate(xs=tensors, axis=axis|-1)",
    "conv1d": "ops.conv(inputs=x, kernel, strides, padding, data_format, dilation_rate)",
    "conv2d": "ops.conv(inputs=x, kernel, strides, padding, data_format, dilation_rate)",
    "conv3d": "ops.conv(inputs=x, kernel, strides, padding, data_format, dilation_rate)",
    "depthwise_conv2d": (
        "ops.depthwise_conv(inputs=x, kernel=depthwise_kernel, strides, padding, data_format, dilation_rate)"
    ),
    "cos": "ops.cos(x)",
    "cumprod": "ops.cumprod(x, axis=axis|0)",
    "cumsum": "ops.cumsum(x, axis=axis|0)",
    "dot": "ops.dot(x1=x, x2=y)",
    "elu": "ops.elu(x, alpha)",
    "equal": "ops.equal(x1=x, x2=y)",
    "exp": "ops.exp(x)",
    "expand_dims": "ops.expand_dims(x, axis=axis|-1)",
    "gather": "ops.take(x=reference, indices, axis=axis|0)",
    "greater": "ops.greater(x1=x, x2=y)",
    "greater_equal": "ops.greater_equal(x1=x, x2=y)",
    "identity": "{x}",
    "less": "ops.less(x1=x, x2=y)",
    "less_equal": "ops.less_equal(x1=x, x2=y)",
    "l2_normalize": "ops.normalize(x, axis!, epsilon=|1e-06)",
    "log": "ops.log(x)",
    "logsumexp": "ops.logsumexp(x, axis, keepdims)",
    "map_fn": "ops.map(f=fn, xs=elems)",
    "max": "ops.max(x, axis, keepdims)",
    "maximum": "ops.maximum(x1=x, x2=y)",
    "mean": "ops.mean(x, axis, keepdims)",
    "min": "ops.min(x, axis, keepdims)",
    "minimum": "ops.minimum(x1=x, x2=y)",
    "not_equal": "ops.not_equal(x1=x, x2=y)",
    "one_hot": "ops.one_hot(x=indices, num_classes)",
    "ones_like": "ops.ones_like(x, dtype)",
    "permute_dimensions": "ops.transpose(x, axes=pattern)",
    "pow": "ops.power(x1=x, x2=a)",
    "prod": "ops.prod(x, axis, keepdims)",
    "relu": "keras.activations.relu(x, negative_slope=alpha, max_value, threshold)",
    "repeat_elements": "ops.repeat(x, repeats=rep, axis)",
    "reshape": "ops.reshape(x, newshape=shape)",
    "reverse": "ops.flip(x, axis=axes)",
    "round": "ops.round(x)",
    "shape": "ops.shape(x)",
    "sigmoid": "ops.sigmoid(x)",
    "sign": "ops.sign(x)",
    "sin": "ops.sin(x)",
    "softmax": "ops.softmax(x, axis)",
    "softplus": "ops.softplus(x)",
    "softsign": "ops.softsign(x)",
    "square": "ops.square(x)",
    "squeeze": "ops.squeeze(x, axis)",
    "stack": "ops.stack(x, axis)",
    "std": "ops.std(x, axis, keepdims)",
    "stop_gradient": "ops.stop_gradient(variable=variables)",
    "sum": "ops.sum(x, axis, keepdims)",
    "tanh": "ops.tanh(x)",
    "tile": "ops.tile(x, repeats=n)",
    "transpose": "ops.transpose(x)",
    "var": "ops.var(x, axis, keepdims)",
    "zeros_like": "ops.zeros_like(x, dtype)",
    "binary_crossentropy": "ops.binary_crossentropy(target, output, from_logits)",
    "categorical_crossentropy": "ops.categorical_crossentropy(target, output, from_logits, axis)",
    "sparse_categorical_crossentropy": "ops.sparse_categorical_crossentropy(target, output, from_logits, axis)",
    "in_top_k": "ops.in_top_k({targets}, {predictions}, {k})",
    # not quite
    "batch_flatten": "keras.layers.Flatten()({x})",
    "constant": "ops.convert_to_tensor(x=value, dtype=dtype|keras.config.floatx())",
    "count_params": "np.prod({x}.shape)",
    "dropout": "keras.random.dropout(inputs=x, rate=level, noise_shape, seed)",
    "dtype": "keras.backend.standardize_dtype({x}.dtype)",
    "eval": "ops.convert_to_numpy(x)",
    "eye": "ops.eye(N=size)",
    "flatten": "ops.reshape({x}, (-1,))",
    "get_value": "ops.convert_to_numpy(x)",
    "get_variable_shape": "tuple({x}.shape)",
    "int_shape": "tuple({x}.shape)",
    "name_scope": "keras.name_scope(name)",
    "ndim": "len({x}.shape)",
    "ones": "keras.Variable(ops.ones({shape}))",
    "zeros": "keras.Variable(ops.zeros({shape}))",
    "random_normal": "keras.random.normal(shape, mean, stddev, dtype, seed)",
    "random_uniform": "keras.random.uniform(shape, minval, maxval, dtype, seed)",
    "random_normal_variable": "keras.Variable(keras.random.normal({shape}, {mean}, {scale}))",
    "random_uniform_variable": "keras.Variable(keras.random.uniform({shape}, {low}, {high}))",
    "truncated_normal": "keras.random.truncated_normal(shape, mean, stddev, dtype, seed)",
    "repeat": "ops.repeat(ops.expand_dims({x}, 1), {n}, axis=1)",
    "set_value": "{x}.assign({value})",
    "sqrt": "ops.sqrt(ops.maximum({x}, 0.0))",
    "update": "{x}.assign({new_x})",
    "update_add": "{x}.assign_add({increment})",
    "update_sub": "{x}.assign_sub({decrement})",
    "variable": "keras.Variable(initializer=value, dtype, name)",
    "image_dim_ordering": "keras.config.image_data_format()",
    "set_image_dim_ordering": "keras.config.set_image_data_format(data_format=dim_ordering)",
}
"""Functions of ``keras.backend`` that Keras 3 lacks, and what means the same.

``ops.clip(x, x_min=min_value)``: the new function's arguments in its own order, each with the old parameter that gives
it (the same name where only one stands there); ``axis=axis|0`` has a value to write where the old default is another;
``axis!`` has to be given.
With braces it is the text to write.
"""

RANDOM = frozenset(
    {
        *("dropout", "random_normal", "random_uniform", "random_normal_variable", "random_uniform_variable"),
        "truncated_normal",
    }
)
"""Those that draw: the twin draws other numbers from the same seed."""

LAYER_ARGUMENTS: dict[str, str] = {
    **keras_1.LAYER_ARGUMENTS,
    "length": "size",
    "dim_ordering": "data_format",
    "alpha": "negative_slope",
    "input": "inputs",
    "output": "outputs",
    "l": "l1",
    "lr": "learning_rate",
    "nb_words": "num_words",
    "nb_classes": "num_classes",
    "nb_epoch": "epochs",
    "batch_input_shape": "batch_shape",
    "m": "max_value",
}
"""What arguments of Keras 1 and early Keras 2 are called now, where the class has the new name and not the old."""

SPECIAL_ARGUMENTS: dict[str, dict[str, str]] = {
    "keras.layers.Embedding": {
        "init": "embeddings_initializer",
        "W_regularizer": "embeddings_regularizer",
        "W_constraint": "embeddings_constraint",
    },
    "keras.utils.to_categorical": {"y": "x", "nb_classes": "num_classes"},
    "keras.callbacks.ReduceLROnPlateau": {"epsilon": "min_delta"},
    "keras.regularizers.L2": {"l": "l2"},
    "keras.regularizers.l2": {"l": "l2"},
}
"""The same for single classes."""

ORDERINGS = {"th": "channels_first", "tf": "channels_last"}
"""What ``dim_ordering`` meant."""

STRINGS: dict[str, dict[str, str]] = {
    "loss": {
        "huber_loss": "huber",
        "kullback_leibler_divergence": "kl_divergence",
        "logcosh": "log_cosh",
        "cosine_proximity": "cosine_similarity",
        "cosine": "cosine_similarity",
    },
    "metric": {
        "kullback_leibler_divergence": "kl_divergence",
        "logcosh": "keras.metrics.LogCoshError(name={word})",
        "cosine_proximity": "cosine_similarity",
        "cosine": "cosine_similarity",
        "ACC": "acc",
    },
}
"""Words for losses and metrics that Keras 3 does not take; with braces it is code to write."""

TENSORFLOW: dict[str, str] = {
    **{
        f"reduce_{old}": f"ops.{new}(x=input_tensor, axis, keepdims)"
        for old, new in {
            **{name: name for name in ("mean", "sum", "max", "min", "prod", "any", "all", "std", "logsumexp")},
            "variance": "var",
        }.items()
    },
    **{
        name: f"ops.{name}(x)"
        for name in (
            *("square", "sqrt", "exp", "log", "log1p", "expm1", "abs", "sign", "sin", "cos", "tanh", "sigmoid"),
            *("negative", "reciprocal", "rsqrt", "floor", "ceil", "round", "erf", "logical_not", "tan"),
        )
    },
    **{
        name: f"ops.{name}(x1=x, x2=y)"
        for name in (
            *("maximum", "minimum", "add", "subtract", "multiply", "divide", "equal", "not_equal", "greater", "less"),
            *("greater_equal", "less_equal", "logical_and", "logical_or"),
        )
    },
    "pow": "ops.power(x1=x, x2=y)",
    "squared_difference": "ops.square(ops.subtract({x}, {y}))",
    "is_nan": "ops.isnan(x)",
    "cast": "ops.cast(x, dtype)",
    "clip_by_value": "ops.clip(x=t, x_min=clip_value_min, x_max=clip_value_max)",
    "concat": "ops.concatenate(xs=values, axis)",
    "stack": "ops.stack(x=values, axis)",
    "expand_dims": "ops.expand_dims(x=input, axis)",
    "squeeze": "ops.squeeze(x=input, axis)",
    "reshape": "ops.reshape(x=tensor, newshape=shape)",
    "transpose": "ops.transpose(x=a, axes=perm)",
    "tile": "ops.tile(x=input, repeats=multiples)",
    "gather": "ops.take(x=params, indices, axis=axis|0)",
    "one_hot": "ops.one_hot(x=indices, num_classes=depth, axis, dtype)",
    "zeros": "ops.zeros(shape, dtype)",
    "ones": "ops.ones(shape, dtype)",
    "zeros_like": "ops.zeros_like(x=input, dtype)",
    "ones_like": "ops.ones_like(x=input, dtype)",
    "eye": "ops.eye(N=num_rows, M=num_columns)",
    "range": "ops.arange(start, stop=limit, step=delta)",
    "matmul": "ops.matmul(x1=a, x2=b)",
    "tensordot": "ops.tensordot(x1=a, x2=b, axes)",
    "where": "ops.where(condition, x1=x, x2=y)",
    "argmax": "ops.argmax(x=input, axis=axis|0)",
    "argmin": "ops.argmin(x=input, axis=axis|0)",
    "cumsum": "ops.cumsum(x, axis=axis|0)",
    "shape": "ops.shape(x=input)",
    "stop_gradient": "ops.stop_gradient(variable=input)",
    "convert_to_tensor": "ops.convert_to_tensor(x=value, dtype)",
    "constant": "ops.convert_to_tensor(x=value, dtype)",
    "norm": "ops.norm(x=tensor, ord, axis, keepdims)",
    "identity": "{input}",
    "repeat": "ops.repeat(x=input, repeats, axis)",
    "cond": "ops.cond(pred, true_fn, false_fn)",
    "unstack": "ops.unstack(x=value, num, axis)",
    "reverse": "ops.flip(x=tensor, axis)",
    "cumprod": "ops.cumprod(x, axis=axis|0)",
    "broadcast_to": "ops.broadcast_to(x=input, shape)",
    "truediv": "ops.true_divide(x1=x, x2=y)",
    "nn.silu": "ops.silu(x=features)",
    "nn.swish": "ops.silu(x=features)",
    "nn.gelu": "ops.gelu(x=features, approximate=approximate|False)",
    "nn.relu": "ops.relu(x=features)",
    "nn.relu6": "ops.relu6(x=features)",
    "nn.elu": "ops.elu(x=features)",
    "nn.selu": "ops.selu(x=features)",
    "nn.softplus": "ops.softplus(x=features)",
    "softplus": "ops.softplus(x=features)",
    "nn.softmax": "ops.softmax(x=logits, axis)",
    "nn.log_softmax": "ops.log_softmax(x=logits, axis)",
    "nn.sigmoid": "ops.sigmoid(x)",
    "nn.tanh": "ops.tanh(x)",
    "nn.leaky_relu": "ops.leaky_relu(x=features, negative_slope=alpha)",
    "nn.l2_normalize": "ops.normalize(x, axis!, epsilon=|1e-06)",
    "l2_normalize": "ops.normalize(x, axis!, epsilon=|1e-06)",
    "nn.moments": "ops.moments(x, axes, keepdims)",
    "nn.sigmoid_cross_entropy_with_logits": "ops.binary_crossentropy({labels}, {logits}, from_logits=True)",
    "nn.softmax_cross_entropy_with_logits": "ops.categorical_crossentropy({labels}, {logits}, from_logits=True)",
    "nn.sparse_softmax_cross_entropy_with_logits": (
        "ops.sparse_categorical_crossentropy({labels}, {logits}, from_logits=True)"
    ),
    "random.normal": "keras.random.normal(shape, mean, stddev, dtype, seed)",
    "random.uniform": "keras.random.uniform(shape, minval, maxval, dtype, seed)",
    "random.truncated_normal": "keras.random.truncated_normal(shape, mean, stddev, dtype, seed)",
    "nn.dropout": "keras.random.dropout(inputs=x, rate, noise_shape, seed)",
}
"""Functions of TensorFlow, ``tf.…``, and what means the same in every backend of Keras 3; rows as above."""
