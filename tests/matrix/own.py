"""Ways through the class in which the value is used: its attributes, methods and bases.

Where the place of use is no method yet, it becomes one of an ``Experiment``.
"""

from __future__ import annotations

from tests.matrix.programs import Carried, Own, Spec, Way

OWN = "own class"


def _comma(spec: Spec) -> str:
    return f", {spec.names}" if spec.free else ""


def _attribute(spec: Spec) -> Carried:
    return Carried("self.chosen", f"self.chosen = {spec.other}\nself.chosen = {spec.arrives}", own=Own(""))


def _setattr(spec: Spec) -> Carried:
    before = f'self.chosen = {spec.other}\nsetattr(self, "chosen", {spec.arrives})'
    return Carried("self.chosen", before, own=Own(""))


def _dict(spec: Spec) -> Carried:
    before = f'self.parts = {{"spare": {spec.other}}}\nself.parts["main"] = {spec.arrives}'
    return Carried('self.parts["main"]', before, own=Own(""))


def _list(spec: Spec) -> Carried:
    before = f"self.parts = []\nself.parts.append({spec.other})\nself.parts.append({spec.arrives})"
    return Carried("self.parts[1]", before, own=Own(""))


def _method(spec: Spec) -> Carried:
    methods = f"""
def spare(self{_comma(spec)}):
    return {spec.other}

def pick(self{_comma(spec)}):
    return {spec.arrives}
"""
    return Carried("chosen", f"chosen = self.pick({spec.names})", own=Own(methods))


def _method_that_sets(spec: Spec) -> Carried:
    methods = f"""
def choose(self{_comma(spec)}):
    self.chosen = {spec.other}
    self.chosen = {spec.arrives}
"""
    return Carried("self.chosen", f"self.choose({spec.names})", own=Own(methods))


def _method_overwrites(spec: Spec) -> Carried:
    methods = f"""
def choose(self{_comma(spec)}):
    self.chosen = {spec.arrives}
"""
    return Carried("self.chosen", f"self.chosen = {spec.other}\nself.choose({spec.names})", own=Own(methods))


def _static_method(spec: Spec) -> Carried:
    methods = "@staticmethod\ndef second(first, other):\n    return other\n"
    return Carried("chosen", f"chosen = self.second({spec.other}, {spec.arrives})", own=Own(methods))


def _class_method(spec: Spec) -> Carried:
    methods = f"""
@classmethod
def pick(cls{_comma(spec)}):
    return {spec.arrives}

@classmethod
def spare(cls{_comma(spec)}):
    return {spec.other}
"""
    return Carried("chosen", f"chosen = self.pick({spec.names})", own=Own(methods))


def _property(spec: Spec) -> Carried:
    methods = "@property\ndef chosen(self):\n    return self.second\n"
    before = f"self.first, self.second = {spec.other}, {spec.arrives}"
    return Carried("self.chosen", before, own=Own(methods))


def _setter(spec: Spec) -> Carried:
    methods = """
@property
def chosen(self):
    return self._chosen

@chosen.setter
def chosen(self, value):
    self._chosen = value
"""
    return Carried("self.chosen", f"self.chosen = {spec.other}\nself.chosen = {spec.arrives}", own=Own(methods))


def _base_method(spec: Spec) -> Carried:
    top = f"""
class Base({spec.base}):
    def pick(self{_comma(spec)}):
        return {spec.arrives}

    def spare(self{_comma(spec)}):
        return {spec.other}
"""
    return Carried("chosen", f"chosen = self.pick({spec.names})", top, Own("", "Base"))


def _overridden_method(spec: Spec) -> Carried:
    top = f"class Base({spec.base}):\n    def pick(self{_comma(spec)}):\n        return {spec.other}\n"
    methods = f"def pick(self{_comma(spec)}):\n    return {spec.arrives}\n"
    return Carried("chosen", f"chosen = self.pick({spec.names})", top, Own(methods, "Base"))


def _base_of_a_file(spec: Spec) -> Carried:
    text = f"""
class Base({spec.base}):
    def pick(self{_comma(spec)}):
        return {spec.arrives}

    def spare(self{_comma(spec)}):
        return {spec.other}
"""
    return Carried(
        "chosen",
        f"chosen = self.pick({spec.names})",
        "from bases import Base",
        Own("", "Base"),
        {"bases.py": f"{spec.imports}\n{text}"},
    )


def _class_attribute(spec: Spec) -> Carried:
    return Carried("self.chosen", own=Own(f"spare = {spec.other}\nchosen = {spec.arrives}\n"))


def _base_class_attribute(spec: Spec) -> Carried:
    top = f"class Base({spec.base}):\n    chosen = {spec.other}\n"
    return Carried("self.chosen", top=top, own=Own(f"chosen = {spec.arrives}\n", "Base"))


def _init(spec: Spec) -> Carried:
    methods = "def __init__(self, spare, chosen):\n    self.spare = spare\n    self.chosen = chosen\n"
    return Carried("self.chosen", own=Own(methods, arguments=f"{spec.other}, {spec.arrives}"))


def _super_init(spec: Spec) -> Carried:
    top = """
class Base:
    def __init__(self, chosen):
        self.chosen = chosen
"""
    methods = "def __init__(self, spare, chosen):\n    super().__init__(chosen)\n    self.spare = spare\n"
    return Carried("self.chosen", top=top, own=Own(methods, "Base", f"{spec.other}, {spec.arrives}"))


def _kwargs_update(spec: Spec) -> Carried:
    methods = "def __init__(self, **kwargs):\n    self.__dict__.update(kwargs)\n"
    return Carried("self.chosen", own=Own(methods, arguments=f"spare={spec.other}, chosen={spec.arrives}"))


def _init_default(spec: Spec) -> Carried:
    methods = f"def __init__(self, spare={spec.other}, chosen={spec.arrives}):\n"
    methods += "    self.spare = spare\n    self.chosen = chosen\n"
    return Carried("self.chosen", own=Own(methods))


WAYS = (
    Way("own attribute", OWN, _attribute),
    Way("own attribute by setattr", OWN, _setattr),
    Way("own dict", OWN, _dict),
    Way("own list", OWN, _list),
    Way("own method", OWN, _method),
    Way("own method sets", OWN, _method_that_sets),
    Way("own method overwrites", OWN, _method_overwrites),
    Way("own static method", OWN, _static_method),
    Way("own class method", OWN, _class_method),
    Way("own property", OWN, _property),
    Way("own property with setter", OWN, _setter),
    Way("inherited method", OWN, _base_method),
    Way("own overridden method", OWN, _overridden_method),
    Way("inherited from a file", OWN, _base_of_a_file),
    Way("own class attribute", OWN, _class_attribute, "alone"),
    Way("own over inherited attribute", OWN, _base_class_attribute, "alone"),
    Way("own __init__", OWN, _init, "no-class"),
    Way("own super().__init__", OWN, _super_init, "no-class"),
    Way("own __dict__.update", OWN, _kwargs_update, "no-class"),
    Way("own __init__ default", OWN, _init_default, "alone-no-class"),
)
