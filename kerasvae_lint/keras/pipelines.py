"""What a ``tf.data`` pipeline, a folder of images or an image generator gives, element by element, as formulas."""

from __future__ import annotations

from collections.abc import Callable

from kerasvae_lint.keras import tfds
from kerasvae_lint.library.shapes.dims import UNKNOWN, Dim, Output, Shape
from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    DictObject,
    Entries,
    LibraryObject,
    ListObject,
    Tuple,
    Value,
    constant,
    is_none,
)

PREFIX = "dataset."
"""What the operations on a data set's elements begin with: ``dataset.batch``, ``dataset.shuffle``, …"""

_GENERATOR = "keras.preprocessing.image.ImageDataGenerator."
_SAME = frozenset(
    {"shuffle", "repeat", "cache", "prefetch", "take", "skip", "filter", "shard", "with_options", "take_while"}
    | {"unique", "rejection_resample", "ignore_errors", "snapshot", "concatenate", "rebatch"}
)
_FOLDERS = ("keras.utils.image_dataset_from_directory", f"{_GENERATOR}flow_from_directory")
MAX_CHAIN = 60


def element(dataset: Value, depth: int = MAX_CHAIN) -> Value | None:
    """What iterating over a data set gives: a formula, or a tuple or dictionary of formulas; None if not known."""
    if not isinstance(dataset, LibraryObject) or dataset.kind != "dataset" or depth <= 0:
        return None
    given = dataset.arguments
    if dataset.name in {*_FOLDERS, f"{_GENERATOR}flow_from_dataframe"}:
        return _folder(dataset)
    if dataset.name == f"{_GENERATOR}flow":
        return _flow(dataset)
    if dataset.name == tfds.LOAD:
        return tfds.sample(dataset, f"{PREFIX}tfds")
    if not dataset.name.startswith("tf.data.Dataset."):
        return None
    word = dataset.name.rpartition(".")[2]
    if word in {"from_tensor_slices", "from_tensors"} and "tensors" in given:
        made = _each(given["tensors"], lambda leaf: _leaf(dataset, "element", leaf))
        return made if word == "from_tensor_slices" else _each(given["tensors"], lambda leaf: leaf)
    if word == "from_generator":
        return _generated(dataset)
    if word == "zip":
        return _zipped(dataset, depth)
    mapped = dataset.facts.get("element")
    if word == "map":
        return mapped if isinstance(mapped, Value) else None
    before = element(given["input"], depth - 1) if "input" in given else None
    if before is None:
        return None
    if word in {"batch", "padded_batch", "unbatch"} or word in _SAME:
        return _each(before, lambda leaf: _leaf(dataset, word, leaf))
    if word == "enumerate":
        return Tuple((Computed("index", (), "tensor", dataset.site), before), dataset.site)
    return None


def arguments_of(dataset: Value, fallback: Value) -> tuple[Value, ...]:
    """What the function of ``dataset.map(function)`` is given: the parts of a tuple, or the one element."""
    found = element(dataset)
    if isinstance(found, Tuple) and found.rest is None:
        return found.items
    return (found if found is not None else fallback,)


def _leaf(dataset: LibraryObject, word: str, leaf: Value, index: int | None = None) -> Computed:
    operands = (leaf,)
    return Computed(f"{PREFIX}{word}", operands, "tensor", dataset.site, dataset.arguments, dataset, index)


def _each(structure: Value, change: Callable[[Value], Value]) -> Value:
    """The same structure with every tensor in it changed."""
    if isinstance(structure, Tuple):
        rest = None if structure.rest is None else _each(structure.rest, change)
        return Tuple(tuple(_each(item, change) for item in structure.items), structure.site, rest)
    if isinstance(structure, DictObject):
        entries = structure.entries
        items = {key: (name, _each(part, change)) for key, (name, part) in entries.items.items()}
        return DictObject(Entries(items, entries.rest), structure.site)
    return change(structure)


def _zipped(dataset: LibraryObject, depth: int) -> Value | None:
    given = [*dataset.positional, *(dataset.arguments[n] for n in ("args", "datasets") if n in dataset.arguments)]
    if len(given) == 1 and isinstance(given[0], (Tuple, ListObject)):
        state = given[0] if isinstance(given[0], Tuple) else given[0].items
        if state.rest is not None:
            return None
        given = list(state.items)
    parts = [element(part, depth - 1) for part in given]
    known = [part for part in parts if part is not None]
    return Tuple(known, dataset.site) if known and len(known) == len(parts) else None


def _generated(dataset: LibraryObject) -> Value | None:
    """The tensors of ``from_generator``, by the signature or the shapes that it is told."""
    told = dataset.arguments.get("output_signature", dataset.arguments.get("output_shapes"))
    if told is None or is_none(told) or dataset.site is None:
        return None
    is_shape = "output_signature" not in dataset.arguments
    site = dataset.site

    def made(structure: Value) -> Value | None:
        if isinstance(structure, LibraryObject) and structure.name.endswith("TensorSpec"):
            shape = structure.arguments.get("shape", structure.positional[0] if structure.positional else None)
            return Computed(f"{PREFIX}generated", (), "tensor", site, {"shape": shape} if shape else None, dataset)
        if isinstance(structure, Tuple) and not _are_sizes(structure):
            parts = [made(item) for item in structure.items]
            known = [part for part in parts if part is not None]
            return Tuple(known, site) if len(known) == len(parts) and structure.rest is None else None
        if is_shape and isinstance(structure, (Tuple, ListObject)):
            return Computed(f"{PREFIX}generated", (), "tensor", site, {"shape": structure}, dataset)
        return None

    return made(told)


