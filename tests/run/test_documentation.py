"""Where a rule's page is: at the address of the metadata if they give one, else named by its path in the site."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError
from typing import Any

import pytest
from click.testing import CliRunner

from kerasvae_lint.cli.commands import kvlint
from kerasvae_lint.core import Rule
from kerasvae_lint.run import documentation


class _Metadata:
    def __init__(self, *urls: str) -> None:
        self.urls = urls

    def get_all(self, name: str) -> list[str] | None:
        assert name == "Project-URL"
        return list(self.urls) or None


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    """The address is looked up once for each process; here, for each test."""
    documentation.base.cache_clear()
    yield
    documentation.base.cache_clear()


def given(monkeypatch: pytest.MonkeyPatch, *urls: str) -> None:
    """Install kvlint with these ``Project-URL`` lines."""
    monkeypatch.setattr(documentation, "metadata", lambda _: _Metadata(*urls))


@pytest.mark.parametrize("address", ["https://kvlint.example/docs", "https://kvlint.example/docs/"])
def test_the_metadata_say_where_the_site_is(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    given(monkeypatch, "Source, https://kvlint.example/source", f"Documentation, {address}")
    assert documentation.address("KV101") == "https://kvlint.example/docs/rules/KV101/"
    told = CliRunner().invoke(kvlint, ["rule", "KV101"]).output
    assert told.endswith("Page in the documentation: https://kvlint.example/docs/rules/KV101/\n")


@pytest.mark.parametrize("urls", [(), ("Source, https://kvlint.example/source",), ("Documentation, ",)])
def test_without_an_address_none_is_made_up(monkeypatch: pytest.MonkeyPatch, urls: tuple[str, ...]) -> None:
    given(monkeypatch, *urls)
    assert documentation.address("KV101") is None
    told = CliRunner().invoke(kvlint, ["rule", "KV101"]).output
    assert told.endswith("Page in the documentation: rules/KV101/\n")
    page = json.loads(CliRunner().invoke(kvlint, ["rule", "KV001", "--output-format", "json"]).output)
    assert (page["page"], page["url"]) == ("rules/KV001/", None)


def test_a_checkout_that_is_not_installed_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(_: str) -> Any:
        raise PackageNotFoundError

    monkeypatch.setattr(documentation, "metadata", missing)
    assert documentation.base() is None


def test_somebody_elses_rule_has_no_page_here(monkeypatch: pytest.MonkeyPatch) -> None:
    class NoSgd(Rule):
        """SGD is not used here."""

        code = "ACME001"
        name = "no-sgd"
        triggers = ("SGD",)

        def check(self, model: object) -> Iterator[Any]:  # noqa: ARG002
            yield from ()

    monkeypatch.setattr("kerasvae_lint.run.registry.all_rules", lambda: {"ACME001": NoSgd})
    given(monkeypatch, "Documentation, https://kvlint.example/")
    assert documentation.page("ACME001") is None
    assert documentation.address("ACME001") is None
    assert "Page in the documentation" not in CliRunner().invoke(kvlint, ["rule", "ACME001"]).output
    assert documentation.page("KV999") is None
