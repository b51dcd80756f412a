"""KV405 vae-term-unused."""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.semantics import SemanticModel
from kerasvae_lint.semantics.algebra.losses import Part, variants
from kerasvae_lint.semantics.algebra.objective import Loss
from kerasvae_lint.semantics.facts import Binding, Function

_LOOKED_AT = frozenset({"update_state", "add_metric", "print", "scalar", "append", "float"})


class VaeTermUnused(Rule):
    """A KL or a reconstruction term is computed, and no loss holds it.

    ## What it finds
    In a function whose loss holds only the one of the two: a Gaussian KL, or a reconstruction error, that is given a
    name which nothing reads, or only metrics and logs. Not: terms that go into a list of losses, a dict, an output, a
    tape's tuple of targets, or to a caller.

    ## Why it bites
    Without the KL the model is an autoencoder whose latent space was never shaped; without the reconstruction it learns
    nothing of the data. The training runs all the same.

    ## Bad
    ```python
    kl = -0.5 * tf.reduce_sum(1 + log_var - tf.square(mean) - tf.exp(log_var), axis=-1)
    loss = tf.reduce_mean(reconstruction)
    ```

    ## Good
    ```python
    loss = tf.reduce_mean(reconstruction + kl)
    ```

    ## Fix
    None: how the term is to be weighed is the author's to say.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV405"
    name = "vae-term-unused"
    triggers = ("exp(", "kl_divergence")
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per term that no loss holds."""
        for loss in model.objective.losses:
            function = loss.function
            if function is None or loss.kind == "returned" or model.owner_of(function) is not model:
                continue
            holds = {kind for kind in ("kl", "error") if any(True for _ in loss.parts(kind))}
            if len(holds) != 1 or any(
                other is not loss and other.function is function for other in model.objective.losses
            ):
                continue
            missing = "error" if "kl" in holds else "kl"
            yield from _unused(model, loss, function, missing)


def _unused(model: SemanticModel, loss: Loss, function: Function, missing: str) -> Iterator[Report]:
    for bindings in function.scope.bindings.values():
        for binding in bindings:
            if binding.value is None or binding.path or binding.kind not in {"assign", "annotated"}:
                continue
            part = _term(model, binding)
            if part is None or getattr(part, missing) is None or not _unread(model, function, binding.name):
                continue
            word = "KL divergence" if missing == "kl" else "reconstruction"
            yield Report(
                binding.value,
                f"The {word} `{binding.name}` is computed, but the loss does not hold it: the model is trained without"
                " it, in Keras 2 and 3. Add it to the loss.",
                ((loss.node, "this is the loss"),) if model.owns(loss.node) else (),
            )


def _term(model: SemanticModel, binding: Binding) -> Part | None:
    assert binding.value is not None
    found = variants(model.objective.form(binding.value))
    return found[0][0] if len(found) == 1 and len(found[0]) == 1 else None


def _unread(model: SemanticModel, function: Function, name: str) -> bool:
    """True if the name is read by nothing, or by metrics and logs alone."""
    for use in model.facts.names.get(name, ()):
        if model.function_at(use) is function and not _only_looked_at(model, use):
            return False
        if model.function_at(use) is not function and model.function_at(use).parent is function:
            return False
    return True


def _only_looked_at(model: SemanticModel, use: cst.Name) -> bool:
    parent = model.parent(use)
    if isinstance(parent, cst.Arg):
        call = model.parent(parent)
        func = call.func if isinstance(call, cst.Call) else None
        last = func.attr.value if isinstance(func, cst.Attribute) else func.value if isinstance(func, cst.Name) else ""
        return last in _LOOKED_AT
    return False
