"""``--synthetic``: data sets and downloads are answered with made arrays of the right shapes, dtypes and ranges."""

from __future__ import annotations

import functools
import inspect
import os
import sys
import tempfile
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from kerasvae_lint.runtime import made
from kerasvae_lint.runtime.folders import Folders
from kerasvae_lint.runtime.readers import Readers
from kerasvae_lint.runtime.replacing import replace_everywhere
from kerasvae_lint.runtime.said import say

Loader = Callable[..., Any]
NETWORKS = (
    *("convnext", "densenet", "efficientnet", "efficientnet_v2", "inception_resnet_v2", "inception_v3"),
    *("mobilenet", "mobilenet_v2", "mobilenet_v3", "nasnet", "regnet", "resnet", "resnet_rs", "resnet_v2"),
    *("vgg16", "vgg19", "xception"),
)


def install(seed: int, text: str = "") -> None:
    """Answer from here on, in whatever Keras the script imports; its source ``text`` says what it expects of data.

    The functions are replaced in the modules that define them, as soon as those are loaded, so that every
    public name that Keras and ``tf.keras`` make of them is the replacement; and again wherever a name was
    made before.
    """
    import wrapt

    for top in ("keras", "tf_keras"):
        for name, spec in made.DATASETS.items():
            place = f"{top}.src.datasets.{name}"
            wrapt.register_post_import_hook(_replacing("load_data", functools.partial(_load_data, spec, seed)), place)
            wrapt.register_post_import_hook(_replacing("get_word_index", made.word_index), place)
        for place in ("file_utils", "data_utils"):
            answer = functools.partial(_get_file, seed)
            wrapt.register_post_import_hook(_replacing("get_file", answer), f"{top}.src.utils.{place}")
        answer = functools.partial(_image_folder, seed, Folders(seed, text).classes)
        for place in ("utils.image_dataset_utils", "utils.image_dataset"):
            hook = _replacing("image_dataset_from_directory", answer)
            wrapt.register_post_import_hook(hook, f"{top}.src.{place}")
        for name in NETWORKS:
            wrapt.register_post_import_hook(_no_weights, f"{top}.src.applications.{name}")
    wrapt.register_post_import_hook(functools.partial(_sklearn, seed=seed), "sklearn.datasets")
    wrapt.register_post_import_hook(_requests, "requests")
    wrapt.register_post_import_hook(_scipy, "scipy.misc")
    Readers(seed, text).install()
    Folders(seed, text).install()
    import urllib.request

    urllib.request.urlretrieve = _urlretrieve  # type: ignore[assignment]
    sys.modules["tensorflow_datasets"] = _tfds(seed)


def _replacing(name: str, answer: Loader) -> Callable[[Any], None]:
    def replace(module: Any) -> None:
        original = getattr(module, name, None)
        if original is not None:
            replace_everywhere(original, answer)

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
    if kwargs.get("label_mode") == "coarse" or args[:1] == ("coarse",):
        spec = replace(spec, classes=20)
    if spec.kind == "text":
        words = kwargs.get("num_words") or kwargs.get("nb_words") or spec.classes_of_words
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


def _scipy(misc: Any) -> None:
    """The functions for images that SciPy had once."""
    from kerasvae_lint.runtime.standins import images

    if hasattr(misc, "imread"):
        return
    misc.imread = lambda name, flatten=False, mode=None: images.imread(name, 0 if flatten or mode == "L" else 1)
    misc.imresize, misc.imsave, misc.toimage = images.imresize, images.imwrite, images.fromarray
    say("`scipy.misc` reads and resizes images no more: kvlint makes them")


def _requests(requests: Any) -> None:
    def refused(*args: Any, **kwargs: Any) -> Any:
        raise OSError("verify lets a script reach no network, and --synthetic makes up no answers of web servers")

    requests.get = requests.post = refused


def _image_folder(
    own_seed: int,
    count_of_classes: int,
    /,
    directory: Any,
    labels: Any = "inferred",
    label_mode: Any = "int",
    **kwargs: Any,
) -> Any:
    """Images of the asked size, as ``tf.data``."""
    import tensorflow as tf

    say(f"`image_dataset_from_directory` is answered with images of {count_of_classes} classes that kvlint made")

    size = tuple(kwargs.get("image_size", (256, 256)))
    channels = {"grayscale": 1, "rgba": 4}.get(kwargs.get("color_mode", "rgb"), 3)
    batch = kwargs.get("batch_size", 32)
    count = 4 * (batch or 16)
    images, classes = made.labelled(made.Spec("image", (*size, channels), count_of_classes), count, own_seed)
    x = images.astype("float32")
    parts = {"int": classes.astype("int32"), "binary": classes.astype("float32").reshape(-1, 1)}
    parts["categorical"] = np.eye(count_of_classes, dtype="float32")[classes]
    data = x if labels is None or label_mode is None else (x, parts[label_mode])
    found = tf.data.Dataset.from_tensor_slices(data)
    found = found.batch(batch) if batch else found
    found.class_names = list(kwargs.get("class_names") or [str(i) for i in range(count_of_classes)])
    return (found, found) if kwargs.get("subset") == "both" else found


def _sklearn(datasets: Any, seed: int) -> None:
    def fetch_openml(name: str = "mnist_784", *args: Any, return_X_y: bool = False, **kwargs: Any) -> Any:  # noqa: N803
        spec = made.DATASETS["fashion_mnist" if "fashion" in name.lower() else "mnist"]
        x, y = made.labelled(spec, 10_000, seed)
        flat, target = x.reshape(len(x), -1).astype("float64"), y.astype(str)
        if return_X_y:
            return flat, target
        return {"data": flat, "target": target}

    from kerasvae_lint.runtime.standins import learning

    datasets.fetch_openml = fetch_openml
    datasets.load_boston = learning.load_boston
    for name in ("fetch_california_housing", "fetch_covtype"):
        setattr(datasets, name, getattr(learning, name))
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
