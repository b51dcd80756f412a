"""``kvlint inspect``: what the semantic model sees in one file."""

from __future__ import annotations

import sys

from kerasvae_lint.cli.output import look_for, problem_line
from kerasvae_lint.core import Problem, TargetKeras


def inspected(filename: str, target: TargetKeras | None) -> tuple[str, str]:
    """The model as text, and a line about what went wrong (either may be empty)."""
    from kerasvae_lint.run.config import ConfigError, load
    from kerasvae_lint.run.engine import RECURSION_LIMIT
    from kerasvae_lint.run.reading import read
    from kerasvae_lint.semantics import Project, SemanticModel
    from kerasvae_lint.semantics.inspect import describe
    from kerasvae_lint.source import SourceError, decode, parse

    look = look_for(sys.stderr)
    data = read(filename)
    if isinstance(data, Problem):
        return "", problem_line(data, look)
    try:
        target = target or load(filename)[0].target_keras
        sys.setrecursionlimit(max(sys.getrecursionlimit(), RECURSION_LIMIT))
        module, source = parse(decode(data, filename))
        return describe(SemanticModel(module, source, target=target, project=Project())), ""
    except SourceError as error:
        problem = Problem(filename, error.message, error.location, error.cell)
        return "", problem_line(problem, look)
    except ConfigError as error:
        return "", f"error: {error}"
