"""Names in the logs: a metric has had its own name since Keras 2.3 (``accuracy``, and no longer ``acc``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import quoted
from kerasvae_lint.migrate.step import Remark, Step, done
from kerasvae_lint.model import Module

_OLD = {"acc": "accuracy", "val_acc": "val_accuracy"}
_PATTERN = re.compile(r"\{(val_)?acc(?=[:}!])")
_LOGS = ("hist", "log")


class Words(Step):
    """``history.history["acc"]`` of ``metrics=["accuracy"]`` → ``history.history["accuracy"]``."""

    name = "words"
    triggers = ("acc",)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each word that no metric of the file is called by."""
        compiled = [(start, set(words)) for start, words in _metrics(module)]
        words = {word for _, some in compiled for word in some}
        if "accuracy" not in words:
            return
        for record in module.code.walk():
            if not isinstance(record, r.Constant) or not isinstance(record.value, str):
                continue
            if "acc" in words and not _is_long(compiled, record.start):
                continue
            editor = module.editor()
            if record.value in _OLD and _is_in_logs(record):
                editor.replace(record, quoted(module, record, _OLD[record.value]))
            elif _PATTERN.search(record.value) and _is_path(record):
                start = record.start
                for match in _PATTERN.finditer(module.text(record)):
                    editor.edit(start + match.end(), start + match.end(), "uracy")
            else:
                continue
            yield done(record, "`metrics=['accuracy']` is logged as `accuracy` (`acc` before Keras 2.3)", editor)


def _is_long(compiled: list[tuple[int, set[str]]], at: int) -> bool:
    """In a file with both names: the nearest ``compile`` above says which one is logged."""
    above = [words for start, words in compiled if start < at and words & {"acc", "accuracy"}]
    return bool(above) and "acc" not in above[-1]


def _metrics(module: Module) -> Iterator[tuple[int, list[str]]]:
    """Each ``compile`` with the names of its metrics, in order of place."""
    for call in sorted(module.code.calls, key=lambda call: call.start):
        if isinstance(call.func, r.Attribute) and call.func.attr == "compile":
            yield call.start, list(_named(module, call))


def _named(module: Module, call: r.Call) -> Iterator[str]:
    plain = [a for a in call.arguments if a.name is None]
    for argument in call.arguments:
        if argument.name in {"metrics", "weighted_metrics"} or argument in plain[2:]:
            for part in argument.value.walk():
                if isinstance(part, r.Constant) and isinstance(part.value, str):
                    yield part.value
                elif isinstance(part, r.Name):
                    yield from _words_of(module, part.id)


def _words_of(module: Module, name: str) -> Iterator[str]:
    for record in module.code.walk():
        if isinstance(record, r.Assign) and any(isinstance(t, r.Name) and t.id == name for t in record.targets):
            for part in record.value.walk():
                if isinstance(part, r.Constant) and isinstance(part.value, str):
                    yield part.value


def _is_in_logs(record: r.Constant) -> bool:
    """True for a key of a history or of a callback's logs, and for what a callback watches."""
    parent = record.parent
    if isinstance(parent, r.Argument):
        if parent.name == "monitor":
            return True
        call = parent.parent
        if not isinstance(call, r.Call):
            return False
        if isinstance(call.func, r.Attribute) and call.func.attr == "get":
            return _says_logs(call.func.value)
        word = call.func.attr if isinstance(call.func, r.Attribute) else getattr(call.func, "id", "")
        at = call.arguments.index(parent)
        return (word in {"EarlyStopping", "ReduceLROnPlateau"} and at == 0) or (
            word in {"ModelCheckpoint", "EpochCheckpoint"} and at == 1
        )
    return isinstance(parent, r.Subscript) and parent.index is record and _says_logs(parent.value)


def _says_logs(expression: r.Expression) -> bool:
    word = getattr(expression, "attr", "") or getattr(expression, "id", "")
    return any(part in word.lower() for part in _LOGS)


def _is_path(record: r.Constant) -> bool:
    at: r.Record | None = record
    while at is not None and not isinstance(at, r.Statement):
        at = at.parent
    return isinstance(at, (r.Assign, r.ExpressionStatement))
