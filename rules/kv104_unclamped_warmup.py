"""KV104 unclamped-warmup."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import (
    Module,
    Ramp,
    Setting,
    is_learning_rate,
    is_warm_up,
    number_of,
    ramp_of,
    records,
    words_of,
)

_WHOLE = frozenset(
    {"epochs", "n_epochs", "num_epochs", "nb_epochs", "nb_epoch", "max_epochs", "total_epochs", "params"}
)


class UnclampedWarmup(Rule):
    """A warm-up `epoch / n` that nothing stops at its end: the weight goes on rising.

    ## What it finds
    A value that a callback sets to the epoch divided by a length (or times a rate), and that nothing holds at its end,
    where the training is longer: `fit` has more epochs than the constant, or the length is plainly that of a warm-up.
    Not: a ramp that ends with the training, one that `min`, `clip`, an `if` or a setter holds, learning rates.

    ## Why it bites
    After the warm-up the KL weight is 1.1, 1.2, 2, 5: the longer the training, the closer the posterior is pulled to
    the prior, and no epoch trains the objective that was meant.

    ## Bad
    ```python
    K.set_value(self.beta, epoch / 10)  # fit(…, epochs=100)
    ```

    ## Good
    ```python
    K.set_value(self.beta, min(1.0, epoch / 10))
    ```

    ## Fix
    Unsafe: `min` with the end, 1 or the ramp's scale.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV104"
    name = "unclamped-warmup"
    triggers = ("on_epoch",)
    fixable = "unsafe"
    probes = ("schedule",)
    recipe = "kl-annealing"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per ramp without an end."""
        schedules = module.schedules
        seen: set[records.Record] = set()
        for setting in schedules.settings:
            if "epoch" not in setting.hook.name or setting.record in seen or setting.is_augmented:
                continue
            ramp = ramp_of(setting.value, setting.hook)
            if ramp is None or is_learning_rate(setting) or setting.is_guarded or _is_held(module, setting):
                continue
            if not _outlasted(module, ramp) or not schedules.is_read(setting):
                continue
            seen.add(setting.record)
            end = "1" if ramp.scale is None else f"`{_end(module, ramp) or 'its scale'}`"
            yield Report(
                setting.record,
                f"Nothing holds this warm-up at its end: past it, `{setting.attribute}` goes on rising above {end},"
                " in Keras 2 and 3. Take the minimum of the two.",
                fix=_fix(module, setting, ramp),
            )


def _is_held(module: Module, setting: Setting) -> bool:
    """True if another setting of the same value stands in the same function: ``if beta > 1: beta = 1``."""
    function = records.function_of(setting.record)
    return any(
        other.record is not setting.record
        and records.function_of(other.record) is function
        and other.attribute == setting.attribute
        for other in module.schedules.settings
    )


def _outlasted(module: Module, ramp: Ramp) -> bool:
    """True if the training plainly goes on behind the ramp's end."""
    length = number_of(ramp.length)
    if ramp.rate is not None:
        length = 1 / ramp.rate if ramp.rate else None
    names = words_of(ramp.length_written) if ramp.length_written is not None else []
    if length is None and (ramp.length is None or any(name in _WHOLE for name in names)):
        return False
    fits = module.schedules.fits_of(ramp.count)
    given = [fit.epochs for fit in fits]
    if length is not None and given:
        known = [count for epochs in given if (count := number_of(epochs)) is not None]
        if len(known) == len(given):
            return length + 1 < max(known)
    if ramp.length is not None and any(epochs is not None and epochs.key == ramp.length.key for epochs in given):
        return False
    if names and any(fit.epochs_words[:1] == names[:1] for fit in fits):
        return False
    return length is None and is_warm_up(*names[:1])


def _end(module: Module, ramp: Ramp) -> str | None:
    """What the ramp is scaled by, as this file writes it."""
    scale, whole = ramp.scale_written, ramp.whole.site
    if scale is None or whole is None or not module.owns(whole):
        return None
    return module.text(scale)


def _fix(module: Module, setting: Setting, ramp: Ramp) -> Draft | None:
    site = ramp.whole.site
    if site is None or not module.owns(site) or records.function_of(site.record) is not setting.hook.function:
        return None
    end = "1.0" if ramp.scale is None else _end(module, ramp)
    if end is None:
        return None
    editor = module.editor()
    editor.replace(site.record, f"min({end}, {module.text(site.record)})")
    return editor.draft("Hold it at its end", Applicability.UNSAFE)
