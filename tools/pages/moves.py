"""What became of Keras 2's names: the tables that `kvlint migrate` works by, on one page."""

from __future__ import annotations

from collections.abc import Iterable

from kerasvae_lint.library import NO_DEFAULT, OPAQUE, known_names, lookup
from kerasvae_lint.library.moves import place_of
from kerasvae_lint.library.moves.names import GONE, KERAS, TF_KERAS
from kerasvae_lint.library.moves.twins import BACKEND, HINTS, LAYER_ARGUMENTS, RENAMED, STRINGS, TENSORFLOW
from kerasvae_lint.migrate.steps import STEPS

HEAD = f"""\
# From Keras 2 to Keras 3, name by name

What [`kvlint migrate`](migrate.md) works by. What is gone or called otherwise is read from the installed packages
(Keras {KERAS} beside tf-keras {TF_KERAS}). What means the same is written by hand, and a test holds that each function
on the right takes those arguments.

"""


def pages() -> dict[str, str]:
    """``moves.md``, as a text."""
    parts = [
        HEAD,
        "## The steps\n\n",
        _table(("step", "does"), ((f"`{step.name}`", _first_line(step.__doc__)) for step in STEPS)),
        "\nThen the fixes of the rules KV601 to KV617, those with `--unsafe-fixes` too.\n",
        "\n## Names\n\n",
        _table(("Keras 2", "Keras 3"), _names()),
        "\n## Arguments\n\n",
        "Of layers and other classes, where Keras 3 has the new name and not the old.\n\n",
        _table(("was", "is"), ((f"`{old}=`", f"`{new}=`") for old, new in sorted(LAYER_ARGUMENTS.items()))),
        "\n## Positions and defaults\n\n",
        "Classes and functions that both have under one name, and that take something else.\n\n",
        _table(("name", "gone", "other defaults"), _changed()),
        "\n## Words\n\n",
        _table(
            ("for a", "was", "is"),
            ((kind, f"`{old}`", f"`{new}`") for kind, words in STRINGS.items() for old, new in words.items()),
        ),
        "\n## keras.backend\n\n",
        _table(("function", "is"), ((f"`K.{name}`", _row(row)) for name, row in sorted(BACKEND.items()))),
        "\n## TensorFlow\n\n",
        "On a functional model's tensors, and with `--to any` wherever Keras calls the code.\n\n",
        _table(("function", "is"), ((f"`tf.{name}`", _row(row)) for name, row in sorted(TENSORFLOW.items()))),
    ]
    return {"moves.md": "".join(parts)}


def _first_line(text: str | None) -> str:
    return (text or "").partition("\n")[0].rstrip(".").replace("``", "`")


def _row(row: str) -> str:
    return f"`{row.replace('|', ' or ').replace('!', '')}`"


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(heads)} |", f"|{'---|' * len(heads)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines) + "\n"


def _names() -> Iterable[tuple[str, str]]:
    for name in sorted({*GONE, *RENAMED, *HINTS}):
        if name.startswith("keras.backend."):
            continue
        place = place_of(name)
        if place is None:
            continue
        if place.today == name:
            continue
        today = place.today.replace("tensorflow.keras", "tf.keras")
        yield f"`{name}`", f"`{today}`" if today else place.hint


def _changed() -> Iterable[tuple[str, str, str]]:
    for name in sorted(known_names()):
        entry = lookup(name)
        if not name.startswith("keras.") or entry is None or entry.name != name or name.startswith("keras.backend."):
            continue
        two, three = entry.keras2, entry.keras3
        if two is None or three is None or not (entry.stands_in(2) and entry.stands_in(3)) or two is three:
            continue
        gone = [p.name for p in two.parameters if three.get(p.name) is None and p.kind not in {"*", "**"}]
        other = [
            f"`{parameter.name}`: `{parameter.default!r}`, now `{new.default!r}`"
            for parameter in two.parameters
            if (new := three.get(parameter.name)) is not None
            and repr(parameter.default) != repr(new.default)
            and not {repr(parameter.default), repr(new.default)} & {repr(NO_DEFAULT), repr(OPAQUE)}
        ]
        if gone or other:
            yield f"`{name}`", ", ".join(f"`{one}`" for one in gone), "; ".join(other)
