"""A stand-in for scikit-learn: made problems, splits, scalers, encoders and measures, as scripts of Keras use them."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import numpy as np

__all__ = [
    "PCA",
    "BaseEstimator",
    "ClassifierMixin",
    "GroupKFold",
    "KFold",
    "LabelBinarizer",
    "LabelEncoder",
    "MaxAbsScaler",
    "MinMaxScaler",
    "Normalizer",
    "OneHotEncoder",
    "OrdinalEncoder",
    "RegressorMixin",
    "RobustScaler",
    "ShuffleSplit",
    "SimpleImputer",
    "StandardScaler",
    "StratifiedKFold",
    "StratifiedShuffleSplit",
    "TimeSeriesSplit",
    "TransformerMixin",
    "accuracy_score",
    "class_weight",
    "clone",
    "compute_class_weight",
    "confusion_matrix",
    "cross_val_score",
    "fetch_20newsgroups",
    "fetch_california_housing",
    "fetch_covtype",
    "fetch_lfw_people",
    "fetch_olivetti_faces",
    "fetch_openml",
    "load_boston",
    "load_breast_cancer",
    "load_diabetes",
    "load_digits",
    "load_iris",
    "load_wine",
    "make_blobs",
    "make_circles",
    "make_classification",
    "make_moons",
    "make_multilabel_classification",
    "make_regression",
    "mean_absolute_error",
    "mean_squared_error",
    "minmax_scale",
    "normalize",
    "r2_score",
    "resample",
    "scale",
    "shuffle",
    "train_test_split",
]  # fmt: skip
MODULES = (
    *("base", "cluster", "compose", "datasets", "decomposition", "ensemble", "exceptions", "feature_extraction"),
    *("feature_selection", "impute", "linear_model", "manifold", "metrics", "model_selection", "naive_bayes"),
    *("neighbors", "pipeline", "preprocessing", "svm", "tree", "utils", "calibration", "inspection", "dummy"),
)


def _generator(random_state: Any) -> Any:
    return np.random.default_rng(random_state if isinstance(random_state, int | np.integer) else 0)


# problems
def make_classification(
    n_samples: int = 100,
    n_features: int = 20,
    *,
    n_informative: int = 2,
    n_classes: int = 2,
    random_state: Any = None,
    **_: Any,
) -> tuple[Any, Any]:
    """Gaussian clusters, one for a class, in the first features; noise in the others."""
    generator = _generator(random_state)
    y = generator.integers(0, n_classes, n_samples)
    y[:n_classes] = np.arange(n_classes)[: len(y)]
    x = generator.standard_normal((n_samples, n_features))
    used = min(max(n_informative, 1), n_features)
    x[:, :used] += 2.0 * generator.choice([-1.0, 1.0], size=(n_classes, used))[y]
    return x, y


def make_multilabel_classification(
    n_samples: int = 100, n_features: int = 20, *, n_classes: int = 5, random_state: Any = None, **_: Any
) -> tuple[Any, Any]:
    """Several labels for a sample."""
    generator = _generator(random_state)
    y = (generator.random((n_samples, n_classes)) < 0.4).astype(int)
    counts = generator.poisson(1.0 + 4.0 * y @ generator.random((n_classes, n_features)))
    return counts.astype(float), y


def make_regression(
    n_samples: int = 100,
    n_features: int = 100,
    *,
    n_informative: int = 10,
    n_targets: int = 1,
    bias: float = 0.0,
    noise: float = 0.0,
    random_state: Any = None,
    **_: Any,
) -> tuple[Any, Any]:
    """Targets that are a linear function of some features: hundreds large, both signs."""
    generator = _generator(random_state)
    x = generator.standard_normal((n_samples, n_features))
    used = min(n_informative, n_features)
    weights = np.zeros((n_features, n_targets))
    weights[:used] = 100 * generator.random((used, n_targets))
    y = x @ weights + bias + noise * generator.standard_normal((n_samples, n_targets))
    return x, y[:, 0] if n_targets == 1 else y


def make_blobs(
    n_samples: Any = 100, n_features: int = 2, *, centers: Any = None, cluster_std: float = 1.0,
    random_state: Any = None, **_: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """Round clusters."""
    generator = _generator(random_state)
    places = generator.uniform(-10, 10, (centers or 3, n_features)) if not np.ndim(centers) else np.asarray(centers)
    count = n_samples if np.ndim(n_samples) == 0 else int(np.sum(n_samples))
    y = generator.permutation(np.arange(count) % len(places))
    return places[y] + cluster_std * generator.standard_normal((count, places.shape[1])), y


def make_moons(
    n_samples: int = 100, *, noise: float | None = None, random_state: Any = None, **_: Any
) -> tuple[Any, Any]:
    """Two half circles."""
    generator = _generator(random_state)
    y = generator.permutation(np.arange(n_samples) % 2)
    angle = np.pi * generator.random(n_samples)
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    x[y == 1] = np.array([1.0, 0.5]) - x[y == 1]
    return x + (noise or 0.0) * generator.standard_normal(x.shape), y


def make_circles(
    n_samples: int = 100, *, noise: float | None = None, factor: float = 0.8, random_state: Any = None, **_: Any
) -> tuple[Any, Any]:
    """A circle in a circle."""
    generator = _generator(random_state)
    y = generator.permutation(np.arange(n_samples) % 2)
    angle = 2 * np.pi * generator.random(n_samples)
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.where(y == 1, factor, 1.0)[:, None]
    return x + (noise or 0.0) * generator.standard_normal(x.shape), y


def _set(samples: int, features: int, classes: int, low: float, high: float, names: list[str]) -> Any:
    def load(*, return_X_y: bool = False, **_: Any) -> Any:  # noqa: N803
        generator = np.random.default_rng(0)
        x = generator.uniform(low, high, (samples, features)).round(1)
        if classes:
            y = np.sort(np.arange(samples) % classes)
            x += (y / classes)[:, None] * (high - low) / 4
        else:
            y = generator.uniform(*_TARGETS.get(features, (0.0, 1.0)), samples).round(2)
        if return_X_y:
            return x, y
        title = [f"feature {i + 1}" for i in range(features)]
        return Bunch(data=x, target=y, feature_names=title, target_names=np.array(names), DESCR="made by kvlint")

    return load


class Bunch(SimpleNamespace):
    """A data set with its parts by attribute and by key."""

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def keys(self) -> Any:
        """The parts."""
        return vars(self).keys()


_TARGETS = {13: (5.0, 50.0), 8: (0.15, 5.0), 10: (25.0, 346.0)}
load_iris = _set(150, 4, 3, 0.1, 7.9, ["setosa", "versicolor", "virginica"])
load_wine = _set(178, 13, 3, 0.1, 15.0, ["class_0", "class_1", "class_2"])
load_breast_cancer = _set(569, 30, 2, 0.0, 30.0, ["malignant", "benign"])
load_diabetes = _set(442, 10, 0, -0.13, 0.2, [])
load_boston = _set(506, 13, 0, 0.0, 100.0, [])
fetch_california_housing = _set(2000, 8, 0, 0.5, 40.0, ["MedHouseVal"])
fetch_covtype = _set(2000, 54, 7, 0.0, 1.0, [])


def load_digits(*, return_X_y: bool = False, **_: Any) -> Any:  # noqa: N803
    """Images of 8 by 8, 0 to 16."""
    from kerasvae_lint.runtime import made

    x, y = made.labelled(made.Spec("image", (8, 8), 10), 1797, 0)
    images = np.floor(x / 16.0)
    flat = images.reshape(len(x), -1)
    found = Bunch(data=flat, images=images, target=y.astype(int), target_names=np.arange(10), DESCR="made by kvlint")
    return (flat, found.target) if return_X_y else found


def fetch_openml(name: Any = "mnist_784", *_: Any, **__: Any) -> Any:
    """Answered by ``--synthetic``."""
    raise NotImplementedError("fetch_openml")


fetch_olivetti_faces = fetch_20newsgroups = fetch_lfw_people = fetch_openml


# splits
def train_test_split(
    *arrays: Any,
    test_size: Any = None,
    train_size: Any = None,
    random_state: Any = None,
    shuffle: bool = True,
    **_: Any,
) -> list[Any]:
    """Each array in two parts."""
    count = len(arrays[0])
    test, train = _count(test_size, count), _count(train_size, count)
    if test is None:
        test = count - train if train is not None else round(count * 0.25)
    train = count - test if train is None else train
    order = _generator(random_state).permutation(count) if shuffle else np.arange(count)
    parts = (order[-train - test : -test] if test else order, order[count - test :])
    if not shuffle:
        parts = (order[:train], order[train : train + test])
    return [_taken(array, part) for array in arrays for part in parts]


def _count(size: Any, count: int) -> int | None:
    return (
        None if size is None else int(size) if size >= 1 and not isinstance(size, float) else int(np.ceil(size * count))
    )


def _taken(array: Any, rows: Any) -> Any:
    if hasattr(array, "iloc"):
        return array.iloc[rows]
    return [array[i] for i in rows] if isinstance(array, list) else np.asarray(array)[rows]


class KFold:
    """Numbers of the samples to train and to test with, in turn."""

    def __init__(
        self, n_splits: int = 5, *, shuffle: bool = False, random_state: Any = None, test_size: Any = None, **_: Any
    ) -> None:
        self.n_splits, self.shuffle, self.random_state, self.test_size = n_splits, shuffle, random_state, test_size

    def split(self, x: Any, y: Any = None, groups: Any = None) -> Iterator[tuple[Any, Any]]:
        """Fold by fold."""
        order = np.arange(len(x))
        if self.shuffle:
            order = _generator(self.random_state).permutation(order)
        for part in np.array_split(order, self.n_splits):
            yield np.setdiff1d(order, part), part

    def get_n_splits(self, *_: Any) -> int:
        """How many folds."""
        return self.n_splits


StratifiedKFold = ShuffleSplit = StratifiedShuffleSplit = TimeSeriesSplit = GroupKFold = KFold


def cross_val_score(estimator: Any, X: Any, y: Any = None, *, cv: Any = 5, **_: Any) -> Any:  # noqa: N803
    """The estimator's score in each fold."""
    folds = cv if hasattr(cv, "split") else KFold(int(cv or 5))
    scores = []
    for train, test in folds.split(X):
        estimator.fit(_taken(X, train), _taken(y, train))
        scores.append(estimator.score(_taken(X, test), _taken(y, test)))
    return np.array(scores)


