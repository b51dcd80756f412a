"""Predictions for a shuffled data set that meet labels in another order."""

from __future__ import annotations

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.model import Module
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code

BEFORE = """\
import numpy as np
from sklearn.metrics import confusion_matrix
from {library}.image import ImageDataGenerator
import elsewhere
model = {model}
data = ImageDataGenerator().flow_from_directory("images", shuffle={shuffle})
found = np.argmax(model.{method}(data), axis=1)
"""


@pytest.mark.parametrize("library", ["keras.preprocessing", "tensorflow.keras.preprocessing", "keras_preprocessing"])
@pytest.mark.parametrize("model", ["elsewhere.model", "elsewhere.build()"])
@pytest.mark.parametrize("method", ["predict", "predict_generator"])
@pytest.mark.parametrize(("shuffle", "count"), [("True", 1), ("False", 0), ("elsewhere.flag", 0)])
def test_a_model_that_nobody_knows(library: str, model: str, method: str, shuffle: str, count: int) -> None:
    text = BEFORE.format(library=library, model=model, method=method, shuffle=shuffle)
    text += "matrix = confusion_matrix(data.classes, found)\n"
    tree, source = parse_code(decode(text.encode(), "a.py"))
    assert len(Module(build(tree, source.text), source).comparisons) == count


@pytest.mark.parametrize("labels", ["elsewhere.labels", "other.classes", "found"])
def test_labels_of_something_else(labels: str) -> None:
    text = BEFORE.format(library="keras.preprocessing", model="elsewhere.model", method="predict", shuffle="True")
    text += 'other = ImageDataGenerator().flow_from_directory("others")\n'
    text += f"matrix = confusion_matrix({labels}, found)\n"
    tree, source = parse_code(decode(text.encode(), "a.py"))
    assert not Module(build(tree, source.text), source).comparisons
