"""Ways through objects: dataclasses, named tuples, namespaces, enums, classes and their attributes."""

from __future__ import annotations

from tests.matrix.programs import Carried, Spec, Way

OBJECTS = "objects"


def _dataclass_default(spec: Spec) -> Carried:
    top = f"""
from dataclasses import dataclass


@dataclass
class Settings:
    spare: object = {spec.other}
    chosen: object = {spec.arrives}
"""
    return Carried("settings.chosen", "settings = Settings()", top)


_DATACLASS = """
from dataclasses import dataclass


@dataclass{options}
class Settings:
    steps: int
    chosen: object = None
    spare: object = None
"""


def _dataclass_argument(spec: Spec) -> Carried:
    top = f"""
from dataclasses import dataclass


@dataclass
class Settings:
    chosen: object = {"None" if spec.free else spec.other}
"""
    return Carried("settings.chosen", f"settings = Settings(chosen={spec.arrives})", top)


def _dataclass_positional(spec: Spec) -> Carried:
    before = f"settings = Settings(10, {spec.arrives}, {spec.other})"
    return Carried("settings.chosen", before, _DATACLASS.format(options="(frozen=True)"))


def _dataclass_set(spec: Spec) -> Carried:
    before = f"settings = Settings(10, chosen={spec.other})\nsettings.chosen = {spec.arrives}"
    return Carried("settings.chosen", before, _DATACLASS.format(options=""))


def _dataclass_replaced(spec: Spec) -> Carried:
    before = f"settings = replace(Settings(10, chosen={spec.other}), chosen={spec.arrives})"
    top = _DATACLASS.format(options="(frozen=True)").replace("import dataclass", "import dataclass, replace")
    return Carried("settings.chosen", before, top)


def _dataclass_factory(spec: Spec) -> Carried:
    top = f"""
from dataclasses import dataclass, field


@dataclass
class Settings:
    parts: list = field(default_factory=lambda: [{spec.other}, {spec.arrives}])
"""
    return Carried("settings.parts[1]", "settings = Settings()", top)


def _dataclass_other_object(spec: Spec) -> Carried:
    before = f"first = Settings(10, chosen={spec.arrives})\nsecond = Settings(20, chosen={spec.other})"
    return Carried("first.chosen", before, _DATACLASS.format(options=""))


def _post_init(spec: Spec) -> Carried:
    top = """
from dataclasses import dataclass


@dataclass
class Settings:
    given: object
    spare: object

    def __post_init__(self):
        self.chosen = self.given
        self.given = self.spare
"""
    return Carried("settings.chosen", f"settings = Settings({spec.arrives}, {spec.other})", top)


_NAMED_TUPLE = """
from typing import NamedTuple


class Parts(NamedTuple):
    spare: object
    chosen: object
"""


def _named_tuple_class(spec: Spec) -> Carried:
    return Carried("parts.chosen", f"parts = Parts({spec.other}, {spec.arrives})", _NAMED_TUPLE)


def _named_tuple_default(spec: Spec) -> Carried:
    top = f"""
from typing import NamedTuple


class Parts(NamedTuple):
    spare: object = {spec.other}
    chosen: object = {spec.arrives}
"""
    return Carried("parts.chosen", "parts = Parts()", top)


def _named_tuple_unpacked(spec: Spec) -> Carried:
    return Carried("chosen", f"spare, chosen = Parts(chosen={spec.arrives}, spare={spec.other})", _NAMED_TUPLE)


def _named_tuple_replaced(spec: Spec) -> Carried:
    before = f"parts = Parts({spec.other}, {spec.other})._replace(chosen={spec.arrives})"
    return Carried("parts.chosen", before, _NAMED_TUPLE)


def _named_tuple_function(spec: Spec) -> Carried:
    top = 'from collections import namedtuple\n\nParts = namedtuple("Parts", ["spare", "chosen"])\n'
    return Carried("parts.chosen", f"parts = Parts({spec.other}, {spec.arrives})", top)


def _named_tuple_index(spec: Spec) -> Carried:
    top = 'from collections import namedtuple\n\nParts = namedtuple("Parts", "spare chosen")\n'
    return Carried("parts[1]", f"parts = Parts(chosen={spec.arrives}, spare={spec.other})", top)


def _namespace(spec: Spec) -> Carried:
    before = f"config = SimpleNamespace(spare={spec.other}, chosen={spec.arrives})"
    return Carried("config.chosen", before, "from types import SimpleNamespace\n")


def _namespace_set(spec: Spec) -> Carried:
    before = f"config = SimpleNamespace(chosen={spec.other})\nconfig.chosen = {spec.arrives}"
    return Carried("config.chosen", before, "from types import SimpleNamespace\n")


def _enum(spec: Spec) -> Carried:
    top = f"""
from enum import Enum


class Choice(Enum):
    SPARE = {spec.other}
    MAIN = {spec.arrives}
"""
    return Carried("Choice.MAIN.value", top=top)