def shuffle(*arrays: Any, random_state: Any = None, **_: Any) -> Any:
    """All in one new order."""
    order = _generator(random_state).permutation(len(arrays[0]))
    found = [_taken(array, order) for array in arrays]
    return found[0] if len(found) == 1 else found


def resample(*arrays: Any, n_samples: int | None = None, random_state: Any = None, **_: Any) -> Any:
    """Drawn with replacement."""
    count = len(arrays[0])
    rows = _generator(random_state).integers(0, count, n_samples or count)
    found = [_taken(array, rows) for array in arrays]
    return found[0] if len(found) == 1 else found


# preprocessing
class BaseEstimator:
    """What estimators begin with."""

    def get_params(self, **_: Any) -> dict[str, Any]:
        """What it was made with."""
        return dict(vars(self))

    def set_params(self, **params: Any) -> BaseEstimator:
        """Change some."""
        vars(self).update(params)
        return self


class ClassifierMixin:
    """Marks classifiers."""


class RegressorMixin:
    """Marks regressors."""


class TransformerMixin:
    """``fit_transform`` from the two."""

    def fit_transform(self, X: Any, y: Any = None, **_: Any) -> Any:  # noqa: N803
        """Both at once."""
        fitted: Any = self.fit(X) if y is None else self.fit(X, y)  # type: ignore[attr-defined]
        return fitted.transform(X)


