"""Fixes of the rules about random draws: drawn on the mean's shape, by the library that traces the code."""

from __future__ import annotations

import libcst as cst

from kerasvae_lint.core import Applicability, Draft
from kerasvae_lint.semantics import Editor, SemanticModel
from kerasvae_lint.semantics.arguments import argument
from kerasvae_lint.semantics.facts import Function

from . import _noise as n

_MESSAGE = "Draw on the mean's shape"


def shape_function(model: SemanticModel, func: cst.BaseExpression) -> str | None:
    """``K.shape`` for ``K.random_normal``, ``tf.shape`` for ``tf.random.normal``, ``keras.ops.shape``…"""
    if not isinstance(func, cst.Attribute):
        return None
    name = model.name(func) or ""
    home = model.text(func.value)
    if name.startswith("keras.random."):
        return f"{home.removesuffix('random')}ops.shape" if home.endswith(".random") else None
    if name.startswith("tf.random."):
        return f"{home.removesuffix('.random')}.shape" if home.endswith(".random") else None
    return f"{home}.shape" if name.startswith(("keras.backend.", "tf.")) else None


def on_shape(model: SemanticModel, noise: n.Noise) -> Draft | None:
    """The shape argument becomes the mean's shape."""
    mean = n.mean_name(model, noise)
    function = shape_function(model, noise.call.func)
    shape = argument(noise.call, 0, "shape")
    if mean is None or function is None or shape is None:
        return None
    editor = Editor(model)
    editor.replace(shape, f"{function}({mean})")
    if noise.name.endswith("random_normal_variable"):
        assert isinstance(noise.call.func, cst.Attribute)
        editor.replace(noise.call.func.attr, "random_normal")
        for given in noise.call.args:
            if given.keyword is not None and given.keyword.value == "scale":
                editor.replace(given.keyword, "stddev")
    return editor.draft(_MESSAGE, Applicability.UNSAFE)


def from_host(model: SemanticModel, call: cst.Call, name: str, noise: n.Noise | None) -> Draft | None:
    """``np.random.normal`` as ``tf.random.normal`` (``keras.random.normal`` where only Keras 3 is there)."""
    last = name.rpartition(".")[2]
    if last not in {"normal", "randn", "standard_normal"} or any(a.star for a in call.args):
        return None
    whole: cst.CSTNode = call
    parent = model.parent(call)
    if isinstance(parent, cst.Attribute):
        around = model.parent(parent)
        if parent.attr.value != "astype" or not isinstance(around, cst.Call):
            return None
        whole = around
    editor = Editor(model)
    if model.flavour.only3 and model.keras_prefix and "tf." not in model.source.text:
        draw, of = f"{model.keras_prefix}.random.normal", f"{model.keras_prefix}.ops.shape"
    else:
        tf = editor.tensorflow()
        draw, of = f"{tf}.random.normal", f"{tf}.shape"
    mean = n.mean_name(model, noise) if noise is not None else None
    if mean is not None:
        shape = f"{of}({mean})"
    else:
        size = argument(call, 2 if last == "normal" else 0, "size") if last != "randn" else None
        if not isinstance(size, (cst.Tuple, cst.List)):
            return None
        shape = model.text(size)
    extra = ""
    if last == "normal":
        given = [(argument(call, i, key), key) for i, key in ((0, "loc"), (1, "scale"))]
        words = {"loc": "mean", "scale": "stddev"}
        extra = "".join(f", {words[key]}={model.text(value)}" for value, key in given if value is not None)
    editor.replace(whole, f"{draw}({shape}{extra})")
    return editor.draft(_MESSAGE, Applicability.UNSAFE)


def where_used(model: SemanticModel, noise: n.Noise, traced: set[Function]) -> Draft | None:
    """A draw that a layer's constructor keeps, moved to the only place that reads it."""
    store = next((s for s in model.facts.stores if s.value is noise.call and s.kind == "assign" and not s.path), None)
    if store is None or store.function.class_facts is None:
        return None
    cls = model.class_info(store.function.class_facts)
    loads = [load for _, load in model.self_loads(cls, store.attribute) if load.node is not store.node]
    if len(loads) != 1 or loads[0].function not in traced or len(cls.stores(store.attribute)) != 1:
        return None
    if model.outside_loads(cls, store.attribute):
        return None
    function = shape_function(model, noise.call.func)
    shape = argument(noise.call, 0, "shape")
    mean = _mean_beside(model, noise, loads[0].function)
    suite = model.parent(model.parent(store.statement) or store.statement)
    if function is None or shape is None or mean is None or not isinstance(suite, cst.IndentedBlock):
        return None
    text, start = model.text(noise.call), model.span(noise.call)[0]
    first, last = (offset - start for offset in model.span(shape))
    editor = Editor(model)
    editor.replace(loads[0].node, f"{text[:first]}{function}({mean}){text[last:]}")
    editor.delete_statement(store.statement)
    return editor.draft("Draw where the noise is used, on the mean's shape", Applicability.UNSAFE)


def _mean_beside(model: SemanticModel, noise: n.Noise, function: Function) -> str | None:
    for place in noise.places:
        if isinstance(place, cst.BinaryOperation) and model.function_at(place) is function:
            for side in (place.left, place.right):
                if isinstance(side, cst.Name):
                    return side.value
    return None


def multiplied(model: SemanticModel, factor: cst.Name, name: str) -> Draft:
    """The forgotten draw, multiplied in."""
    editor = Editor(model)
    editor.insert_after(factor, f" * {name}")
    return editor.draft("Multiply the scale by the draw", Applicability.UNSAFE)