def _class_attribute(spec: Spec) -> Carried:
    return Carried("Config.chosen", top=f"class Config:\n    spare = {spec.other}\n    chosen = {spec.arrives}\n")


def _class_attribute_set(spec: Spec) -> Carried:
    return Carried(
        "Config.chosen",
        f"Config.chosen = {spec.other}\nConfig.chosen = {spec.arrives}",
        "class Config:\n    chosen = None\n",
    )


def _class_attribute_hidden(spec: Spec) -> Carried:
    top = f"""
class Config:
    chosen = {spec.other}


class Large(Config):
    chosen = {spec.arrives}
"""
    return Carried("Large().chosen", top=top)


def _class_attribute_inherited(spec: Spec) -> Carried:
    top = f"""
class Base:
    chosen = {spec.arrives}
    spare = {spec.other}


class Config(Base):
    spare = {spec.arrives}
"""
    return Carried("Config.chosen", top=top)


_PLAIN = """
class Config:
    def __init__(self, chosen, spare=None):
        self.spare = spare
        self.chosen = chosen
"""


def _instance_attribute(spec: Spec) -> Carried:
    return Carried("config.chosen", f"config = Config({spec.arrives}, spare={spec.other})", _PLAIN)


def _instance_attribute_set(spec: Spec) -> Carried:
    return Carried("config.chosen", f"config = Config({spec.other})\nconfig.chosen = {spec.arrives}", _PLAIN)


def _other_instance(spec: Spec) -> Carried:
    before = f"config = Config({spec.arrives})\nother = Config({spec.other})"
    return Carried("config.chosen", before, _PLAIN)


def _under_another_name(spec: Spec) -> Carried:
    before = f"config = Config({spec.other})\nalias = config\nalias.chosen = {spec.arrives}"
    return Carried("config.chosen", before, _PLAIN)


def _base_class(spec: Spec) -> Carried:
    top = """
class Base:
    def __init__(self, chosen, spare):
        self.chosen = chosen
        self.spare = spare


class Config(Base):
    pass
"""
    return Carried("config.chosen", f"config = Config({spec.arrives}, {spec.other})", top)


def _super_init(spec: Spec) -> Carried:
    top = """
class Base:
    def __init__(self, chosen):
        self.chosen = chosen


class Config(Base):
    def __init__(self, first, second):
        super().__init__(chosen=second)
        self.first = first
"""
    return Carried("config.chosen", f"config = Config({spec.other}, {spec.arrives})", top)


def _named_super_init(spec: Spec) -> Carried:
    top = """
class Base(object):
    def __init__(self, chosen):
        self.chosen = chosen


class Config(Base):
    def __init__(self, first, second):
        super(Config, self).__init__(second)
        self.first = first
"""
    return Carried("config.chosen", f"config = Config({spec.other}, {spec.arrives})", top)


def _other_method(spec: Spec) -> Carried:
    top = """
class Config:
    def __init__(self, chosen):
        self.chosen = chosen

    def use(self, chosen):
        self.chosen = chosen
"""
    return Carried("config.chosen", f"config = Config({spec.other})\nconfig.use({spec.arrives})", top)


def _method_of_init(spec: Spec) -> Carried:
    top = """
class Config:
    def __init__(self, chosen, spare):
        self.spare = spare
        self._keep(chosen)

    def _keep(self, value):
        self.chosen = value
"""
    return Carried("config.chosen", f"config = Config({spec.arrives}, {spec.other})", top)


def _setattr(spec: Spec) -> Carried:
    before = f'config = Config({spec.other})\nsetattr(config, "chosen", {spec.arrives})'
    return Carried("config.chosen", before, _PLAIN)


def _getattr(spec: Spec) -> Carried:
    before = f"config = Config({spec.arrives}, spare={spec.other})\n"
    return Carried('getattr(config, "chosen")', before, _PLAIN)


def _dict_update(spec: Spec) -> Carried:
    top = """
class Config:
    def __init__(self, **kwargs):
        self.__dict__.update(kwargs)
"""
    return Carried("config.chosen", f"config = Config(spare={spec.other}, chosen={spec.arrives})", top)


def _setattr_in_a_loop(spec: Spec) -> Carried:
    top = """
class Config:
    def __init__(self, **kwargs):
        for name, value in kwargs.items():
            setattr(self, name, value)
"""
    return Carried("config.chosen", f"config = Config(spare={spec.other}, chosen={spec.arrives})", top)


def _property(spec: Spec) -> Carried:
    top = """
class Config:
    def __init__(self, first, second):
        self.first = first
        self.second = second

    @property
    def chosen(self):
        return self.second
"""
    return Carried("config.chosen", f"config = Config({spec.other}, {spec.arrives})", top)


def _setter(spec: Spec) -> Carried:
    top = """
class Config:
    def __init__(self, chosen):
        self._chosen = chosen

    @property
    def chosen(self):
        return self._chosen

    @chosen.setter
    def chosen(self, value):
        self._chosen = value
"""
    return Carried("config.chosen", f"config = Config({spec.other})\nconfig.chosen = {spec.arrives}", top)