def clone(estimator: Any, **_: Any) -> Any:
    """The same once more."""
    return type(estimator)(**estimator.get_params())


class _Scaler(BaseEstimator, TransformerMixin):
    def fit(self, X: Any, y: Any = None) -> Any:  # noqa: N803
        """Look at the columns."""
        array = np.asarray(X, dtype="float64")
        self._shift, self._span = self._measured(array)
        self._span = np.where(self._span == 0, 1.0, self._span)
        return self

    def _measured(self, array: Any) -> tuple[Any, Any]:
        return array.mean(axis=0), array.std(axis=0)

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Scale."""
        return (np.asarray(X, dtype="float64") - self._shift) / self._span

    def inverse_transform(self, X: Any) -> Any:  # noqa: N803
        """And back."""
        return np.asarray(X) * self._span + self._shift


class StandardScaler(_Scaler):
    """Mean 0 and deviation 1."""

    def __init__(self, **_: Any) -> None: ...

    def fit(self, X: Any, y: Any = None) -> StandardScaler:  # noqa: N803
        """Look at the columns."""
        super().fit(X)
        self.mean_, self.scale_ = self._shift, self._span
        return self


class RobustScaler(StandardScaler):
    """By the median and the quartiles."""

    def _measured(self, array: Any) -> tuple[Any, Any]:
        low, middle, high = np.percentile(array, [25, 50, 75], axis=0)
        return middle, high - low


class MaxAbsScaler(StandardScaler):
    """The largest becomes 1."""

    def _measured(self, array: Any) -> tuple[Any, Any]:
        return np.zeros(array.shape[1:]), np.abs(array).max(axis=0)


class MinMaxScaler(_Scaler):
    """Into a range."""

    def __init__(self, feature_range: tuple[float, float] = (0, 1), **_: Any) -> None:
        self.feature_range = feature_range

    def _measured(self, array: Any) -> tuple[Any, Any]:
        low, high = self.feature_range
        self.data_min_, self.data_max_ = array.min(axis=0), array.max(axis=0)
        span = np.where(self.data_max_ == self.data_min_, 1.0, self.data_max_ - self.data_min_) / (high - low)
        return self.data_min_ - low * span, span


class Normalizer(BaseEstimator, TransformerMixin):
    """Each sample of length 1."""

    def fit(self, X: Any, y: Any = None) -> Normalizer:  # noqa: N803
        """Nothing to learn."""
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Scale."""
        return normalize(X)


