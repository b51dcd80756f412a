"""KV605 removed-backend-function."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Applicability, Draft, Report, Rule, TargetKeras
from kerasvae_lint.model import Module, OldBackend, is_optional, old_backend, twin_name, twin_of


class RemovedBackendFunction(Rule):
    """`K.mean(x)`: Keras 3 has no more than about a dozen functions in `keras.backend`.

    ## What it finds
    Functions that the `keras.backend` which the file imports lacks in Keras 3. That of standalone Keras keeps
    `epsilon`, `floatx`, `image_data_format`, `clear_session`, `is_keras_tensor` and their setters; `tf.keras.backend`
    keeps about a hundred more, and lacks `in_train_phase`, `learning_phase`, `function`, `placeholder`, …
    Not: a backend of the project's own, code that asks for the version or `hasattr` before or catches AttributeError.

    ## Why it bites
    AttributeError in Keras 3 (measured on 3.15.1, for each function of the table): at the line that uses it, so in a
    loss or layer only once it is called.

    ## Bad
    ```python
    from keras import backend as K

    loss = K.mean(K.square(y_true - y_pred), axis=-1)
    ```

    ## Good
    ```python
    from keras import ops

    loss = ops.mean(ops.square(y_true - y_pred), axis=-1)
    ```

    ## Fix
    Where a function of Keras 3 means the same (`keras.ops`, `keras.random`, `.assign`), that, with its arguments as it
    takes them. Safe where file or project say that they are for Keras 3. Unsafe elsewhere, as the fixed code needs
    Keras 3, and for random numbers, which come from another generator. None where the setting says both.

    ## Keras 2 and Keras 3
    All of them work in Keras 2 (silent where the code is for Keras 2 only). `kvlint migrate` does the rest of the way.

    ## References
    - keras-team/keras issues 18467, 19148
    - the guide to migrating to Keras 3
    """

    code = "KV605"
    name = "removed-backend-function"
    triggers = ("backend",)
    fixable = "sometimes"
    probes = ("build",)
    preview = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per use of a function that is not there."""
        if module.flavour.only2:
            return
        for use in old_backend(module):
            if (use.through_door and use.in_door) or is_optional(use):
                continue
            yield Report(use.at, _message(use), fix=_fix(module, use))


def _fix(module: Module, use: OldBackend) -> Draft | None:
    twin = twin_name(use)
    if not twin or module.target is TargetKeras.BOTH:
        return None
    applicability = Applicability.SAFE if module.flavour.only3 else Applicability.UNSAFE
    return twin_of(module, use, f"Use `{twin}`", door=False, applicability=applicability)


def _message(use: OldBackend) -> str:
    home = "tf.keras.backend" if use.through_door else "keras.backend"
    first = f"`{home}` of Keras 3 has no `{use.name}`: AttributeError (in Keras 2 it has)."
    twin = twin_name(use)
    if twin:
        return f"{first} `{twin}` means the same there."
    where = " It is in `tf.keras.backend` alone." if use.in_door and not use.through_door else ""
    return f"{first}{where} {use.hint}."
