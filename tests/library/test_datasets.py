"""What the table of data sets says is what scikit-learn gives, as far as that makes its data itself."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import pytest

from kerasvae_lint.library import lookup
from kerasvae_lint.library.shapes.datasets import Part, dataset_parts, is_dataset
from kerasvae_lint.library.shapes.dims import UNKNOWN
from kerasvae_lint.library.signatures import NO_DEFAULT, OPAQUE
from kerasvae_lint.library.tables import ROWS

NAMES = [name for name in ROWS if is_dataset(name)]
MADE = [
    name
    for name in NAMES
    if name.startswith("sklearn.") and not name.rpartition(".")[2].startswith("fetch") and "boston" not in name
]
CALLS: list[dict[str, Any]] = [
    {},
    {"n_samples": 37},
    {"n_samples": (10, 20)},
    {"n_features": 7},
    {"n_classes": 3, "n_informative": 4},
    {"n_classes": 4},
    {"shuffle": False},
    {"centers": 5},
    {"centers": [[0, 0, 1], [1, 2, 1]]},
    {"n_class": 5},
    {"n_targets": 3},
    {"scaled": False},
    {"return_X_y": True},
]


def parts_of(name: str, given: dict[str, Any]) -> dict[tuple[object, ...], Part]:
    entry = lookup(name)
    assert entry is not None
    signature = next(entry.signatures())
    options = {p.role: p.default for p in signature.parameters if p.default not in (NO_DEFAULT, OPAQUE)}
    for word, value in given.items():
        parameter = signature.get(word)
        assert parameter is not None
        options[parameter.role] = value
    return dataset_parts(name, options)


def test_every_function_of_the_table_has_a_row() -> None:
    assert len(NAMES) == 32


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_known_is_not_claimed(name: str) -> None:
    entry = lookup(name)
    assert entry is not None
    for signature in entry.signatures():
        for part in dataset_parts(name, {p.role: UNKNOWN for p in signature.parameters}).values():
            assert part.shape is not None


@pytest.mark.skipif(find_spec("sklearn") is None, reason="needs scikit-learn")
@pytest.mark.parametrize("name", MADE)
def test_the_table_says_what_scikit_learn_gives(name: str) -> None:
    import numpy as np

    sets = import_module("sklearn.datasets")
    entry = lookup(name)
    assert entry is not None
    signature = next(entry.signatures())
    for given in CALLS:
        if any(word not in signature for word in given):
            continue
        try:
            made = getattr(sets, name.rpartition(".")[2])(**given)
        except (TypeError, ValueError):
            continue  # it takes no such value
        for path, part in parts_of(name, given).items():
            numbers: Any = made
            for key in path:
                numbers = numbers[key]
            _compare(np.asarray(numbers), part, f"{name}({given}){path}")


def _compare(numbers: Any, part: Part, where: str) -> None:
    import numpy as np

    assert len(numbers.shape) == len(part.shape), where
    assert all(not isinstance(b, int) or a == b for a, b in zip(numbers.shape, part.shape, strict=True)), where
    if part.range is not None:
        assert part.range[0] <= numbers.min(), where
        assert numbers.max() <= part.range[1], where
        assert not part.met or (numbers.min(), numbers.max()) == part.range, where
    assert part.whole in (None, bool((numbers == np.round(numbers)).all())), where
    assert part.several or part.classes in (None, len(np.unique(numbers))), where
    assert part.dtype in ("", str(numbers.dtype)), where
    if part.part == "y" and part.classes is not None and part.order:
        assert (part.order == "sorted") is bool((np.diff(numbers.ravel()) >= 0).all()), where