def normalize(X: Any, *_: Any, axis: int = 1, **__: Any) -> Any:  # noqa: N803
    """Each sample of length 1."""
    array = np.asarray(X, "float64")
    length = np.linalg.norm(array, axis=axis, keepdims=True)
    return array / np.where(length == 0, 1.0, length)


def scale(X: Any, **_: Any) -> Any:  # noqa: N803
    """Mean 0 and deviation 1."""
    return StandardScaler().fit_transform(X)


def minmax_scale(X: Any, feature_range: tuple[float, float] = (0, 1), **_: Any) -> Any:  # noqa: N803
    """Into a range."""
    return MinMaxScaler(feature_range).fit_transform(X)


class LabelEncoder(BaseEstimator):
    """Numbers for labels."""

    def fit(self, y: Any) -> LabelEncoder:
        """See which there are."""
        self.classes_ = np.unique(np.asarray(y))
        return self

    def transform(self, y: Any) -> Any:
        """Numbers."""
        return np.searchsorted(self.classes_, np.asarray(y))

    def fit_transform(self, y: Any) -> Any:
        """Both at once."""
        return self.fit(y).transform(y)

    def inverse_transform(self, y: Any) -> Any:
        """And back."""
        return self.classes_[np.asarray(y)]


class LabelBinarizer(LabelEncoder):
    """A column for each label; one for two of them."""

    def __init__(self, **_: Any) -> None: ...

    def transform(self, y: Any) -> Any:
        """0 and 1."""
        found = np.eye(len(self.classes_), dtype=int)[super().transform(y)]
        return found[:, 1:] if len(self.classes_) == 2 else found

    def inverse_transform(self, y: Any) -> Any:
        """And back."""
        array = np.asarray(y)
        return self.classes_[array.argmax(-1) if array.shape[-1] > 1 else (array[..., 0] > 0.5).astype(int)]


