"""The documentation site is whole: each page is in its menu, each link leads somewhere, nothing is fetched."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

import pytest

import kerasvae_lint
from kerasvae_lint.cli.commands import kvlint
from kerasvae_lint.cli.recipes import recipes
from kerasvae_lint.cli.rules import pages as rule_pages
from kerasvae_lint.core import Settings
from kerasvae_lint.runtime.options import PROBES
from tests.tools.links import broken, loaded_from_elsewhere
from tools import website

ROOT = Path(__file__).resolve().parents[2]


def html(site: Path, page: str) -> str:
    """The text of one page, as a browser gets it."""
    return unescape((site / page / "index.html").read_text(encoding="utf-8"))


def in_menu(entries: website.Navigation) -> Iterator[str]:
    """The paths that the menu names."""
    for _, target in entries:
        if isinstance(target, str):
            yield target
        else:
            yield from in_menu(target)


def test_every_page_is_in_the_menu_once() -> None:
    named = list(in_menu(website.navigation()))
    assert sorted(named) == sorted(name for name in website.pages() if name.endswith(".md"))


def test_every_link_leads_somewhere(site: Path) -> None:
    assert list(broken(site)) == []


def test_nothing_is_loaded_from_another_host(site: Path) -> None:
    assert list(loaded_from_elsewhere(site)) == []


@pytest.mark.parametrize(
    ("page", "wrong"),
    [
        ('<a href="nowhere/">x</a>', "leads nowhere"),
        ('<a href="#gone">x</a>', "names no anchor"),
        ('<a href="/other.html#gone">x</a>', "names no anchor"),
        ('<img src="gone.svg">', "leads nowhere"),
        ('<a href="other.html#there">x</a><a href="https://keras.io/">x</a>', None),
    ],
)
def test_a_broken_link_is_seen(tmp_path: Path, page: str, wrong: str | None) -> None:
    (tmp_path / "other.html").write_text('<h1 id="there"></h1>', encoding="utf-8")
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    found = list(broken(tmp_path))
    assert not found if wrong is None else wrong in found[0]


@pytest.mark.parametrize(
    "page",
    ['<script src="https://cdn.example/x.js">', '<link href="//fonts.example/">', '<img src="http://a.example/">'],
)
def test_what_is_loaded_from_another_host_is_seen(tmp_path: Path, page: str) -> None:
    (tmp_path / "index.html").write_text(page, encoding="utf-8")
    assert len(list(loaded_from_elsewhere(tmp_path))) == 1


def test_every_rule_has_its_page_where_kvlint_says(site: Path) -> None:
    for page in rule_pages():
        if page.page is not None:
            text = html(site, page.page)
            assert f"{page.code} {page.name}" in text
            assert "What it finds" in text


def test_a_rules_page_shows_bad_and_good_code_in_colour(site: Path) -> None:
    text = html(site, "rules/KV101")
    for heading in ("bad", "good", "fix", "keras-2-and-keras-3", "references", "a-program-that-has-it"):
        assert f'id="{heading}"' in text
    assert '<span class="n">K</span><span class="o">.</span><span class="n">variable</span>' in text
    assert "https://github.com/keras-team/keras/issues/13826" in text
    for mark in ('class="gd"', 'class="gi"'):
        assert mark in text, "the diff of the fix"


def test_every_recipe_is_there_as_it_is_printed(site: Path) -> None:
    for recipe in recipes():
        text = html(site, f"recipes/{recipe.name}")
        for line in (recipe.text.splitlines()[0], "The program", f"kvlint recipe {recipe.name}"):
            assert line.strip('"') in text


def test_every_setting_says_what_it_does() -> None:
    page = website.pages()["settings.md"]
    for field in dataclasses.fields(Settings):
        name = field.name.replace("_", "-")
        assert isinstance(page, str)
        section = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert section, f"settings.md has no section {name}"
        said = section.partition("- takes:")[0].strip()
        assert said, f"write a docstring below `{field.name}` in kerasvae_lint/core/settings.py: it is the reference"
        assert f"\n{name} = " in section, f"the docstring of `{field.name}` needs a line `Example: ...` in TOML"


def test_every_option_of_every_command_is_in_the_reference(site: Path) -> None:
    text = html(site, "command-line")

    def options(command: Any, path: str) -> Iterator[tuple[str, str]]:
        for inner in getattr(command, "commands", {}).values():
            yield from options(inner, f"{path} {inner.name}")
        for parameter in command.params:
            if not getattr(parameter, "hidden", False) and parameter.param_type_name == "option":
                yield from ((path, name) for name in [*parameter.opts, *parameter.secondary_opts])

    found = list(options(kvlint, "kvlint"))
    assert ("kvlint check", "--fix") in found
    for path, name in found:
        assert f">{path}<" in text
        assert f"<code>{name}</code>" in text, f"{path} {name}"


def test_every_probe_has_its_anchor(site: Path) -> None:
    text = html(site, "verify")
    assert [probe for probe in PROBES if f'id="{probe}"' not in text] == []


def test_the_public_names_are_in_the_python_reference(site: Path) -> None:
    text = html(site, "python")
    public = set(kerasvae_lint.__all__) - {"__version__"}
    assert [name for name in sorted(public) if f'id="kerasvae_lint.{name}"' not in text] == []


def test_the_report_is_shown_with_its_pictures(site: Path) -> None:
    assert "after KV101's fix it passes" in html(site, "verify/sample")
    assert (site / "verify" / "report.html").read_text(encoding="utf-8").count("<svg") > 4


def test_a_mistake_fails_the_build(tmp_path: Path) -> None:
    """That the site is built strictly: a link to a page that is not there ends it."""
    if tuple(sys.version_info) < (3, 11):  # mypy checks for 3.10, where all that follows is unreachable
        pytest.skip("Zensical needs Python 3.11")
    website.write(tmp_path)
    (tmp_path / "pages" / "start.md").write_text("# Start\n\n[gone](gone.md)\n", encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--config-file", website.CONFIG]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "page does not exist" in done.stdout + done.stderr
