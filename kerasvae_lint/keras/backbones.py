"""The networks of ``keras.applications``, layer by layer, for programs that take one apart."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from kerasvae_lint.binding.build import build
from kerasvae_lint.keras.layers import made_layers
from kerasvae_lint.source import Source
from kerasvae_lint.source.syntax import parse_code
from kerasvae_lint.values.lattice import FunctionValue, LibraryObject, Site, Value
from kerasvae_lint.values.unit import Unit
from kerasvae_lint.values.world import Arguments, Machine

_FAMILIES = {
    "vgg": ("VGG16", "VGG19"),
    "resnet": ("ResNet50", "ResNet101", "ResNet152"),
    "resnet_v2": ("ResNet50V2", "ResNet101V2", "ResNet152V2"),
    "mobilenet": ("MobileNet",),
    "mobilenet_v2": ("MobileNetV2",),
    "mobilenet_v3": ("MobileNetV3Small", "MobileNetV3Large"),
    "densenet": ("DenseNet121", "DenseNet169", "DenseNet201"),
    "xception": ("Xception",),
    "inception_v3": ("InceptionV3",),
    "inception_resnet_v2": ("InceptionResNetV2",),
    "efficientnet": tuple(f"EfficientNetB{number}" for number in range(8)),
    "efficientnet_v2": tuple(f"EfficientNetV2{size}" for size in ("B0", "B1", "B2", "B3", "S", "M", "L")),
}
_FILE_OF = {name: family for family, names in _FAMILIES.items() for name in names}
_FOLDER = Path(__file__).resolve().parent.parent / "backbones"


@lru_cache(maxsize=16)
def _unit(family: str) -> Unit | None:
    path = _FOLDER / f"{family}.py"
    if not path.is_file():
        return None
    tree, source = parse_code(Source(str(path), path.read_text(encoding="utf-8")))
    return Unit(f"kerasvae_lint.backbones.{family}", build(tree, source.text), source)


def is_of_backbone(site: Site | None) -> bool:
    """True for a place in one of the programs that build such a network."""
    return site is not None and site.unit.name.startswith("kerasvae_lint.backbones.")


def taken_apart(machine: Machine, model: LibraryObject) -> LibraryObject | None:
    """A network of ``keras.applications`` as the functional model that it is; None if no program of ours builds it."""
    place = ("backbone", model.key)
    if place in machine.memory:
        known = machine.memory[place]
        return known if isinstance(known, LibraryObject) else None
    machine.memory[place] = None
    name = model.name.rpartition(".")[2]
    unit = _unit(_FILE_OF[name]) if name in _FILE_OF and model.complete and not model.positional else None
    if unit is None or model.site is None:
        return None
    function = machine.run_unit(unit).slots.get(name)
    if not isinstance(function, FunctionValue):
        return None
    before = len(made_layers(machine))
    found: Value = machine.call(function, Arguments((), model.arguments), model.site)
    for layer in made_layers(machine)[before:]:
        machine.memory["made for", id(layer)] = model
    made = found if isinstance(found, LibraryObject) else None
    machine.memory[place] = made
    return made


def made_for(machine: Machine, layer: Value) -> Value | None:
    """The network of ``keras.applications`` that a layer is part of, where it was taken apart; else None."""
    found = machine.memory.get(("made for", id(layer)))
    return found if isinstance(found, Value) else None
