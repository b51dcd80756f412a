"""Rules are found by entry point, the built-in pack like any other."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from functools import cache
from types import ModuleType

from kerasvae_lint.core import Rule, Settings
from kerasvae_lint.run.packs import RulePackError, pack_names

UNUSED = ("KV001", "unused-suppression")


@cache
def all_rules() -> dict[str, type[Rule]]:
    """Every installed rule by code.

    Raises:
        RulePackError: a pack does not import, or two rules have one code.
    """
    found: dict[str, type[Rule]] = {}
    for value in pack_names():
        for rule in _rules_of(value):
            other = found.get(rule.code)
            if other is not None and other is not rule:
                raise RulePackError(f"two rules have the code {rule.code}: {other.__module__}, {rule.__module__}")
            found[rule.code] = rule
    return dict(sorted(found.items()))


def _rules_of(value: str) -> Iterator[type[Rule]]:
    name = value.partition(":")[0]
    try:
        package = importlib.import_module(name)
        modules = [package, *_submodules(package)]
    except Exception as error:  # a pack of somebody else can fail in any way
        raise RulePackError(f"rule pack {name} can't be loaded: {error}") from error
    for module in modules:
        for item in vars(module).values():
            if (
                isinstance(item, type)
                and issubclass(item, Rule)
                and item is not Rule
                and item.__module__ == module.__name__
            ):
                yield item


def _submodules(package: ModuleType) -> Iterator[ModuleType]:
    for info in pkgutil.iter_modules(getattr(package, "__path__", ())):
        if not info.name.startswith("_"):
            yield importlib.import_module(f"{package.__name__}.{info.name}")


def selected(settings: Settings) -> dict[str, type[Rule]]:
    """The rules that ``settings`` turn on; the longest matching prefix of select and ignore wins."""
    return {
        code: rule
        for code, rule in all_rules().items()
        if (settings.preview or not rule.preview) and is_selected(code, settings)
    }


def is_selected(code: str, settings: Settings) -> bool:
    """Whether select and ignore, taken together, turn ``code`` on."""
    on = max(_match(p, code) for p in (*(settings.select or ("ALL",)), *settings.extend_select))
    off = max((_match(p, code) for p in (*settings.ignore, *settings.extend_ignore)), default=-1)
    return on >= 0 and on > off


def _match(prefix: str, code: str) -> int:
    if prefix == "ALL":
        return 0
    return len(prefix) if code.startswith(prefix) else -1


def known_prefixes() -> set[str]:
    """Everything that may stand in select and ignore."""
    codes = [*all_rules(), UNUSED[0]]
    return {"ALL"} | {code[:length] for code in codes for length in range(2, len(code) + 1)}
