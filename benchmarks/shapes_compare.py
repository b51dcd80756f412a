"""Holds the networks that kvlint sees in a program against those that the program made: pairs them, counts, tells."""

from __future__ import annotations

import collections
import importlib.metadata
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

Network = dict[str, Any]
Layer = dict[str, Any]
OPERATIONS = frozenset(
    {"TFOpLambda", "SlicingOpLambda", "ClassMethod", "InstanceMethod", "InstanceProperty", "AddLoss"}
)
"""What Keras 2 makes layers of by itself: TensorFlow's functions over its tensors. They need not be found."""
VERDICTS = ("right", "loose", "unknown", "wrong")


@dataclass
class Account:
    """What became of one program, or of several together."""

    group: str
    name: str
    state: str = ""
    programs: int = 1
    models: int = 0
    models_found: int = 0
    layers: int = 0
    layers_found: int = 0
    moved: int = 0  # found at another place of the order
    extra: int = 0  # layers that no model has
    shapes: collections.Counter[str] = field(default_factory=collections.Counter)
    params: collections.Counter[str] = field(default_factory=collections.Counter)
    totals: collections.Counter[str] = field(default_factory=collections.Counter)  # parameters of whole models
    wrong: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    problem: str = ""

    def add(self, other: Account) -> None:
        """Count another one in."""
        for name in ("programs", "models", "models_found", "layers", "layers_found", "moved", "extra"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for name in ("shapes", "params", "totals"):
            getattr(self, name).update(getattr(other, name))


# ---------------------------------------------------------------------------------------------------------------------
# One program
# ---------------------------------------------------------------------------------------------------------------------


def account(group: str, name: str, truth: dict[str, Any], shown: Sequence[Network], problem: str = "") -> Account:
    """Compare ``shown``, kvlint's networks, with the truth of one program."""
    result = Account(group, name, truth["state"], problem=problem)
    builder = str(truth.get("builder") or "").rpartition(":")[2]
    left = list(each_once(shown)) if not builder else list(shown)
    for real in real_networks(truth):
        result.models += 1
        found = counterpart(real, left, builder) or counterpart(real, shown, builder)
        if found is None:
            result.layers += len(own_layers(real["layers"]))
            result.missing.append(f"{told_place(real)} {real['kind']} {real['class']} {real['name']}")
            continue
        result.models_found += 1
        if found in left:
            left.remove(found)
        compare(result, real, found)
    return result


def real_networks(truth: dict[str, Any]) -> list[Network]:
    """The models that the program itself makes, in its own file; one for several alike; a builder's result alone."""
    networks = []
    for each in truth["networks"]:
        if each["origin"] == "user" and own_layers(each["layers"]):
            networks.append(each)
    if truth.get("builder"):
        return networks[-1:]
    program = os.path.realpath(truth["program"])
    return each_once(each for each in networks if os.path.realpath(each["file"]) == program)


def each_once(networks: Iterable[Network]) -> list[Network]:
    """Networks that one place makes alike count once."""
    distinct: dict[Any, Network] = {}
    for each in networks:
        layers = own_layers(each["layers"])
        likeness = [(layer["class"], layer["line"], str(layer["output_shape"]), layer["params"]) for layer in layers]
        distinct.setdefault((each["kind"], each["line"], str(likeness)), each)
    return list(distinct.values())


def own_layers(layers: Iterable[Layer]) -> list[Layer]:
    """Those that the user made."""
    return [layer for layer in layers if layer["class"] not in OPERATIONS]


def counterpart(real: Network, shown: Iterable[Network], builder: str) -> Network | None:
    """The network that kvlint means by this model, if there is one."""
    best, most = None, 0.0
    for each in shown:
        if builder:
            named = builder in {each.get("name"), each.get("function")}
            likely = 4.0 * named
        else:
            likely = 2.0 * (each.get("line") == real["line"])
            own = real["kind"] == "subclassed" or real["class"] not in {"Sequential", "Functional", "Model"}
            if own and real["class"] in {each.get("name"), each.get("class")}:
                likely += 2.0
        if not likely:
            continue
        likely += 0.5 * (each.get("kind") == real["kind"]) + 0.4 * alike(real["layers"], each["layers"])
        # of several that one place makes, in an order that only the run knows, the one that gives the same
        ends = [layers[-1].get("output_shape") if layers else None for layers in (real["layers"], each["layers"])]
        likely += 0.05 * (ends[0] == ends[1])
        if likely > most:
            best, most = each, likely
    return best


def alike(real: Sequence[Layer], shown: Sequence[Layer]) -> float:
    """How many of the classes are the same, from 0 to 1."""
    one, two = (collections.Counter(map(kind, layers)) for layers in (real, shown))
    return (one & two).total() / max(one.total(), two.total(), 1)


def compare(result: Account, real: Network, shown: Network) -> None:
    """Layer by layer."""
    pairs, lost, extra, moved = aligned(real["layers"], shown["layers"])
    lost = own_layers(lost)
    result.layers += len(pairs) + len(lost)
    result.layers_found += len(pairs)
    result.moved += moved
    result.extra += len(extra)
    at = f"{told_place(real)} {real['class']}"
    result.missing += [f"{at}: no {layer['class']} {layer['name']} (line {layer['line']})" for layer in lost]
    result.missing += [f"{at}: too much: {layer['class']} (line {layer.get('line')})" for layer in extra]
    for one, two in pairs:
        lenient = one["shape_from"] == "call" or real["kind"] != "functional"
        shape = shape_verdict(one["output_shape"], two.get("output_shape"), lenient, one["shape_from"] == "call")
        result.shapes[shape] += 1
        params = number_verdict(one["params"], two.get("params"))
        result.params[params] += 1
        where = f"{at}: {one['class']} {one['name']} (line {one['line']})"
        if shape == "wrong":
            result.wrong.append(f"{where}: shape {two.get('output_shape')}, really {one['output_shape']}")
        if params == "wrong":
            result.wrong.append(f"{where}: {two.get('params')} parameters, really {one['params']}")
    total = number_verdict(real["params"], shown.get("params"))
    result.totals[total] += 1
    if total == "wrong":
        result.wrong.append(f"{at}: {shown.get('params')} parameters in all, really {real['params']}")


def told_place(network: Network) -> str:
    """``line 12``."""
    return f"line {network['line']}"


def aligned(
    real: Sequence[Layer], shown: Sequence[Layer]
) -> tuple[list[tuple[Layer, Layer]], list[Layer], list[Layer], int]:
    """Pairs in order, as many and as like as can be; what is left on either side; how many pairs are out of order."""
    if [kind(layer) for layer in real] == [kind(layer) for layer in shown]:
        return list(zip(real, shown, strict=True)), [], [], 0
    rows, columns = len(real), len(shown)
    best = [[0] * (columns + 1) for _ in range(rows + 1)]
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], best[i + 1][j + 1] + likeness(real[i], shown[j]))
    pairs, lost, extra = [], [], []
    i = j = 0
    while i < rows and j < columns:
        alike_here = likeness(real[i], shown[j])
        if alike_here and best[i][j] == best[i + 1][j + 1] + alike_here:
            pairs.append((real[i], shown[j]))
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            lost.append(real[i])
            i += 1
        else:
            extra.append(shown[j])
            j += 1
    lost, extra = [*lost, *real[i:]], [*extra, *shown[j:]]
    moved = 0
    for layer in list(lost):
        other = next((each for each in extra if likeness(layer, each) > 1), None)
        if other is not None:
            pairs.append((layer, other))
            lost.remove(layer)
            extra.remove(other)
            moved += 1
    return pairs, lost, extra, moved


