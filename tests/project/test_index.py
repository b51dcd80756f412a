"""The index answers who mentions some words, and reads a file again only once it has changed."""

from __future__ import annotations

import json
import os
import pickle
import random
from pathlib import Path
from typing import Any

import pytest

from kerasvae_lint.project import Indexes, index, search_of
from tests.project.tree import Tree

CALLBACK = """
class Schedule(Callback):
    def on_epoch_begin(self, epoch, logs=None):
        self.model.kl_strength.assign(epoch / 10)
"""
LAYER = "class Held(Layer):\n    def call(self, x):\n        return x * self.strength + 0xstrengthen\n"


@pytest.fixture
def project(tree: Tree) -> Tree:
    tree.write("callbacks.py", CALLBACK)
    tree.write("layer.py", LAYER)
    tree.write("plain.py", "kl_strength = strength = assign = 1\n")
    tree.write("sub/fit.py", "def call(x): pass\nmodel.fit(x)\nmodel . evaluate(fit2)\nmodel.predict (größe)\n")
    return tree


def test_whole_words_of_telling_files(project: Tree) -> None:
    of = project.index()
    assert project.holding(of, "kl_strength") == ["callbacks.py"]
    assert project.holding(of, "strength") == ["layer.py"]
    assert project.holding(of, "trength") == project.holding(of, "nowhere") == []
    assert project.holding(of, "self") == ["callbacks.py", "layer.py"]
    assert project.holding(of, "self", "x") == ["layer.py"]
    assert project.holding(of, "x") == ["layer.py", "sub/fit.py"]
    assert project.holding(of, "größe") == ["sub/fit.py"]
    assert [project.name(p) for p in of.holding(project.path("layer.py"), ("self",))] == ["callbacks.py"]


def test_calls_of_a_method(project: Tree) -> None:
    of = project.index()
    assert project.holding(of, ".fit(") == ["sub/fit.py"]
    assert project.holding(of, ".assign(") == ["callbacks.py"]
    assert project.holding(of, ".call(") == project.holding(of, ".predict(") == project.holding(of, ".evaluate(") == []


def test_one_of_several(project: Tree) -> None:
    of = project.index()
    assert project.holding(of, "self", one_of=frozenset({"epoch", "fit"})) == ["callbacks.py"]
    assert project.holding(of, one_of=frozenset({"epoch", "fit"})) == ["callbacks.py", "sub/fit.py"]
    assert project.holding(of, "self", one_of=frozenset({"fit"})) == []


