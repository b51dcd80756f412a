"""``--synthetic`` answers the usual ways to read data, whether or not the libraries are there."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.runtime.running import needs_runtime, verify, written

pytestmark = needs_runtime

READERS = """\
import numpy as np
import pandas as pd
import matplotlib.pyplot as plt
import tensorflow as tf
from sklearn.datasets import fetch_california_housing, make_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from tensorflow.keras import layers
from tensorflow.keras.preprocessing.image import ImageDataGenerator, load_img, img_to_array

data = pd.read_csv("http://example.org/diabetes.csv")
y = data["Outcome"].values
x = data[["Glucose", "BMI", "Age"]].values
assert set(np.unique(y)) == {0, 1}
table = np.loadtxt("pima.csv", delimiter=",")
assert table[:, 0:8].shape[1] == 8
assert np.load("x_train.npy").shape[1:] == (3,)
with open(tf.keras.utils.get_file("words.txt", "http://example.org/words.txt")) as file:
    assert len(file.read()) > 1000
(a, b), _ = tf.keras.datasets.boston_housing.load_data()
assert a.shape == (404, 13) and 5 <= b.min() < b.max() <= 50
(a, b), _ = tf.keras.datasets.reuters.load_data(num_words=100)
assert b.max() <= 45 and tf.keras.datasets.reuters.get_word_index()
assert fetch_california_housing(return_X_y=True)[0].shape[1] == 8
image = img_to_array(load_img("cat.jpg", target_size=(20, 30)))
assert image.shape == (20, 30, 3)
flow = ImageDataGenerator(rescale=1 / 255).flow_from_directory(
    "data/train", target_size=(16, 16), batch_size=8, class_mode="binary"
)
images, labels = next(flow)
assert images.shape == (8, 16, 16, 3) and images.max() <= 1 and set(labels) <= {0, 1}
folder = tf.keras.utils.image_dataset_from_directory("data", image_size=(8, 8), label_mode="int")
assert next(iter(folder))[0].shape == (32, 8, 8, 3) and len(folder.class_names) == 2
plt.plot(y)
plt.show()
x = StandardScaler().fit_transform(x)
x_train, x_test, y_train, y_test = train_test_split(x, y, test_size=0.2)
hidden, last = layers.Dense(8, input_shape=(3,), activation="relu"), layers.Dense(1, activation="sigmoid")
model = tf.keras.Sequential([hidden, last])
model.compile("adam", "binary_crossentropy")
model.fit(x_train, y_train, epochs=2)
"""


@pytest.mark.parametrize("keras", ["2", "3"])
def test_readers(keras: str, tmp_path: Path) -> None:
    written(tmp_path, READERS)
    arguments = ["--synthetic", "--keras", keras, "--probe", "targets", "--output-format", "json"]
    answer = verify("program.py", *arguments, cwd=tmp_path)
    (target,) = answer.targets
    assert target["reason"] == ""
    assert answer.verdicts()["targets"] == "pass"
    notes = " ".join(target["runs"][0]["notes"])
    assert "`read_csv('diabetes.csv')` is answered with a table of 400 rows and 4 columns that kvlint made" in notes
    assert "`loadtxt('pima.csv')` is answered with an array of (400, 8) that kvlint made" in notes


def test_without_synthetic_the_missing_library_is_named(tmp_path: Path) -> None:
    if find_spec("pandas") is not None:
        pytest.skip("pandas is installed")
    written(tmp_path, "import pandas as pd\n")
    answer = verify("program.py", "--output-format", "json", cwd=tmp_path)
    assert "or give --synthetic, which has a stand-in" in answer.targets[0]["reason"]
