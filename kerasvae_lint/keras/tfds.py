"""TensorFlow Datasets: what ``tfds.load`` gives, by how it is called."""

from __future__ import annotations

from kerasvae_lint.values.lattice import (
    Computed,
    Constant,
    DictObject,
    Entries,
    LibraryObject,
    ListObject,
    Site,
    Tuple,
    Value,
    constant,
    is_none,
)
from kerasvae_lint.values.world import Arguments, Machine

LOAD = "tensorflow_datasets.load"
_POSITIONS = ("name", "split", "data_dir", "batch_size", "shuffle_files", "download", "as_supervised")

CLASSES: dict[str, int | None] = {
    **dict.fromkeys(("mnist", "fashion_mnist", "kmnist", "cifar10", "svhn_cropped", "eurosat", "stl10"), 10),
    **dict.fromkeys(("cats_vs_dogs", "horses_or_humans", "malaria", "patch_camelyon"), 2),
    **dict.fromkeys(("rock_paper_scissors", "beans"), 3),
    **dict.fromkeys(("tf_flowers", "cassava"), 5),
    **dict.fromkeys(("cifar100", "food101", "stanford_dogs", "oxford_flowers102", "cars196", "caltech101"), None),
    **dict.fromkeys(("imagenet2012", "imagenette", "emnist", "plant_village", "deep_weeds", "uc_merced"), None),
    **dict.fromkeys(("citrus_leaves", "colorectal_histology", "celeb_a", "places365_small", "oxford_iiit_pet"), None),
}
"""The data sets whose samples are images of 0 to 255, with the number of classes where it is plain."""


def load(machine: Machine, arguments: Arguments, site: Site) -> Value | None:
    """``tfds.load(…)``: a data set, several for several splits, with the data set's description if it is asked for.

    None where it can't be told which of these.
    """
    given = {**dict(zip(_POSITIONS, arguments.positional, strict=False)), **arguments.keywords}
    if not arguments.complete:
        return None
    asked, split = given.get("with_info"), given.get("split")
    told = constant(asked) if asked is not None else False
    if not isinstance(told, bool):
        return None

    def made(part: Value | None) -> LibraryObject:
        options = {**given, **({"split": part} if part is not None else {})}
        return LibraryObject(LOAD, "dataset", site, options, (), True, order=machine.now)

    state = split.items if isinstance(split, ListObject) else split
    found: Value
    if isinstance(state, Tuple):
        if state.rest is not None:
            return None
        found = ListObject(Tuple([made(part) for part in state.items], site), site)
    elif split is None or is_none(split):
        entries: dict[object, tuple[Value, Value]] = {
            name: (Constant(name, site), made(Constant(name, site))) for name in ("train", "test", "validation")
        }
        found = DictObject(Entries(entries, made(None)), site)
    elif isinstance(split, (Constant, Computed)):
        found = made(split)
    else:
        return None
    if not told:
        return found
    return Tuple((found, Computed("info", (), "any", site, None, None, None, machine.phase, machine.now)), site)


def sample(dataset: LibraryObject, word: str) -> Value:
    """One sample: an image and its label, or a dictionary of them."""
    images = Computed(word, (), "tensor", dataset.site, dataset.arguments, dataset, 0)
    labels = Computed(word, (), "tensor", dataset.site, dataset.arguments, dataset, 1)
    supervised = dataset.arguments.get("as_supervised")
    if supervised is not None and constant(supervised) is True:
        return Tuple((images, labels), dataset.site)
    site = dataset.site
    parts: dict[object, tuple[Value, Value]] = {
        "image": (Constant("image", site), images),
        "label": (Constant("label", site), labels),
    }
    other = Computed(word, (), "tensor", site, dataset.arguments, dataset, 2)
    return DictObject(Entries(parts, other), site)


def is_of_images(dataset: LibraryObject) -> bool:
    """True for a data set of images."""
    return _name(dataset) in CLASSES


def classes_of(dataset: LibraryObject) -> int | None:
    """How many classes its labels have; None if that is not known."""
    return CLASSES.get(_name(dataset))


def split_of(dataset: LibraryObject) -> str:
    """``train`` or ``test``, by the split's name; empty if it is a part of one, or not known."""
    found = constant(dataset.arguments.get("split", Constant(None)))
    return {"train": "train", "test": "test", "validation": "test"}.get(str(found), "")


def _name(dataset: LibraryObject) -> str:
    found = constant(dataset.arguments.get("name", Constant(None)))
    return found.partition("/")[0].partition(":")[0] if isinstance(found, str) else ""


__all__ = ["LOAD", "classes_of", "is_of_images", "load", "sample", "split_of"]
