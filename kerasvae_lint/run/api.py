"""The Python API: pure functions over text and paths."""

from __future__ import annotations

import os
from collections.abc import Iterable

from kerasvae_lint.core import Finding, Settings, TargetKeras
from kerasvae_lint.core.network import Network
from kerasvae_lint.run.pipeline import Pipeline, Progress, SettingsFor
from kerasvae_lint.run.results import FixResult, LintError, LintResult

__all__ = ["FixResult", "LintError", "LintResult", "Network", "fix_source", "lint_paths", "lint_source", "networks"]


def lint_source(text: str, filename: str = "<string>", settings: Settings | None = None) -> list[Finding]:
    """Lint a program given as text.

    Args:
        text: the program, or the JSON of a notebook.
        filename: stands in the findings; one that ends in ``.ipynb`` says that the text is a notebook. The file need
            not exist, but where it does, imports from its project are followed.
        settings: None for all stable rules; ``pyproject.toml`` is not read.

    Raises:
        LintError: the text can't be parsed.
        ConfigError: the settings' baseline can't be used.
    """
    return Pipeline(settings or Settings()).lint_string(text, filename)


def fix_source(
    text: str, filename: str = "<string>", settings: Settings | None = None, unsafe: bool = False
) -> FixResult:
    """Fix a program given as text; nothing is written to any file.

    Args:
        text: the program.
        filename: as for ``lint_source``.
        settings: as for ``lint_source``.
        unsafe: apply the unsafe fixes too.

    A ``filename`` that ends in ``.ipynb`` says that the text is a notebook; it comes back as one, with nothing
    changed but the source of cells.

    Raises:
        LintError: the text can't be parsed.
    """
    return Pipeline(settings or Settings()).fix_string(text, filename, unsafe=unsafe)


def lint_paths(
    paths: Iterable[str | os.PathLike[str]],
    settings: Settings | SettingsFor | None = None,
    *,
    cache: bool = False,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> LintResult:
    """Lint files and folders; what can't be linted is among the result's problems, and nothing is raised for it.

    Args:
        paths: files, and folders in which Python files and notebooks are looked for.
        settings: the same for all files, or a function from a file's (or folder's) name; None reads the nearest
            ``pyproject.toml`` of each.
        cache: use and fill ``.kvlint_cache``.
        jobs: how many processes to use, if there is enough to do; None for one each processor, eight at most.
        progress: told of each file that is done.
    """
    return Pipeline(settings, cache=cache, jobs=jobs, progress=progress).lint_paths(paths)


def networks(text: str, filename: str = "<string>", target: TargetKeras | None = None) -> tuple[Network, ...]:
    """The models that a program makes, read from its text: layers, shapes, parameters, and how they are trained.

    The program is not run, and neither Keras nor TensorFlow need be installed.

    Args:
        text: the program, or the JSON of a notebook.
        filename: stands in the networks; one that ends in ``.ipynb`` says that the text is a notebook. The file need
            not exist, but where it does, imports from its project are followed.
        target: the Keras that the program is for; None to judge by the code.

    Raises:
        LintError: the text can't be parsed.
    """
    from kerasvae_lint.model import Project
    from kerasvae_lint.model.networks import networks_in
    from kerasvae_lint.source import Source, SourceError, decode

    try:
        is_notebook = filename.endswith(".ipynb")
        data = text.encode("utf-8", "surrogatepass")
        source = decode(data, filename) if is_notebook else Source(filename, text)
        return networks_in(source, target=target, project=Project())
    except SourceError as error:
        raise LintError(error.message, error.location) from None
