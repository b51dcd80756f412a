"""The output formats by name, and what each is given."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from kerasvae_lint.core import Finding, Problem

if TYPE_CHECKING:
    from kerasvae_lint.report import Look
    from kerasvae_lint.report.rule_info import RuleInfo

HUMAN = ("text", "concise")
COUNTED = (*HUMAN, "json")
"""The formats that ``--statistics`` has an answer in."""
FORMATS = (*COUNTED, "github", "gitlab", "junit", "sarif")
_ROOTS = ("GITHUB_WORKSPACE", "CI_PROJECT_DIR")
_HOMES = ("homepage", "repository", "source", "documentation")


@dataclass(frozen=True, slots=True)
class Material:
    """What there is to say; ``texts`` is what is not on disk, by file name."""

    findings: list[Finding]
    problems: list[Problem]
    texts: Mapping[str, bytes] = field(default_factory=dict)


def lines(name: str, material: Material, look: Look, *, counted: bool = False) -> Iterable[str]:
    """The report in one format, to be ended with a newline each; ``counted`` gives the statistics."""
    from kerasvae_lint import report

    findings = material.findings
    if name == "json":
        return [report.statistics_json(findings, look) if counted else report.to_json(findings)]
    if counted:
        return report.statistics(findings, look)
    if name == "text":
        return report.text(findings, report.SourceLines(material.texts), look)
    if name == "concise":
        return report.concise(findings, look)
    return _for_machines(name, material)


def _for_machines(name: str, material: Material) -> Iterable[str]:
    from kerasvae_lint.report.places import Places

    places = Places(source_root(), material.texts)
    findings, problems = material.findings, material.problems
    if name == "github":
        from kerasvae_lint.report.github import github

        return github(findings, problems, places)
    if name == "gitlab":
        from kerasvae_lint.report.gitlab import gitlab

        return [gitlab(findings, problems, places)]
    if name == "junit":
        from kerasvae_lint.report.junit import junit

        return [junit(findings, problems, places)]
    from kerasvae_lint import __version__
    from kerasvae_lint.report.sarif import sarif

    rules = rule_infos() if findings else {}
    return [sarif(findings, problems, places, version=__version__, rules=rules, url=_homepage())]


def source_root() -> str:
    """The folder that CI systems count paths from: the repository's, else the job's, else this one."""
    here = os.getcwd()
    folder = here
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    for variable in _ROOTS:
        root = os.path.realpath(os.environ.get(variable) or os.sep)
        if root != os.path.dirname(root) and os.path.join(here, "").startswith(os.path.join(root, "")):
            return root
    return here


def rule_infos() -> dict[str, RuleInfo]:
    """All rules, by code."""
    from kerasvae_lint.cli.rules import pages
    from kerasvae_lint.report.rule_info import RuleInfo

    return {
        page.code: RuleInfo(
            page.code,
            page.name,
            page.summary,
            page.explanation,
            page.preview,
            page.recipe,
            page.url,
        )
        for page in pages()
    }


def _homepage() -> str | None:
    """Where the package says that it lives; None if it doesn't."""
    from importlib.metadata import PackageNotFoundError, metadata

    try:
        entries = metadata("kerasvae-lint").get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    urls = {label.strip().lower(): url.strip() for label, _, url in (entry.partition(",") for entry in entries)}
    return next((urls[label] for label in _HOMES if urls.get(label)), None)
