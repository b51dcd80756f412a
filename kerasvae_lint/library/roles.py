"""What a parameter is for, whatever a library or a release calls it: nobody else lists spellings."""

from __future__ import annotations

from functools import lru_cache

_SPELLINGS = {
    "x": "x input input_tensor a tensor tensors inputs value values x1 arr array arrays arys features m xs",
    "y": "b x2 other",
    "axis": "dim axes dims dimension reduction_indices concat_dim split_dim concat_axis feature_axis",
    "keepdims": "keep_dims keepdim",
    "target": "y_true labels targets true multi_class_labels onehot_labels",
    "output": "y_pred predictions outputs pred",
    "mean": "loc mu",
    "stddev": "std scale sigma standard_deviation",
    "minimum": "low minval min_value clip_value_min x_min a_min min",
    "maximum": "high maxval max_value clip_value_max x_max a_max max",
    "shape": "size target_shape newshape output_shape sample_shape",
    "learning_rate": "lr initial_learning_rate",
    "epsilon": "eps fuzz_factor",
    "repeats": "multiples reps rep",
    "sections": "num_or_size_splits indices_or_sections",
    # what Keras 1 called it
    "filters": "nb_filter",
    "strides": "subsample stride",
    "padding": "border_mode",
    "data_format": "dim_ordering",
    "kernel_initializer": "init weights_initializer",
    "recurrent_initializer": "inner_init",
    "kernel_regularizer": "W_regularizer",
    "recurrent_regularizer": "U_regularizer",
    "bias_regularizer": "b_regularizer",
    "kernel_constraint": "W_constraint",
    "bias_constraint": "b_constraint",
    "recurrent_activation": "inner_activation",
    "use_bias": "bias",
    "epochs": "nb_epoch",
    "steps_per_epoch": "samples_per_epoch",
    "validation_steps": "nb_val_samples validation_batches",
    "workers": "nb_worker",
    "recurrent_dropout": "dropout_U",
    "dilation_rate": "atrous_rate dilations",
    "pool_size": "pool_length ksize",
    "num_classes": "nb_classes",
    "permutation": "perm pattern",
}
_ROLE = {spelling: role for role, spellings in _SPELLINGS.items() for spelling in spellings.split()}

# Where the operation decides what a spelling is for.
_OF_OPERATION: dict[str, dict[str, str]] = {
    "Dense": {"output_dim": "units"},
    "LSTM": {"output_dim": "units"},
    "GRU": {"output_dim": "units"},
    "SimpleRNN": {"output_dim": "units"},
    "Embedding": {"dropout": "rate"},
    "dropout": {"p": "rate", "level": "rate"},
    "gaussian_noise": {"sigma": "stddev"},
    "gaussian_dropout": {"p": "rate"},
    "permute": {"dims": "permutation"},
    "transpose": {"axes": "permutation"},
    "tensordot": {"axes": "axes"},
    "batch_dot": {"axes": "axes"},
    "dot_n": {"axes": "axes"},
    "where": {"condition": "condition"},
    "gather": {"params": "x", "reference": "x"},
    "scatter_update": {"inputs": "x"},
    "clip": {"t": "x", "min": "minimum", "max": "maximum"},
    "norm": {"ord": "order"},
    "pad": {"paddings": "padding", "pad_width": "padding"},
    "repeat": {"n": "repeats", "rep": "repeats"},
    "one_hot": {"depth": "num_classes", "indices": "x", "x": "x"},
    "eye": {"size": "rows", "num_rows": "rows", "N": "rows"},
    "multivariate_normal": {"cov": "covariance"},
    "gelu": {"approximate": "approximate"},
    "range": {"limit": "stop"},
    "RNN": {"cell": "cell"},
}
# The first parameter of a tensor function, when nothing else is its operand.
_OPERANDS = frozenset(
    {"logits", "condition", "t", "params", "image", "images", "pred", "labels", "v", "p", "z", "elem"}
)
_OPERAND_ROLES = frozenset({"x", "y", "shape", "mean", "minimum", "maximum", "target", "output"})
_COMPUTES = frozenset({"tensor", "array", "host", "shape"})


@lru_cache(maxsize=4096)
def role_of(name: str, among: tuple[str, ...] = (), makes: str = "", operation: str = "") -> str:
    """The role of the parameter ``name`` of a function with the parameters ``among``: its own name if no other."""
    of_operation = _OF_OPERATION.get(operation, {})
    if name in of_operation:
        return of_operation[name]
    if makes in _COMPUTES and among and name == among[0] and name in _OPERANDS:
        return "condition" if name == "condition" else "x"
    role = _ROLE.get(name, name)
    # ``where(condition, x, y, input)``: an operand never takes the role of another that goes by it.
    return name if role != name and role in among and role in _OPERAND_ROLES else role
