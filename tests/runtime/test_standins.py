"""Stand-ins for libraries that are not installed do what scripts ask of these, and say what they can't."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

np = pytest.importorskip("numpy")

from kerasvae_lint.runtime.standins import LaterError, frames, images, later, learning, pictures  # noqa: E402


def test_frames(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b,kind\n1,2,x\n3,,y\n5,6,x\n")
    data = frames.read_csv(path)
    assert data.shape == (3, 3)
    assert list(data.columns) == ["a", "b", "kind"]
    assert [data["b"].mean(), data["b"].max(), data["b"].median(), data[["b"]].mean()[0]] == [4, 6, 4, 4]
    data["b"] = data["b"].fillna(0)
    assert data[["a", "b"]].values.tolist() == [[1, 2], [3, 0], [5, 6]]
    assert data.iloc[:, :-1].shape == (3, 2)
    assert data.loc[0:1, "a":"b"].to_numpy().tolist() == [[1, 2], [3, 0]]
    assert data[data["a"] > 1]["a"].tolist() == [3, 5]
    assert data.drop("kind", axis=1).astype("float32").values.dtype == "float32"
    assert frames.get_dummies(data, columns=["kind"]).columns.tolist() == ["a", "b", "kind_x", "kind_y"]
    assert data.kind.map({"x": 0, "y": 1}).tolist() == [0, 1, 0]
    assert data.pop("a").mean() == 3
    assert "a" not in data
    assert frames.concat([data, data]).shape == (6, 2)
    assert ((data[["b"]] - data[["b"]].mean()) / 2).shape == (3, 1)
    with pytest.raises(KeyError):
        data["nothing"]
    with pytest.raises(LaterError, match=r"no `DataFrame\.merge`: pip install pandas"):
        data.merge(data)


def test_tables_without_a_head(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_text("1 2 3\n4 5 6\n")
    data = frames.read_csv(path, header=None, sep=r"\s+")
    assert data.values[:, 0:2].tolist() == [[1, 2], [4, 5]]


def test_tables_are_read_as_pandas_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "x.csv.gz"
    path.write_bytes(gzip.compress(b"1,1,,x\n3,0.5,y,4\n5,,NO,5\n"))
    data = frames.read_csv(path)
    assert data.columns.tolist() == ["1", "1.1", "Unnamed: 2", "x"]
    assert [data[name].dtype.kind for name in data] == ["i", "f", "O", "i"]
    assert data.replace("NO", 0.0, regex=True).values[:, 2].tolist() == ["y", 0.0]
    assert data.replace({"x": {4: 7}})["x"].tolist() == [7, 5]
    data["x"] = [[1], [2]]
    with pytest.raises(ValueError, match="same length as key"):
        data["x"] = [[1, 2], [3, 4]]
    data[["1", "x"]] = [[1, 2], [3, 4]]
    assert data["x"].tolist() == [2, 4]


def test_learning() -> None:
    x, y = learning.make_classification(200, 6, n_classes=3, n_informative=4, random_state=1)
    assert (x.shape, set(y)) == ((200, 6), {0, 1, 2})
    x_train, x_test, y_train, y_test = learning.train_test_split(x, y, test_size=0.25, random_state=0)
    assert [len(part) for part in (x_train, x_test, y_train, y_test)] == [150, 50, 150, 50]
    assert len(learning.train_test_split(x, train_size=20)[0]) == 20
    scaled = learning.StandardScaler().fit_transform(x)
    assert np.allclose(scaled.mean(axis=0), 0)
    assert np.allclose(scaled.std(axis=0), 1)
    limits = learning.MinMaxScaler((-1, 1)).fit(x)
    assert limits.transform(x).min() == pytest.approx(-1)
    assert np.allclose(limits.inverse_transform(limits.transform(x)), x)
    assert learning.LabelEncoder().fit_transform(["b", "a", "b"]).tolist() == [1, 0, 1]
    one_hot = learning.OneHotEncoder().fit_transform(y[:, None])
    assert one_hot.toarray().shape == (200, 3)
    assert learning.load_iris(return_X_y=True)[0].shape == (150, 4)
    assert learning.PCA(2).fit_transform(x).shape == (200, 2)
    folds = list(learning.KFold(4, shuffle=True).split(x))
    assert sorted(i for _, test in folds for i in test) == list(range(200))
    x, y = learning.make_regression(300, 12, n_targets=2)
    assert y.shape == (300, 2)
    assert abs(y).max() > 50


def test_images() -> None:
    image = images.imread("cat.jpg")
    assert image.dtype == "uint8"
    assert image.shape == (128, 128, 3)
    assert (image == images.imread("cat.jpg")).all()
    assert (image != images.imread("dog.jpg")).any()
    assert images.resize(image, (32, 16)).shape == (16, 32, 3)
    assert images.imresize(image, (32, 16)).shape == (32, 16, 3)
    assert images.imresize(image, 25).shape == images.imresize(image, 0.25).shape == (32, 32, 3)
    opened = images.Image.open("cat.jpg").convert("L").resize((20, 10))
    assert np.asarray(opened).shape == (10, 20)
    assert opened.size == (20, 10)


def test_pictures() -> None:
    plt = pictures.module("matplotlib.pyplot")
    figure, axes = plt.subplots(2, 3, figsize=(4, 4))
    assert axes.shape == (2, 3)
    for one in axes.flat:
        one.imshow(np.zeros((2, 2)), cmap=plt.cm.gray)
    with plt.style.context("x"):
        plt.plot([1, 2]).set(label="a")
    counts, _, _ = plt.hist([1, 2])
    assert figure.savefig("x.png") is not None
    assert np.asarray(counts).shape == ()
    assert plt.subplots()[1] is pictures.ANYTHING


def test_progress_bars() -> None:
    tqdm = pictures.module("tqdm")
    with tqdm.tqdm([1, 2], desc="x") as bar:
        bar.update(1)
        bar.set_postfix(loss=0.5)
        assert [*bar] == [1, 2]
    assert [*tqdm.trange(2, 4)] == [2, 3]
    assert len(type("Mine", (tqdm.tqdm,), {})(range(3))) == 3


def test_what_is_not_there_raises_when_it_is_used() -> None:
    kind = later("sklearn", "RandomForestClassifier")
    with pytest.raises(LaterError, match="no `RandomForestClassifier`: pip install scikit-learn"):
        kind(n_estimators=3)
