"""KV405 vae-term-unused."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Loss, Module, records

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

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per term that no loss holds."""
        losses = module.objective.losses
        seen: set[records.Record] = set()
        for function in module.code.functions:
            made = [loss for loss in losses if function in {loss.function, loss.maker}]
            if not made or not _is_one(made, function):
                continue
            loss, missing = made[0], _missing(made)
            for name, value, word in _terms(module, function, missing):
                if value in seen or not _is_unread(function, name):
                    continue
                seen.add(value)
                yield Report(
                    value,
                    f"The {word} `{name}` is computed, but the loss does not hold it: the model is trained without"
                    " it, in Keras 2 and 3. Add it to the loss.",
                    ((loss.site.record, "this is the loss"),) if module.owns(loss.site) else (),
                )


def _is_one(losses: list[Loss], function: records.Function) -> bool:
    """True for one loss, and for a function that several ``compile`` got."""
    if len({loss.site.record for loss in losses}) == 1:
        return True
    return all(loss.kind == "compiled" and loss.function is function for loss in losses)


def _missing(losses: list[Loss]) -> str:
    """What none of the losses holds, of the KL and the reconstruction, where all hold the other one."""
    if any(part.kl is None and part.error is None for loss in losses for variant in loss.variants for part in variant):
        return ""  # a term that is neither, or can't be read, may be the one
    kl = [any(loss.kls) or loss.holds_a_sampled_kl for loss in losses]
    error = [any(loss.errors) for loss in losses]
    if not any(kl) and all(error):
        return "kl"
    return "error" if all(kl) and not any(error) else ""


def _terms(module: Module, function: records.Function, missing: str) -> Iterator[tuple[str, records.Expression, str]]:
    """The names in a function that are given what is missing and nothing else: name, expression, word for it."""
    for record in function.walk() if missing else ():
        if not isinstance(record, records.Assign) or record.value is None or len(record.targets) != 1:
            continue
        target = record.targets[0]
        if isinstance(target, records.Name) and records.function_of(record) is function:
            word = _word(module, record.value, missing)
            if word:
                yield target.id, record.value, word


def _word(module: Module, value: records.Expression, missing: str) -> str:
    """What an expression is, if it is what is missing; else nothing."""
    parts = list(module.objective.terms(value))
    if parts and all(part is not None and part.kl is not None for part in parts):
        return "KL divergence" if missing == "kl" else ""
    if missing == "kl":
        return "log-density of the code" if module.objective.is_log_density(value) else ""
    return "reconstruction" if parts and all(part is not None and part.error is not None for part in parts) else ""


def _is_unread(function: records.Function, name: str) -> bool:
    """True if the name is read by nothing, or by metrics and logs alone."""
    for record in function.walk():
        if isinstance(record, records.Name) and record.id == name and not _is_target(record):
            if not _is_only_looked_at(record):
                return False
    return True


def _is_target(name: records.Name) -> bool:
    at = name.parent
    return isinstance(at, records.Assign) and name in at.targets


def _is_only_looked_at(name: records.Name) -> bool:
    call = name.parent.parent if isinstance(name.parent, records.Argument) else None
    func = call.func if isinstance(call, records.Call) else None
    if isinstance(func, records.Attribute):
        return func.attr in _LOOKED_AT
    return isinstance(func, records.Name) and func.id in _LOOKED_AT
