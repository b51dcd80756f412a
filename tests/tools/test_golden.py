"""``benchmarks/golden.py``: what a version finds is recorded, and two records are compared."""

from __future__ import annotations

import dataclasses
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
BAD = """\
from tensorflow import keras

model = keras.Sequential([keras.layers.Dense(4, activation="relu"), keras.layers.Dense(3)])
model.compile("adam", loss="sparse_categorical_crossentropy")
"""


@pytest.fixture(scope="module")
def golden() -> ModuleType:
    spec = importlib.util.spec_from_file_location("golden", ROOT / "benchmarks" / "golden.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["golden"] = module
    spec.loader.exec_module(module)
    return module


def test_a_record_is_kept_and_compared(golden: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "one"
    folder.mkdir()
    (folder / "bad.py").write_text(BAD)
    (folder / "broken.py").write_text("import keras\ndef (\n")
    source = golden.Source("one", "1.0", folder)
    record = golden.record([source], [sys.executable, "-m", "kerasvae_lint"], jobs=1)
    assert [(each.file, each.row, each.code) for each in record.entries] == [("bad.py", 4, "KV409")]
    assert [line.partition(": error:")[0] for line in record.problems] == ["one broken.py:2:5"]

    golden.save(record, tmp_path / "old.json")
    golden.save_places(record, tmp_path / "old.tsv")
    assert golden.load(tmp_path / "old.json") == record
    assert "crossentropy" not in (tmp_path / "old.tsv").read_text()
    assert not golden.difference(record, golden.load(tmp_path / "old.tsv"))


def test_a_difference_says_what_is_lost_won_and_changed(golden: ModuleType) -> None:
    at = golden.Entry("one", "a.py", None, 4, 5, "KV409", "m", "safe", "f", message="said")
    lost, won = dataclasses.replace(at, row=8), dataclasses.replace(at, row=9)
    changed = dataclasses.replace(at, message_hash="n", message="said otherwise")
    found = golden.difference(golden.Record(entries=[at, lost]), golden.Record(entries=[changed, won]))
    assert list(found) == ["KV409"]
    assert found["KV409"].lost == [lost]
    assert found["KV409"].won == [won]
    assert found["KV409"].changed == [(at, changed, ["message"])]
    told = golden.told(golden.Record(entries=[at, lost]), golden.Record(entries=[changed, won]))
    assert "  lost  one a.py:8:5 said" in told
    assert "      + said otherwise" in told