class OrdinalEncoder(BaseEstimator, TransformerMixin):
    """Numbers for the labels of each column."""

    def __init__(self, **_: Any) -> None: ...

    def fit(self, X: Any, y: Any = None) -> Any:  # noqa: N803
        """See which there are."""
        self.categories_ = [np.unique(column) for column in np.asarray(X).T]
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Numbers."""
        columns = zip(self.categories_, np.asarray(X).T, strict=True)
        return np.stack([np.searchsorted(known, column) for known, column in columns], axis=1).astype("float64")


class OneHotEncoder(OrdinalEncoder):
    """A column for each label of each column."""

    def __init__(self, *_: Any, sparse: bool = True, sparse_output: bool = True, **__: Any) -> None:
        self.sparse = sparse and sparse_output

    def transform(self, X: Any) -> Any:  # noqa: N803
        """0 and 1."""
        numbers = super().transform(X).astype(int)
        parts = [np.eye(len(known))[column] for known, column in zip(self.categories_, numbers.T, strict=True)]
        found = np.concatenate(parts, axis=1)
        return _Sparse(found) if self.sparse else found


class _Sparse(np.ndarray):
    """An array that says ``toarray``."""

    def __new__(cls, array: Any) -> _Sparse:
        found: _Sparse = np.asarray(array).view(cls)
        return found

    def toarray(self) -> Any:
        """The plain array."""
        return np.asarray(self)

    todense = toarray


class SimpleImputer(StandardScaler):
    """What is missing becomes the mean."""

    def _measured(self, array: Any) -> tuple[Any, Any]:
        return np.nanmean(array, axis=0), np.ones(array.shape[1:])

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Fill."""
        array = np.asarray(X, "float64")
        return np.where(np.isnan(array), self._shift, array)


class PCA(_Scaler):
    """Principal components."""

    def __init__(self, n_components: Any = None, **_: Any) -> None:
        self.n_components = n_components

    def fit(self, X: Any, y: Any = None) -> PCA:  # noqa: N803
        """Find them."""
        array = np.asarray(X, "float64")
        self.mean_ = array.mean(axis=0)
        _, sizes, rows = np.linalg.svd(array - self.mean_, full_matrices=False)
        shares = sizes**2 / (sizes**2).sum()
        count = self.n_components or len(rows)
        if isinstance(count, float) and count < 1:
            count = int(np.searchsorted(np.cumsum(shares), count)) + 1
        self.components_, self.explained_variance_ratio_ = rows[: int(count)], shares[: int(count)]
        return self

    def transform(self, X: Any) -> Any:  # noqa: N803
        """Into them."""
        return (np.asarray(X) - self.mean_) @ self.components_.T

    def inverse_transform(self, X: Any) -> Any:  # noqa: N803
        """And back."""
        return np.asarray(X) @ self.components_ + self.mean_


# measures
def accuracy_score(y_true: Any, y_pred: Any, **_: Any) -> float:
    """How many are right."""
    return float(np.mean(np.asarray(y_true) == np.asarray(y_pred)))


def mean_squared_error(y_true: Any, y_pred: Any, **_: Any) -> float:
    """The mean of the squared errors."""
    return float(np.mean(np.square(np.asarray(y_true) - np.asarray(y_pred))))


def mean_absolute_error(y_true: Any, y_pred: Any, **_: Any) -> float:
    """The mean of the errors' sizes."""
    return float(np.mean(np.abs(np.asarray(y_true) - np.asarray(y_pred))))


def r2_score(y_true: Any, y_pred: Any, **_: Any) -> float:
    """How much of the variance is told."""
    return 1.0 - mean_squared_error(y_true, y_pred) / float(np.var(np.asarray(y_true)))


def confusion_matrix(y_true: Any, y_pred: Any, **_: Any) -> Any:
    """Which class is taken for which."""
    known, numbers = np.unique(np.concatenate([np.ravel(y_true), np.ravel(y_pred)]), return_inverse=True)
    found: Any = np.zeros((len(known), len(known)), dtype=int)
    np.add.at(found, (numbers[: np.size(y_true)], numbers[np.size(y_true) :]), 1)
    return found


def compute_class_weight(class_weight: Any = "balanced", *, classes: Any = None, y: Any = None, **_: Any) -> Any:
    """Weights that make rare classes count as much."""
    labels = np.asarray(y)
    known = np.unique(labels) if classes is None else np.asarray(classes)
    return np.array([len(labels) / (len(known) * max(1, int((labels == one).sum()))) for one in known])


class_weight = SimpleNamespace(compute_class_weight=compute_class_weight)
