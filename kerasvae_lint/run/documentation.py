"""Where the documentation of a rule stands.

Each built-in rule has a page of its own in the site that ``python -m tools.website`` builds, at a path that does not
change: ``rules/KV101/``. The site's address is not written down in the code: it is whatever the installed package's
metadata give as ``Documentation`` (``project.urls`` in pyproject.toml), so that no place is named that is not there.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, metadata

PACKAGE = "kerasvae-lint"
LABEL = "documentation"


@cache
def base() -> str | None:
    """The site's address, with a slash at its end; None if the package's metadata give none."""
    try:
        urls: list[str] = metadata(PACKAGE).get_all("Project-URL") or []
    except PackageNotFoundError:
        return None
    for line in urls:
        label, _, address = line.partition(",")
        if label.strip().lower() == LABEL and address.strip():
            return address.strip().rstrip("/") + "/"
    return None


def page(code: str) -> str | None:
    """The path of a rule's page within the site; None for a rule of somebody else's pack."""
    from kerasvae_lint.run.packs import BUILTIN
    from kerasvae_lint.run.registry import UNUSED, all_rules

    rule = all_rules().get(code)
    known = code == UNUSED[0] or (rule is not None and rule.__module__.startswith(f"{BUILTIN}."))
    return f"rules/{code}/" if known else None


def address(code: str) -> str | None:
    """The address of a rule's page on the web; None where the rule has no page, or the site no known address."""
    path, site = page(code), base()
    return site + path if site and path else None
