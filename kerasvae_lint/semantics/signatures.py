"""Dotted names and parameter lists as the tree spells them."""

from __future__ import annotations

import libcst as cst

from kerasvae_lint.semantics.facts import Parameter


def dotted_name(node: cst.BaseExpression | None) -> str:
    """``a.b.c`` of nested Attribute and Name nodes; the empty string for anything else."""
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return ""
    parts.append(node.value)
    return ".".join(reversed(parts))


def read_parameters(params: cst.Parameters) -> list[Parameter]:
    """The parameters of a function in order, with their kinds and defaults."""
    found = [
        Parameter(p.name.value, p.default, "positional", i)
        for i, p in enumerate((*params.posonly_params, *params.params))
    ]
    if isinstance(params.star_arg, cst.Param):
        found.append(Parameter(params.star_arg.name.value, None, "star", len(found)))
    found += [Parameter(p.name.value, p.default, "keyword", -1) for p in params.kwonly_params]
    if params.star_kwarg is not None:
        found.append(Parameter(params.star_kwarg.name.value, None, "double_star", -1))
    return found
