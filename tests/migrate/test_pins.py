"""The releases that a project asks for."""

from __future__ import annotations

from pathlib import Path

import pytest

from kerasvae_lint.migrate import Kind
from kerasvae_lint.migrate.pins import migrate_pins, pin_files


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("tensorflow==2.3.0\n", "tensorflow>=2.16\n"),
        ("Keras==2.2.4\n", "Keras>=3\n"),
        ("keras>=2.0,<3\n", "keras>=3\n"),
        ("tensorflow-gpu==1.15.0\n", "tensorflow[and-cuda]>=2.16\n"),
        ("tensorflow[and-cuda]~=2.15  # fast\n", "tensorflow[and-cuda]>=2.16  # fast\n"),
        ("  - tensorflow=2.3=py37_0\n", "  - tensorflow>=2.16\n"),
        ('tensorflow = "^2.8"\n', 'tensorflow = ">=2.16"\n'),
        (
            "install_requires=['keras~=2.3', \"tensorflow<2.4\"],\n",
            "install_requires=['keras>=3', \"tensorflow>=2.16\"],\n",
        ),
        ("tensorflow>=2.0\r\n", "tensorflow>=2.16\r\n"),
    ],
)
def test_old_releases_become_new_ones(before: str, after: str) -> None:
    migration = migrate_pins(before.encode(), "requirements.txt")
    assert migration.new.encode() == migration.after == after.encode()
    assert {line.kind for line in migration.lines} == {Kind.DONE}
    assert not migrate_pins(migration.after, "requirements.txt").changed


@pytest.mark.parametrize(
    "text",
    [
        "tensorflow>=2.16\n",
        "tensorflow==2.18.0\n",
        "keras>=3.4,<4\n",
        "tensorflow\nkeras\n",
        "# keras==2.2\n",
        "tensorflow-probability==0.8\ntensorflow-datasets==1.0\n",
        "my-keras==1.0\nkeras-tuner==1.0\nkeras_applications==1.0.8\n",
    ],
)
def test_the_rest_stays(text: str) -> None:
    assert not migrate_pins(text.encode(), "requirements.txt").changed


def test_what_a_person_has_to_look_at() -> None:
    migration = migrate_pins(b"python_requires='>=2.7'\ntf-keras==2.15\n", "setup.py")
    assert not migration.changed
    assert [line.row for line in migration.of(Kind.LEFT)] == [2]
    assert migrate_pins(b"  - python=3.6\n", "environment.yml").of(Kind.LEFT)


def test_files_by_their_names(tmp_path: Path) -> None:
    folder = str(tmp_path)
    names = (
        "requirements.txt",
        "requirements-dev.txt",
        "setup.py",
        "environment_gpu.yml",
        "pyproject.toml",
        "notes.txt",
    )
    for name in names:
        with open(f"{folder}/{name}", "w") as file:
            file.write("")
    assert sorted(path.rpartition("/")[2] for path in pin_files([folder])) == sorted(names[:-1])


def test_a_folder_with_two_names_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "requirements.txt").write_text("keras==2.2\n")
    monkeypatch.chdir(tmp_path)
    assert len(pin_files([".", ""])) == len(pin_files(["", "."])) == 1
