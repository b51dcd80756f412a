"""Concise, JSON, statistics, the closing line."""

from __future__ import annotations

import json
import os

import pytest

from kerasvae_lint.core import Finding, Note, Position
from kerasvae_lint.report import Look, concise, statistics, statistics_json, summary, to_json
from tests.report.builders import SAFE, UNSAFE, finding

LOOK = Look(base="/nowhere")


def test_concise() -> None:
    items = [
        finding((2, 3), (2, 5), message="Why.", fix=SAFE),
        finding((5, 1), (5, 2), message="Why.", filename="t.ipynb", cell=3, fix=SAFE),
        finding((7, 1), (7, 2), message="Why.", fix=UNSAFE),
    ]
    assert list(concise(items, LOOK)) == [
        "train.py:2:3: KV101 [*] Why.",
        "t.ipynb:cell 3:5:1: KV101 [*] Why.",
        "train.py:7:1: KV101 Why.",
    ]


def test_json() -> None:
    note = Note("set here", "other.py", Position(3, 1))
    item = finding((2, 12), (2, 18), fix=SAFE, notes=(note,))
    assert json.loads(to_json([item])) == [
        {
            "code": "KV101",
            "name": "trainable-schedule",
            "message": item.message,
            "filename": os.path.abspath("train.py"),
            "location": {"row": 2, "column": 12},
            "end_location": {"row": 2, "column": 18},
            "cell": None,
            "fix": {
                "applicability": "safe",
                "message": "Make the variable non-trainable",
                "edits": [
                    {
                        "content": ", trainable=False",
                        "location": {"row": 2, "column": 18},
                        "end_location": {"row": 2, "column": 18},
                        "cell": None,
                    }
                ],
            },
            "notes": [
                {
                    "message": "set here",
                    "filename": os.path.abspath("other.py"),
                    "location": {"row": 3, "column": 1},
                    "cell": None,
                }
            ],
            "recipe": None,
        }
    ]


def test_json_names_the_recipe() -> None:
    [item] = json.loads(to_json([finding(recipe="tied-dense")]))
    assert item["recipe"] == "tied-dense"


def test_json_of_a_notebook_and_of_nothing() -> None:
    assert json.loads(to_json([])) == []
    [item] = json.loads(to_json([finding(cell=4)]))
    assert (item["cell"], item["fix"], item["notes"]) == (4, None, [])


def test_statistics() -> None:
    items = [
        finding(code="KV301", name="distribution-on-snapshot", fix=SAFE),
        finding(code="KV301", name="distribution-on-snapshot"),
        *[finding(fix=SAFE)] * 10,
        finding(code="KV601", name="loss-scale", fix=UNSAFE),
    ]
    assert list(statistics(items, LOOK)) == [
        "10  KV101  [*]  trainable-schedule",
        " 2  KV301  [-]  distribution-on-snapshot",
        " 1  KV601  [ ]  loss-scale",
    ]
    assert json.loads(statistics_json(items, LOOK))[1] == {
        "code": "KV301",
        "name": "distribution-on-snapshot",
        "count": 2,
        "fixable": 1,
    }


@pytest.mark.parametrize(
    ("items", "fixed", "fixing", "unsafe", "expected"),
    [
        ([], 0, False, False, "No findings in 7 files."),
        ([finding()], 0, False, False, "Found 1 finding in 1 file."),
        (
            [finding(fix=SAFE), finding(fix=UNSAFE), finding(filename="b.py")],
            0,
            False,
            False,
            "Found 3 findings in 2 files (1 fixable with --fix; 1 more with --unsafe-fixes).",
        ),
        (
            [finding(fix=UNSAFE)],
            0,
            False,
            False,
            "Found 1 finding in 1 file (1 fixable with --unsafe-fixes).",
        ),
        (
            [finding(fix=SAFE), finding(fix=UNSAFE)],
            0,
            False,
            True,
            "Found 2 findings in 1 file (2 fixable with --fix).",
        ),
        ([], 3, True, False, "Found 3 findings (3 fixed, 0 remaining)."),
        (
            [finding(fix=UNSAFE)],
            2,
            True,
            False,
            "Found 3 findings (2 fixed, 1 remaining; 1 fixable with --unsafe-fixes).",
        ),
        ([finding(fix=SAFE, cell=1)], 0, False, False, "Found 1 finding in 1 file (1 fixable with --fix)."),
    ],
)
def test_summary(items: list[Finding], fixed: int, fixing: bool, unsafe: bool, expected: str) -> None:
    look = Look(base="/nowhere", unsafe=unsafe)
    assert summary(items, look, files=7, fixed=fixed, fixing=fixing) == expected
