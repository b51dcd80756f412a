"""Settings that change what a lint run finds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class TargetKeras(Enum):
    """Which Keras the code is for: ``--target-keras 2|3|both``."""

    KERAS2 = "2"
    KERAS3 = "3"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Settings:
    """What ``[tool.kvlint]`` and the command line say; frozen, picklable, part of the cache key.

    The docstring below each setting is its place in the configuration reference: what it does, and after
    ``Example:`` a line for ``pyproject.toml``.
    """

    select: tuple[str, ...] = ()
    """The rules to run: codes (`KV301`), beginnings of codes (`KV`, `KV3`) or `ALL`. Empty means all stable rules, and
    with `preview` the preview rules too. Where `select` and `ignore` both fit a rule, the longer of the two decides.

    Example: `select = ["KV1", "KV2"]`
    """

    ignore: tuple[str, ...] = ()
    """The rules not to run, as codes or beginnings of codes.

    Example: `ignore = ["KV203"]`
    """

    per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Rules that are not run on some files: a table from patterns to codes or beginnings of codes. A pattern fits
    a file's name or the end of its path; `*` stands for any characters.

    Example: `per-file-ignores = { "tests/*" = ["KV101"] }`
    """

    exclude: tuple[str, ...] = ()
    """Files and folders not to look at, as patterns in the style of `.gitignore`, beside what `.gitignore` itself
    leaves out. A file that is named on the command line is linted all the same.

    Example: `exclude = ["legacy", "*_pb2.py"]`
    """

    target_keras: TargetKeras | None = None
    """The Keras that the code is for: `"2"`, `"3"` or `"both"`. Without it, kvlint judges by the imports, by
    `TF_USE_LEGACY_KERAS` and by the project's own dependency pins.

    Example: `target-keras = "3"`
    """

    preview: bool = False
    """Run the preview rules too: those whose false positives on real code are still being read.

    Example: `preview = true`
    """

    extend_select: tuple[str, ...] = ()
    """Rules to run beside those of `select`. The command line's `--select` takes it away.

    Example: `extend-select = ["KV410"]`
    """

    extend_ignore: tuple[str, ...] = ()
    """Rules not to run, beside those of `ignore`.

    Example: `extend-ignore = ["KV6"]`
    """

    extend_per_file_ignores: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """More of `per-file-ignores`.

    Example: `extend-per-file-ignores = { "old/*" = ["ALL"] }`
    """

    extend_exclude: tuple[str, ...] = ()
    """Files and folders not to look at, beside those of `exclude`.

    Example: `extend-exclude = ["attic"]`
    """

    baseline: str = ""
    """A file of findings that are known and neither reported nor fixed; seen from this file's folder. `kvlint
    --update-baseline` writes it.

    Example: `baseline = "kvlint-baseline.json"`
    """

    @property
    def all_excludes(self) -> tuple[str, ...]:
        """``exclude`` and ``extend_exclude``."""
        return (*self.exclude, *self.extend_exclude)

    @property
    def all_per_file_ignores(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """``per_file_ignores`` and ``extend_per_file_ignores``."""
        return (*self.per_file_ignores, *self.extend_per_file_ignores)
