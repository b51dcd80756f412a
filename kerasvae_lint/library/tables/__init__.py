"""The tables: for each name one line of data; ``library.entries`` says how a row reads."""

from __future__ import annotations

from kerasvae_lint.library.tables import (
    keras_1,
    keras_applications,
    keras_backend,
    keras_callbacks,
    keras_layers,
    keras_losses,
    keras_metrics,
    keras_models,
    keras_ops,
    keras_ops_numpy,
    keras_optimizers,
    keras_parts,
    keras_utils,
    numpy,
    numpy_linalg,
    numpy_random,
    python,
    scikit_learn,
    tensorflow,
    tensorflow_1,
    tensorflow_data,
    tensorflow_image,
    tensorflow_linalg,
    tensorflow_math,
    tensorflow_nn,
    tfp,
    tfp_distributions,
)

ROWS: dict[str, str] = {
    **keras_1.ROWS,
    **keras_applications.ROWS,
    **keras_backend.ROWS,
    **keras_callbacks.ROWS,
    **keras_layers.ROWS,
    **keras_losses.ROWS,
    **keras_metrics.ROWS,
    **keras_models.ROWS,
    **keras_ops.ROWS,
    **keras_ops_numpy.ROWS,
    **keras_optimizers.ROWS,
    **keras_parts.ROWS,
    **keras_utils.ROWS,
    **numpy.ROWS,
    **numpy_linalg.ROWS,
    **numpy_random.ROWS,
    **python.ROWS,
    **scikit_learn.ROWS,
    **tensorflow.ROWS,
    **tensorflow_1.ROWS,
    **tensorflow_data.ROWS,
    **tensorflow_image.ROWS,
    **tensorflow_linalg.ROWS,
    **tensorflow_math.ROWS,
    **tensorflow_nn.ROWS,
    **tfp.ROWS,
    **tfp_distributions.ROWS,
}
"""Every row by its canonical name."""

WRITTEN_FROM: dict[str, str] = {
    "keras": "3.15.1",
    "tf_keras": "2.21.0",
    "tensorflow": "2.21.0",
    "tensorflow-probability": "0.25.0",
    "numpy": "2.4.6",
}
"""The releases that the rows were read from; the tests hold the rows against these and no others."""
