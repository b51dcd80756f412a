"""Nested batches: arrays in tuples, lists and dicts, as Keras takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


def map_tree(function: Callable[[Any], Any], tree: Any) -> Any:
    """``tree`` with ``function`` applied to every leaf; None stays None."""
    if tree is None:
        return None
    if isinstance(tree, dict):
        return type(tree)((key, map_tree(function, value)) for key, value in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(map_tree(function, value) for value in tree))
    if isinstance(tree, list | tuple):
        return type(tree)(map_tree(function, value) for value in tree)
    return function(tree)


def leaves(tree: Any) -> Iterator[Any]:
    """The leaves in order, without None."""
    if isinstance(tree, dict):
        for value in tree.values():
            yield from leaves(value)
    elif isinstance(tree, list | tuple):
        for value in tree:
            yield from leaves(value)
    elif tree is not None:
        yield tree


def places(tree: Any) -> list[Any]:
    """The leaves in order, None where there is none."""
    if isinstance(tree, dict):
        return [leaf for value in tree.values() for leaf in places(value)]
    if isinstance(tree, list | tuple):
        return [leaf for value in tree for leaf in places(value)]
    return [tree]


def zip_trees(function: Callable[[list[Any]], Any], trees: list[Any]) -> Any:
    """Trees of one shape, leaf by leaf."""
    first = trees[0]
    if first is None:
        return None
    if isinstance(first, dict):
        return type(first)((key, zip_trees(function, [tree[key] for tree in trees])) for key in first)
    if isinstance(first, tuple) and hasattr(first, "_fields"):
        return type(first)(*(zip_trees(function, list(parts)) for parts in zip(*trees, strict=True)))
    if isinstance(first, list | tuple):
        return type(first)(zip_trees(function, list(parts)) for parts in zip(*trees, strict=True))
    return function(trees)


def replace_leaf(tree: Any, index: int, function: Callable[[Any], Any]) -> Any:
    """``tree`` with ``function`` applied to its leaf number ``index``."""
    count = -1

    def at(leaf: Any) -> Any:
        nonlocal count
        count += 1
        return function(leaf) if count == index else leaf

    return map_tree(at, tree)