def test_notebooks_are_searched(tree: Tree) -> None:
    source = ["def call(self, x):\n", "    return self.strength\n", "model.fit(x)"]
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    ]
    tree.write("a.ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=1))
    cells[0]["source"] = "from kl import KL\n\ndef call(x):\n    y\nstrength = 1"
    tree.write("b.ipynb", json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
    tree.write("kl.py", "x = 1\n")
    of = tree.index()
    assert tree.holding(of, "strength") == ["a.ipynb", "b.ipynb"]
    assert tree.holding(of, ".fit(") == ["a.ipynb"]
    assert [tree.name(path) for path in of.importing(tree.path("kl.py"))] == ["b.ipynb"]


def test_nothing_is_read_twice(project: Tree) -> None:
    of = project.index()
    project.holding(of, "kl_strength")
    assert len(project.read) == 4
    assert project.holding(of, "strength") == ["layer.py"]
    assert project.holding(project.index(), "x") == ["layer.py", "sub/fit.py"]
    assert project.read == []
    of.save()
    fresh = project.fresh()
    assert project.holding(fresh, "kl_strength") == ["callbacks.py"]
    assert project.holding(fresh, ".fit(") == ["sub/fit.py"]
    assert project.read == [], "a new process finds it on disk"


def test_changes_are_seen(project: Tree) -> None:
    project.holding(project.index(), "x")

    def now(word: str) -> tuple[list[str], list[str]]:
        of = project.fresh()
        found = project.holding(of, word)
        of.save()
        return found, list(project.read)

    assert now("strength") == (["layer.py"], [])
    project.write("layer.py", LAYER.replace("strength", "weakness"))
    assert now("strength") == ([], ["layer.py"])
    project.write("sub/new.py", CALLBACK.replace("kl_", ""))
    assert now("strength") == (["sub/new.py"], ["sub/new.py"])
    os.rename(project.path("sub/new.py"), project.path("sub/newer.py"))
    assert now("strength") == (["sub/newer.py"], ["sub/newer.py"])
    os.replace(project.path("sub/newer.py"), project.path("layer.py"))
    assert now("strength") == (["layer.py"], ["layer.py"])
    os.unlink(project.path("layer.py"))
    assert now("strength") == ([], [])


def test_an_index_is_of_one_moment(project: Tree) -> None:
    before = project.index()
    project.holding(before, "x")
    project.write("layer.py", LAYER.replace("strength", "weakness"))
    after = project.index()
    assert project.holding(after, "strength") == []
    assert project.holding(before, "strength") == ["layer.py"]


def test_what_was_saved_just_now_is_read_again(project: Tree) -> None:
    project.write("layer.py", LAYER, ago=0)
    of = project.index()
    assert project.holding(of, "strength") == ["layer.py"]
    of.save()
    assert project.holding(project.index(), "strength") == ["layer.py"]
    assert project.read == ["layer.py"]
    assert project.holding(project.fresh(), "strength") == ["layer.py"]
    assert project.read == ["layer.py"]


def test_a_file_that_grows_or_shrinks_on_the_way_is_read_whole(project: Tree) -> None:
    of = project.index()
    project.write("layer.py", LAYER + "    # and\n" * 50_000 + "last = 1\n")
    project.write("callbacks.py", "x.assign(last)")
    assert project.holding(of, "last") == ["callbacks.py", "layer.py"]
    assert project.holding(project.index(), "last") == ["callbacks.py", "layer.py"]


def test_a_file_that_vanishes_on_the_way_is_passed_over(project: Tree) -> None:
    of = project.index()
    os.unlink(project.path("layer.py"))
    assert project.holding(of, "self") == ["callbacks.py"]


@pytest.mark.parametrize(("first", "ahead"), [(0, 0), (0, 200), (300, 0), (10**9, 10**9)])
def test_what_is_learned_ahead_changes_no_answer(
    tree: Tree, monkeypatch: pytest.MonkeyPatch, first: int, ahead: int
) -> None:
    monkeypatch.setattr(index, "FIRST_BYTES", first)
    monkeypatch.setattr(index, "AHEAD_BYTES", ahead)
    chance = random.Random(first + ahead)
    words = [f"word{n}" for n in range(12)]
    held: dict[str, set[str]] = {}
    for at in range(40):
        chosen = {*chance.sample(words, 5)}
        tree.write(f"p{at % 3}/m{at}.py", " + ".join(chosen) + ("\nx.assign(1)\n" if at % 4 else "\n"))
        if at % 4:
            held[f"p{at % 3}/m{at}.py"] = chosen
    of = tree.index()
    for _ in range(30):
        asked, one_of = {*chance.sample(words, 2)}, {*chance.sample(words, chance.choice([0, 2]))}
        right = {name for name, own in held.items() if asked <= own and (not one_of or one_of & own)}
        assert set(tree.holding(of, *asked, one_of=frozenset(one_of))) == right
        if chance.random() < 0.3:
            of.save()
            of = tree.fresh() if chance.random() < 0.5 else tree.index()


def test_only_so_many_words_are_kept(project: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index, "MAX_WORD_BYTES", 120)
    of = project.index()
    for _ in range(2):
        assert project.holding(of, "self") == ["callbacks.py", "layer.py"]
        assert project.holding(of, "x") == ["layer.py", "sub/fit.py"]
    assert sum(len(row.words) for row in of.rows.values()) <= 120


def test_limits_are_told(project: Tree, monkeypatch: pytest.MonkeyPatch) -> None:
    from kerasvae_lint.project import walk

    monkeypatch.setattr(walk, "LIMITS", walk.Limits(files=2, bytes=10**6, entries=100))
    indexes = Indexes()
    assert indexes.of(project.root).left_out == "the search ended after 2 files"
    assert indexes.notices() == [f"{project.root} was searched in part: the search ended after 2 files."]


def test_the_digest_follows_the_files(project: Tree) -> None:
    first = project.index().digest()
    assert project.fresh().digest() == first
    project.write("new.py", "x = 1\n", ago=0)
    second = project.index().digest()
    (project.root / "new.py").write_text("x = 2\n")
    third = project.index().digest()
    os.unlink(project.path("new.py"))
    assert len({first, second, third}) == 3
    assert project.index().digest() == first


def test_a_search_is_found_again(project: Tree) -> None:
    here = project.path("layer.py")
    search = search_of(("self",), frozenset(), project.index().holding(here, ("self",)))
    assert project.index().finds(here, search)
    project.write("plain.py", "plain.assign(2)\n")
    assert project.index().finds(here, search)
    project.write("new.py", "self.x.assign(2)\n")
    assert not project.index().finds(here, search)


def test_another_process_looks_for_itself(project: Tree) -> None:
    indexes = Indexes(kept=True)
    indexes.of(project.root)
    other = pickle.loads(pickle.dumps(indexes))
    assert other.kept
    assert other.of(project.root) is not indexes.of(project.root)


def test_who_imports_a_module(tree: Tree) -> None:
    tree.write("pkg/__init__.py", "from .kl import KL\n")
    tree.write("pkg/kl.py", "import os, sys  # import pkg\n")
    tree.write("pkg/sub/__init__.py", "")
    tree.write("pkg/sub/deep.py", "from ..kl import (\n    KL,  # the layer\n)\nfrom . import other\n")
    tree.write("pkg/sub/lazy.py", "def f():\n    import pkg.kl as k; from pkg import kl\n")
    tree.write("pkg/star.py", "from pkg.kl import *\n")
    tree.write("train.py", "from pkg import Other, \\\n    kl as layers\n")
    tree.write("none.py", "import klx, pkg.klx\nfrom kl2 import kl_\nkl = 'import pkg.kl'\n")
    tree.write("use.py", "import pkg\nprint(pkg.kl)\n")

    def importing(name: str) -> set[str]:
        return {tree.name(path) for path in tree.index().importing(tree.path(name))}

    users = {"pkg/__init__.py", "pkg/sub/deep.py", "pkg/sub/lazy.py", "pkg/star.py", "train.py"}
    assert importing("pkg/kl.py") == users
    assert importing("pkg/__init__.py") == {"pkg/sub/lazy.py", "train.py", "use.py"}
    assert importing("pkg/sub/__init__.py") == {"pkg/sub/deep.py"}
    of = tree.index()
    tree.read.clear()
    of.importing(tree.path("pkg/kl.py"))
    of.save()
    tree.fresh().importing(tree.path("pkg/kl.py"))
    assert tree.read == []


def test_who_defines_a_name(tree: Tree) -> None:
    tree.write("a.py", "def build(): pass\nclass Net: pass\n    \nasync def load(): pass\n")
    tree.write("b.py", "class A:\n    def build(self): pass\nNet = 1\nbuild_all = 2\n")
    tree.write("c.py", "class Net(Base):\n    pass\n")
    of = tree.index()
    found = {name: [tree.name(path) for path in of.defining(name)] for name in ("build", "Net", "load", "A", "buil")}
    assert found == {"build": ["a.py"], "Net": ["a.py", "c.py"], "load": ["a.py"], "A": ["b.py"], "buil": []}


def test_memory_holds_a_few_projects(tmp_path: Path) -> None:
    for at in range(20):
        (tmp_path / str(at)).mkdir()
        Indexes().of(tmp_path / str(at))
    assert len(index._known) <= index._MAX_KNOWN
