"""KV616 explicit-training-flag-overridden."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Editor, Module, ReplacedFlag, records, replaced_flags

_LAYERS = ("keras.layers", "tensorflow.keras.layers")
_MENDED = (3, 16)


class ExplicitTrainingFlagOverridden(Rule):
    """`layer(x, training=…)` does not hold in a functional model of Keras 3.0 to 3.15: `fit`, `predict` replace it.

    ## What it finds
    In what `keras.Model(inputs, outputs)` is made of: `training=True` on BatchNormalization, dropout, noise, recurrent
    and attention layers with dropout, and on models and layers that hold dropout or noise; `training=False` on a base
    that holds BatchNormalization and is trainable in a later `fit`: never frozen, or unfrozen to fine-tune.
    Not: a base that stays frozen or whose BatchNormalization does, VGG and ConvNeXt (they have none), calls on data,
    calls in a subclass's `call` (the flag holds there), augmentation, models that are only ever called as `model(x)`.

    ## Why it bites
    In `fit`, `evaluate`, `predict` and `model(x, training=…)` the model passes its own flag to every layer, in place
    of what the code said. Measured: ten predictions with `Dropout(0.5)(h, training=True)` differ by 1e-8 in Keras 3,
    by 0.48 in Keras 2. A base called with `training=False`, unfrozen: its moving mean moves by 7 in two epochs,
    by 0.0 in Keras 2. Nothing is printed.

    ## Bad
    ```python
    h = layers.Dropout(0.5)(h, training=True)
    features = base_model(inputs, training=False)
    base_model.trainable = True  # to fine-tune
    ```

    ## Good
    ```python
    class MonteCarloDropout(layers.Dropout):
        def call(self, inputs, training=None):
            return super().call(inputs, training=True)

    h = MonteCarloDropout(0.5)(h)
    features = base_model(inputs, training=False)
    base_model.trainable = True
    for layer in base_model.layers:
        if isinstance(layer, layers.BatchNormalization):
            layer.trainable = False  # it then runs as in inference, in both Kerases
    ```

    ## Fix
    Unsafe, as the model then trains otherwise: a subclass whose `call` passes `training=True`; BatchNormalization
    frozen behind what makes the base trainable.

    ## Keras 2 and Keras 3
    Keras 3.0 to 3.15, which is the newest release. In Keras 2 the flag of the call holds, and so it does in the source
    of 3.16 as of August 2026: silent where the project pins that.

    ## References
    - keras-team/keras issues 20285, 16000
    - Keras's guide to transfer learning and fine-tuning, whose own code it finds
    """

    code = "KV616"
    name = "explicit-training-flag-overridden"
    triggers = ("training=", "training =", '"training"', "'training'")
    companions = ("Model",)
    fixable = "sometimes"
    probes = ("mode",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per call whose mode matters and is replaced."""
        if module.flavour.only2 or module.flavour.graph or module.flavour.since >= _MENDED:
            return
        found = replaced_flags(module)
        for flag in found:
            written = _argument(flag)
            if flag.training:
                message = (
                    "Up to Keras 3.15 a functional model passes its own flag instead: in `predict` and `evaluate` this"
                    " layer runs as in inference (Keras 2 keeps `training=True`). Pass it inside a subclass's `call`."
                )
                yield Report(written or flag.call, message, fix=_always(module, flag, found))
                continue
            message = (
                "Up to Keras 3.15 `fit` replaces this flag: the BatchNormalization statistics in here move while it is"
                " trainable (Keras 2 keeps them). Set `trainable = False` on its BatchNormalization layers."
            )
            thawed = flag.thawed
            notes = module.notes("trainable from here on", thawed) if thawed is not None else ()
            yield Report(written or flag.call, message, notes, _frozen(module, flag))


def _argument(flag: ReplacedFlag) -> records.Argument | None:
    return next((argument for argument in flag.call.arguments if argument.name == "training"), None)


# training=True ----------------------------------------------------------------------------------
def _always(module: Module, flag: ReplacedFlag, found: list[ReplacedFlag]) -> Draft | None:
    """A subclass that passes the flag itself takes the place of the layer that is made and called at once."""
    made, argument = flag.call.func, _argument(flag)
    if not flag.is_simple or not isinstance(made, records.Call) or argument is None:
        return None
    base = module.text(made.func)
    name = _known_subclass(module, flag)
    editor = module.editor()
    if name is None:
        name = f"AlwaysTraining{_last(base)}" if flag.is_normalization else f"MonteCarlo{_last(base)}"
        same = [one for one in found if one.training and _base(module, one) == base]
        before = _outermost(same[0].call)
        if name in module.code.scope.bound or not _is_bound_before(module, made.func, before):
            return None
        _insert_class(editor, before, name, base)
    editor.replace(made.func, name)
    editor.remove_argument(flag.call, argument)
    return editor.draft("Pass `training=True` in a subclass's `call`", Applicability.UNSAFE)


