"""Imports of one module that have come to stand one below the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.library.moves import root_of
from kerasvae_lint.migrate.step import Kind, Remark, Step
from kerasvae_lint.model import Module

_WIDEST = 99


class Tidy(Step):
    """``from keras.layers import Dense``, ``from keras.layers import LSTM`` as one line."""

    name = "tidy"
    triggers = ("from ",)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each line that becomes a part of the line above."""
        body = module.code.body
        merged: r.Statement | None = None
        for first, second in itertools.pairwise(body):
            if first is merged or not isinstance(first, r.Import) or not isinstance(second, r.Import):
                continue
            if first.module is None or first.module != second.module or root_of(first.module) is None:
                continue
            if not (_is_plain(module, first) and _is_plain(module, second)):
                continue
            editor = module.editor()
            held = module.text(first)
            known = {(alias.target, alias.bound) for alias in first.aliases}
            new = [module.text(alias) for alias in second.aliases if (alias.target, alias.bound) not in known]
            if len(held) + sum(len(name) + 2 for name in new) > _WIDEST:
                continue
            if module.source.position(first.start)[0] != module.source.position(second.start)[0]:
                continue  # cells of a notebook
            if editor.text[first.end : second.start].strip() or "\n\n" in editor.text[first.end : second.start]:
                continue
            editor.edit(first.end, second.end, "".join(f", {name}" for name in new))
            merged = second
            message = f"one import of `{first.module}`"
            yield Remark(Kind.DONE, second, message, editor.draft(message), along=True)

    def is_wanted(self, remark: Remark, module: Module, first: str) -> bool:
        """False for two lines that stood there before: only what the migration has brought together is merged."""
        lines = set(first.splitlines())
        index = next(i for i, statement in enumerate(module.code.body) if statement is remark.at)
        above = module.code.body[index - 1]
        return not (module.text(above) in lines and module.text(module.code.body[index]) in lines)


def _is_plain(module: Module, statement: r.Import) -> bool:
    """True for one line of names, with nothing else on it."""
    source = module.source
    row = source.row_and_column(statement.start)[0]
    line = source.line(row)
    return (
        line.strip() == module.text(statement)
        and "(" not in line
        and not any(a.bound == "*" for a in statement.aliases)
    )
