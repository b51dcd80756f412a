"""A KL and the reconstruction that stands beside it, and whether they are reduced alike."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kerasvae_lint.keras.objective.forms import Atom, Form
from kerasvae_lint.keras.objective.gaussian import GaussianKL
from kerasvae_lint.keras.objective.losses import Part
from kerasvae_lint.keras.objective.reading import LATENT
from kerasvae_lint.keras.objective.training import Loss, Objective

FEATUREWISE = frozenset(
    {"squared error", "absolute error", "cross-entropy", "mean_squared_error", "mean_absolute_error"}
    | {"binary_crossentropy", "sigmoid_cross_entropy_with_logits"}
)
_LABELS = frozenset({"ones_like", "zeros_like", "ones", "zeros", "fill", "full", "full_like", "options"})
_COUNTS = re.compile(
    r"dim|size|shape|feature|pixel|width|height|len|num|prod|rows|cols|words|vocab|^n_|_n$", re.IGNORECASE
)
_DATA = re.compile(
    r"^[xy]|true|pred|input|output|target|image|img|decod|recon|orig|data|batch|real|label|^t$|_x$|_y$|hat|gen",
    re.IGNORECASE,
)
MIN_FEATURES = 64


@dataclass(frozen=True, eq=False, slots=True)
class Pair:
    """A KL and the reconstruction terms beside it, in one way through a loss."""

    loss: Loss
    kl: Part
    errors: tuple[Part, ...]


def pairs(objective: Objective) -> Iterator[list[Pair]]:
    """The KL terms of each loss with what stands beside them; one list per KL, an entry for each variant.

    A KL that a layer adds by ``add_loss`` stands beside what the model is compiled with, and beside the loss of a tape
    that adds ``model.losses`` to it.
    """
    for loss in objective.losses:
        if loss.kind == "returned" and not _speaks_of_data(loss):
            continue
        found: dict[object, list[Pair]] = {}
        for variant in loss.variants:
            errors = tuple(part for part in variant if is_reconstruction(part))
            for part in variant:
                if part.kl is not None:
                    beside = errors or _beside(objective, loss)
                    kept = tuple(error for error in beside if not _compares_codes(error, part.kl))
                    found.setdefault(part.kl.key, []).append(Pair(loss, part, kept))
        yield from found.values()


def _beside(objective: Objective, loss: Loss) -> tuple[Part, ...]:
    if loss.kind != "add_loss":
        return ()
    others = [other for other in objective.losses if other is not loss and other.kind == "add_loss"]
    if objective.compiled == 1:
        others += [other for other in objective.losses if other.kind == "compiled"]
    taped = [other for other in objective.losses if other.kind == "tape" and other.adds_layer_losses]
    others += taped if len({other.site.record for other in taped}) == 1 else []
    return tuple(part for other in others for part in other.errors if is_reconstruction(part))


def _speaks_of_data(loss: Loss) -> bool:
    """True if a loss that nobody in sight calls compares with data: two codes compared are no reconstruction."""
    atoms = [atom for part in loss.errors if part.error for form in part.error.of for atom in form.atoms()]
    return any(atom.kind != "data" or _DATA.search(atom.label) for atom in atoms)


def is_reconstruction(part: Part) -> bool:
    """True for an error that is no discriminator's, which compares with ones or zeros, and no log-density of a code."""
    if part.error is None or part.error.name == LATENT:
        return False
    target = part.error.of[0] if part.error.of else None
    if target is None:
        return True
    atoms = [atom for atom in target.atoms() if atom.kind != "scalar" or atom.label in _LABELS]
    return bool(atoms) and not all(atom.label in _LABELS for atom in atoms)


def _compares_codes(part: Part, kl: GaussianKL) -> bool:
    """True for an error between the very heads of the KL, or samples of them: codes that are pulled together."""
    heads = {atom for form in (kl.mean, kl.log_variance) if form is not None for atom in tensors(form)}
    atoms = [atom for form in (part.error.of if part.error else ()) for atom in form.atoms() if atom.kind != "scalar"]
    return bool(atoms) and all(atom in heads or atom.kind == "draw" for atom in atoms)


def is_plain(part: Part) -> bool:
    """True for the textbook's KL: once, and with no factor that somebody chose."""
    return part.plain and abs(abs(part.coefficient) - 1) < 1e-6


def is_summed(part: Part) -> bool:
    """True for an error that is summed over the features, or whose mean is multiplied by their number."""
    if part.features in {"sum", "mixed"}:
        return True
    return part.features == "mean" and (is_count(abs(part.coefficient)) or any(map(counts, part.settings)))


def is_count(number: float) -> bool:
    """True for what is likelier a number of features than a weight: 784, not 10 or 1000."""
    if number < MIN_FEATURES or number != int(number):
        return False
    digits = str(int(number)).rstrip("0")
    return len(digits) > 1


def counts(form: Form) -> bool:
    """True for a factor that is a size, by its name or by what it is taken from."""
    atoms = form.atoms()
    return bool(atoms) and all(isinstance(atom, Atom) and _COUNTS.search(atom.label) for atom in atoms)


def tensors(form: Form) -> frozenset[Atom]:
    """The tensors that a form is a function of."""
    return frozenset(atom for atom in form.atoms() if atom.kind in {"tensor", "data"})
