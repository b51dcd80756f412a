"""The words of a file, for finding the files of a project that matter to another one without parsing them."""

from __future__ import annotations

import re

_WRITES = re.compile(
    rb"set_value|\.assign|set_weights|on_(?:epoch|train|batch)_|LambdaCallback"
    rb"|def (?:call|train_step)\(|run_(?:functions_)?eagerly"
)
_WORD = re.compile(rb"[A-Za-z_]\w*")
_METHOD = re.compile(rb"\.[A-Za-z_]\w*\(")


def words_of(data: bytes) -> frozenset[str] | None:
    """The words of a file that holds layers, callbacks or writes; None for any other.

    A word is an identifier, or ``.name(`` where a method is called.
    """
    if not _WRITES.search(data):
        return None
    found = {*_WORD.findall(data), *_METHOD.findall(data)}
    return frozenset({word.decode("ascii", "replace") for word in found})
