"""Models as estimators of scikit-learn's: what was in ``keras.wrappers.scikit_learn`` is in the package scikeras."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.library.moves import place_of
from kerasvae_lint.migrate.asking import assigned, keras_calls, quoted
from kerasvae_lint.migrate.step import Remark, Step, differs, done, left
from kerasvae_lint.model import Editor, Module, constant

_OLD = "keras.wrappers.scikit_learn."
_NEW = "scikeras.wrappers"
_KINDS = frozenset({"KerasClassifier", "KerasRegressor"})
_SEARCHES = frozenset({"GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV"})
_GRIDS = frozenset({"param_grid", "param_distributions"})
_RENAMED = {"nb_epoch": "epochs"}
_ONE_HOT = "categorical_crossentropy"


class Estimators(Step):
    """``KerasClassifier(build_fn=f, units=3)`` → ``KerasClassifier(model=f, model__units=3)`` of scikeras."""

    name = "estimators"
    triggers = ("scikit_learn",)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each import, each estimator that is made, and each grid that names its arguments."""
        calls = [(call.record, place.name) for call, _, place in keras_calls(module) if place.name.startswith(_OLD)]
        calls = [(record, name) for record, name in calls if name.rpartition(".")[2] in _KINDS]
        builders = {id(record): _builder(module, record) for record, _ in calls}
        if not calls or any(found is None for found in builders.values()) or not _only_imported(module):
            return
        for statement in module.code.imports:
            if (statement.module or "").endswith("wrappers.scikit_learn"):
                editor = module.editor()
                at = module.text(statement).index(statement.module or "") + statement.start
                editor.edit(at, at + len(statement.module or ""), _NEW)
                yield done(statement, f"`{statement.module}` is `{_NEW}`, a package to be installed", editor)
        wanted: set[str] = set()
        for record, name in calls:
            builder = builders[id(record)]
            assert builder is not None
            taken = {parameter.name for parameter in builder.parameters}
            wanted |= taken
            yield _made(module, record, name.rpartition(".")[2], builder, taken)
        for record in module.code.calls:
            word = record.func.attr if isinstance(record.func, r.Attribute) else getattr(record.func, "id", "")
            if word in _SEARCHES:
                yield from _searched(module, record, wanted)
        yield from _asked(module, [record for record, _ in calls])
        for kind in sorted({name.rpartition(".")[2] for _, name in calls}):
            first = next(record for record, name in calls if name.endswith(kind))
            yield differs(
                first,
                f"`{kind}` is that of the package scikeras: `fit` gives the estimator, and `history_` and `model_` are"
                f" what was `history` and `model`{_SCORES[kind]}.",
            )


_SCORES = {
    "KerasClassifier": "",
    "KerasRegressor": ". `score` is R², and was minus the loss",
}


def _only_imported(module: Module) -> bool:
    """True if all names of the old module come by ``from … import``, and are called or compared, no base classes."""
    for record in module.code.walk():
        if isinstance(record, r.Attribute) and record.attr == "scikit_learn":
            return False
        if isinstance(record, r.Class) and any(
            isinstance(base.value, r.Name) and base.value.id in _KINDS for base in record.bases
        ):
            return False
    found = [
        alias
        for statement in module.code.imports
        for alias in statement.aliases
        if (place := place_of(alias.target)) is not None and place.name.startswith(_OLD)
    ]
    return bool(found) and all(alias.target.rpartition(".")[2] in _KINDS for alias in found)


def _builder(module: Module, call: r.Call) -> r.Function | None:
    """The function that makes the model; None where it is none of this file's."""
    if any(a.star for a in call.arguments):
        return None
    given = next((a for a in call.arguments if a.name == "build_fn"), None)
    plain = [a for a in call.arguments if a.name is None]
    value = (given or (plain[0] if plain else None)) if len(plain) < 2 else None
    if value is None or not isinstance(value.value, r.Name):
        return None
    found = [f for f in module.code.functions if f.name == value.value.id and f.owner is None]
    return found[0] if len(found) == 1 else None


def _made(module: Module, call: r.Call, kind: str, builder: r.Function, taken: set[str]) -> Remark:
    editor = module.editor()
    said = []
    for argument in call.arguments:
        if argument.name is None:
            continue
        new = "model" if argument.name == "build_fn" else _renamed(argument.name, taken)
        if new != argument.name:
            editor.edit(argument.start, argument.start + len(argument.name), new)
            said.append(f"`{argument.name}=` is `{new}=`")
    if kind == "KerasClassifier" and _compiles_one_hot(builder):
        editor.add_argument(call, f'loss="{_ONE_HOT}"')
        said.append(f"`loss=` says that class numbers become one-hot, as they did for `{_ONE_HOT}`")
    return done(call, f"`{kind}`: {', '.join(said) or 'its function is its `model`'}", editor)


