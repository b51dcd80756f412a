"""Ways through other files of the project."""

from __future__ import annotations

from collections.abc import Mapping

from tests.matrix.programs import Carried, Spec, Way

FILES = "files"


def _file(spec: Spec, text: str) -> str:
    return f"{spec.imports}\n\n{text.strip()}\n"


def _settings(spec: Spec, text: str) -> Mapping[str, str]:
    return {"settings.py": _file(spec, text)}


def _constants(spec: Spec) -> Mapping[str, str]:
    return _settings(spec, f"SPARE = {spec.other}\nCHOSEN = {spec.arrives}")


def _helpers(spec: Spec) -> str:
    return f"""
def spare({spec.names}):
    return {spec.other}


def pick({spec.names}):
    return {spec.arrives}
"""


def _constant(spec: Spec) -> Carried:
    return Carried("CHOSEN", top="from settings import CHOSEN, SPARE", files=_constants(spec))


def _renamed_constant(spec: Spec) -> Carried:
    return Carried("SPARE", top="from settings import CHOSEN as SPARE", files=_constants(spec))


def _constant_set_twice(spec: Spec) -> Carried:
    files = _settings(spec, f"CHOSEN = {spec.other}\nCHOSEN = {spec.arrives}")
    return Carried("CHOSEN", top="from settings import CHOSEN", files=files)


def _constant_overruled(spec: Spec) -> Carried:
    files = _settings(spec, f"CHOSEN = {spec.other}")
    return Carried("chosen", f"chosen = CHOSEN\nchosen = {spec.arrives}", "from settings import CHOSEN", files=files)


def _module_attribute(spec: Spec) -> Carried:
    return Carried("settings.CHOSEN", top="import settings", files=_constants(spec))


def _module_of_a_package(spec: Spec) -> Carried:
    text = _constants(spec)["settings.py"]
    return Carried(
        "settings.CHOSEN",
        top="import project.settings as settings",
        files={"project/__init__.py": "", "project/settings.py": text},
    )


def _star_import(spec: Spec) -> Carried:
    return Carried("CHOSEN", top="from settings import *", files=_constants(spec))


def _dict(spec: Spec) -> Carried:
    files = _settings(spec, f'OPTIONS = {{"spare": {spec.other}, "main": {spec.arrives}}}')
    return Carried('OPTIONS["main"]', top="from settings import OPTIONS", files=files)


def _dict_changed_there(spec: Spec) -> Carried:
    files = _settings(spec, f'OPTIONS = {{"main": {spec.other}}}\nOPTIONS["main"] = {spec.arrives}')
    return Carried('OPTIONS["main"]', top="from settings import OPTIONS", files=files)


def _helper(spec: Spec) -> Carried:
    files = _settings(spec, _helpers(spec))
    return Carried("chosen", f"chosen = pick({spec.names})", "from settings import pick, spare", files=files)


def _helper_of_a_module(spec: Spec) -> Carried:
    files = _settings(spec, _helpers(spec))
    return Carried("chosen", f"chosen = settings.pick({spec.names})", "import settings", files=files)


def _helper_of_an_argument(spec: Spec) -> Carried:
    files = _settings(spec, "def second(first, other):\n    kept = other\n    return kept")
    before = f"chosen = second({spec.other}, {spec.arrives})"
    return Carried("chosen", before, "from settings import second", files=files)


def _helper_of_another_file(spec: Spec) -> Carried:
    files = {
        "helpers.py": _file(spec, _helpers(spec)),
        "settings.py": f"from helpers import pick\n\n\ndef choose({spec.names}):\n    return pick({spec.names})\n",
    }
    return Carried("chosen", f"chosen = choose({spec.names})", "from settings import choose", files=files)


def _default(spec: Spec) -> Carried:
    files = _settings(spec, f"def pick(spare={spec.other}, chosen={spec.arrives}):\n    return chosen")
    return Carried("chosen", "chosen = pick()", "from settings import pick", files=files)


def _tuple(spec: Spec) -> Carried:
    files = _settings(spec, f"def both({spec.names}):\n    return {spec.other}, {spec.arrives}")
    return Carried("chosen", f"spare, chosen = both({spec.names})", "from settings import both", files=files)


def _class_attribute(spec: Spec) -> Carried:
    files = _settings(spec, f"class Config:\n    spare = {spec.other}\n    chosen = {spec.arrives}")
    return Carried("Config.chosen", top="from settings import Config", files=files)


_CONFIG = (
    "class Config:\n    def __init__(self, spare, chosen):\n        self.spare = spare\n        self.chosen = chosen"
)


def _class(spec: Spec) -> Carried:
    before = f"config = Config({spec.other}, {spec.arrives})"
    return Carried("config.chosen", before, "from settings import Config", files=_settings(spec, _CONFIG))


def _class_changed_here(spec: Spec) -> Carried:
    before = f"config = Config(None, {spec.other})\nconfig.chosen = {spec.arrives}"
    return Carried("config.chosen", before, "from settings import Config", files=_settings(spec, _CONFIG))


