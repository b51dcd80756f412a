"""``KerasClassifier`` and ``KerasRegressor`` as Keras 2 had them: a function that builds a model, as an estimator."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

_BASE: Any = object
_CLASSIFIER: tuple[Any, ...] = ()
_REGRESSOR: tuple[Any, ...] = ()
try:
    from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
except ImportError:
    pass
else:
    _BASE, _CLASSIFIER, _REGRESSOR = BaseEstimator, (ClassifierMixin,), (RegressorMixin,)


class _Estimator(_BASE):  # type: ignore[misc]  # scikit-learn's, if it is there
    def __init__(self, build_fn: Any = None, **sk_params: Any) -> None:
        self.build_fn = build_fn
        self.sk_params = sk_params

    def get_params(self, **_: Any) -> dict[str, Any]:
        """All that the constructor was given."""
        return {**self.sk_params, "build_fn": self.build_fn}

    def set_params(self, **params: Any) -> _Estimator:
        """Change some."""
        self.build_fn = params.pop("build_fn", self.build_fn)
        self.sk_params.update(params)
        return self

    def fit(self, x: Any, y: Any, **kwargs: Any) -> Any:
        """Build the model and train it."""
        build = self.build_fn if self.build_fn is not None else self.__call__
        known = inspect.signature(build).parameters
        self.model = build(**{name: value for name, value in self.sk_params.items() if name in known})
        training = inspect.signature(self.model.fit).parameters
        mine = {name: value for name, value in self.sk_params.items() if name in training and name not in known}
        return self.model.fit(np.asarray(x), self._targets(np.asarray(y)), **{**mine, **kwargs})

    def _targets(self, y: Any) -> Any:
        return y

    def predict(self, x: Any, **_: Any) -> Any:
        """What the model says."""
        return np.squeeze(self.model.predict(np.asarray(x), verbose=0), axis=-1)

    def score(self, x: Any, y: Any, **_: Any) -> float:
        """What ``evaluate`` gives as the last number."""
        return float(np.ravel(self.model.evaluate(np.asarray(x), self._targets(np.asarray(y)), verbose=0))[-1])


class KerasRegressor(*_REGRESSOR, _Estimator):  # type: ignore[misc]
    """A model that predicts numbers."""

    _estimator_type = "regressor"


class KerasClassifier(*_CLASSIFIER, _Estimator):  # type: ignore[misc]
    """A model that predicts classes; class numbers become one-hot targets under ``categorical_crossentropy``."""

    _estimator_type = "classifier"

    def _targets(self, y: Any) -> Any:
        self.classes_ = np.unique(y) if y.ndim == 1 else np.arange(y.shape[-1])
        numbers = np.searchsorted(self.classes_, y) if y.ndim == 1 else y
        loss = getattr(self.model.loss, "__name__", self.model.loss)
        return np.eye(len(self.classes_))[numbers] if loss == "categorical_crossentropy" and y.ndim == 1 else numbers

    def predict(self, x: Any, **_: Any) -> Any:
        """The most probable class."""
        found = self.model.predict(np.asarray(x), verbose=0)
        return self.classes_[found.argmax(-1) if found.shape[-1] > 1 else (found[..., 0] > 0.5).astype(int)]
