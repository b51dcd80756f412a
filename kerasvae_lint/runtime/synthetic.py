"""``--synthetic``: data sets and downloads are answered with made arrays of the right shapes, dtypes and ranges."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import tempfile
import types
from collections.abc import Callable
from typing import Any

import numpy as np

from kerasvae_lint.runtime import made

Loader = Callable[..., Any]
NETWORKS = (
    *("convnext", "densenet", "efficientnet", "efficientnet_v2", "inception_resnet_v2", "inception_v3"),
    *("mobilenet", "mobilenet_v2", "mobilenet_v3", "nasnet", "regnet", "resnet", "resnet_rs", "resnet_v2"),
    *("vgg16", "vgg19", "xception"),
)


def install(seed: int) -> None:
    """Answer from here on, in whatever Keras the script imports.

    The functions are replaced in the modules that define them, as soon as those are loaded, so that every
    public name that Keras and ``tf.keras`` make of them is the replacement; and again wherever a name was
    made before.
    """
    import wrapt

    for top in ("keras", "tf_keras"):
        for name, spec in made.DATASETS.items():
            answer = functools.partial(_load_data, spec, seed)
            wrapt.register_post_import_hook(_replacing("load_data", answer), f"{top}.src.datasets.{name}")
        for place in ("file_utils", "data_utils"):
            answer = functools.partial(_get_file, seed)
            wrapt.register_post_import_hook(_replacing("get_file", answer), f"{top}.src.utils.{place}")
        answer = functools.partial(_image_folder, seed)
        for place in ("utils.image_dataset_utils", "utils.image_dataset"):
            hook = _replacing("image_dataset_from_directory", answer)
            wrapt.register_post_import_hook(hook, f"{top}.src.{place}")
        for name in NETWORKS:
            wrapt.register_post_import_hook(_no_weights, f"{top}.src.applications.{name}")
    wrapt.register_post_import_hook(functools.partial(_sklearn, seed=seed), "sklearn.datasets")
    wrapt.register_post_import_hook(_requests, "requests")
    import urllib.request

    urllib.request.urlretrieve = _urlretrieve  # type: ignore[assignment]
    sys.modules["tensorflow_datasets"] = _tfds(seed)


def _replacing(name: str, answer: Loader) -> Callable[[Any], None]:
    def replace(module: Any) -> None:
        original = getattr(module, name, None)
        if original is None:
            return
        for other in list(sys.modules.values()):
            names = getattr(other, "__dict__", {})
            for key in [key for key, value in list(names.items()) if value is original]:
                setattr(other, key, answer)

    return replace


def _no_weights(module: Any) -> None:
    """Pretrained networks begin at random weights: theirs would have to be downloaded."""
    for name, build in list(vars(module).items()):
        if name[0].isupper() and callable(build) and not isinstance(build, type) and "weights" in _parameters(build):
            _replacing(name, functools.wraps(build)(functools.partial(_untrained, build)))(module)


def _parameters(function: Any) -> Any:
    try:
        return inspect.signature(function).parameters
    except (TypeError, ValueError):
        return {}


def _untrained(build: Loader, *args: Any, **kwargs: Any) -> Any:
    given = inspect.signature(build).bind(*args, **kwargs)
    given.arguments["weights"] = None
    return build(*given.args, **given.kwargs)


def _load_data(spec: made.Spec, seed: int, /, *args: Any, **kwargs: Any) -> Any:
    if spec.kind == "text":
        words = kwargs.get("num_words") or spec.classes_of_words
        return tuple(made.sequences(count, int(words), spec.classes, seed + i) for i, count in enumerate(spec.sizes))
    return tuple(made.labelled(spec, count, seed + i) for i, count in enumerate(spec.sizes))


def _get_file(own_seed: int, /, fname: Any = None, origin: Any = None, *args: Any, **kwargs: Any) -> str:
    """A made file of the kind that the name promises; a folder for an archive."""
    name = os.path.basename(str(fname or origin or "file"))
    path = made.write_file(tempfile.mkdtemp(), name, own_seed)
    if kwargs.get("extract") or kwargs.get("untar"):
        return made.write_folder(tempfile.mkdtemp())
    return path


def _urlretrieve(url: str, filename: str | None = None, *args: Any) -> tuple[str, None]:
    target = str(filename or os.path.join(tempfile.mkdtemp(), os.path.basename(url)))
    made.write_file(os.path.dirname(os.path.abspath(target)), os.path.basename(target), 0)
    return target, None


def _requests(requests: Any) -> None:
    def refused(*args: Any, **kwargs: Any) -> Any:
        raise OSError("verify lets a script reach no network, and --synthetic makes up no answers of web servers")

    requests.get = requests.post = refused


def _image_folder(
    own_seed: int, /, directory: Any, labels: Any = "inferred", label_mode: Any = "int", **kwargs: Any
) -> Any:
    """Images of the asked size, as ``tf.data``."""
    import tensorflow as tf

    size = tuple(kwargs.get("image_size", (256, 256)))
    channels = {"grayscale": 1, "rgba": 4}.get(kwargs.get("color_mode", "rgb"), 3)
    batch = kwargs.get("batch_size", 32)
    count = 4 * (batch or 16)
    images, classes = made.labelled(made.Spec("image", (*size, channels), 2), count, own_seed)
    x = images.astype("float32")
    parts = {"int": classes.astype("int32"), "binary": classes.astype("float32").reshape(-1, 1)}
    parts["categorical"] = np.eye(2, dtype="float32")[classes]
    data = x if labels is None or label_mode is None else (x, parts[label_mode])
    found = tf.data.Dataset.from_tensor_slices(data)
    return found.batch(batch) if batch else found


def _sklearn(datasets: Any, seed: int) -> None:
    def fetch_openml(name: str = "mnist_784", *args: Any, return_X_y: bool = False, **kwargs: Any) -> Any:  # noqa: N803
        spec = made.DATASETS["fashion_mnist" if "fashion" in name.lower() else "mnist"]
        x, y = made.labelled(spec, 10_000, seed)
        flat, target = x.reshape(len(x), -1).astype("float64"), y.astype(str)
        if return_X_y:
            return flat, target
        return {"data": flat, "target": target}

    datasets.fetch_openml = fetch_openml
    datasets.fetch_olivetti_faces = lambda *args, **kwargs: types.SimpleNamespace(
        data=np.random.default_rng(seed).random((400, 4096), dtype="float32"),
        images=np.random.default_rng(seed).random((400, 64, 64), dtype="float32"),
        target=np.repeat(np.arange(40), 10),
    )
    datasets.fetch_20newsgroups = lambda *args, **kwargs: types.SimpleNamespace(
        data=made.texts(1000, seed), target=np.random.default_rng(seed).integers(0, 20, 1000)
    )


def _tfds(seed: int) -> types.ModuleType:
    """A stand-in for ``tensorflow_datasets``."""
    module = types.ModuleType("tensorflow_datasets")

    def load(
        name: str,
        split: Any = None,
        *args: Any,
        as_supervised: bool = False,
        with_info: bool = False,
        batch_size: int | None = None,
        **kwargs: Any,
    ) -> Any:
        spec = made.named(name)
        splits = split if split is not None else {"train": "train", "test": "test"}
        found = _each(splits, lambda which: made.dataset(spec, str(which), seed, as_supervised, batch_size))
        return (found, _info(spec)) if with_info else found

    module.load = load  # type: ignore[attr-defined]
    module.as_numpy = _as_numpy  # type: ignore[attr-defined]
    module.builder = lambda name, *args, **kwargs: types.SimpleNamespace(  # type: ignore[attr-defined]
        download_and_prepare=lambda *a, **k: None,
        as_dataset=functools.partial(load, name),
        info=_info(made.named(name)),
    )
    module.disable_progress_bar = lambda: None  # type: ignore[attr-defined]
    return module


def _each(splits: Any, make: Callable[[Any], Any]) -> Any:
    if isinstance(splits, dict):
        return {key: make(value) for key, value in splits.items()}
    if isinstance(splits, list | tuple):
        return type(splits)(make(one) for one in splits)
    return make(splits)


def _info(spec: made.Spec) -> Any:
    """What scripts ask of a data set's description."""
    label = types.SimpleNamespace(num_classes=spec.classes, names=[str(n) for n in range(spec.classes)])
    label.int2str = lambda number: str(int(number))
    features: Any = {"image": types.SimpleNamespace(shape=spec.shape, dtype=np.uint8), "label": label}
    sizes = {key: types.SimpleNamespace(num_examples=n) for key, n in zip(("train", "test"), spec.sizes, strict=True)}
    return types.SimpleNamespace(features=features, splits=sizes)


def _as_numpy(data: Any) -> Any:
    if hasattr(data, "as_numpy_iterator"):
        return data.as_numpy_iterator()
    if isinstance(data, dict):
        return {key: _as_numpy(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(_as_numpy(value) for value in data)
    return data.numpy() if hasattr(data, "numpy") else data