def _static_method(spec: Spec) -> Carried:
    text = f"class Config:\n    @staticmethod\n    def pick({spec.names}):\n        spare = {spec.other}\n"
    text += f'        print("not", spare)\n        return {spec.arrives}\n'
    return Carried(
        "chosen", f"chosen = Config.pick({spec.names})", "from settings import Config", files=_settings(spec, text)
    )


def _dataclass(spec: Spec) -> Carried:
    text = f"""
from dataclasses import dataclass

{spec.imports}

@dataclass
class Settings:
    spare: object = {spec.other}
    chosen: object = {spec.arrives}
"""
    return Carried("settings.chosen", "settings = Settings()", "from config import Settings", files={"config.py": text})


def _dataclass_argument(spec: Spec) -> Carried:
    text = "from dataclasses import dataclass\n\n\n@dataclass\nclass Settings:\n    spare: object\n    chosen: object\n"
    before = f"settings = Settings(chosen={spec.arrives}, spare={spec.other})"
    return Carried("settings.chosen", before, "from config import Settings", files={"config.py": text})


def _base_class(spec: Spec) -> Carried:
    top = f"""
from settings import Config


class Large(Config):
    def __init__(self, chosen, size=10):
        super().__init__({spec.other if not spec.free else "None"}, chosen)
        self.size = size
"""
    return Carried("config.chosen", f"config = Large({spec.arrives})", top, files=_settings(spec, _CONFIG))


def _base_class_attribute(spec: Spec) -> Carried:
    files = _settings(spec, f"class Config:\n    chosen = {spec.arrives}")
    top = f"from settings import Config\n\n\nclass Large(Config):\n    spare = {spec.other}\n"
    return Carried("Large.chosen", top=top, files=files)


def _reexport(spec: Spec) -> Carried:
    files = {
        "project/__init__.py": "from .settings import CHOSEN, SPARE\n",
        "project/settings.py": _constants(spec)["settings.py"],
    }
    return Carried("CHOSEN", top="from project import CHOSEN, SPARE", files=files)


def _reexported_helper(spec: Spec) -> Carried:
    files = {
        "project/__init__.py": "from .helpers import pick\n",
        "project/helpers.py": _file(spec, _helpers(spec)),
    }
    return Carried("chosen", f"chosen = pick({spec.names})", "from project import pick", files=files)


def _relative_constant(spec: Spec) -> Carried:
    files = {"project/__init__.py": "", "project/settings.py": _constants(spec)["settings.py"]}
    return Carried("CHOSEN", top="from .settings import CHOSEN, SPARE", files=files, main="project/train.py")


def _relative_helper(spec: Spec) -> Carried:
    files = {"project/__init__.py": "", "project/helpers.py": _file(spec, _helpers(spec))}
    return Carried(
        "chosen",
        f"chosen = helpers.pick({spec.names})",
        "from . import helpers",
        files=files,
        main="project/train.py",
    )


def _relative_parent(spec: Spec) -> Carried:
    files = {
        "project/__init__.py": "",
        "project/helpers.py": _file(spec, _helpers(spec)),
        "project/models/__init__.py": "",
    }
    return Carried(
        "chosen",
        f"chosen = pick({spec.names})",
        "from ..helpers import pick",
        files=files,
        main="project/models/train.py",
    )


WAYS = (
    Way("constant of a file", FILES, _constant, "alone"),
    Way("constant, renamed", FILES, _renamed_constant, "alone"),
    Way("constant set twice", FILES, _constant_set_twice, "alone"),
    Way("constant overruled here", FILES, _constant_overruled, "alone"),
    Way("module attribute", FILES, _module_attribute, "alone"),
    Way("module of a package", FILES, _module_of_a_package, "alone"),
    Way("star import", FILES, _star_import, "alone"),
    Way("dict of a file", FILES, _dict, "alone"),
    Way("dict changed in its file", FILES, _dict_changed_there, "alone"),
    Way("helper of a file", FILES, _helper),
    Way("helper by module attribute", FILES, _helper_of_a_module),
    Way("file's helper of an argument", FILES, _helper_of_an_argument),
    Way("helper in a third file", FILES, _helper_of_another_file),
    Way("default in a file", FILES, _default, "alone"),
    Way("tuple of a file's helper", FILES, _tuple),
    Way("class attribute of a file", FILES, _class_attribute, "alone"),
    Way("class of a file", FILES, _class),
    Way("object of a file's class, changed", FILES, _class_changed_here),
    Way("static method of a file", FILES, _static_method),
    Way("dataclass default of a file", FILES, _dataclass, "constant"),
    Way("dataclass of a file", FILES, _dataclass_argument),
    Way("base class of a file", FILES, _base_class),
    Way("base class attribute of a file", FILES, _base_class_attribute, "alone"),
    Way("re-export", FILES, _reexport, "alone"),
    Way("re-exported helper", FILES, _reexported_helper),
    Way("relative import", FILES, _relative_constant, "alone"),
    Way("relative module", FILES, _relative_helper),
    Way("relative to the parent", FILES, _relative_parent),
)
