"""What the pages of a built site hold and point to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

_ATTRIBUTES = ("href", "src", "srcset", "data", "poster", "action")
_IN_STYLES = re.compile(r"@import\s+[\"']([^\"']+)|url\(\s*[\"']?([^\"')]+)")


@dataclass
class Page(HTMLParser):
    """One page: its anchors, and the addresses in it with the tag that each stands in."""

    path: Path
    ids: set[str] = field(default_factory=set)
    addresses: list[tuple[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in {"id", "name"} and value:
                self.ids.add(value)
            elif name in _ATTRIBUTES and value:
                self.addresses.append((tag, value))


def broken(site: Path) -> Iterator[str]:
    """Addresses within the site that lead nowhere, and anchors that are not there."""
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    for path, page in pages.items():
        for _, address in page.addresses:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            base = site if parts.path.startswith("/") else path.parent
            target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else path
            if target.is_dir():
                target = target / "index.html"
            if not target.is_file():
                yield f"{path.relative_to(site)}: {address} leads nowhere"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].ids:
                yield f"{path.relative_to(site)}: {address} names no anchor"


def loaded_from_elsewhere(site: Path) -> Iterator[str]:
    """Whatever a browser would fetch from another host by itself: everything but links to click on."""
    for path in sorted(site.rglob("*.html")):
        for tag, address in Page(path).addresses:
            if tag != "a" and (urlsplit(address).netloc or urlsplit(address).scheme not in {"", "data"}):
                yield f"{path.relative_to(site)}: <{tag}> {address}"
    for path in sorted(site.rglob("*.css")):
        for found in _IN_STYLES.finditer(path.read_text(encoding="utf-8")):
            address = found[1] or found[2]
            if urlsplit(address).netloc:
                yield f"{path.relative_to(site)}: {address}"
