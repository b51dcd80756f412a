"""What an expression translates to: a form, or a pack of them; and how packs are taken apart."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

from kerasvae_lint.semantics.algebra import forms as f
from kerasvae_lint.semantics.algebra.forms import Atom, Form
from kerasvae_lint.semantics.facts import Function

if TYPE_CHECKING:
    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.model import SemanticModel


@dataclass(frozen=True, slots=True)
class Pack:
    """A tuple, list or dict of results; ``keys`` are those of a dict."""

    items: tuple[Result, ...]
    keys: tuple[object, ...] | None = None


Result = Form | Pack


@dataclass(frozen=True, eq=False, slots=True)
class Thunk:
    """An argument, worked out when somebody asks."""

    model: SemanticModel
    node: cst.BaseExpression
    frame: Frame


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """Whose ``self`` is running, what the parameters of the inlined functions are, and the calls that led here."""

    cls: ClassInfo | None = None
    arguments: dict[tuple[Function, str], Thunk | Result] = field(default_factory=dict)
    depth: int = 0
    sites: tuple[tuple[Function, cst.Call], ...] = ()

    def mark(self, node: cst.CSTNode) -> tuple[cst.CSTNode, object]:
        """What tells one evaluation of ``node`` from another."""
        return node, self if self.arguments else self.cls


def atom(key: Hashable, kind: str, label: str) -> Form:
    """An atom as a form."""
    return f.of(Atom(key, kind, label))


def apply(name: str, found: Result, node: cst.CSTNode) -> Form:
    """A function that the algebra does not know, of a result."""
    if isinstance(found, Pack):
        return atom(("apply", node), "tensor", name)
    return f.of(f.Apply(name, (found,)))


def part(found: Result, path: tuple[int | str, ...], key: Hashable) -> Result:
    """The part of a result that a target's path takes."""
    at = 0
    while at < len(path):
        step = path[at]
        index = path[at + 1] if step in {"[]", "key"} and at + 1 < len(path) else None
        at += 2 if step in {"[]", "key"} else 1
        found = item(found, index, key) if step in {"[]", "key"} else atom((key, path), "tensor", "")
    return found


def item(found: Result, index: object, key: Hashable) -> Result:
    """One item of a result: of a pack the item, of a tensor a part of it."""
    if isinstance(found, Pack):
        if found.keys is not None:
            return found.items[found.keys.index(index)] if index in found.keys else atom((key, index), "tensor", "")
        if isinstance(index, int) and -len(found.items) <= index < len(found.items):
            return found.items[index]
        return atom((key, index), "tensor", "")
    inner = found.factor
    return atom(("item", inner if inner is not None else found, index), "tensor", str(index))


def alternatives(found: Iterable[Result]) -> Result:
    """Several results as one: packs of the same size item by item."""
    results = list(found)
    forms = [r for r in results if isinstance(r, Form)]
    if len(forms) == len(results):
        return f.choose(forms)
    packs = [r for r in results if isinstance(r, Pack)]
    if len(packs) == len(results) and len({len(p.items) for p in packs}) == 1:
        return Pack(tuple(alternatives(p.items[i] for p in packs) for i in range(len(packs[0].items))), packs[0].keys)
    return packs[0] if packs and not forms else f.choose(forms)


def arithmetic(operator: str, left: Form, right: Form) -> Form:
    """A binary operator by the name of its node."""
    match operator:
        case "Add":
            return f.add(left, right)
        case "Subtract":
            return f.add(left, f.negate(right))
        case "Multiply":
            return f.multiply(left, right)
        case "Divide":
            return f.divide(left, right)
        case "Power" if right.number is not None:
            return f.power(left, right.number)
        case _:
            return f.of(f.Apply(operator, (left, right)))