def kind(layer: Layer) -> str:
    """Its class; a model of layers has the one name, whether it was asked for as Model or Functional."""
    return "Model" if layer["class"] == "Functional" else str(layer["class"])


def likeness(real: Layer, shown: Layer) -> int:
    """0 for another class; more for the same line and name."""
    if kind(real) != kind(shown):
        return 0
    return 1 + 3 * int(real["line"] == shown.get("line")) + int(real["name"] == shown.get("name"))


# ---------------------------------------------------------------------------------------------------------------------
# Verdicts
# ---------------------------------------------------------------------------------------------------------------------


def number_verdict(real: int | None, shown: int | None) -> str:
    """Right, unknown, wrong; or that there is no truth."""
    if real is None:
        return "no truth"
    if shown is None:
        return "unknown"
    return "right" if real == shown else "wrong"


def shape_verdict(real: Any, shown: Any, lenient: bool = False, called: bool = False) -> str:
    """Right, loose (a dimension that is fixed is not told), unknown, wrong; or that there is no truth.

    ``lenient`` leaves the first dimension out: the batch that the model happened to be called with. In a shape that a
    call gave, a dimension without a number is one that was not known while the call was traced.
    """
    if real is None or any(each is None for each in _several(real)):
        return "no truth"
    if shown is None:
        return "unknown"
    ours, theirs = _several(shown), _several(real)
    if len(ours) != len(theirs):
        return "wrong"
    verdicts = {_one_shape(one, two, lenient, called) for one, two in zip(theirs, ours, strict=True)}
    return next(verdict for verdict in ("wrong", "unknown", "loose", "right") if verdict in verdicts)


