"""KV703 reshuffled-split."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kerasvae_lint.core import Draft, Report, Rule
from kerasvae_lint.model import Call, Computed, Constant, LibraryObject, Module, Unknown, Value, constant, records

_FEW = 3


@dataclass(frozen=True, eq=False, slots=True)
class Shuffle:
    """A shuffle that draws a new order at each pass.

    Attributes:
        value: the shuffled data set.
        word: ``shuffle`` or ``list_files``.
        is_told: True if it was told to reshuffle.
    """

    value: Value
    word: str
    is_told: bool


class ReshuffledSplit(Rule):
    """A data set that is shuffled anew at each pass is split: what is held out changes, and is trained on.

    ## What it finds
    `take` and `skip` of one data set behind a `shuffle` that reshuffles, as it does by default: both are iterated, and
    each pass draws another order. `list_files` shuffles by default too. `reshuffle_each_iteration=False`, a `cache`
    between the shuffle and the split, and a split before the shuffle are right; `take` alone, to look at some samples,
    is no split.

    ## Why it bites
    Training and validation each go through the shuffled data for themselves. Of 20 validation samples, 19 had been
    trained on after one epoch, and all after two. With random labels, 300 samples and 40 epochs, `val_accuracy` was
    1.0; with a fixed split 0.52. Nothing is printed.

    ## Bad
    ```python
    ds = ds.shuffle(1000)
    train, held_out = ds.skip(200), ds.take(200)
    ```

    ## Good
    ```python
    ds = ds.shuffle(1000, reshuffle_each_iteration=False)
    train, held_out = ds.skip(200), ds.take(200)
    ```

    ## Fix
    `reshuffle_each_iteration=False`: the split stays as it is drawn first. To mix the training data anew in each epoch,
    shuffle them again behind the split.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - tensorflow/tensorflow issue 59279, pull request 62782
    - huggingface/datasets issue 5435
    """

    code = "KV703"
    name = "reshuffled-split"
    triggers = (".shuffle(", "list_files")
    companions = (".skip(",)
    fixable = "sometimes"
    probes = ("learning",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per shuffle behind which both sides of a split are taken."""
        has_tensorflow = module.imports("tensorflow")  # else what another file gives may be of any library
        taken: dict[int, list[tuple[Call, Shuffle]]] = {}
        skipped: dict[int, list[tuple[Call, Shuffle]]] = {}
        for word, found in (("take", taken), ("skip", skipped)):
            for call in module.method_calls(word):
                for receiver in call.receivers:
                    shuffle = _reshuffles(receiver)
                    if shuffle is not None and (has_tensorflow or isinstance(shuffle.value, LibraryObject)):
                        found.setdefault(id(shuffle.value), []).append((call, shuffle))
        told: set[records.Record] = set()
        for key, skips in skipped.items():
            shuffle = skips[0][1]
            pair = next(
                ((take, skip) for take, _ in taken.get(key, []) for skip, _ in skips if _is_split(take, skip)),
                None,
            )
            site = shuffle.value.site
            if pair is None or site is None or not module.owns(site):
                continue
            at = site.record
            if at in told:
                continue
            told.add(at)
            yield Report(
                at,
                "The split is drawn anew at each pass, as the shuffle before it is: the model is trained on what"
                " validation holds out, in Keras 2 and 3. Shuffle with `reshuffle_each_iteration=False`, or split"
                " first.",
                ((pair[0].record, "one side"), (pair[1].record, "the other side")),
                _fix(module, shuffle, at),
            )


def _reshuffles(dataset: Value) -> Shuffle | None:
    """The shuffle behind a data set that draws a new order each time; None if the order is fixed, or not known."""
    at: Value | None = dataset
    while at is not None:
        step = _step(at)
        if step is None:
            return None
        word, options, complete, before = step
        if word in {"cache", "snapshot"} or not complete:
            return None
        given = options.get("reshuffle_each_iteration" if word == "shuffle" else "shuffle")
        drawn = given is None or constant(given) is True
        if word == "list_files" or (word == "shuffle" and constant(given or Constant(True)) is not False):
            return Shuffle(at, word, "reshuffle_each_iteration" in options) if drawn else None
        at = before
    return None


def _step(value: Value) -> tuple[str, Mapping[str, Value], bool, Value | None] | None:
    """The operation that a data set comes from: its word, its options, whether these are all, the data set before."""
    if isinstance(value, LibraryObject) and value.kind == "dataset":
        return value.name.rpartition(".")[2], value.arguments, value.complete, value.arguments.get("input")
    if isinstance(value, Computed) and value.op == "call" and isinstance(value.maker, Unknown):
        return value.maker.name, value.options, True, value.maker.base
    if isinstance(value, Computed) and value.op == "call" and isinstance(value.maker, Computed):
        whole = value.maker
        word = constant(whole.options.get("name", Constant(None))) if whole.op == "attribute" else None
        if isinstance(word, str) and whole.operands:
            return word, value.options, True, whole.operands[0]
    return None


def _is_split(take: Call, skip: Call) -> bool:
    """True for the two sides of a split, and not for a look at the first samples."""
    if take.function is not skip.function:
        return False
    counts = [call.argument("count", at=0) for call in (take, skip)]
    plain = [constant(count) if count is not None else None for count in counts]
    if any(isinstance(count, int) and count <= _FEW for count in plain):
        return _is_kept(take)
    return _is_kept(take) and _is_kept(skip)


def _is_kept(call: Call) -> bool:
    """True if the data set gets a name, or is handed on, and is not just gone through on the spot."""
    parent = call.record.parent
    while isinstance(parent, (records.Attribute, records.Call)):
        parent = parent.parent
    return not isinstance(parent, (records.For, records.Generator))


def _fix(module: Module, shuffle: Shuffle, call: records.Record) -> Draft | None:
    if shuffle.word != "shuffle" or not isinstance(call, records.Call):
        return None
    written = next((a for a in call.arguments if a.name == "reshuffle_each_iteration"), None)
    editor = module.editor()
    if written is not None:
        editor.replace(written.value, "False")
    elif shuffle.is_told:
        return None
    else:
        editor.add_argument(call, "reshuffle_each_iteration=False")
    return editor.draft("Keep the first order")
