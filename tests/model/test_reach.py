"""How far data surely go: what rules ask before they say that targets lie outside of what an output gives."""

from __future__ import annotations

import pytest

from kerasvae_lint.keras.ranges import Range, join, summed
from tests.model.test_data import data_of

BESIDE_ONE = [
    ("make_regression(n_samples=10)[1]", True),
    ("make_regression(n_samples=10, bias=elsewhere.b)[1]", False),
    ("train_test_split(make_regression(n_samples=10)[1])[1]", True),
    ("make_regression(n_samples=10)[1][:5]", True),
    ("make_regression(n_samples=10, n_targets=3)[1][:, 0]", False),
    ("boston_housing.load_data()[0][1]", True),
    ("y_train", True),
    ("y_train[y_train < 2]", False),
    ("y_train[:100]", True),
    ("load_iris().target[:100]", False),
    ("np.where(y > 1, 1, -1)", True),
    ("np.where(y > 1, 1, 0)", False),
    ("train_test_split(np.where(y > 1, 1, -1))[0]", True),
    ("3 * np.linspace(-1, 1, 50) + 2", True),
    ("np.linspace(0, 1, 50) ** 2", False),
    ("np.linspace(-2, 1, 50) ** 2", True),
    ("np.sin(np.linspace(0, 10, 100))", True),
    ("np.sin(np.linspace(0, 3, 100))", False),
    ("np.sin(elsewhere.x)", False),
    ("np.exp(np.linspace(0, 2, 9))", True),
    ("np.sqrt(np.linspace(0, 1, 9))", False),
    ("np.random.normal(0, 1, 100)", True),
    ("np.random.normal(0.5, 0.1, 100)", False),
    ("np.random.normal()", False),
    ("np.random.rand(100)", False),
    ("np.random.default_rng(0).uniform(-5, 5, 100)", True),
    ("np.random.default_rng(0).normal(0.5, 0.1, 100)", False),
    ("np.random.default_rng(0).normal(size=(9, 2))", True),
    ("2 * np.linspace(0, 1, 50) + np.random.normal(0, 0.1, 50)", True),
    ("0.5 * np.linspace(0, 1, 50) + np.random.normal(0, 0.1, 50)", False),
    ("np.linspace(0, 5, 50) - np.linspace(0, 5, 50)", False),
    ("StandardScaler().fit_transform(X)", True),
    ("StandardScaler(with_mean=False).fit_transform(X)", False),
    ("(X - X.mean()) / X.std()", True),
    ("X / X.std()", False),
    ("(y_train - X.mean()) / X.std()", False),
    ("(y_train - min(y_train)) / (max(y_train) - min(y_train))", False),
    ("2 * (y_train - np.min(y_train)) / (np.max(y_train) - np.min(y_train)) - 1", True),
    ("MinMaxScaler(feature_range=(-1, 1)).fit_transform(X)", True),
    ("np.array([True, False], dtype=bool)", False),
    ("pd.read_csv('a.csv')['y'].map({'a': 1, 'b': 2})", True),
    ("pd.read_csv('a.csv')['y'].map({'a': 0, 'b': 1})", False),
    ("pd.read_csv('a.csv')['y'].replace({0: -1})", True),
    ("pd.read_csv('a.csv')['y'].replace(0, -1)", True),
    ("pd.read_csv('a.csv')['y'].replace({'B': 0, 'M': 1}).values", False),
    ("pd.read_csv('a.csv')['y']", False),
    ("LabelEncoder().fit_transform(make_multilabel_classification(n_classes=1)[1])", False),
    ("ImageDataGenerator().flow_from_directory('a', class_mode='binary', classes=['a', 'b', 'c'])[1]", False),
    ("make_regression()[1] / make_regression()[1]", True),
    ("elsewhere.x", False),
]


@pytest.mark.parametrize(("code", "outside"), BESIDE_ONE)
def test_which_surely_go_beyond_zero_and_one(code: str, outside: bool) -> None:
    found = data_of(f"found = {code}\n").range
    assert (found is not None and found.exceeds(0, 1)) is outside


IN_PLACE = {
    "one number for another": ("found = make_moons()[1]\nfound[found == 0] = -1\n", True),
    "a number that was there": ("found = make_moons()[1]\nfound[found == 0] = 1\n", False),
    "an array that a loop fills": (
        "found = np.zeros(100)\nfor i in range(100):\n    found[i] = np.random.uniform(-1, 1)\n",
        True,
    ),
    "a column that is made": (
        "df = pd.read_csv('a.csv')\ndf['t'] = np.where(df['k'] == 'a', 1, -1)\nfound = df['t']\n",
        True,
    ),
    "a column that is made if something": (
        "df = pd.read_csv('a.csv')\nif elsewhere.x:\n    df['t'] = np.where(df['k'] == 'a', 1, 0)\nfound = df.t\n",
        False,
    ),
    "part of a column": ("df = pd.read_csv('a.csv')\ndf.loc[df['t'] == 0, 't'] = -1\nfound = df['t'].values\n", True),
    "part of another column": ("df = pd.read_csv('a.csv')\ndf.loc[df['t'] == 0, 'k'] = -1\nfound = df['t']\n", False),
    "the labels of one batch of a generator": (
        "flow = ImageDataGenerator().flow_from_directory('a', class_mode='binary')\nfound = 2 * flow[0][1] - 1\n",
        True,
    ),
    "the next batch of a generator": (
        "flow = ImageDataGenerator().flow_from_directory('a', class_mode='binary')\nx, found = next(flow)\n",
        False,
    ),
    "after the column is read": ("df = pd.read_csv('a.csv')\nfound = df['t']\ndf['t'] = [1, 2, 3]\n", False),
}


@pytest.mark.parametrize("name", IN_PLACE)
def test_what_is_written_in_place(name: str) -> None:
    text, outside = IN_PLACE[name]
    found = data_of(text).range
    assert (found is not None and found.exceeds(0, 1)) is outside


def test_a_column_has_the_labels_that_were_written() -> None:
    found = data_of("df = pd.read_csv('a.csv')\ndf['t'] = np.where(df['k'] == 'a', 1, 2)\nfound = df['t']\n")
    assert (found.classes, found.encoding, str(found.range)) == (2, "integers", "1..2")


def test_one_of_a_few_words_that_is_drawn() -> None:
    text = "model = keras.Sequential([keras.layers.Dense(random.choice([3]))])\nfound = random.choice([1, 2, 3])\n"
    assert data_of(text).source.kind == "random"


def test_ranges_together() -> None:
    one, other = Range(0, 4, True), Range(-9, 9)
    assert join(one, other) == Range(-9, 9, False, (0, 4))
    assert summed(one, Range(-9, 9, False, (-1, 1))) == Range(-9, 13, False, (0, 4))
    assert summed(one, other).sure is None
    assert one.loose(True).sure == (0, 4)
    assert one.loose().sure is None
    assert Range(-1, 1, False, (-0.5, 0.5)).times(-4) == Range(-4, 4, False, (-2, 2))
    assert not Range(0, 1, True).exceeds(0, 1)
    assert Range(2, 3).exceeds(0, 1)
    assert not Range(0, 3).exceeds(0, 1)