def _base(module: Module, flag: ReplacedFlag) -> str:
    return module.text(flag.call.func.func) if isinstance(flag.call.func, records.Call) else ""


def _last(base: str) -> str:
    return base.rpartition(".")[2]


def _known_subclass(module: Module, flag: ReplacedFlag) -> str | None:
    """A class of the file that already does it."""
    for cls in module.classes:
        call = cls.record.methods.get("call")
        if (
            call is None
            or cls.record.parent is not _outermost(cls.record)
            or cls.record.end > flag.call.start
            or "__init__" in cls.record.methods
        ):
            continue
        names = [getattr(base, "name", "") for base in cls.value.bases]
        passed = (a for record in call.walk() if isinstance(record, records.Call) for a in record.arguments)
        if names == [flag.layer.name if hasattr(flag.layer, "name") else ""] and any(
            a.name == "training" and isinstance(a.value, records.Constant) and a.value.value is True for a in passed
        ):
            return cls.name
    return None


def _outermost(record: records.Record) -> records.Record:
    """The statement of the file's own level that a piece of code stands in."""
    at = record
    while at.parent is not None and not isinstance(at.parent, records.Module):
        at = at.parent
    return at


def _is_bound_before(module: Module, name: records.Expression, place: records.Record) -> bool:
    """True if the file's own level has bound a dotted name's first part above a place."""
    while isinstance(name, records.Attribute):
        name = name.value
    if not isinstance(name, records.Name):
        return False
    for statement in module.code.body:
        if statement.start >= place.start:
            break
        if isinstance(statement, records.Import) and any(alias.bound == name.id for alias in statement.aliases):
            return True
        if isinstance(statement, records.Assign) and any(
            isinstance(target, records.Name) and target.id == name.id for target in statement.targets
        ):
            return True
    return False


def _insert_class(editor: Editor, before: records.Record, name: str, base: str) -> None:
    at, newline = editor.line_start(before.start), editor.newline
    above = editor.text[:at].splitlines()
    blank = 0
    while above and blank < 2 and not above[-1 - blank].strip():
        blank += 1
    lines = [
        *([""] * (2 - blank)),
        f"class {name}({base}):",
        "    def call(self, inputs, training=None):",
        "        return super().call(inputs, training=True)",
        "",
        "",
    ]
    editor.edit(at, at, "".join(f"{line}{newline}" for line in lines))


# training=False ---------------------------------------------------------------------------------
def _frozen(module: Module, flag: ReplacedFlag) -> Draft | None:
    editor = module.editor()
    made = flag.call.func
    if flag.is_normalization:
        if flag.thawed is not None or not isinstance(made, records.Call):
            return None
        editor.add_argument(made, "trainable=False")
        return editor.draft("Freeze the layer", Applicability.UNSAFE)
    place = _place(module, flag) if flag.is_flat else None
    if place is None:
        return None
    statement, base = place
    kind = _normalization(module, editor)
    lines = [f"for layer in {base}.layers:", f"    if isinstance(layer, {kind}):", "        layer.trainable = False"]
    editor.insert_after_statement(statement, lines)
    return editor.draft("Keep its BatchNormalization frozen", Applicability.UNSAFE)


def _place(module: Module, flag: ReplacedFlag) -> tuple[records.Statement, str] | None:
    """Behind which statement BatchNormalization is to be frozen, and what the base is called there."""
    if flag.thawed is None:
        statement = records.statement_of(flag.call)
        if not isinstance(flag.call.func, (records.Name, records.Attribute)) or not isinstance(
            statement, records.Assign
        ):
            return None
        return statement, module.text(flag.call.func)
    target = flag.thawed.site.record
    if not module.owns(flag.thawed.site) or not isinstance(target, records.Attribute):
        return None
    owner: records.Expression = target.value
    statement = records.statement_of(target)
    loop = statement.parent if statement is not None else None
    while isinstance(loop, records.If) and isinstance(loop.parent, records.For):
        loop = loop.parent
    if isinstance(loop, records.For):
        statement, owner = loop, loop.iterable
        if isinstance(owner, records.Subscript):
            owner = owner.value
        if not isinstance(owner, records.Attribute) or owner.attr != "layers":
            return None
        owner = owner.value
    if statement is None or not any(member is flag.layer for member in module.value(owner).alternatives()):
        return None
    return statement, module.text(owner)


def _normalization(module: Module, editor: Editor) -> str:
    """How the file spells BatchNormalization."""
    if module.keras_prefix is not None:
        return f"{module.keras_prefix}.layers.BatchNormalization"
    layers = editor.module_alias(_LAYERS)
    if layers is not None:
        return f"{layers}.BatchNormalization"
    if "BatchNormalization" in module.code.scope.bound:
        return "BatchNormalization"
    home = "tensorflow.keras" if module.imports("tensorflow") else "keras"
    return editor.add_import("BatchNormalization", f"from {home}.layers import BatchNormalization")
