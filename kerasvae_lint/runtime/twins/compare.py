"""In the parent: two records side by side; what is not the same is said with its place and its figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

import numpy as np

from kerasvae_lint.runtime.twins.record import Read
from kerasvae_lint.runtime.twins.results import OTHER, SAME, UNASKED, Check, ModelProof

FLOOR = {"float32": 256.0, "float64": 256.0, "float16": 8.0, "bfloat16": 8.0}
"""How many roundings of its type a result may be away by: the order of sums is not the same in both."""
EPSILON = {"float32": 2.0**-23, "float64": 2.0**-23, "float16": 2.0**-10, "bfloat16": 2.0**-7}
ROOM = 16.0
"""Over what one rounding of each weight moved in Keras 2."""
GRADIENTS, STEP = 1e-3, 1e-5
FAINT = 1e-6
"""An initial weight under this is 0 but for rounding: a bias before BatchNormalization that was trained before."""
NOTHING = 8 * EPSILON["float32"] / GRADIENTS
"""What is under this, beside the largest gradient, may be away by 8 of its roundings."""
SPARSE = (
    "; the gradient is the same, but of rows that come more than once in the batch: Keras 2 adds their gradients up "
    "before it squares them, Keras 3 squares each by itself, so that its Adam and RMSprop take longer steps there"
)
_COUNTED = re.compile(r"_\d+$")
_UNWEIGHED = frozenset({"tfoplambda", "slicingoplambda", "inputlayer"})
_METRICS = {"acc": "accuracy", "mean_squared_error": "mse", "mean_absolute_error": "mae"}


@dataclass(slots=True)
class Pair:
    """One model in both records."""

    old: dict[str, Any]
    new: dict[str, Any]
    olds: Read
    news: Read

    def arrays(self, old: str, new: str) -> tuple[Any, Any]:
        """Behind two keys; that of Keras 2 thinned out like the other."""
        from kerasvae_lint.runtime.twins.record import thinned

        return thinned(self.olds.array(old)), thinned(self.news.array(new))

    def path(self, number: int) -> str:
        """Of an old weight."""
        weight = self.old["weights"][number]
        return f"`{weight['owner']}/{weight['name']}` ({weight['kind']})"


def compare(olds: Read, news: Read) -> tuple[list[ModelProof], list[str]]:
    """All models of the two programs, and what else is to be said."""
    found: list[ModelProof] = []
    notes: list[str] = []
    a, b = olds.body["subjects"], news.body["subjects"]
    for old, new in zip(a, b, strict=False):
        pair = Pair(old, new, olds, news)
        proof = ModelProof(old["name"])
        proof.checks = list(_checks(pair, notes))
        found.append(proof)
    if len(a) != len(b):
        said = f"{len(a)} models are trained in Keras 2 and {len(b)} in Keras 3"
        found.append(ModelProof("program", [Check("models", OTHER, said)]))
    return found, notes


def _checks(pair: Pair, notes: list[str]) -> Iterator[Check]:
    yield from _weights(pair, notes)
    yield _initial(pair)
    if "batch" in pair.old:
        yield _batch(pair, notes)
    yield _outputs(pair)
    yield from _added(pair)
    if pair.old["kind"] == "loop":
        yield from _tape(pair)
        return
    yield from _evaluation(pair, notes)
    yield from _noise(pair)
    yield from _steps(pair, notes)
    yield from _optimizer(pair)
    yield _saved(pair)


def _allowed(pair: Pair, what: str = "") -> float:
    dtype = pair.old["dtype"] if EPSILON[pair.old["dtype"]] >= EPSILON[pair.new["dtype"]] else pair.new["dtype"]
    floor = FLOOR[dtype] * EPSILON[dtype]
    moved = pair.old.get("moved", {})
    before, after = pair.old.get("inference", {}), moved.get("inference", {})
    if what and "error" not in before and "error" not in after and after:
        apart = [distance(*_both(pair.olds, a, b)) for a, b in _zip(before["outputs"], after["outputs"])]
        floor = max(floor, ROOM * max(apart, default=0.0))
    return min(floor, 0.02)


def _zip(a: Any, b: Any) -> Any:
    return zip(a, b, strict=False)


def _both(record: Read, a: str, b: str) -> tuple[Any, Any]:
    return record.array(a), record.array(b)


def distance(a: Any, b: Any) -> float:
    """The largest difference, relative to the largest number; infinite for other shapes and other gaps."""
    if a.shape != b.shape:
        return float("inf")
    if a.size == 0:
        return 0.0
    a, b = a.astype("float64"), b.astype("float64")
    finite = np.isfinite(a)
    if not np.array_equal(finite, np.isfinite(b)):
        return float("inf")
    if not finite.any():
        return 0.0
    a, b = a[finite], b[finite]
    scale = max(float(np.abs(a).max()), float(np.abs(b).max()))
    return float(np.abs(a - b).max()) / scale if scale else 0.0


def _relative(a: float, b: float) -> float:
    if not np.isfinite(a) or not np.isfinite(b):
        return 0.0 if repr(a) == repr(b) else float("inf")
    scale = max(abs(a), abs(b))
    return abs(a - b) / scale if scale else 0.0


def _figures(a: Any, b: Any) -> str:
    """Where two arrays are most apart."""
    if a.shape != b.shape:
        return f"its shape is {_shape(b)} (Keras 2: {_shape(a)})"
    gap = np.abs(a.astype("float64") - b.astype("float64"))
    if not np.isfinite(gap).all():
        return f"{int(np.isnan(b).sum())} of its numbers are NaN (Keras 2: {int(np.isnan(a).sum())})"
    at = np.unravel_index(int(gap.argmax()), gap.shape) if gap.ndim else ()
    where = f" at {tuple(int(i) for i in at)}" if at else ""
    return f"{float(b[at]):.6g}{where} (Keras 2: {float(a[at]):.6g})"


def _shape(array: Any) -> str:
    return "x".join(map(str, array.shape)) or "scalar"


def _error(pair: Pair, name: str) -> Check | None:
    """Where one of the two could not be asked: it counts only where Keras 2 could."""
    old, new = pair.old.get(name, {}), pair.new.get(name, {})
    if "error" in old:
        both = ", and neither in Keras 3" if "error" in new else ""
        return Check(name, UNASKED, f"Keras 2 can't be asked{both}: {old['error']}")
    if "error" in new:
        return Check(name, OTHER, f"Keras 3 raises {new['error']}")
    return None


def _weights(pair: Pair, notes: list[str]) -> Iterator[Check]:
    matching, olds, news = pair.new.get("matching"), pair.old["weights"], pair.new["weights"]
    if matching is None:
        yield Check("weights", OTHER, "the model has no counterpart in Keras 2")
        return
    notes += [f"put into another shape: {said}" for said in matching["reordered"]]
    for number in matching["lost"][:1]:
        weight = olds[number]
        count = len(matching["lost"])
        said = f"{pair.path(number)} of shape {tuple(weight['shape'])} has no counterpart in Keras 3"
        yield Check("weights", OTHER, said + (f", and {count - 1} more" if count > 1 else ""))
    for number in matching["added"][:1]:
        weight = news[number]
        said = f"Keras 3 has a weight more: `{weight['owner']}/{weight['name']}` {tuple(weight['shape'])}"
        yield Check("weights", OTHER, said)
    for a, b in matching["pairs"]:
        if olds[a]["trainable"] != news[b]["trainable"]:
            state = "is trained" if news[b]["trainable"] else "is frozen"
            yield Check("weights", OTHER, f"{pair.path(a)} {state} in Keras 3, and not so in Keras 2")
            return
        if olds[a]["tracked"] and not news[b]["tracked"]:
            yield Check("weights", OTHER, f"{pair.path(a)} is known to Keras 2 and not tracked by Keras 3")
            return
    if not matching["lost"] and not matching["added"]:
        yield Check("weights", SAME, f"{len(matching['pairs'])} variables go together, layer by layer")


def _initial(pair: Pair) -> Check:
    """Before the copy: drawn from one source, equal initializers give equal numbers."""
    matching = pair.new.get("matching") or {"pairs": []}
    equal = 0
    for a, b in matching["pairs"]:
        old, new = pair.arrays(pair.old["weights"][a]["value"], pair.new["weights"][b]["value"])
        if old.size != new.size or old.dtype.kind != "f":
            continue
        old, new = old.reshape(-1).astype("float64"), new.reshape(-1).astype("float64")
        if distance(old, new) <= 1e-4 or max(np.abs(old).max(initial=0.0), np.abs(new).max(initial=0.0)) <= FAINT:
            equal += 1
            continue
        ways = [side["weights"][i].get("drawn", "") for side, i in ((pair.old, a), (pair.new, b))]
        if all(ways) and ways[0] != ways[1]:
            return Check("initial", OTHER, f"{pair.path(a)} is drawn by {ways[1]} (Keras 2: {ways[0]})")
        if not _drawn_alike(old, new):
            said = (
                f"{pair.path(a)} begins otherwise: mean {new.mean():.4g}, deviation {new.std():.4g} "
                f"(Keras 2: {old.mean():.4g}, {old.std():.4g})"
            )
            return Check("initial", OTHER, said)
    return Check("initial", SAME, f"{equal} of {len(matching['pairs'])} begin with the same numbers, the others alike")


def _drawn_alike(a: Any, b: Any) -> bool:
    """True for two draws of one distribution, as far as mean, deviation and range tell."""
    spread = max(float(a.std()), float(b.std()))
    if not spread:
        return False
    room = 5.0 / np.sqrt(max(a.size, 1))
    apart = abs(float(a.mean()) - float(b.mean())) <= room * spread
    return bool(apart and abs(float(a.std()) - float(b.std())) <= max(room, 0.02) * spread)


def _batch(pair: Pair, notes: list[str]) -> Check:
    old, new = pair.old["batch"], pair.new.get("batch", {})
    moved = False
    for name in ("x", "y", "weight"):
        keys = old[name], new.get(name, [])
        if len(keys[0]) != len(keys[1]):
            said = f"{len(keys[1])} arrays as `{name}` (Keras 2: {len(keys[0])})"
            return Check("batch", OTHER, said)
        for a, b in zip(*keys, strict=True):
            left, right = pair.olds.array(a), pair.news.array(b)
            if left.ndim and left.shape[0] < right.shape[0]:  # a few samples of it are used
                right = right[: left.shape[0]]
            if left.shape != right.shape:
                return Check("batch", OTHER, f"`{name}` is {_shape(right)} (Keras 2: {_shape(left)})")
            if left.dtype.kind not in "fiub" or right.dtype.kind not in "fiub" or not left.size:
                continue
            left, right = left.astype("float64"), right.astype("float64")
            if distance(left, right) <= 1e-6:
                continue
            if not _same_range(left, right):
                said = f"`{name}` is {_range(right)} (Keras 2: {_range(left)})"
                return Check("batch", OTHER, said)
            moved = True
    if moved:
        notes.append("the first batch holds other samples in each run; Keras 2's was given to both models")
        return Check("batch", SAME, "shapes and ranges are the same, the samples are others")
    return Check("batch", SAME, "the first batch is the same")


def _same_range(a: Any, b: Any) -> bool:
    scale = max(float(np.abs(a).max()), float(np.abs(b).max())) or 1.0
    near = [abs(float(f(a)) - float(f(b))) <= 0.25 * scale for f in (np.min, np.max, np.mean)]
    return all(near) and abs(float(a.std()) - float(b.std())) <= 0.25 * max(float(a.std()), float(b.std()), 1e-9)


def _range(array: Any) -> str:
    return f"from {array.min():.4g} to {array.max():.4g}, mean {array.mean():.4g}"


def _calls(body: dict[str, Any]) -> list[dict[str, Any]]:
    return [call for call in body["calls"] if call["kind"] not in _UNWEIGHED]


def _outputs(pair: Pair) -> Check:
    error = _error(pair, "inference")
    if error is not None:
        error.what = "outputs"
        return error
    old, new = pair.old["inference"], pair.new["inference"]
    allowed = _allowed(pair, "outputs")
    worst = 0.0
    if len(old["outputs"]) != len(new["outputs"]):
        said = f"{len(new['outputs'])} outputs (Keras 2: {len(old['outputs'])})"
        return Check("outputs", OTHER, said)
    apart = False
    for a, b in zip(old["outputs"], new["outputs"], strict=True):
        left, right = pair.arrays(a, b)
        worst = max(worst, distance(left, right))
        apart = apart or worst > allowed
    if apart:
        return Check("outputs", OTHER, _first_apart(pair, allowed), worst, allowed)
    layers = len(_calls(old))
    said = f"{len(old['outputs'])} outputs over {layers} layers agree to {worst:.1e} (allowed: {allowed:.1e})"
    return Check("outputs", SAME, said, worst, allowed)


def _first_apart(pair: Pair, allowed: float) -> str:
    """The first layer whose outputs part, of those that stand in both models."""
    old, new = _calls(pair.old["inference"]), _calls(pair.new["inference"])
    before = ""
    for a, b in _aligned(old, new):
        for left_key, right_key in zip(a["outputs"], b["outputs"], strict=False):
            left, right = pair.arrays(left_key, right_key)
            if distance(left, right) > allowed:
                return f"they part at the layer `{a['name']}` ({a['kind']}): {_figures(left, right)}{before}"
        before = f"; until `{a['name']}` they are the same"
    left, right = pair.arrays(pair.old["inference"]["outputs"][0], pair.new["inference"]["outputs"][0])
    return f"they part between the layers, in what no layer holds: {_figures(left, right)}{before}"


def _aligned(old: list[dict[str, Any]], new: list[dict[str, Any]]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    def key(call: dict[str, Any]) -> Any:
        return call["kind"], tuple(map(tuple, call["shapes"]))

    matcher = SequenceMatcher(None, [key(call) for call in old], [key(call) for call in new], autojunk=False)
    for a, b, size in matcher.get_matching_blocks():
        yield from zip(old[a : a + size], new[b : b + size], strict=True)


def _added(pair: Pair) -> Iterator[Check]:
    """``add_loss`` and regularizers, by themselves: beside a large loss a small one is not seen."""
    old, new = pair.old.get("inference", {}), pair.new.get("inference", {})
    if "losses" not in old or "losses" not in new or not (old["losses"] or new["losses"]):
        return
    a, b = sum(old["losses"]), sum(new["losses"])
    allowed = max(_allowed(pair, "outputs"), 1e-4)
    apart = _relative(a, b)
    counts = len(new["losses"]), len(old["losses"])
    said = f"what layers add to the loss is {b:.6g} in {counts[0]} terms (Keras 2: {a:.6g} in {counts[1]})"
    yield Check("penalties", OTHER if apart > allowed else SAME, said, apart, allowed)


def _name(name: str) -> str:
    plain = _COUNTED.sub("", name)
    head, _, tail = plain.rpartition("_")
    return _METRICS.get(plain, f"{head}_{_METRICS[tail]}" if tail in _METRICS and head else plain)


def _evaluation(pair: Pair, notes: list[str]) -> Iterator[Check]:
    error = _error(pair, "evaluate")
    if error is not None:
        yield error
        return
    old, new = pair.old["evaluate"]["logs"], pair.new["evaluate"]["logs"]
    yield _loss("loss", old, new, max(_allowed(pair, "evaluate"), 2e-5), "in inference mode")
    a = {_name(k): v for k, v in old.items() if k != "loss"}
    b = {_name(k): v for k, v in new.items() if k != "loss"}
    shared = [name for name in a if name in b]
    if len(shared) < len(a) and len(a) == len(b):
        shared, b = list(a), dict(zip(a, b.values(), strict=True))
    for name in shared:
        if _relative(a[name], b[name]) > 1e-3 and abs(a[name] - b[name]) > 1e-6:
            yield Check("metrics", OTHER, f"`{name}` is {b[name]:.6g} (Keras 2: {a[name]:.6g})")
            return
    if shared:
        yield Check("metrics", SAME, f"{len(shared)} metrics have the same values")
    if sorted(old) != sorted(new):
        notes.append(f"the history's keys are {_listed(new)} (Keras 2: {_listed(old)})")


def _listed(logs: dict[str, Any]) -> str:
    return ", ".join(f"`{name}`" for name in logs)


def _loss(what: str, old: dict[str, float], new: dict[str, float], allowed: float, when: str) -> Check:
    if "loss" not in old or "loss" not in new:
        a, b = (next(iter(logs.values()), 0.0) for logs in (old, new))
    else:
        a, b = old["loss"], new["loss"]
    apart = _relative(a, b)
    if apart > allowed:
        said = f"the loss {when} is {b:.7g} (Keras 2: {a:.7g})"
        return Check(what, OTHER, said, apart, allowed)
    said = f"the loss {when} agrees to {apart:.1e} (allowed: {allowed:.1e}): {b:.6g}"
    return Check(what, SAME, said, apart, allowed)


def _noise(pair: Pair) -> Iterator[Check]:
    """Layers that make noise have the strength that they had."""
    old, new = ([one for one in side.get("noise", ()) if one[1]] for side in (pair.old, pair.new))
    for (kind, before), (_, after) in zip(old, new, strict=False):
        for name, value in before.items():
            if _relative(value, after.get(name, 0.0)) > 1e-6:
                yield Check("noise", OTHER, f"a {kind} has the {name} {after.get(name, 0.0):g} (Keras 2: {value:g})")
                return
    if len(old) != len(new):
        yield Check("noise", OTHER, f"{len(new)} layers make noise (Keras 2: {len(old)})")
    elif old:
        yield Check("noise", SAME, f"{len(old)} layers make the same noise")


def _steps(pair: Pair, notes: list[str]) -> Iterator[Check]:
    """One step of the training: as it is, with all noise drawn alike; else with noise layers off."""
    error = _error(pair, "step")
    if error is not None:
        yield error
        return
    found = list(_step(pair, "step", "in training mode"))
    noise = pair.old.get("noise") or []
    asked = all("logs" in side.get("silent", {}) for side in (pair.old, pair.new))
    if any(check.verdict == OTHER for check in found) and asked:
        silent = list(_step(pair, "silent", "with noise layers off"))
        if all(check.verdict == SAME for check in silent):
            names = ", ".join(sorted({kind for kind, _ in noise}))
            notes.append(f"{names}: compared with the noise off, since each Keras draws it in its own way")
        found = silent
    yield from found


def _step(pair: Pair, name: str, when: str) -> Iterator[Check]:
    old, new = pair.old.get(name, {}), pair.new.get(name, {})
    if "logs" not in old or "logs" not in new:
        yield _error(pair, name) or Check(name, UNASKED, "no step was seen")
        return
    yield _loss("loss", old["logs"], new["logs"], max(_allowed(pair, "loss"), 2e-5), when)
    yield _gradients(pair, old["gradients"], new["gradients"], when)
    yield _after(pair, old, new, when)


def _gradients(pair: Pair, old: dict[str, Any], new: dict[str, Any], when: str) -> Check:
    worst, scale = 0.0, 0.0
    allowed = max(GRADIENTS, _allowed(pair, "gradients"))
    for key in old.values():
        if key is not None:
            scale = max(scale, float(np.abs(pair.olds.array(key)).max(initial=0.0)))
    for number in sorted(old, key=int):
        if number not in new:
            if old[number] is None:
                continue
            return Check("gradients", OTHER, f"{pair.path(int(number))} gets no gradient in Keras 3 ({when})")
        if (old[number] is None) != (new[number] is None):
            which = "Keras 3" if new[number] is None else "Keras 2"
            return Check("gradients", OTHER, f"{pair.path(int(number))} gets no gradient in {which} ({when})")
        if old[number] is None:
            continue
        left, right = pair.arrays(old[number], new[number])
        right = right.reshape(left.shape) if right.size == left.size else right
        apart = _norm_apart(left, right, scale)
        worst = max(worst, apart)
        if apart > allowed:
            said = f"{pair.path(int(number))} gets another gradient {when}: {_figures(left, right)}"
            return Check("gradients", OTHER, said, apart, allowed)
    more = [number for number in new if number not in old and new[number] is not None]
    if more:
        return Check("gradients", OTHER, f"{pair.path(int(more[0]))} gets a gradient in Keras 3 only ({when})")
    said = f"the first step's of {len(old)} variables agree to {worst:.1e} {when} (allowed: {allowed:.1e})"
    return Check("gradients", SAME, said, worst, allowed)


def _norm_apart(a: Any, b: Any, scale: float) -> float:
    """The norm of the difference over the norm; some roundings of the model's largest gradient are nothing.

    Where a gradient is 0 by its formula, as that of a bias before BatchNormalization, these are all that is left of it.
    """
    if a.shape != b.shape:
        return float("inf")
    a, b = a.astype("float64"), b.astype("float64")
    if not np.array_equal(np.isfinite(a), np.isfinite(b)):
        return float("inf")
    a, b = np.nan_to_num(a), np.nan_to_num(b)
    size = max(float(np.linalg.norm(a)), float(np.linalg.norm(b)), NOTHING * scale * np.sqrt(a.size))
    return float(np.linalg.norm(a - b)) / size if size else 0.0


def _after(pair: Pair, old: dict[str, Any], new: dict[str, Any], when: str) -> Check:
    """Variables after the step; where a gradient is nothing but rounding, its sign (and Adam's step) is too."""
    count = 0
    for number in sorted(old["after"], key=int):
        if number not in new["after"]:
            continue
        left, right = pair.arrays(old["after"][number], new["after"][number])
        if left.size != right.size:
            continue
        right = right.reshape(left.shape)
        sure = np.ones(left.shape, bool)
        key = old["gradients"].get(number)
        other = new["gradients"].get(number)
        if key is not None and other is not None:
            a, b = pair.arrays(key, other)
            if a.size == left.size and b.size == left.size:
                a, b = a.reshape(left.shape), b.reshape(left.shape)
                sure = np.abs(a - b) <= 1e-3 * np.abs(a)
        gap = np.abs(left.astype("float64") - right.astype("float64")) * sure
        scale = max(float(np.abs(left).max(initial=0.0)), 1e-3)
        count += 1
        allowed = max(_allowed(pair), STEP)
        if gap.max(initial=0.0) / scale > allowed:
            said = f"{pair.path(int(number))} is another after the step {when}: {_figures(left * sure, right * sure)}"
            if int(number) in old.get("sparse", ()) and int(number) in new.get("sparse", ()):
                said += SPARSE
            return Check("step", OTHER, said, float(gap.max()) / scale, allowed)
    return Check("step", SAME, f"{count} variables are the same after one step {when}")


def _optimizer(pair: Pair) -> Iterator[Check]:
    error = _error(pair, "optimizer")
    if error is not None:
        yield error
        return
    old, new = pair.old.get("optimizer") or {}, pair.new.get("optimizer") or {}
    if not old or not new:
        return
    if old["class"].lower() != new["class"].lower():
        yield Check("optimizer", OTHER, f"it is {new['class']} (Keras 2: {old['class']})")
        return
    for step, rate in old["rates"].items():
        if _relative(rate, new["rates"][step]) > 1e-5:
            said = f"the rate at step {step} is {new['rates'][step]:.6g} (Keras 2: {rate:.6g})"
            yield Check("optimizer", OTHER, said)
            return
    for name, value in old["config"].items():
        other = new["config"].get(name, value)
        same = value == other or (not value and not other)
        numbers = isinstance(value, int | float) and isinstance(other, int | float)
        if not same and not (numbers and _relative(float(value), float(other)) <= 1e-6):
            yield Check("optimizer", OTHER, f"its `{name}` is {other!r} (Keras 2: {value!r})")
            return
    for number, key in old["after"].items():
        if number not in new["after"]:
            yield Check("optimizer", OTHER, f"{pair.path(int(number))} is not trained in Keras 3")
            return
        left, right = pair.arrays(key, new["after"][number])
        if left.size == right.size and distance(left, right.reshape(left.shape)) > 1e-5:
            said = f"three steps of equal gradients lead {pair.path(int(number))} elsewhere"
            yield Check("optimizer", OTHER, f"{said}: {_figures(left, right.reshape(left.shape))}")
            return
    said = f"{new['class']} has the same settings and rates, and leads to the same in three steps of equal gradients"
    yield Check("optimizer", SAME, said)


def _saved(pair: Pair) -> Check:
    error = _error(pair, "save")
    if error is not None:
        return error
    old, new = pair.old.get("save") or {}, pair.new.get("save") or {}
    allowed = _allowed(pair, "outputs")
    if "apart" not in old or "apart" not in new:
        return Check("save", UNASKED, "it was not saved")
    if old["apart"] <= allowed < new["apart"]:
        return Check("save", OTHER, f"the model that Keras 3 loads again gives other outputs, by {new['apart']:.1e}")
    return Check("save", SAME, f"saved and loaded again it gives the same ({old['way']}, {new['way']})")


def _tape(pair: Pair) -> Iterator[Check]:
    """A loop of one's own: what its first step came to, both from the same initial weights."""
    error = _error(pair, "tape")
    if error is not None:
        yield error
        return
    old, new = pair.old["tape"]["steps"], pair.new["tape"]["steps"]
    if not old or not new:
        return
    a, b = old[0], new[0]
    allowed = max(_allowed(pair, "outputs"), 1e-4)
    if a["loss"] is not None and b["loss"] is not None:
        apart = _relative(a["loss"], b["loss"])
        said = f"the loop's first loss is {b['loss']:.7g} (Keras 2: {a['loss']:.7g})"
        yield Check("loss", OTHER if apart > allowed else SAME, said, apart, allowed)
    largest = max((n for n in a["norms"].values() if n is not None), default=0.0)
    for number in sorted(a["norms"], key=int):
        left, right = a["norms"][number], b["norms"].get(number)
        if (left is None) != (right is None):
            which = "Keras 3" if right is None else "Keras 2"
            yield Check("gradients", OTHER, f"{pair.path(int(number))} gets no gradient in {which}")
            return
        if left is not None and right is not None and abs(left - right) > GRADIENTS * max(left, right, 1e-4 * largest):
            said = f"the norm of the gradient of {pair.path(int(number))} is {right:.6g} (Keras 2: {left:.6g})"
            yield Check("gradients", OTHER, said)
            return
    yield Check("gradients", SAME, f"the norms of {len(a['norms'])} gradients of the first step are the same")
