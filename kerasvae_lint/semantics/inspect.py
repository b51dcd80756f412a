"""What the model sees, as text: ``kvlint inspect FILE``."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.semantics.values import (
    Constant,
    Container,
    Deferred,
    Distribution,
    Draw,
    LayerObject,
    LayerOutput,
    Parameter,
    Snapshot,
    Tensor,
    Unknown,
    Value,
    Variable,
)

if TYPE_CHECKING:
    import libcst as cst

    from kerasvae_lint.semantics.classes import ClassInfo
    from kerasvae_lint.semantics.facts import Store
    from kerasvae_lint.semantics.model import SemanticModel


def describe(model: SemanticModel) -> str:
    """Flavour, classes with their kinds, each method's phase, and where each kept value came from."""
    return "\n".join(_lines(model)) + "\n"


def _lines(model: SemanticModel) -> Iterator[str]:
    flavour = model.flavour
    which = "Keras 2" if flavour.only2 else "Keras 3" if flavour.only3 else "Keras 2 or 3"
    yield f"{model.source.filename}"
    yield f"flavour: {which} ({flavour.why})"
    for cls in model.classes:
        yield ""
        yield from _class_lines(model, cls)
    named = [(n, b) for n, bs in model.facts.root.scope.bindings.items() for b in bs if b.value is not None]
    if named:
        yield ""
        yield "module"
    for name, binding in named:
        values = model.evaluator.part(binding.node, model.values(binding.value), binding.path)  # type: ignore[arg-type]
        yield f"  {name} (line {_row(model, binding.node)}): {describe_values(model, values)}"
    if model.writes:
        yield ""
        yield "writes"
    for write in model.writes:
        yield f"  {model.text(write.target)} (line {_row(model, write.call.node)}): {write.place}"


def _class_lines(model: SemanticModel, cls: ClassInfo) -> Iterator[str]:
    kinds = ", ".join(sorted(cls.kinds)) or "plain"
    bases = ", ".join([base.name for base in cls.bases] + cls.library_bases)
    yield f"class {cls.name}({bases}): {kinds}"
    for name, method in cls.facts.methods.items():
        yield f"  {name}: {', '.join(sorted(model.phases(cls, method)))}"
    for store in cls.own_stores():
        yield f"  {_store_line(model, cls, store)}"


def _store_line(model: SemanticModel, cls: ClassInfo, store: Store) -> str:
    where = f"{store.function.name}, line {_row(model, store.node)}"
    if store.value is None:
        return f"self.{store.attribute} ({where}): unknown"
    values = model.evaluator.part(store.node, model.values(store.value, cls), store.path)
    mark = " holds" if store.kind == "element" else ""
    return f"self.{store.attribute}{mark} ({where}): {describe_values(model, values)}"


def _row(model: SemanticModel, node: cst.CSTNode) -> str:
    return model.source.display(model.span(node)[0]).partition(":")[0] if model.owns(node) else "?"


def describe_values(model: SemanticModel, values: tuple[Value, ...]) -> str:
    """The values in words, alternatives joined by ``or``."""
    return " or ".join(dict.fromkeys(_words(model, value) for value in values)) or "unknown"


def _words(model: SemanticModel, value: Value) -> str:
    match value:
        case Variable():
            trainable = {True: "trainable ", False: "non-trainable ", None: ""}[value.trainable]
            whose = " of another layer" if value.foreign else ""
            made = f".{value.attribute}" if value.maker == "attribute" else value.maker
            return f"{trainable}variable{whose} [{made}]"
        case Snapshot():
            of = ", ".join(dict.fromkeys(_words(model, v) for v in value.of))
            return f"{'symbolic ' if value.symbolic else ''}snapshot by {value.via} of {of}"
        case Deferred():
            return "deferred tensor"
        case Distribution():
            parts = ", ".join(f"{name}={describe_values(model, part)}" for name, part in value.parts)
            return f"distribution {value.name}({parts})"
        case LayerObject():
            return f"layer {value.name}"
        case LayerOutput():
            return f"output of {value.layer.name if value.layer else 'a layer'}"
        case Draw():
            return f"random draw [{value.name}]"
        case Constant():
            return f"constant {value.value!r}"
        case Tensor():
            return f"{'symbolic ' if value.symbolic else ''}tensor [{value.via}]"
        case Container():
            return f"container of {len(value.items)}"
        case Parameter():
            return f"parameter {value.name}"
        case Unknown():
            return f"unknown ({value.why})" if value.why else "unknown"
        case _:
            return value.kind
