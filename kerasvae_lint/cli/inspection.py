"""``kvlint inspect``: what kvlint understands of one file."""

from __future__ import annotations

import sys

from kerasvae_lint.cli.output import look_for, problem_line
from kerasvae_lint.core import Problem, TargetKeras


def inspected(filename: str, target: TargetKeras | None) -> tuple[str, str]:
    """What it understands as text, and a line about what went wrong (either may be empty)."""
    from kerasvae_lint.binding.build import build
    from kerasvae_lint.model import Module, Project
    from kerasvae_lint.model.description import describe
    from kerasvae_lint.run.config import ConfigError, load
    from kerasvae_lint.run.engine import RECURSION_LIMIT
    from kerasvae_lint.run.reading import read
    from kerasvae_lint.source import SourceError, decode
    from kerasvae_lint.source.syntax import parse_code

    look = look_for(sys.stderr)
    data = read(filename)
    if isinstance(data, Problem):
        return "", problem_line(data, look)
    try:
        target = target or load(filename)[0].target_keras
        sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
        tree, source = parse_code(decode(data, filename))
        return describe(Module(build(tree, source.text), source, target=target, project=Project())), ""
    except SourceError as error:
        problem = Problem(filename, error.message, error.location, error.cell)
        return "", problem_line(problem, look)
    except ConfigError as error:
        return "", f"error: {error}"