def _are_sizes(value: Tuple) -> bool:
    return all(isinstance(item, Constant) and isinstance(item.value, (int, type(None))) for item in value.items)


# images -----------------------------------------------------------------------------------------
def _folder(dataset: LibraryObject) -> Value:
    """Batches of images from files, with their labels."""
    modes = dataset.arguments.get("label_mode", dataset.arguments.get("class_mode"))
    images = Computed(f"{PREFIX}images", (), "tensor", dataset.site, dataset.arguments, dataset, 0)
    no_labels = "labels" in dataset.arguments and is_none(dataset.arguments["labels"])
    if (modes is not None and is_none(modes)) or no_labels:
        return images
    labels = Computed(f"{PREFIX}labels", (), "tensor", dataset.site, dataset.arguments, dataset, 1)
    return Tuple((images, labels), dataset.site)


def _flow(dataset: LibraryObject) -> Value | None:
    """Batches of what ``flow(x, y)`` is given, the images changed as the generator says."""
    x, y = dataset.arguments.get("x"), dataset.arguments.get("y")
    if x is None:
        return None
    images = _leaf(dataset, "flow", x, 0)
    if y is None or is_none(y):
        return images
    return Tuple((images, _leaf(dataset, "flow", y, 1)), dataset.site)


# shapes -----------------------------------------------------------------------------------------
def dataset_output(
    value: Computed, of: Callable[[Value], Output], size: Callable[[Value], Dim], sizes: Callable[[Value], Shape | None]
) -> Output:
    """The shape of what an operation on a data set's elements gives.

    Args:
        value: the value, whose operation begins with :data:`PREFIX`.
        of: gives the shapes of other values.
        size: reads one size.
        sizes: reads several.
    """
    word = value.op.removeprefix(PREFIX)
    whole = of(value.operands[0]) if value.operands else None
    shape = whole if isinstance(whole, tuple) else None
    options = value.options
    if word == "generated":
        return sizes(options["shape"]) if "shape" in options else None
    if word == "images":
        return _image_shape(value, sizes)
    if word == "labels":
        return _label_shape(value)
    if shape is None:
        return None
    if word in {"element", "unbatch"}:
        return shape[1:] if shape else None
    if word == "flow":
        return (None, *shape[1:]) if shape else None
    if word == "padded_batch":
        return (None, *((UNKNOWN,) * len(shape)))
    if word == "batch":
        drops = options.get("drop_remainder")
        fixed = drops is not None and constant(drops) is True and "batch_size" in options
        return (size(options["batch_size"]) if fixed else None, *shape)
    return shape if word != "rebatch" else None


def _image_shape(value: Computed, sizes: Callable[[Value], Shape | None]) -> Shape | None:
    given = value.options.get("image_size", value.options.get("target_size"))
    size: Shape | None = (256, 256) if given is None else sizes(given)
    mode = value.options.get("color_mode")
    channels = {"rgb": 3, "rgba": 4, "grayscale": 1}.get(str(constant(mode) if mode is not None else "rgb"))
    batch = value.options.get("batch_size")
    if size is None or len(size) != 2:
        return None
    shape = (*size, channels if channels is not None else UNKNOWN)
    return shape if batch is not None and is_none(batch) else (None, *shape)


def label_mode(value: Computed) -> str:
    """How the labels of a folder of images are written: ``int``, ``categorical``, ``binary``; empty if not known."""
    given = value.options.get("label_mode", value.options.get("class_mode"))
    is_keras = isinstance(value.maker, LibraryObject) and value.maker.name == _FOLDERS[0]
    found = constant(given) if given is not None else "int" if is_keras else "categorical"
    word = {"sparse": "int"}.get(str(found), str(found))
    return word if word in {"int", "categorical", "binary"} else ""


def folders_of(value: Computed) -> int | None:
    """How many folders, one for each class, the code names; None if it names none."""
    named = value.options.get("class_names", value.options.get("classes"))
    state = named.items if isinstance(named, ListObject) else named if isinstance(named, Tuple) else None
    return len(state.items) if state is not None and state.rest is None and state.items else None


def _label_shape(value: Computed) -> Shape | None:
    mode = label_mode(value)
    batch = value.options.get("batch_size")
    if not mode or (batch is not None and is_none(batch)):
        return None
    folders = folders_of(value)
    count = folders if folders is not None else UNKNOWN
    if mode == "categorical":
        return (None, count)
    is_keras = isinstance(value.maker, LibraryObject) and value.maker.name == _FOLDERS[0]
    return (None, 1) if mode == "binary" and is_keras else (None,)


__all__ = ["PREFIX", "arguments_of", "dataset_output", "element", "folders_of", "label_mode"]
