"""Data: where they come from, what was done to them, between which numbers they lie, and what can't be told."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import pytest

from kerasvae_lint.binding.build import build
from kerasvae_lint.keras.data import Data
from kerasvae_lint.keras.data_reader import DataReader, data_reader
from kerasvae_lint.keras.program import Program
from kerasvae_lint.model import Module
from kerasvae_lint.source import decode
from kerasvae_lint.source.syntax import parse_code
from kerasvae_lint.values.lattice import ModuleObject

BEFORE = """\
import numpy as np
import pandas as pd
import random
import tensorflow as tf
from tensorflow import keras
from keras.datasets import boston_housing, cifar10, cifar100, fashion_mnist, imdb, mnist, reuters
from keras.preprocessing.image import ImageDataGenerator
from keras.utils import to_categorical
from sklearn.datasets import load_digits, load_iris, make_blobs, make_classification, make_moons, make_regression
from sklearn.datasets import make_multilabel_classification
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import LabelBinarizer, LabelEncoder, MinMaxScaler, MultiLabelBinarizer, StandardScaler
from sklearn.utils import shuffle
import elsewhere

(x_train, y_train), (x_test, y_test) = mnist.load_data()
X, y = make_classification(n_samples=500, n_features=10, n_classes=3)
"""


@cache
def _reader(text: str) -> tuple[DataReader, ModuleObject]:
    tree, source = parse_code(decode((BEFORE + text).encode(), "a.py"))
    module = Module(build(tree, source.text), source)
    program = Program(module.unit, None, 2_000_000, 8, None)
    return data_reader(program.machine), program.module


def data_of(text: str, name: str = "found") -> Data:
    """What is known of a variable of a program."""
    reader, module = _reader(text)
    return reader.of(module.slots[name])


def data_of_expression(code: str) -> Data:
    """What is known of an expression; one program holds all that the tables below ask for."""
    tables: tuple[Iterable[tuple[object, ...]], ...] = (SOURCES, STEPS, RANGES, LABELS, SHAPES, SCALED)
    codes = list(dict.fromkeys(str(row[0]) for table in tables for row in table))
    text = "".join(f"found{index} = {one}\n" for index, one in enumerate(codes))
    return data_of(text, f"found{codes.index(code)}")


def steps_of(data: Data) -> str:
    return "; ".join(f"{step.kind} {step.detail}".strip() for step in data.steps)


SOURCES = [
    ("x_train", "keras.datasets.mnist x train"),
    ("y_test", "keras.datasets.mnist y test"),
    ("mnist.load_data()[1][0]", "keras.datasets.mnist x test"),
    ("tf.keras.datasets.cifar100.load_data()[0][1]", "keras.datasets.cifar100 y train"),
    ("X", "make_classification x"),
    ("y", "make_classification y"),
    ("load_iris().data", "load_iris x"),
    ("load_iris()['target']", "load_iris y"),
    ("load_iris(return_X_y=True)[1]", "load_iris y"),
    ("pd.read_csv('a.csv')", "read_csv"),
    ("pd.read_csv('a.csv').drop('y', axis=1).values", "read_csv"),
    ("pd.read_csv('a.csv').iloc[:, :-1].to_numpy()", "read_csv"),
    ("np.loadtxt('a.csv', delimiter=',')[:, 0:8]", "read_csv"),
    ("np.load('a.npy')", "file"),
    ("np.array([[0, 1], [1, 1]])", "array"),
    ("[0, 1, 1]", "array"),
    ("np.zeros((3, 2))", "array"),
    ("np.random.rand(10, 3)", "random"),
    ("np.random.default_rng(0).normal(size=(10, 3))", "random"),
    ("keras.Sequential([keras.layers.Dense(1)]).predict(X)", "predict"),
    ("elsewhere.load('a')", "unknown"),
    ("elsewhere.x", "unknown"),
]


@pytest.mark.parametrize(("code", "expected"), SOURCES)
def test_sources(code: str, expected: str) -> None:
    source = data_of_expression(code).source
    assert " ".join(filter(None, (source.kind, source.part, source.split))) == expected


STEPS = [
    ("x_train / 255", "scaled / 255"),
    ("x_train.astype('float32') / 255.0", "cast float32; scaled / 255"),
    ("x_train.reshape(60000, 784).astype(np.float32) / 255", "reshaped reshape; cast float32; scaled / 255"),
    ("np.expand_dims(x_train, -1)", "reshaped expand_dims"),
    ("x_train[..., np.newaxis]", "reshaped new axis"),
    ("x_train[:1000]", "selected [:1000]"),
    ("(x_train - 127.5) / 127.5", "scaled - 127.5; scaled / 127.5"),
    ("1 - x_train / 255", "scaled / 255; scaled 1 -"),
    ("x_train * (1 / 255)", "scaled / 255"),
    ("x_train / x_train.max()", "scaled / max"),
    ("(X - X.mean(axis=0)) / X.std(axis=0)", "standardised - mean; standardised / std"),
    ("(X - np.mean(X)) / (np.std(X) + 1e-7)", "standardised - mean; standardised / std"),
    ("(X - X.min()) / (X.max() - X.min())", "scaled - min; scaled / (max - min)"),
    ("to_categorical(y_train, 10)", "one-hot 10"),
    ("to_categorical(y_train)", "one-hot 10"),
    ("tf.one_hot(y_train, depth=10)", "one-hot 10"),
    ("pd.get_dummies(pd.read_csv('a.csv')['kind'])", "selected ['kind']; one-hot get_dummies"),
    ("LabelBinarizer().fit_transform(y)", "one-hot LabelBinarizer.fit_transform"),
    ("LabelEncoder().fit_transform(y)", "encoded LabelEncoder.fit_transform"),
    ("StandardScaler().fit_transform(X)", "standardised StandardScaler.fit_transform"),
    ("StandardScaler().fit(X).transform(X)", "standardised StandardScaler.transform"),
    ("MinMaxScaler().fit_transform(X)", "scaled MinMaxScaler.fit_transform"),
    ("train_test_split(X, y, test_size=0.2)[3]", "split test"),
    ("shuffle(X, y)[1]", "shuffled"),
    ("np.random.permutation(X)", "shuffled"),
    ("X[np.random.permutation(500)]", "shuffled"),
    ("np.concatenate([X, X])", "concatenated 2 parts"),
    ("np.hstack([X, X])", "concatenated 2 parts, side by side"),
    ("np.where(y == 1, 1, -1)", "compared equal; encoded 1 or -1"),
    ("np.argmax(to_categorical(y_train, 10), axis=1)", "one-hot 10; encoded argmax"),
    ("keras.utils.pad_sequences(imdb.load_data(num_words=50)[0][0], maxlen=20)", "padded 20"),
    ("np.clip(x_train, 1, 254)", "clipped 1, 254"),
    ("tf.image.convert_image_dtype(x_train, tf.float32)", "scaled / 255"),
    ("tf.image.resize(x_train[..., None], (32, 32))", "reshaped new axis; resized"),
    (
        "keras.applications.vgg16.preprocess_input(x_train)",
        "scaled keras.applications.vgg16.preprocess_input",
    ),
    ("elsewhere.f(x_train)", "unknown f"),
    ("elsewhere.x / 255", "scaled / 255"),
    ("x_train / elsewhere.number()", "unknown divide"),
    ("pd.read_csv('a.csv').sample(frac=1)", "shuffled sample"),
    ("np.log(X)", "computed log"),
    ("pd.read_csv('a.csv').drop(['kind'], axis=1)", "selected drop 'kind'"),
    ("pd.read_csv('a.csv').drop(['kind', 'name'], axis=1)", "selected drop"),
    (
        "keras.applications.imagenet_utils.preprocess_input(x_train)",
        "scaled keras.applications.imagenet_utils.preprocess_input",
    ),
    (
        "keras.applications.imagenet_utils.preprocess_input(x_train, mode='tf')",
        "scaled keras.applications.imagenet_utils.preprocess_input in another mode",
    ),
    (
        "tf.keras.preprocessing.text.Tokenizer().texts_to_matrix(pd.read_csv('a.csv')['text'])",
        "selected ['text']; encoded texts_to_matrix",
    ),
]


@pytest.mark.parametrize(("code", "expected"), STEPS)
def test_steps(code: str, expected: str) -> None:
    assert steps_of(data_of_expression(code)) == expected


RANGES = [
    ("x_train", "0..255", True),
    ("x_train / 255", "0..1", True),
    ("x_train / 127.5 - 1", "-1..1", True),
    ("(x_train.astype('float32') - 127.5) / 127.5", "-1..1", True),
    ("1 - x_train / 255", "0..1", True),
    ("x_train[:100] / 255", "0..1", False),
    ("y_train", "0..9", True),
    ("to_categorical(y_train)", "0..1", True),
    ("make_regression(n_samples=10)[1]", "-inf..inf", False),
    ("boston_housing.load_data()[0][1]", "5..50", False),
    ("MinMaxScaler().fit_transform(X)", "0..1", True),
    ("MinMaxScaler(feature_range=(-1, 1)).fit_transform(X)", "-1..1", True),
    ("MinMaxScaler(feature_range=elsewhere.limits).fit_transform(X)", None, False),
    ("StandardScaler().fit_transform(x_train)", "-inf..inf", False),
    ("x_train / x_train.max()", "0..1", False),
    ("x_train / x_test.max()", None, False),
    ("(X - X.min()) / (X.max() - X.min())", "0..1", True),
    ("np.array([[0, 5], [2, -1]])", "-1..5", True),
    ("np.where(y == 1, 1, -1)", "-1..1", True),
    ("2 * np.array([0, 1, 1]) - 1", "-1..1", True),
    ("y > 1", "0..1", False),
    ("np.clip(x_train, 1, 254)", "1..254", True),
    ("np.random.rand(4)", "0..1", False),
    ("np.random.randint(0, 5, 100)", "0..4", False),
    ("np.random.randint(5, size=100)", "0..4", False),
    ("np.array(np.random.randint(0, 2, 32).tolist() * 100)", None, False),
    ("np.random.uniform(-2, 2, 100)", "-2..2", False),
    ("np.linspace(0, 1, 50)", "0..1", True),
    ("np.arange(10)", "0..9", True),
    ("np.linspace(-1, 1, 50) ** 2", "0..1", False),
    ("np.sin(X)", "-1..1", False),
    ("elsewhere.x", None, False),
    ("elsewhere.f(x_train)", None, False),
    ("elsewhere.x / 255", None, False),
    ("pd.read_csv('a.csv')", None, False),
    ("x_train / elsewhere.number()", None, False),
    ("imdb.load_data(num_words=50)[0][0]", "0..49", False),
    ("imdb.load_data()[0][0]", None, False),
    ("make_classification(**elsewhere.options)[1]", None, False),
    ("make_classification(n_classes=elsewhere.n)[1]", None, False),
]


@pytest.mark.parametrize(("code", "expected", "met"), RANGES)
def test_ranges(code: str, expected: str | None, met: bool) -> None:
    found = data_of_expression(code).range
    if expected is None:
        assert found is None
    else:
        assert found is not None
        assert (str(found), found.met) == (expected, met)


LABELS = [
    ("y_train", 10, "integers", True, "mixed"),
    ("to_categorical(y_train)", 10, "one-hot", True, "mixed"),
    ("y", 3, "integers", True, "mixed"),
    ("load_iris().target", 3, "integers", True, "sorted"),
    ("shuffle(load_iris().data, load_iris().target)[1]", 3, "integers", True, "mixed"),
    ("train_test_split(load_iris().target)[0]", 3, "integers", True, "mixed"),
    ("train_test_split(load_iris().target, shuffle=False)[0]", 3, "integers", True, "sorted"),
    ("make_moons(n_samples=10, shuffle=False)[1]", 2, "integers", True, "sorted"),
    ("make_blobs(centers=4)[1]", 4, "integers", True, "mixed"),
    ("make_blobs(centers=elsewhere.c)[1]", None, "", True, "mixed"),
    ("make_multilabel_classification(n_classes=4)[1]", 4, "multi-hot", True, "mixed"),
    ("MultiLabelBinarizer().fit_transform(pd.read_csv('a.csv')['k'])", None, "multi-hot", True, ""),
    ("reuters.load_data()[0][1]", 46, "integers", True, "mixed"),
    ("np.array([0, 0, 0, 1, 1, 1])", 2, "integers", True, "sorted"),
    ("np.array([0, 1, 0, 1])", 2, "integers", True, "mixed"),
    ("np.array([1] * 10 + [0] * 10)", 2, "integers", True, "sorted"),
    ("np.concatenate([np.zeros(5), np.ones(5)])", 2, "integers", True, "sorted"),
    ("np.concatenate([np.zeros(elsewhere.n), np.ones(elsewhere.n)])", 2, "integers", True, "sorted"),
    ("np.array([[1, 0], [0, 1], [1, 0]])", 2, "one-hot", True, ""),
    ("y > 1", 2, "integers", True, "mixed"),
    ("y_train / 255", 10, "", False, "mixed"),
    ("pd.read_csv('a.csv')['y']", None, "", None, ""),
    ("elsewhere.y", None, "", None, ""),
    ("make_regression()[1]", None, "", False, "mixed"),
]


@pytest.mark.parametrize(("code", "classes", "encoding", "whole", "order"), LABELS)
def test_labels(code: str, classes: int | None, encoding: str, whole: bool | None, order: str) -> None:
    found = data_of_expression(code)
    said = found.classes if encoding or found.classes is None or found.is_integer else 10
    assert (said, found.encoding, found.is_integer, found.order) == (classes, encoding, whole, order)


SHAPES = [
    ("x_train", (60_000, 28, 28)),
    ("y_test", (10_000,)),
    ("cifar10.load_data()[0][1]", (50_000, 1)),
    ("to_categorical(cifar10.load_data()[0][1])", (50_000, 10)),
    ("to_categorical(y)", (500, 3)),
    ("imdb.load_data()[0][0]", (25_000,)),
    ("imdb.load_data(maxlen=100)[0][0]", ("?",)),
    ("keras.utils.pad_sequences(imdb.load_data()[0][0], maxlen=100)", (25_000, 100)),
    ("boston_housing.load_data()[1][0]", (102, 13)),
    ("boston_housing.load_data(test_split=0.5)[1][0]", (253, 13)),
    ("load_digits().images", (1797, 8, 8)),
    ("load_digits(n_class=5).data", ("?", 64)),
    ("X", (500, 10)),
    ("make_regression(n_samples=7, n_features=2, n_targets=3)[1]", (7, 3)),
    ("make_blobs(n_samples=elsewhere.n)[0]", ("?", 2)),
    ("make_blobs(**elsewhere.options)[0]", None),
    ("train_test_split(X, y, test_size=0.33)[0]", (335, 10)),
    ("train_test_split(X, y, test_size=0.33)[1]", (165, 10)),
    ("train_test_split(X, y)[2]", (375,)),
    ("train_test_split(X, y, train_size=100)[1]", (400, 10)),
    ("train_test_split(X, y, test_size=elsewhere.s)[0]", ("?", 10)),
    ("train_test_split(X, y, **elsewhere.options)[0]", ("?", 10)),
    ("StandardScaler().fit_transform(X)", (500, 10)),
    ("shuffle(X, y)[0]", (500, 10)),
    ("shuffle(X, y, n_samples=7)[0]", ("?", 10)),
    ("x_train.reshape(len(x_train), -1)", (60_000, 784)),
    ("x_train[..., None]", (60_000, 28, 28, 1)),
    ("elsewhere.f(x_train)", None),
]


@pytest.mark.parametrize(("code", "shape"), SHAPES)
def test_shapes(code: str, shape: tuple[object, ...] | None) -> None:
    found = data_of_expression(code).shape
    said = None if found is None else tuple(size if isinstance(size, int) else "?" for size in found)
    assert said == shape


PROGRAMS = {
    "what a function of the project does is followed": (
        "def prepare(a):\n    return a.astype('float32') / 255\nfound = prepare(x_train)\n",
        "cast float32; scaled / 255",
        "0..1",
    ),
    "a scaler that was fitted to other data": (
        "scaler = MinMaxScaler()\nscaler.fit(X)\nfound = scaler.transform(X)\n",
        "scaled MinMaxScaler.transform",
        "None",
    ),
    "in place, before": (
        "np.random.shuffle(X)\nfound = X * 2\n",
        "shuffled in place; scaled * 2",
        "-inf..inf",
    ),
    "in place, after": ("found = X * 2\nnp.random.shuffle(X)\n", "scaled * 2", "-inf..inf"),
    "by an order that is shuffled in place": (
        "order = np.arange(500)\nnp.random.shuffle(order)\nfound = X[order]\n",
        "shuffled",
        "-inf..inf",
    ),
    "two ways that differ": (
        "found = x_train.reshape(60000, 784)\nif elsewhere.flag:\n    found = found / 255\n",
        "reshaped reshape",
        "0..255",
    ),
    "a pipeline": (
        "found = tf.data.Dataset.from_tensor_slices((x_train, y_train))"
        ".map(lambda a, b: (tf.cast(a, tf.float32) / 255, b)).shuffle(100).batch(32).prefetch(1)\n",
        "cast float32; scaled / 255; shuffled 100; batched 32",
        "0..1",
    ),
    "a pipeline with a function": (
        "def scale(a, b):\n    return tf.image.random_flip_left_right(a), b\n"
        "found = tf.data.Dataset.from_tensor_slices((x_train, y_train)).map(scale).cache().repeat()\n",
        "augmented random_flip_left_right; cached; repeated",
        "0..255",
    ),
    "a pipeline with a function of somebody else": (
        "found = tf.data.Dataset.from_tensor_slices((x_train, y_train)).map(elsewhere.f).batch(32)\n",
        "mapped in a way that can't be followed",
        "None",
    ),
    "take and skip": (
        "found = tf.data.Dataset.from_tensor_slices(x_train).shuffle(10).skip(100)\n",
        "shuffled 10; skipped 100",
        "0..255",
    ),
    "images from folders": (
        "found = keras.utils.image_dataset_from_directory('a', image_size=(64, 64))\n",
        "batched 32",
        "0..255",
    ),
    "images from folders through a layer": (
        "rescale = keras.layers.Rescaling(1 / 127.5, offset=-1)\n"
        "found = keras.utils.image_dataset_from_directory('a').map(lambda a, b: (rescale(a), b))\n",
        "batched 32; scaled / 127.5 - 1",
        "-1..1",
    ),
    "a generator of images": (
        "found = ImageDataGenerator(rescale=1 / 255, rotation_range=10).flow(x_train, y_train, batch_size=16)\n",
        "shuffled; augmented rotation_range; scaled / 255; batched 16",
        "0..1",
    ),
    "a generator from folders": (
        "found = ImageDataGenerator(rescale=1. / 255).flow_from_directory('a', target_size=(64, 64))\n",
        "scaled / 255; batched 32",
        "0..1",
    ),
    "a generator with a function of somebody else": (
        "found = ImageDataGenerator(preprocessing_function=elsewhere.f).flow(x_train)\n",
        "shuffled; unknown preprocessing_function; batched 32",
        "None",
    ),
    "a function that yields": (
        "def batches():\n    while True:\n        yield x_train[:32], y_train[:32]\nfound = batches()\n",
        "",
        "None",
    ),
}


PROGRAMS |= {
    "columns that are scaled in place": (
        "found = x_train.astype('float32')\nfor i in range(2):\n    found[:, i] = (found[:, i] - 3.0) / 2.0\n",
        "cast float32; scaled - 3; scaled / 2",
        "None",
    ),
    "scaled in place by a function": (
        "def scale(a):\n    a /= 255\nfound = x_train.astype('float32')\nscale(found)\n",
        "cast float32; scaled / 255",
        "0..1",
    ),
    "items that are written": (
        "found = x_train.copy()\nfound[3] = elsewhere.image\n",
        "computed items are written",
        "None",
    ),
    "an array that a loop fills": (
        "found = np.zeros((10, 28, 28))\nfor i in range(10):\n    found[i] = x_test[i] / 255\n",
        "scaled / 255",
        "0..1",
    ),
    "images of Keras in a list": (
        "a = []\nfor name in elsewhere.names:\n"
        "    a.append(keras.preprocessing.image.img_to_array(keras.preprocessing.image.load_img(name)))\n"
        "found = np.array(a) / 255\n",
        "scaled / 255",
        "0..1",
    ),
    "images of Pillow": (
        "from PIL import Image\nfound = np.asarray(Image.open('a.png').convert('RGB').resize((8, 8)))\n",
        "resized convert; resized resize",
        "0..255",
    ),
    "images of scikit-image, which scales when it resizes": (
        "from skimage import io, transform\nfound = transform.resize(io.imread('a.png'), (8, 8))\n",
        "scaled skimage.transform.resize",
        "0..1",
    ),
    "images that TensorFlow decodes": (
        "def read(path):\n    return tf.image.resize(tf.io.decode_jpeg(tf.io.read_file(path)), (8, 8))\n"
        "found = tf.data.Dataset.list_files('a/*').map(read).batch(4)\n",
        "resized; batched 4",
        "0..255",
    ),
    "images of TensorFlow Datasets": (
        "import tensorflow_datasets as tfds\n"
        "(train, test), info = tfds.load('cifar10', split=['train', 'test'], as_supervised=True, with_info=True)\n"
        "found = train.map(lambda a, b: (tf.cast(a, tf.float32) / 255, b)).batch(8)\n",
        "cast float32; scaled / 255; batched 8",
        "0..1",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_programs(name: str) -> None:
    text, steps, limits = PROGRAMS[name]
    found = data_of(text)
    assert (steps_of(found), str(found.range)) == (steps, limits)
    assert found.source.is_known
    assert found.is_sure is ("two ways" not in name)


FOLDERS = "for i, kind in enumerate(elsewhere.kinds):\n    for name in elsewhere.names(kind):\n"
PAIRS = f"pairs = []\n{FOLDERS}        pairs.append([cv2.imread(name), i])\n"
SEPARATE = "found = []\nfor image, label in pairs:\n    found.append(label)\n"
ORDERS = {
    "class after class": (f"found = []\n{FOLDERS}        found.append(i)\n", "sorted"),
    "one-hot": (f"a = []\n{FOLDERS}        a.append(i)\nfound = to_categorical(a, 3)\n", "sorted"),
    "shuffled in place": (f"found = []\n{FOLDERS}        found.append(i)\nrandom.shuffle(found)\n", "mixed"),
    "shuffled in place, then encoded": (
        f"a = []\n{FOLDERS}        a.append(i)\nrandom.shuffle(a)\nfound = to_categorical(a, 3)\n",
        "mixed",
    ),
    "by the item": ("found = []\nfor name in elsewhere.names:\n    found.append(elsewhere.label(name))\n", ""),
    "one loop for each class": (
        "found = []\nfor name in elsewhere.cats:\n    found.append(0)\n"
        "for name in elsewhere.dogs:\n    found.append(1)\n",
        "sorted",
    ),
    "either class in one loop": (
        "found = []\nfor name in elsewhere.names:\n    if 'cat' in name:\n        found.append(0)\n"
        "    else:\n        found.append(1)\n",
        "",
    ),
    "a class that is drawn": (
        "found = []\nfor _ in range(9):\n    kind = random.choice([0, 1])\n    for name in elsewhere.names:\n"
        "        found.append(kind)\n",
        "",
    ),
    "pairs": (f"import cv2\n{PAIRS}{SEPARATE}", "sorted"),
    "pairs that are shuffled": (f"import cv2\n{PAIRS}random.shuffle(pairs)\n{SEPARATE}", ""),
    "lists of one number each": ("found = np.array([0] * elsewhere.n + [1] * elsewhere.m)\n", "sorted"),
    "runs of an array": ("found = np.zeros(100)\nfound[:50] = 1\n", "sorted"),
    "single items of an array": ("found = np.zeros(100)\nfor i in elsewhere.places:\n    found[i] = 1\n", ""),
}


@pytest.mark.parametrize("name", ORDERS)
def test_the_order_of_labels_that_loops_gather(name: str) -> None:
    text, order = ORDERS[name]
    assert data_of(text).order == order


def test_what_decides_how_is_kept() -> None:
    text = "scaler = StandardScaler()\na = scaler.fit_transform(X)\nfound = scaler.transform(X)\nsame = shuffle(X, y)\n"
    one, other = data_of(text, "a").steps[0], data_of(text).steps[0]
    assert one.by is not None
    assert other.by is not None
    assert one.by.site is not None
    assert other.by.site is not None
    assert one.by.site.record.start == other.by.site.record.start


def test_the_pieces_of_what_was_put_together() -> None:
    (step,) = data_of("found = np.concatenate([np.zeros(5), np.ones(3)])\n").steps
    assert [str(part.range) for part in step.parts] == ["0..0", "1..1"]


SCALED = [
    ("x_train", False),
    ("x_train.astype('float32')", False),
    ("x_train / 255", True),
    ("StandardScaler().fit_transform(X)", True),
    ("elsewhere.f(x_train)", None),
    ("elsewhere.x", None),
]


@pytest.mark.parametrize(("code", "scaled"), SCALED)
def test_whether_anything_scales_them(code: str, scaled: bool | None) -> None:
    assert data_of_expression(code).is_scaled is scaled


ROWS = """\
rows, numbers = [], {numbers}
for kind in ("cat", "dog"):
    label = numbers[kind]
    for name in elsewhere.files(kind):
        rows.append([name, label])
table = np.array(rows, dtype=object)
{between}
found = []
for name, label in table:
    found.append(label)
"""


@pytest.mark.parametrize(
    ("numbers", "between", "order"),
    [
        ("{'cat': 0, 'dog': 1}", "", "sorted"),
        ("{'cat': 0, 'dog': 1}", "np.random.shuffle(table)", ""),
        ("{'cat': 1, 'dog': 1}", "", ""),
        ("elsewhere.numbers", "", ""),
    ],
)
def test_a_column_of_an_array_of_rows(numbers: str, between: str, order: str) -> None:
    assert data_of(ROWS.format(numbers=numbers, between=between)).order == order


def test_an_array_that_is_given_its_shape_and_filled() -> None:
    text = "found = np.ndarray((9, 8, 8, 3), np.uint8{more})\nfor i in range(9):\n    found[i] = x_train[i]\n"
    filled = data_of(text.format(more=""))
    assert filled.source.kind == "keras.datasets.mnist"
    assert filled.range is not None
    assert filled.range.highest == 255
    held = data_of("found = np.ndarray((9, 8), np.uint8, buffer=elsewhere.bytes)\n")
    assert held.range is None
