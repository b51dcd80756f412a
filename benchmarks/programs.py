"""The programs that ``shapes.py`` compares on: where they come from, and their text as Python runs it."""

from __future__ import annotations

import importlib.util
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.golden import check_out, git_directory

ROOT = Path(__file__).resolve().parent.parent
BUILDERS = re.compile(r"^def ([A-Z]\w*)\(", re.MULTILINE)
MAGIC = re.compile(r"^(\s*)(?:[%!?].*|.*[^=!<>]=\s*[!%]\w.*|\w[\w.]*\?+)$")


@dataclass(frozen=True)
class Subject:
    """A program in one Keras, or one builder of a module of ``keras.applications``."""

    group: str
    name: str
    path: Path
    keras: str
    builder: str = ""
    own: tuple[str, ...] = ()
    cells: bool = False
    roots: tuple[str, ...] = ()
    seconds: int = 120

    @property
    def file_name(self) -> str:
        """A name for its truth."""
        return re.sub(r"[^\w.+-]+", "_", self.name) + f".keras{self.keras}.json"


def header(text: str, key: str, default: str) -> str:
    """``# key: value`` of a fixture's first lines."""
    match = re.search(rf"^# {key}: (.*)$", text, re.MULTILINE)
    return match[1].strip() if match else default


def fixtures() -> Iterator[Subject]:
    """Each fixture program, in Keras 3 where it runs there."""
    for path in sorted((ROOT / "fixtures").glob("KV*/*.py")):
        runs = header(path.read_text(encoding="utf-8"), "runs", "2, 3")
        fails = header(path.read_text(encoding="utf-8"), "keras", runs)
        keras = "3" if "3" in runs and ("3" in fails or not path.name.startswith("bad")) else "2"
        yield Subject("fixtures", f"{path.parent.name}/{path.stem}", path, keras, seconds=40)


def recipes() -> Iterator[Subject]:
    """The recipes, as programs: they define layers and models of their own."""
    for path in sorted((ROOT / "kerasvae_lint" / "recipes").glob("*.py")):
        yield Subject("recipes", path.stem, path, "3", seconds=40)


def applications() -> Iterator[Subject]:
    """Every builder of both Kerases' applications."""
    for package, keras in (("keras", "3"), ("tf_keras", "2")):
        spec = importlib.util.find_spec(package)
        if spec is None or spec.origin is None:
            continue
        folder = Path(spec.origin).resolve().parent / "src" / "applications"
        for path in sorted(folder.glob("*.py")):
            text = path.read_text(encoding="utf-8")
            if path.stem.endswith(("_test", "_utils")):
                continue
            exported = re.findall(r"applications\.(?:\w+\.)?([A-Z]\w*)\"", text)
            for name in BUILDERS.findall(text):
                if name in exported:
                    module = f"{package}.src.applications.{path.stem}:{name}"
                    own = (f"{folder}/",)
                    yield Subject("applications", f"{path.stem}.{name}", path, keras, module, own)


def script_of(notebook: str) -> str:
    """A notebook's code cells, each after ``# %%``, without what only IPython understands."""
    parts = []
    for cell in json.loads(notebook).get("cells", ()):
        if cell.get("cell_type") != "code":
            continue
        text = "".join(cell["source"])
        if text.lstrip().startswith("%%"):
            continue
        lines = [MAGIC.sub(r"\1pass", line) for line in text.split("\n")]
        parts.append("# %%\n" + "\n".join(lines))
    return "\n".join(parts) + "\n"


def public(listing: Path, mirror: Path, cache: Path) -> Iterator[Subject]:
    """Public programs: repository, path, commit and Keras, a line each. Repositories are checked out into ``cache``."""
    for row in listing.read_text(encoding="utf-8").splitlines():
        if not row.strip() or row.startswith("#"):
            continue
        repository, file, commit, keras = row.split("\t")[:4]
        folder = cache / f"{repository.replace('/', '+')}@{commit[:10]}"
        git = git_directory(mirror, repository)
        try:
            if not folder.is_dir() and git is not None:
                cache.mkdir(parents=True, exist_ok=True)
                check_out(git, commit, folder)
        except subprocess.CalledProcessError:
            continue
        path = folder / file
        if not path.is_file():
            continue
        cells = path.suffix == ".ipynb"
        if cells:
            script = path.with_name(re.sub(r"\W+", "_", path.stem) + "_cells.py")
            script.write_text(script_of(path.read_text(encoding="utf-8")), encoding="utf-8")
            path = script
        yield Subject("public", f"{repository}/{file}", path, keras, cells=cells, roots=(str(folder),))
