"""Run programs as they are, without their training, and write down the models that they really make.

    python benchmarks/truth_runner.py 2|3 < JOBS

The argument says which Keras the programs run in. A line of the input is a job in JSON: the program (``path``), where
to write (``out``), ``seconds``, and perhaps a folder to run in (``cwd``), folders to import from (``roots``), whether
it is made of a notebook's ``cells``, the ``builder`` of ``path`` to call in place of running it, and ``own``, folders
whose files count as the user's although they are installed. Keras is imported once; each job is run in a fork of this
process. ``fit`` and its like only build the model, data sets and downloads are made up as ``kvlint verify --synthetic``
makes them, and pretrained networks begin with random weights.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import importlib.util
import inspect
import io
import json
import os
import resource
import runpy
import signal
import sys
import threading
import time
import traceback
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

PLACE, SHAPES, DIRECT, GIVEN = "_truth_place", "_truth_shapes", "_truth_direct", "_truth_metrics"
MEMORY = 9 << 30
OLD_MODULES = {
    "": ("engine",),
    ".layers": (
        *("core", "convolutional", "normalization", "advanced_activations", "embeddings", "recurrent", "merge"),
        *("pooling", "wrappers", "noise", "local", "convolutional_recurrent"),
    ),
    ".utils": ("np_utils", "data_utils", "layer_utils", "conv_utils", "generic_utils", "io_utils", "vis_utils"),
    ".engine": ("topology", "training", "base_layer", "network"),
}
OLD_INSIDE = (
    "utils.conv_utils",
    "utils.layer_utils",
    "utils.np_utils",
    "utils.generic_utils",
    "utils.data_utils",
    "layers.merging.base_merge",
)
ENOUGH = 40  # calls of train_on_batch, after which a program has shown all its models
LIBRARIES = (
    os.sep + "site-packages" + os.sep,
    os.sep + "dist-packages" + os.sep,
    os.path.dirname(os.__file__) + os.sep,
    os.path.join("kerasvae_lint", "runtime") + os.sep,
    *filter(None, os.environ.get("TRUTH_LIBRARIES", "").split(os.pathsep)),
)


class EnoughError(BaseException):
    """The program has trained long enough."""


class Recorder:
    """What one Keras makes: hooks over its layers, and the models seen."""

    def __init__(self, keras: Any, own: tuple[str, ...] = ()) -> None:
        self.keras = keras
        self.own = own
        self.models: list[Any] = []
        self.layers: list[Any] = []  # kept, so that no address is used twice
        self.steps = 0
        self.saved: dict[str, Any] = {}
        self.real_fit: Any = None

    # Where things are made ------------------------------------------------------------------------------------------

    def is_user(self, file: str) -> bool:
        """True for a file that is neither Keras's, nor another library's, nor ours."""
        if file.startswith("<") or file == __file__ or "__autograph_generated_file" in file:
            return False
        return file.startswith(self.own) if self.own else not any(part in file for part in LIBRARIES)

    def place(self) -> tuple[str, int, bool, bool] | None:
        """File and line of the user's innermost call, whether it calls the class itself, whether a Sequential asks."""
        frame: Any = sys._getframe(2)
        direct, inside = True, False
        while frame is not None:
            code = frame.f_code
            if self.is_user(code.co_filename) and code.co_name != "__new__":
                return os.path.realpath(code.co_filename), frame.f_lineno, direct, inside
            if code.co_name not in {"__new__", "made"}:
                direct = False
                inside = inside or os.path.basename(code.co_filename) == "sequential.py"
            frame = frame.f_back
        return None

    def install(self) -> None:
        """Lay the hooks."""
        layer = self.keras.layers.Layer
        original, call = layer.__new__, layer.__call__
        recorder = self

        def made(cls: Any, *args: Any, **kwargs: Any) -> Any:
            thing = original(cls, *args, **kwargs)
            found = recorder.place()
            if not isinstance(thing, layer) or PLACE in thing.__dict__:
                return thing
            object.__setattr__(thing, PLACE, found and found[:2])
            object.__setattr__(thing, DIRECT, bool(found and found[2]))
            recorder.layers.append(thing)
            if isinstance(thing, recorder.keras.Model) and found and not found[3]:
                recorder.models.append(thing)
            return thing

        @functools.wraps(call)
        def called(thing: Any, *args: Any, **kwargs: Any) -> Any:
            result = call(thing, *args, **kwargs)
            if SHAPES not in thing.__dict__:
                with contextlib.suppress(Exception):
                    object.__setattr__(thing, SHAPES, shapes_of(result))
            return result

        layer.__new__ = made
        layer.__call__ = called
        self.stub()

    # What programs do with models -----------------------------------------------------------------------------------

    def stub(self) -> None:
        """``fit`` only builds; nothing is written, and what would be read is what was written."""
        model = self.keras.Model
        owners = {id(cls): cls for base in (model, self.keras.Sequential) for cls in base.__mro__}
        stubs: dict[str, Callable[..., Any]] = {
            "fit": self.fit,
            "fit_generator": self.fit,
            "evaluate": numbers,
            "evaluate_generator": numbers,
            "predict": self.predict,
            "predict_generator": self.predict,
            "train_on_batch": self.train_on_batch,
            "test_on_batch": numbers,
            "save": self.save,
            "save_weights": nothing,
            "load_weights": nothing,
            "export": nothing,
        }
        for name, stub in stubs.items():
            for owner in owners.values():
                if name in owner.__dict__ and owner.__module__.partition(".")[0] in {"keras", "tf_keras"}:
                    original = owner.__dict__[name]
                    if name == "fit":
                        self.real_fit = original
                    setattr(owner, name, functools.wraps(original)(method(stub)))
            if not hasattr(model, name) and name.endswith("_generator"):
                setattr(model, name, method(stub))
        if not hasattr(model, "predict_classes"):
            model.predict_classes = lambda it, *a, **k: self.predict(it, *a, **k).argmax(-1)
        compiling = model.compile

        @functools.wraps(compiling)
        def compile_(it: Any, *args: Any, **kwargs: Any) -> Any:
            given = kwargs.get("metrics", args[2] if len(args) > 2 else None)
            object.__setattr__(it, GIVEN, given)
            return compiling(it, *args, **kwargs)

        model.compile = compile_
        for module in (self.keras.models, self.keras.saving):
            if hasattr(module, "load_model"):
                replace_everywhere(module.load_model, functools.partial(self.load, module.load_model))
        utils = self.keras.utils
        for name in ("plot_model", "model_to_dot"):
            if hasattr(utils, name):
                replace_everywhere(getattr(utils, name), nothing)
        stub_folders(self.keras)

    def fit(self, it: Any, *args: Any, **kwargs: Any) -> Any:
        """Build ``it`` on a few samples, and answer with made numbers."""
        x = kwargs.get("x", kwargs.get("generator", args[0] if args else None))
        y = kwargs.get("y", args[1] if len(args) > 1 else None)
        self.build(it, x, y)
        history = self.keras.callbacks.History()
        epochs = int(kwargs.get("epochs") or kwargs.get("nb_epoch") or 1)
        history.set_model(it)
        history.epoch = list(range(epochs))
        history.set_params({"epochs": epochs, "steps": 1, "verbose": 0})
        history.history = Plausible(epochs, metric_names(it))
        with contextlib.suppress(Exception):
            it.history = history
        return history

    def build(self, it: Any, x: Any, y: Any) -> None:
        """Call the model on two samples; train it one step on them where it has a training step of its own."""
        if x is None or (it.built and getattr(it, "_is_graph_network", False)):
            return
        has_step = not type(it).train_step.__module__.startswith(("keras.", "tf_keras."))
        first, target = head(x), head(y)
        if y is None and isinstance(first, tuple) and len(first) > 1 and not hasattr(x, "shape"):
            first, target = first[0], first[1]
        try:
            if isinstance(it, self.keras.Sequential) and not it.built and hasattr(first, "shape"):
                it.build((None, *first.shape[1:]))
            elif has_step:
                data = {"x": first} if target is None else {"x": first, "y": target}
                self.real_fit(it, **data, batch_size=2, epochs=1, steps_per_epoch=1, verbose=0)
            else:
                it(to_tensors(first))
        except Exception:  # whatever is wrong with it shows in the program, not here
            if has_step:
                with contextlib.suppress(Exception):
                    it(to_tensors(first))

    def predict(self, it: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer for two samples, repeated."""
        import numpy as np

        x = kwargs.get("x", kwargs.get("generator", args[0] if args else None))
        counts = [len(leaf) for leaf in leaves_of(x) if hasattr(leaf, "shape") and len(leaf.shape)]
        first = head(x, 2 if counts else None)
        if not counts and isinstance(first, tuple):
            first = first[0]
        answer = it(to_tensors(first), training=False)
        rows = counts[0] if counts else None

        def whole(part: Any) -> Any:
            array = np.asarray(part)
            if rows is None or not array.ndim or rows == len(array):
                return array
            return np.resize(array, (rows, *array.shape[1:])) if array.size * rows < 10**8 else array

        return mapped(answer, whole)

    def train_on_batch(self, it: Any, *args: Any, **kwargs: Any) -> Any:
        """Made numbers; after a while, the end of the program."""
        self.steps += 1
        if self.steps == 1 or not it.built:
            self.build(it, kwargs.get("x", args[0] if args else None), None)
        if self.steps > ENOUGH:
            raise EnoughError
        return numbers(it, *args, **kwargs)

    def save(self, it: Any, where: Any = None, *_: Any, **__: Any) -> None:
        """Kept, to be loaded again."""
        self.saved[os.path.basename(str(where))] = it

    def load(self, original: Any, where: Any = None, *args: Any, **kwargs: Any) -> Any:
        """What was saved there."""
        found = self.saved.get(os.path.basename(str(where)))
        return found if found is not None else original(where, *args, **kwargs)

    # The record -----------------------------------------------------------------------------------------------------

    def networks(self) -> list[dict[str, Any]]:
        """All models, as plain data."""
        return [self.network(model) for model in list(self.models)]

    def network(self, model: Any) -> dict[str, Any]:
        """One model with its layers."""
        place = model.__dict__[PLACE]
        functional = any(base.__name__ == "Functional" for base in type(model).__mro__)
        kind = "subclassed"
        if isinstance(model, self.keras.Sequential):
            kind = "sequential"
        elif functional and (hasattr(model, "_nested_inputs") or hasattr(model, "_inputs_struct")):
            kind = "functional"
        try:
            layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
        except Exception:  # a model whose constructor failed
            layers = []
        direct = model.__dict__[DIRECT]
        return {
            "class": type(model).__name__,
            "name": getattr(model, "name", None),
            "kind": kind,
            "file": place[0],
            "line": place[1],
            "origin": "user" if direct else "library",
            "built": bool(getattr(model, "built", False)),
            "params": asked(model.count_params),
            "output_shape": asked(lambda: shapes_of(model.outputs)) or self.output(model)[0],
            "layers": [self.layer(layer) for layer in layers] if direct else [],
        }

    def layer(self, layer: Any) -> dict[str, Any]:
        """One layer as plain data."""
        place = layer.__dict__.get(PLACE) or (None, None)
        shape, source = self.output(layer)
        activation = getattr(layer, "activation", None)
        return {
            "class": type(layer).__name__,
            "name": getattr(layer, "name", None),
            "file": place[0],
            "line": place[1],
            "output_shape": shape,
            "shape_from": source,
            "params": asked(layer.count_params),
            "activation": getattr(activation, "__name__", None) or (type(activation).__name__ if activation else None),
            "dtype": asked(lambda: str(getattr(layer.dtype, "name", layer.dtype))),
            "trainable": bool(getattr(layer, "trainable", True)),
            "inbound": asked(lambda: [each.name for each in inbound(layer)]),
        }

    def output(self, layer: Any) -> tuple[Any, str | None]:
        """Shape of the first node's output, or of the first call's."""
        nodes = getattr(layer, "_inbound_nodes", None)
        if nodes:
            with contextlib.suppress(Exception):
                return shapes_of(nodes[0].outputs), "node"
        found = layer.__dict__.get(SHAPES)
        if found is not None:
            return found, "call"
        return None, None


def method(function: Callable[..., Any]) -> Callable[..., Any]:
    """As a function that a class binds: the methods of a Recorder are bound to it already."""

    def bound(it: Any, *args: Any, **kwargs: Any) -> Any:
        return function(it, *args, **kwargs)

    return bound


def inbound(layer: Any) -> list[Any]:
    """The layers whose output is this one's input."""
    node = layer._inbound_nodes[0]
    if hasattr(node, "parent_nodes"):
        return [getattr(parent, "operation", None) or parent.layer for parent in node.parent_nodes]
    found = node.inbound_layers
    return list(found) if isinstance(found, list | tuple) else [found]


def asked(question: Callable[[], Any]) -> Any:
    """The answer, or null if there is none."""
    try:
        found = question()
    except Exception:
        return None
    return int(found) if isinstance(found, int) and not isinstance(found, bool) else found


def leaves_of(tree: Any) -> Iterator[Any]:
    """What containers hold."""
    if isinstance(tree, dict):
        tree = list(tree.values())
    if isinstance(tree, list | tuple):
        for each in tree:
            yield from leaves_of(each)
    elif tree is not None:
        yield tree


def mapped(tree: Any, change: Callable[[Any], Any]) -> Any:
    """The same containers around changed leaves."""
    if isinstance(tree, dict):
        return {key: mapped(value, change) for key, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [mapped(each, change) for each in tree]
    return change(tree)


def shapes_of(result: Any) -> Any:
    """A shape as a list; a list of them for several outputs."""
    shapes = []
    for leaf in leaves_of(result):
        if getattr(leaf, "shape", None) is None:
            raise TypeError("no tensor")
        rank = getattr(leaf.shape, "rank", 0)
        shapes.append(None if rank is None else [None if n is None else int(n) for n in tuple(leaf.shape)])
    return shapes[0] if len(shapes) == 1 else shapes


# ---------------------------------------------------------------------------------------------------------------------
# Made answers
# ---------------------------------------------------------------------------------------------------------------------


class Plausible(dict[str, list[float]]):
    """A history with whatever is asked for."""

    def __init__(self, epochs: int, names: list[str]) -> None:
        self.epochs = epochs
        for name in ["loss", *names]:
            self[name] = self[f"val_{name}"] = self.__missing__(name)

    def __missing__(self, name: str) -> list[float]:
        return [0.5 / (1 + epoch) for epoch in range(self.epochs)]


def metric_names(it: Any) -> list[str]:
    """Names of the metrics that ``compile`` was given."""
    return [
        each if isinstance(each, str) else str(getattr(each, "name", None) or getattr(each, "__name__", "metric"))
        for each in leaves_of(it.__dict__.get(GIVEN))
    ]


def nothing(*_: Any, **__: Any) -> None:
    """In place of what writes or draws."""


def numbers(it: Any, *_: Any, return_dict: bool = False, **__: Any) -> Any:
    """A loss, with the metrics' values behind it."""
    names = metric_names(it)
    if return_dict:
        return dict.fromkeys(["loss", *names], 0.5)
    outputs = len(getattr(it, "outputs", None) or [None])
    count = 1 + len(names) if outputs == 1 else 1 + outputs + outputs * len(names)
    return [0.5] * count if count > 1 else 0.5


def head(x: Any, count: int | None = 2) -> Any:
    """The first samples of arrays; the first batch of anything that gives batches."""
    if x is None:
        return None
    if isinstance(x, dict):
        return {key: head(value, count) for key, value in x.items()}
    if isinstance(x, list | tuple) and x and all(hasattr(each, "shape") for each in x):
        return type(x)(head(each, count) for each in x)
    if hasattr(x, "shape") and hasattr(x, "dtype"):
        return x[:count]
    if hasattr(x, "iloc"):
        return x.iloc[:count].to_numpy()
    if hasattr(x, "__getitem__") and hasattr(x, "__len__") and not isinstance(x, list | tuple | str):
        batch = x[0]
    elif hasattr(x, "__iter__"):
        batch = next(iter(x))
    else:
        return x
    return tuple(batch) if isinstance(batch, list | tuple) else batch


def to_tensors(x: Any) -> Any:
    """Arrays as tensors."""
    import numpy as np
    import tensorflow as tf

    def one(leaf: Any) -> Any:
        if isinstance(leaf, np.ndarray) and leaf.dtype.kind == "f":
            leaf = leaf.astype("float32")
        return tf.convert_to_tensor(leaf)

    if isinstance(x, list) and x and not any(hasattr(each, "shape") for each in x):
        return tf.convert_to_tensor(np.asarray(x))
    return mapped(x, one)


def replace_everywhere(original: Any, answer: Any) -> None:
    """Under whatever names Keras has it."""
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", {})
        if str(names.get("__name__", "")).partition(".")[0] in {"keras", "tf_keras", "tensorflow"}:
            for key in [key for key, value in list(names.items()) if value is original]:
                setattr(module, key, answer)


class Folder:
    """In place of images in folders: batches of noise."""

    def __init__(self, target_size: Any = (256, 256), color_mode: str = "rgb", **kwargs: Any) -> None:
        channels = {"grayscale": 1, "rgba": 4}.get(color_mode, 3)
        self.image_shape = (*tuple(target_size), channels)
        self.target_size = tuple(target_size)
        self.batch_size = int(kwargs.get("batch_size", 32))
        self.class_mode = kwargs.get("class_mode", "categorical")
        names = kwargs.get("classes") or ["one", "two"]
        self.class_indices = {str(name): number for number, name in enumerate(names)}
        self.num_classes = self.nb_class = len(self.class_indices)
        self.samples = self.n = 4 * self.batch_size
        self.filenames = [f"one/{number}.png" for number in range(self.samples)]
        self.filepaths = self.filenames
        self.classes = [number % self.num_classes for number in range(self.samples)]

    def __len__(self) -> int:
        return 4

    def __iter__(self) -> Folder:
        return self

    def reset(self) -> None:
        """Nothing to begin again."""

    def __next__(self) -> Any:
        return self[0]

    next = __next__

    def __getitem__(self, index: int) -> Any:
        import numpy as np

        x = np.random.default_rng(index).random((self.batch_size, *self.image_shape), dtype="float32")
        if self.class_mode is None:
            return x
        if self.class_mode == "input":
            return x, x
        labels: Any = np.arange(self.batch_size) % self.num_classes
        if self.class_mode == "categorical":
            return x, np.eye(self.num_classes, dtype="float32")[labels]
        return x, labels.astype("float32")


def stub_folders(keras: Any) -> None:
    """``flow_from_directory`` and ``flow_from_dataframe`` need no files."""
    with contextlib.suppress(Exception):
        if keras.__name__ == "tf_keras":
            module = keras.preprocessing.image
        else:
            module = importlib.import_module("keras.src.legacy.preprocessing.image")
        module.ImageDataGenerator.flow_from_directory = lambda _, __, *a, **k: Folder(*a, **k)
        module.ImageDataGenerator.flow_from_dataframe = lambda *_, **k: Folder(**k)


# ---------------------------------------------------------------------------------------------------------------------
# Jobs
# ---------------------------------------------------------------------------------------------------------------------


def untrained(build: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """A network of keras.applications with random weights, however its arguments are given."""
    given = inspect.signature(build).bind(*args, **kwargs)
    given.arguments["weights"] = None
    return build(*given.args, **given.kwargs)


def load(version: str) -> Any:
    """Import the Keras that programs are to run in, and make up all that comes from elsewhere."""
    os.environ.update({"CUDA_VISIBLE_DEVICES": "-1", "TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "Agg"})
    os.environ.update({"KERAS_BACKEND": "tensorflow", "TQDM_DISABLE": "1"})
    if version == "2":
        os.environ["TF_USE_LEGACY_KERAS"] = "1"
    from kerasvae_lint.runtime import legacy, notebook, synthetic

    synthetic._untrained = untrained
    synthetic.install(0)
    notebook.prepare()
    # matplotlib asks which version it is in, if IPython is there.
    ipython: Any = sys.modules["IPython"]
    ipython.version_info, ipython.get_ipython = (9, 0), nothing
    import tensorflow  # noqa: F401

    if version == "2":
        legacy.install()
        for name in ("layers", "models", "applications", "datasets", "preprocessing.image", "preprocessing.sequence"):
            with contextlib.suppress(ImportError):
                importlib.import_module(f"tf_keras.{name}")
        keras = importlib.import_module("tf_keras")
        as_before(keras)
        return keras
    return importlib.import_module("keras")


class Old(types.ModuleType):
    """A module of an older Keras 2: its names are looked for where they are now."""

    def __init__(self, name: str, places: list[Any]) -> None:
        super().__init__(name)
        self.__dict__["places"] = places
        self.__path__: list[str] = []

    def __getattr__(self, name: str) -> Any:
        if not name.startswith("__"):
            for place in self.__dict__["places"]:
                if hasattr(place, name):
                    return getattr(place, name)
        raise AttributeError(name)


def as_before(keras: Any) -> None:
    """Modules that programs for older releases of Keras 2 import, and optimizers with the arguments they had."""
    inner = [importlib.import_module(f"tf_keras.src.{name}") for name in OLD_INSIDE]
    places = [keras.layers, keras.models, keras.utils, keras.backend, keras.initializers, keras.regularizers, *inner]
    for package, names in OLD_MODULES.items():
        owner = (
            importlib.import_module(f"tf_keras{package}") if package != ".engine" else sys.modules["tf_keras.engine"]
        )
        for name in names:
            module = Old(f"tf_keras{package}.{name}", places)
            sys.modules[module.__name__] = module
            sys.modules[f"keras{package}.{name}"] = module
            if not hasattr(owner, name):
                setattr(owner, name, module)
    for name in ("Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam"):
        old = getattr(keras.optimizers.legacy, name)
        replace_everywhere(getattr(keras.optimizers, name), old)
        setattr(keras.optimizers, name.lower(), old)
    backend = Old(
        "tf_keras.backend.tensorflow_backend", [keras.backend, sys.modules["tensorflow"].compat.v1.keras.backend]
    )
    for name in ("keras", "tf_keras"):
        sys.modules[f"{name}.backend.tensorflow_backend"] = backend
    keras.backend.image_dim_ordering = lambda: "tf"
    keras.backend.set_image_dim_ordering = nothing
    sys.modules["tf_keras.utils.layer_utils"].convert_all_kernels_in_model = nothing  # type: ignore[attr-defined]
    sys.modules["tf_keras.layers.merge"]._Merge = inner[-1]._Merge  # type: ignore[attr-defined]
    imagenet = importlib.import_module("tf_keras.applications.imagenet_utils")
    shape = importlib.import_module("tf_keras.src.applications.imagenet_utils").obtain_input_shape

    def obtain(*args: Any, include_top: Any = None, **kwargs: Any) -> Any:
        return shape(*args, **({"require_flatten": include_top} if include_top is not None else {}), **kwargs)

    imagenet._obtain_input_shape = obtain  # type: ignore[attr-defined]


def run(job: dict[str, Any]) -> tuple[str, str]:
    """Execute one program; how it ended, and why."""
    path = job["path"]
    try:
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            if job.get("builder"):
                module, _, name = job["builder"].partition(":")
                # The networks of keras.applications answer with their own weights=None by now.
                getattr(importlib.import_module(module), name)(weights=None)
            else:
                sys.argv = [path]
                sys.path[0:0] = [os.path.dirname(path), *job.get("roots", ())]
                if job.get("cells"):
                    return run_cells(path)
                runpy.run_path(path, run_name="__main__")
    except EnoughError:
        return "ran", "it had trained long enough"
    except SystemExit as stop:
        return ("ran", "") if stop.code in {None, 0} else ("died", f"it exits with {stop.code!r}")
    except BaseException as error:  # whatever a program raises is its result
        rows = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
        where = f" (line {rows[-1].lineno})" if rows else ""
        return "died", f"{type(error).__name__}: {' '.join(str(error).split())[:200]}{where}"
    return "ran", ""


def run_cells(path: str) -> tuple[str, str]:
    """Execute a notebook's cells, each after a line ``# %%``; one that fails does not keep the next from running."""
    module = types.ModuleType("__main__")
    module.__file__ = path
    sys.modules["__main__"] = module
    begin, reason = 0, ""
    cells: list[tuple[int, str]] = []
    lines = Path(path).read_text(encoding="utf-8").split("\n")
    for number, line in enumerate([*lines, "# %%"]):
        if line == "# %%":
            cells.append((begin, "\n".join(lines[begin:number])))
            begin = number
    for begin, text in cells:
        try:
            exec(compile("\n" * begin + text, path, "exec"), module.__dict__)
        except EnoughError:
            raise
        except (Exception, SystemExit) as error:
            rows = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == path]
            where = f" (line {rows[-1].lineno})" if rows else ""
            reason = reason or f"{type(error).__name__}: {' '.join(str(error).split())[:200]}{where}"
    return ("partly", reason) if reason else ("ran", "")


def child(job: dict[str, Any], recorder: Recorder, version: str) -> None:
    """One job, in a process of its own; does not return."""
    begun = time.monotonic()
    recorder.own = tuple(job.get("own", ()))
    done = threading.Lock()

    def write(state: str, reason: str) -> None:
        if not done.acquire(blocking=False):
            return
        networks: list[dict[str, Any]] = []
        with contextlib.suppress(Exception):
            networks = recorder.networks()
        record = {
            "program": path,
            "keras": version,
            "key": job.get("key"),
            "builder": job.get("builder"),
            "state": state,
            "reason": reason,
            "seconds": round(time.monotonic() - begun, 1),
            "networks": networks,
        }
        out = Path(job["out"])
        out.parent.mkdir(parents=True, exist_ok=True)
        part = out.with_suffix(".part")
        part.write_text(json.dumps(record, indent=1), encoding="utf-8")
        part.rename(out)

    def watch() -> None:
        time.sleep(job["seconds"])
        write("out of time", f"more than {job['seconds']} s")
        os._exit(0)

    path = os.path.realpath(job["path"])
    job["path"] = path
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    os.chdir(job.get("cwd") or os.path.dirname(path))
    threading.Thread(target=watch, daemon=True).start()
    state, reason = run(job)
    write(state, reason)
    os._exit(0)


def main() -> None:
    """Run the jobs one after the other."""
    version = sys.argv[1]
    sys.modules.setdefault("truth_runner", types.ModuleType("truth_runner"))
    recorder = Recorder(load(version))
    recorder.install()
    for line in sys.stdin:
        job = json.loads(line)
        process = os.fork()
        if not process:
            os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
            child(job, recorder, version)
        limit = time.monotonic() + job["seconds"] + 20
        while not os.waitpid(process, os.WNOHANG)[0]:
            if time.monotonic() > limit:
                os.kill(process, signal.SIGKILL)
                os.waitpid(process, 0)
                break
            time.sleep(0.05)
        print(job["out"], "written" if os.path.exists(job["out"]) else "lost", flush=True)


if __name__ == "__main__":
    main()