def _method(spec: Spec) -> Carried:
    top = f"{_PLAIN}\n    def value(self):\n        return self.chosen\n"
    return Carried("config.value()", f"config = Config({spec.arrives}, spare={spec.other})", top)


def _overridden_method(spec: Spec) -> Carried:
    top = f"""
class Config:
    def chosen(self{", " * bool(spec.free)}{spec.names}):
        return {spec.other}


class Large(Config):
    def chosen(self{", " * bool(spec.free)}{spec.names}):
        return {spec.arrives}
"""
    return Carried("chosen", f"config = Large()\nchosen = config.chosen({spec.names})", top)


def _static_method(spec: Spec) -> Carried:
    top = f"""
class Config:
    @staticmethod
    def spare({spec.names}):
        return {spec.other}

    @staticmethod
    def chosen({spec.names}):
        return {spec.arrives}
"""
    return Carried(f"Config.chosen({spec.names})", top=top)


def _class_method(spec: Spec) -> Carried:
    top = f"{_PLAIN}\n    @classmethod\n    def large(cls, value, other):\n        return cls(value, spare=other)\n"
    return Carried("config.chosen", f"config = Config.large({spec.arrives}, {spec.other})", top)


def _callable_object(spec: Spec) -> Carried:
    top = f"{_PLAIN}\n    def __call__(self):\n        return self.chosen\n"
    return Carried("config()", f"config = Config({spec.arrives}, spare={spec.other})", top)


def _object_in_an_object(spec: Spec) -> Carried:
    before = f"config = Config(Config({spec.arrives}), spare=Config({spec.other}))"
    return Carried("config.chosen.chosen", before, _PLAIN)


def _object_given_to_a_function(spec: Spec) -> Carried:
    top = f"{_PLAIN}\n\ndef change(config, value):\n    config.chosen = value\n"
    return Carried("config.chosen", f"config = Config({spec.other})\nchange(config, {spec.arrives})", top)


WAYS = (
    Way("dataclass default", OBJECTS, _dataclass_default, "constant"),
    Way("dataclass argument", OBJECTS, _dataclass_argument),
    Way("dataclass by position", OBJECTS, _dataclass_positional),
    Way("dataclass field set", OBJECTS, _dataclass_set),
    Way("dataclass replaced", OBJECTS, _dataclass_replaced),
    Way("dataclass factory", OBJECTS, _dataclass_factory, "alone"),
    Way("one of two dataclass objects", OBJECTS, _dataclass_other_object),
    Way("__post_init__", OBJECTS, _post_init),
    Way("NamedTuple class", OBJECTS, _named_tuple_class),
    Way("NamedTuple default", OBJECTS, _named_tuple_default, "constant"),
    Way("NamedTuple unpacked", OBJECTS, _named_tuple_unpacked),
    Way("NamedTuple replaced", OBJECTS, _named_tuple_replaced),
    Way("namedtuple function", OBJECTS, _named_tuple_function),
    Way("namedtuple by index", OBJECTS, _named_tuple_index),
    Way("namespace", OBJECTS, _namespace),
    Way("namespace set", OBJECTS, _namespace_set),
    Way("enum", OBJECTS, _enum, "constant"),
    Way("class attribute", OBJECTS, _class_attribute, "alone"),
    Way("class attribute set", OBJECTS, _class_attribute_set),
    Way("class attribute hidden", OBJECTS, _class_attribute_hidden, "alone"),
    Way("class attribute inherited", OBJECTS, _class_attribute_inherited, "alone"),
    Way("instance attribute", OBJECTS, _instance_attribute),
    Way("instance attribute set", OBJECTS, _instance_attribute_set),
    Way("one of two instances", OBJECTS, _other_instance),
    Way("instance under another name", OBJECTS, _under_another_name),
    Way("base class", OBJECTS, _base_class),
    Way("super().__init__", OBJECTS, _super_init),
    Way("super(C, self).__init__", OBJECTS, _named_super_init),
    Way("set in another method", OBJECTS, _other_method),
    Way("set in a method of __init__", OBJECTS, _method_of_init),
    Way("setattr", OBJECTS, _setattr),
    Way("getattr", OBJECTS, _getattr),
    Way("__dict__.update", OBJECTS, _dict_update),
    Way("setattr in a loop", OBJECTS, _setattr_in_a_loop),
    Way("property", OBJECTS, _property),
    Way("property with setter", OBJECTS, _setter),
    Way("method", OBJECTS, _method),
    Way("overridden method", OBJECTS, _overridden_method),
    Way("static method", OBJECTS, _static_method),
    Way("class method", OBJECTS, _class_method),
    Way("__call__", OBJECTS, _callable_object),
    Way("object in an object", OBJECTS, _object_in_an_object),
    Way("object changed by a function", OBJECTS, _object_given_to_a_function),
)
