"""Numbers that are others in Keras 3 whatever is written: the binary cross entropy of an output of exactly 0 or 1."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.binding import records as r
from kerasvae_lint.migrate.asking import is_for_keras3
from kerasvae_lint.migrate.step import Remark, Step, differs
from kerasvae_lint.model import Module

_LOSS = "binary_crossentropy"
_OPEN = frozenset({"sigmoid", "softmax"})
"""Activations that come to 0 or 1 only where they are far beyond 16."""


class Saturation(Step):
    """``binary_crossentropy`` after a ``relu``: measured, 15.42 in tf_keras 2.21 and 16.12 in Keras 3.15."""

    name = "saturation"
    triggers = (_LOSS,)

    def remarks(self, module: Module) -> Iterator[Remark]:
        """One remark for each ending that reaches 0 or 1."""
        says = any(isinstance(record, r.Constant) and record.value == _LOSS for record in module.code.walk())
        if not says or is_for_keras3(module):
            return
        seen: set[int] = set()
        known = [task.output for task in module.tasks if task.loss is not None and task.loss.name == _LOSS]
        for output in known or module.outputs.every:
            ending = output.ending
            if ending is None or ending.name in _OPEN or ending.site is None or not module.owns(ending.site):
                continue
            at = ending.site.record
            if at.start not in seen:
                seen.add(at.start)
                said = "where the output is 0 or 1, `binary_crossentropy` is 16.12 for what is wrong (Keras 2: 15.42)"
                yield differs(at, f"after `{ending.name}`, {said}: Keras 2 added its epsilon once more")