def _renamed(name: str, taken: set[str]) -> str:
    return f"model__{name}" if name in taken else _RENAMED.get(name, name)


def _compiles_one_hot(builder: r.Function) -> bool:
    for record in builder.walk():
        if isinstance(record, r.Call) and isinstance(record.func, r.Attribute) and record.func.attr == "compile":
            for index, argument in enumerate(record.arguments):
                if argument.name == "loss" or (argument.name is None and index == 1):
                    return isinstance(argument.value, r.Constant) and argument.value.value == _ONE_HOT
    return False


def _asked(module: Module, calls: list[r.Call]) -> Iterator[Remark]:
    """``estimator.model`` and ``estimator.fit(…).history``, where the estimator has a name."""
    estimators = set(_names(calls))
    fits = [
        call
        for call in module.code.calls
        if isinstance(call.func, r.Attribute) and call.func.attr == "fit" and _is_estimator(call.func.value, estimators)
    ]
    trained = set(_names(fits))
    for record in module.code.walk():
        if not isinstance(record, r.Attribute) or (
            isinstance(record.parent, r.Assign) and record in record.parent.targets
        ):
            continue
        asks_model = record.attr == "model" and _is_estimator(record.value, estimators)
        if asks_model or (record.attr == "history" and isinstance(record.value, r.Name) and record.value.id in trained):
            editor = module.editor()
            editor.insert_after(record, "_")
            yield done(record, f"`{record.attr}` of a trained estimator is `{record.attr}_`", editor)


def _names(values: list[r.Call]) -> Iterator[str]:
    for call in values:
        if isinstance(call.parent, r.Assign):
            yield from (target.id for target in call.parent.targets if isinstance(target, r.Name))


def _is_estimator(owner: r.Expression, names: set[str]) -> bool:
    return (isinstance(owner, r.Name) and owner.id in names) or (
        isinstance(owner, r.Attribute) and owner.attr == "best_estimator_"
    )


# grids ------------------------------------------------------------------------------------------
def _searched(module: Module, call: r.Call, wanted: set[str]) -> Iterator[Remark]:
    """The names of arguments in a grid, with the prefix that they need."""
    plain = [a for a in call.arguments if a.name is None]
    given = next((a for a in call.arguments if a.name in _GRIDS), plain[1] if len(plain) > 1 else None)
    if given is None:
        return
    found: list[r.Expression] = [given.value]
    if isinstance(given.value, r.Name):
        found = assigned(module, given.value)
    elif isinstance(given.value, r.Display):
        found = list(given.value.items)
    if not found or not all(_is_grid(one) for one in found):
        yield left(given, "An argument of the function that makes the model is named `model__…` in scikeras' grids.")
        return
    for grid in found:
        editor = module.editor()
        said = _keys(module, editor, grid, wanted)
        if said:
            yield done(grid, f"in a grid, {', '.join(said)}", editor)


def _is_grid(expression: r.Expression) -> bool:
    if isinstance(expression, r.Dictionary):
        return all(isinstance(key, r.Constant) for key in expression.keys)
    return isinstance(expression, r.Call) and isinstance(expression.func, r.Name) and expression.func.id == "dict"


def _keys(module: Module, editor: Editor, grid: r.Expression, wanted: set[str]) -> list[str]:
    said = []
    if isinstance(grid, r.Dictionary):
        for key in grid.keys:
            word = constant(module.value(key)) if isinstance(key, r.Constant) else None
            new = _prefixed(word, wanted) if isinstance(word, str) else word
            if isinstance(key, r.Constant) and isinstance(new, str) and new != word:
                editor.replace(key, quoted(module, key, new))
                said.append(f"`{word}` is `{new}`")
    elif isinstance(grid, r.Call):
        for argument in grid.arguments:
            new = _prefixed(argument.name, wanted) if argument.name is not None else None
            if argument.name is not None and new is not None and new != argument.name:
                editor.edit(argument.start, argument.start + len(argument.name), new)
                said.append(f"`{argument.name}` is `{new}`")
    return said


def _prefixed(name: str, wanted: set[str]) -> str:
    """``units`` → ``model__units``, ``clf__units`` (in a pipeline) → ``clf__model__units``."""
    prefix, line, last = name.rpartition("__")
    return name if prefix.endswith("model") else f"{prefix}{line}{_renamed(last, wanted)}"
