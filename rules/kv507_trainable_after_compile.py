"""KV507 trainable-after-compile."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Module, records


class TrainableAfterCompile(Rule):
    """`trainable` set after `compile` is not taken in: the training goes on with what was frozen before.

    ## What it finds
    A layer or model that is frozen or unfrozen between a `compile` and a training that goes by it, with no `compile` in
    between. Not: a setting that another model's `compile` or training takes in (adversarial networks are trained so),
    `run_eagerly=True`, loops of one's own, which read `trainable_variables` anew, a setting that changes nothing.

    ## Why it bites
    Keras 2 notes at `compile` which weights are trained, Keras 3 when the first training after it begins. Measured: a
    base that is unfrozen for fine-tuning after the first `fit` moves by 0.0 in two epochs; one that is frozen then
    goes on moving. `summary()` shows what was set, not what is trained.

    ## Bad
    ```python
    base.trainable = False
    model.compile("adam", "mse")
    model.fit(x, y, epochs=5)
    base.trainable = True
    model.fit(x, y, epochs=5)
    ```

    ## Good
    ```python
    base.trainable = True
    model.compile(keras.optimizers.Adam(1e-5), "mse")
    model.fit(x, y, epochs=5)
    ```

    ## Fix
    None: `compile` also makes the optimizer begin anew, mostly with a smaller learning rate.

    ## Keras 2 and Keras 3
    After a first training the same in both. Between `compile` and the first training a setting holds in Keras 3 and is
    lost in Keras 2: silent where the code is for Keras 3 only. In Keras 3 `model.trainable = True` does nothing on a
    model that is trainable already: a base in it that was frozen stays frozen, also after `compile`.

    ## References
    - keras-team/keras issues 4674, 6405
    - nasa/delta issue 58, osh/KerasGAN issue 10
    """

    code = "KV507"
    name = "trainable-after-compile"
    triggers = ("trainable",)
    companions = ("compile",)
    fixable = "no"
    probes = ("gradients",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per setting that comes too late."""
        seen: set[records.Record] = set()
        for late in module.unheeded:
            place = late.setting.site.record
            if place in seen or not ((module.flavour.keras2 and late.in2) or (module.flavour.keras3 and late.in3)):
                continue
            seen.add(place)
            trained = "trained" if late.value else "frozen"
            if late.in3:
                start = "What is trained is fixed by now, in Keras 2 by `compile`, in Keras 3 by the first training"
                start = start if late.in2 else "What is trained is fixed by now, in Keras 3 by the first training"
                message = f"{start} after it: this is not {trained} by the next one. Call `compile` again before it."
            else:
                message = (
                    f"Keras 2 notes at `compile` what is trained: this is not {trained} by the training below (in Keras"
                    " 3 it is, as none came before). Set it before `compile`."
                )
            steps = ((late.compiled.site, "compiled here"), (late.trained.site, "trained here"))
            notes = tuple((site.record, text) for site, text in steps if module.owns(site))
            yield Report(place, message, notes, about=(place,))
