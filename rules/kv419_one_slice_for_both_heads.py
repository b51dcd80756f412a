"""KV419 one-slice-for-both-heads."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records


class OneSliceForBothHeads(Rule):
    """Mean and log-variance are cut from one tensor with the same slice: they are equal.

    ## What it finds
    A Gaussian KL or a reparameterized sample whose mean and log-variance are the same slice, or the same item, of one
    tensor.

    ## Why it bites
    The two are the same numbers for every input, and the other half of the head is never trained.

    ## Bad
    ```python
    mean, log_var = both[:, :latent_dim], both[:, :latent_dim]
    ```

    ## Good
    ```python
    mean, log_var = both[:, :latent_dim], both[:, latent_dim:]
    ```

    ## Fix
    Unsafe: the other half, where the slice is a plain `:n`; the other item, where it is the first.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV419"
    name = "one-slice-for-both-heads"
    triggers = ("exp(", "kl_divergence")
    fixable = "sometimes"
    probes = ("kl",)
    recipe = "vae-loss"

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per slice that is both heads."""
        for head in module.objective.posterior.shared_heads:
            if head.value.op != "getitem":
                continue
            first, again = head.places[0], head.places[1] if len(head.places) > 1 else None
            yield Report(
                again or first,
                "Mean and log-variance are the same slice of one tensor: they are equal for every input, in Keras 2"
                " and 3. Take the other half for one of them.",
                ((first, "the other one is cut here"),) if again is not None else (),
                _fix(module, again) if isinstance(again, records.Subscript) else None,
            )


def _fix(module: Module, cut: records.Subscript) -> Draft | None:
    index = cut.index
    last = index.items[-1] if isinstance(index, records.Display) and index.items else index
    editor = module.editor()
    if isinstance(last, records.Slice) and last.lower is None and last.upper is not None and last.step is None:
        editor.replace(last, f"{module.text(last.upper)}:")
    elif last is index and isinstance(last, records.Constant) and last.value == 0:
        editor.replace(last, "1")
    else:
        return None
    return editor.draft("Take the other half", Applicability.UNSAFE)
