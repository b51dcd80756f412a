"""Fixes of the rules about random draws: drawn on the mean's shape, by the library that traces the code."""

from __future__ import annotations

from kerasvae_lint.core import Applicability, Draft
from kerasvae_lint.model import TRACING, Call, Module, Noise, records

_MESSAGE = "Draw on the mean's shape"


def mean_name(module: Module, noise: Noise) -> str | None:
    """How the mean is called where the draw stands: the operand of the sum that is a name bound before."""
    function = records.function_of(noise.call)
    for place in noise.samples:
        if not isinstance(place, records.Binary) or records.function_of(place) is not function:
            continue
        for side in (place.left, place.right):
            if isinstance(side, records.Name) and _is_bound_before(module, side, noise.call):
                return side.id
    return None


def _is_bound_before(module: Module, name: records.Name, at: records.Record) -> bool:
    function = records.function_of(at)
    if function is not None and any(parameter.name == name.id for parameter in function.parameters):
        return True
    scope = function.scope if function is not None else module.code.scope
    if name.id not in scope.bound:
        return False
    body = function if function is not None else module.code
    said = [record.start for record in body.walk() if isinstance(record, records.Name) and record.id == name.id]
    return min(said) < at.start


def shape_function(module: Module, call: Call) -> str | None:
    """``K.shape`` for ``K.random_normal``, ``tf.shape`` for ``tf.random.normal``, ``keras.ops.shape``…"""
    func = call.record.func
    if not isinstance(func, records.Attribute):
        return None
    home = module.text(func.value)
    if call.name.startswith("keras.random."):
        return f"{home.removesuffix('random')}ops.shape" if home.endswith(".random") else None
    if call.name.startswith("tf.random."):
        return f"{home.removesuffix('.random')}.shape" if home.endswith(".random") else None
    return f"{home}.shape" if call.name.startswith(("keras.backend.", "tf.")) else None


def on_shape(module: Module, noise: Noise) -> Draft | None:
    """The shape argument becomes the mean's shape."""
    call = module.call_at(noise.call)
    mean = mean_name(module, noise)
    function = shape_function(module, call) if call is not None else None
    shape = call.written("shape", at=0) if call is not None else None
    func = noise.call.func
    if mean is None or function is None or shape is None or not isinstance(func, records.Attribute):
        return None
    editor = module.editor()
    editor.replace(shape.value, f"{function}({mean})")
    if noise.is_variable:
        editor.edit(func.end - len(func.attr), func.end, "random_normal")
        for given in noise.call.arguments:
            if given.name == "scale":
                editor.edit(given.start, given.start + len("scale"), "stddev")
    return editor.draft(_MESSAGE, Applicability.UNSAFE)


def from_host(module: Module, call: Call, noise: Noise | None) -> Draft | None:
    """``np.random.normal`` as ``tf.random.normal`` (``keras.random.normal`` where only Keras 3 is there)."""
    last = call.name.rpartition(".")[2]
    if last not in {"normal", "randn", "standard_normal"} or any(a.star for a in call.record.arguments):
        return None
    whole: records.Call = call.record
    parent = whole.parent
    if isinstance(parent, records.Attribute):
        around = parent.parent
        if parent.attr != "astype" or not isinstance(around, records.Call):
            return None
        whole = around
    editor = module.editor()
    if module.flavour.only3 and module.keras_prefix and not module.imports("tensorflow"):
        draw, of = f"{module.keras_prefix}.random.normal", f"{module.keras_prefix}.ops.shape"
    else:
        tf = editor.tensorflow()
        draw, of = f"{tf}.random.normal", f"{tf}.shape"
    mean = mean_name(module, noise) if noise is not None else None
    if mean is not None:
        shape = f"{of}({mean})"
    else:
        size = call.written("size", at=2 if last == "normal" else 0) if last != "randn" else None
        if size is None or not isinstance(size.value, records.Display):
            return None
        shape = module.text(size.value)
    extra = ""
    if last == "normal":
        for word, (position, name) in {"mean": (0, "loc"), "stddev": (1, "scale")}.items():
            given = call.written(name, at=position)
            extra += f", {word}={module.text(given.value)}" if given is not None else ""
    editor.replace(whole, f"{draw}({shape}{extra})")
    return editor.draft(_MESSAGE, Applicability.UNSAFE)


def where_used(module: Module, noise: Noise) -> Draft | None:
    """A draw that a layer's constructor keeps, moved to the only place that reads it."""
    store, cls = noise.call.parent, module.class_of(noise.call)
    target = store.targets[0] if isinstance(store, records.Assign) and len(store.targets) == 1 else None
    if cls is None or not isinstance(store, records.Assign) or not isinstance(target, records.Attribute):
        return None
    kept = cls.attributes.get(target.attr)
    if kept is None or len(kept.writes) != 1 or kept.writes[0].function is not records.function_of(noise.call):
        return None
    loads = {access.site.record: access for access in kept.reads}
    if len(loads) != 1:
        return None
    load = next(iter(loads.values()))
    if load.phase != TRACING or not module.owns(load.site) or module.class_of(load.site.record) is not cls:
        return None
    call = module.call_at(noise.call)
    function = shape_function(module, call) if call is not None else None
    shape = call.written("shape", at=0) if call is not None else None
    mean = _mean_beside(noise, load.function)
    if function is None or shape is None or mean is None:
        return None
    text, start = module.text(noise.call), noise.call.start
    first, last = shape.value.start - start, shape.value.end - start
    editor = module.editor()
    editor.replace(load.site.record, f"{text[:first]}{function}({mean}){text[last:]}")
    editor.delete_statement(store)
    return editor.draft("Draw where the noise is used, on the mean's shape", Applicability.UNSAFE)


def _mean_beside(noise: Noise, function: records.Function | None) -> str | None:
    for place in noise.samples:
        if isinstance(place, records.Binary) and records.function_of(place) is function:
            for side in (place.left, place.right):
                if isinstance(side, records.Name):
                    return side.id
    return None


def multiplied(module: Module, factor: records.Name, name: str) -> Draft:
    """The forgotten draw, multiplied in."""
    editor = module.editor()
    editor.insert_after(factor, f" * {name}")
    return editor.draft("Multiply the scale by the draw", Applicability.UNSAFE)
