"""KV519 shared-initializer-instance."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import EqualStart


class SharedInitializerInstance(Rule):
    """One initializer object for several weights of one shape: they start equal.

    ## What it finds
    A random initializer of Keras (`GlorotUniform()`, `RandomNormal(0.1)`, …) that is made once and handed to two layers
    or weights of one shape, also through a name at the top of the file or a dictionary of arguments. Shapes count as
    one if their sizes are known to be, or if they are written with the same values. Not: initializers by name
    (`"glorot_uniform"`), constants, a `SeedGenerator` as seed, weights of other shapes, TensorFlow's own
    `tf.random_uniform_initializer`, which draws anew, and graphs of TensorFlow 1.

    ## Why it bites
    An initializer object draws the same numbers at each call. Measured: a mean head and a log-variance head have equal
    kernels, so that `mean == log_var` for every input when training begins; equal units of parallel branches get equal
    gradients for as long as the branches are used alike.

    ## Bad
    ```python
    init = keras.initializers.GlorotUniform()
    mean = layers.Dense(2, kernel_initializer=init)(hidden)
    log_var = layers.Dense(2, kernel_initializer=init)(hidden)
    ```

    ## Good
    ```python
    mean = layers.Dense(2, kernel_initializer=keras.initializers.GlorotUniform())(hidden)
    log_var = layers.Dense(2, kernel_initializer=keras.initializers.GlorotUniform())(hidden)
    ```

    ## Fix
    Unsafe: an object for each weight, where the initializer is made of constants and is handed over by its name. None
    for a seeded one, whose twins draw the same numbers: give each a seed of its own.

    ## Keras 2 and Keras 3
    Equal in both. Keras 2 (from TensorFlow 2.10 on; before it, objects without a seed drew anew) warns once where
    there is no seed; Keras 3 is silent.

    ## References
    - keras-team/keras issue 15586
    - tensorflow/tensorflow issue 62577
    - LeelaChessZero/lczero-training issue 218
    """

    code = "KV519"
    name = "shared-initializer-instance"
    triggers = ("initializer",)
    companions = ("Normal(", "Uniform(", "normal(", "uniform(", "Scaling(", "rthogonal(")
    fixable = "sometimes"
    probes = ("layers",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per initializer."""
        if module.flavour.graph:
            return
        for start in module.equal_starts:
            first, *others = start.places
            made = start.initializer.site
            notes = tuple((place, "a weight of this shape is drawn by it") for place in start.places)
            place: records.Record = first
            if made is not None and module.owns(made):
                place = made.record
            advice = "Give each a seed of its own" if start.seeded else "Make one for each"
            yield Report(
                place,
                f"This initializer draws {len(start.places)} weights of one shape, and the same numbers for all: they"
                f" start equal, in Keras 2 and 3. {advice}.",
                notes,
                _fix(module, start, others),
            )


def _fix(module: Module, start: EqualStart, others: list[records.Call]) -> Draft | None:
    """The initializer's call in place of its name, in all weights but the first."""
    made = start.initializer.site.record if start.initializer.site is not None else None
    if start.seeded or not isinstance(made, records.Call) or not module.owns(start.initializer.site):
        return None
    if not all(isinstance(argument.value, (records.Constant, records.Unary)) for argument in made.arguments):
        return None
    root = module.text(made.func).partition(".")[0]
    if root not in module.code.scope.bound:
        return None
    editor = module.editor()
    for call in others:
        given = [
            argument
            for argument in call.arguments
            if argument.name is not None
            and argument.name.endswith("initializer")
            and start.initializer in module.value(argument.value).alternatives()
        ]
        if len(given) != 1 or not isinstance(given[0].value, (records.Name, records.Attribute)):
            return None
        editor.replace(given[0].value, module.text(made))
    return editor.draft("Make an initializer for each weight", Applicability.UNSAFE)
