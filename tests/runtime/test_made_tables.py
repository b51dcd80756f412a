"""What ``--synthetic`` makes of a table: as the script uses it, read from its source."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest

np = pytest.importorskip("numpy")

from kerasvae_lint.runtime import made, tables  # noqa: E402


def table(text: str, row: int = 1, header: bool = True) -> dict[Any, Any]:
    return made.table(tables.Source(text).expected(row), 0, header)


def test_columns_by_their_names() -> None:
    found = table(
        "data = pd.read_csv('x.csv')\n"
        "y = data.pop('Outcome')\n"
        "x = data[['Age', 'Glucose']]\n"
        "text = data['review']\n"
        "data = data.drop(['Id'], axis=1)\n"
        "model.add(Dense(1, activation='sigmoid'))\n"
    )
    assert list(found)[-1] == "Outcome"
    assert {"Age", "Glucose", "Id", "review"} <= set(found)
    assert set(np.unique(found["Outcome"])) == {0, 1}
    assert found["review"].dtype == object


def test_columns_by_number() -> None:
    text = (
        "data = np.loadtxt('pima.csv', delimiter=',')\n"
        "x, y = data[:, 0:8], data[:, 8]\n"
        "model.add(Dense(12, input_dim=8))\n"
        "model.add(Dense(3, activation='softmax'))\n"
    )
    found = table(text, header=False)
    assert list(found) == list(range(9))
    assert set(np.unique(found[8])) == {0, 1, 2}
    assert found[0].dtype.kind == "f"


def test_columns_between_two_names() -> None:
    text = (
        "train = pd.read_csv('mnist_train.csv')\n"
        "train = train.loc['1':'5000', :]\n"
        "x = train.loc[:, '1x1':'28x28'].values\n"
        "y = train.loc[:, 'label'].values\n"
        "model.add(Dense(784, input_shape=(784,)))\n"
        "model.add(Dense(10, activation='softmax'))\n"
    )
    names = list(table(text))
    assert names.index("28x28") - names.index("1x1") == 783
    assert set(np.unique(table(text)["label"])) <= set(range(10))


@pytest.mark.parametrize(
    ("end", "low", "high"), [("tanh", -1.0, 1.0), ("sigmoid", 0.0, 1.0), ("linear", -3.0, 3.0), ("relu", 0.0, 2.0)]
)
def test_made_targets_suit_the_network(end: str, low: float, high: float) -> None:
    """What is made up raises no alarm: the network's last function can give it."""
    x = np.random.default_rng(0).normal(size=(200, 4))
    y = made.targets(x, 1, end)
    assert low <= y.min() < y.max() <= high


def test_targets_are_told_by_the_inputs() -> None:
    x = np.random.default_rng(0).normal(size=(300, 5))
    y = made.targets(x, 2, "sigmoid")
    weights, *_ = np.linalg.lstsq(x, y - 0.5, rcond=None)
    assert np.mean((x @ weights > 0) == y) > 0.9


@pytest.mark.parametrize(("name", "low", "high"), [("boston_housing", 5, 50), ("california_housing", 15_000, 500_000)])
def test_built_in_sets_have_their_range(name: str, low: float, high: float) -> None:
    x, y = made.labelled(made.DATASETS[name], 100, 0)
    assert x.shape == (100, *made.DATASETS[name].shape)
    assert low <= y.min() < y.max() <= high


def test_values_that_the_script_maps() -> None:
    text = (
        "data = pd.read_csv('cancer.csv')\n"
        "y = data['diagnosis'].map({'M': 1, 'B': 0})\n"
        "x = data[['radius', 'texture']]\n"
        "model.add(Dense(1, activation='sigmoid'))\n"
    )
    found = table(text)
    assert set(found["diagnosis"]) == {"M", "B"}
    assert found["radius"].dtype.kind == "f"


def test_columns_by_a_reshape() -> None:
    """An open end tells no number of columns; what the inputs are made into does."""
    text = (
        "data = pd.read_csv('images.csv')\n"
        "x = np.array(data.iloc[:, 0:-1]).reshape(-1, 28, 28, 3)\n"
        "y = data.iloc[:, -1]\n"
        "model.add(Dense(1, activation='sigmoid'))\n"
    )
    assert len(table(text)) == 28 * 28 * 3 + 1


@pytest.mark.parametrize(("part", "count"), [("train", 60_000), ("t10k", 10_000)])
def test_mnist_as_it_is_published(part: str, count: int, tmp_path: Path) -> None:
    images, labels = (
        gzip.decompress(Path(made.write_file(str(tmp_path), f"{part}-{name}-ubyte.gz", 0)).read_bytes())
        for name in ("images-idx3", "labels-idx1")
    )
    assert np.frombuffer(images[:16], ">u4").tolist() == [2051, count, 28, 28]
    assert np.frombuffer(labels[:8], ">u4").tolist() == [2049, count]
    assert (len(images), len(labels)) == (16 + count * 784, 8 + count)
    assert set(labels[8:]) == set(range(10))