def _several(shapes: Any) -> list[Any]:
    return list(shapes) if shapes and any(isinstance(each, list) for each in shapes) else [shapes]


def _one_shape(real: list[Any], shown: Any, lenient: bool, called: bool) -> str:
    if shown is None:
        return "unknown"
    if len(real) != len(shown):
        return "wrong"
    loose = False
    for number, (one, two) in enumerate(zip(real, shown, strict=True)):
        if one == two or (not number and lenient) or (one is None and called):
            continue
        if isinstance(two, int):
            return "wrong"
        loose = True
    return "loose" if loose else "right"


# ---------------------------------------------------------------------------------------------------------------------
# Telling
# ---------------------------------------------------------------------------------------------------------------------

COLUMNS: tuple[tuple[str, Callable[[Account], str]], ...] = (
    ("programs", lambda each: str(each.programs)),
    ("models", lambda each: f"{each.models_found}/{each.models}"),
    ("layers", lambda each: f"{each.layers_found}/{each.layers}"),
    ("moved", lambda each: str(each.moved)),
    ("too much", lambda each: str(each.extra)),
    ("shapes right/loose/unknown/wrong", lambda each: _counts(each.shapes, VERDICTS)),
    ("parameters right/unknown/wrong", lambda each: _counts(each.params, ("right", "unknown", "wrong"))),
    ("totals right/unknown/wrong", lambda each: _counts(each.totals, ("right", "unknown", "wrong"))),
)


def _counts(counter: collections.Counter[str], names: Sequence[str]) -> str:
    return "/".join(str(counter[name]) for name in names)


def summed(accounts: Iterable[Account]) -> list[Account]:
    """An account for each group, and one for all."""
    groups: dict[str, Account] = {}
    for each in accounts:
        if each.models:
            for name in (each.group, "all"):
                groups.setdefault(name, Account(name, name, programs=0)).add(each)
    return [groups[name] for name in [*(name for name in groups if name != "all"), "all"] if name in groups]


def table(accounts: Iterable[Account], names: bool) -> list[str]:
    """Markdown."""
    columns = [column for column in COLUMNS if column[0] != "programs" or not names]
    rows = [f"| {'program' if names else 'group'} | {' | '.join(title for title, _ in columns)} |"]
    rows.append("| --- |" + " --: |" * len(columns))
    for each in accounts:
        rows.append(f"| {each.name} | {' | '.join(cell(each) for _, cell in columns)} |")
    return rows


def told(accounts: Sequence[Account], wrong: bool) -> str:
    """Groups, then programs; then, if asked for, each thing that is wrong or missing."""
    lines = [*table(summed(accounts), False), "", *table([each for each in accounts if each.models], True)]
    for each in accounts:
        if each.problem:
            lines.append(f"{each.name}: {each.problem}")
        if each.wrong or (wrong and each.missing):
            lines += ["", each.name, *(f"  WRONG {line}" for line in each.wrong)]
            lines += [f"  {line}" for line in each.missing if wrong]
    return "\n".join(lines)


def page(accounts: Sequence[Account]) -> str:
    """The page, in Markdown."""
    versions = ", ".join(f"{name} {importlib.metadata.version(name)}" for name in ("tensorflow", "keras", "tf_keras"))
    lines = [
        "# What `kvlint show` says, against models that were really made",
        "",
        "Written by `python benchmarks/shapes.py compare --page`. Each program was run, without its training, under",
        f"{versions}, and asked for its models and their layers; kvlint read the source alone.",
        "A shape is *right* if every dimension is, *loose* if a dimension that is fixed is not told, *unknown* if",
        "nothing is told. Layers *moved* are found, at another place of the order. A batch axis counts as free.",
        "",
        "Fixtures and recipes ran in one Keras each, public programs in the one that `programs.tsv` names, builders of",
        "`keras.applications` in both, with `weights=None`. Notebooks whose cells fail in part are in it; one was left",
        "out because a cell that failed left the data of another model behind. Models that a program gets from another",
        "file are not compared, nor are the tests' scenarios, which are functions and no programs.",
        "",
        *table(summed(accounts), False),
        "",
        *table([each for each in accounts if each.models], True),
    ]
    failures = [(each.name, line) for each in accounts for line in each.wrong]
    if failures:
        lines += ["", "## Wrong", "", *(f"- {name}, {line}" for name, line in failures)]
    return "\n".join(lines) + "\n"
