"""KV512 freeze-idiom-broken."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Module, records

if TYPE_CHECKING:
    from kerasvae_lint.model import Adversary, Site

_MESSAGES = {
    "lost": (
        "Keras 3 notes at a model's first training what is trained (Keras 2 at `compile`): frozen here for the combined"
        " model, this network never learns in its own training. Set `trainable = True` before its own step and `False`"
        " before the combined one."
    ),
    "gained": (
        "Keras 3 notes at a model's first training what is trained (Keras 2 at `compile`): unfrozen here for its own"
        " training, this network is trained by the combined model too. Set `trainable = False` before the combined step"
        " and `True` before its own."
    ),
    "never": (
        "This network is still frozen where it is compiled and trained by itself: none of its weights ever moves, in"
        " Keras 2 and 3. Compile it before it is frozen, and set `trainable` around each step."
    ),
}

_SIMPLE = (records.ExpressionStatement, records.Assign, records.Augmented, records.Return)


class FreezeIdiomBroken(Rule):
    """An adversarial network's `trainable`, set once and never back: Keras 3 reads it later than Keras 2 does.

    ## What it finds
    A network that is frozen for a combined model, as in GANs, adversarial autoencoders and VAE-GANs: compiled, frozen
    (itself, its layers, by a helper), and then trained by itself without having been unfrozen. The other direction too:
    frozen for the `compile` of the combined model, unfrozen right after it, and trained by the combined model's steps.
    And a network that is frozen when it is itself compiled and trained. `compile`, freezing and training may stand in
    several methods, functions, files or cells.
    Not: `trainable` set around each step; a network that was trained once before it was frozen; code that is for Keras
    2 only; layers that are frozen for one model alone (KV507 judges these).

    ## Why it bites
    The idiom comes from the Keras 2 documentation and is right there: `compile` notes what is trained. Keras 3 asks
    `trainable_variables` when the first step is traced. Measured: a discriminator that is compiled, frozen and trained
    by `train_on_batch` moves by 0.001 a step in Keras 2 and by 0.0 for ever in Keras 3, which only warns that the model
    has no trainable weights. One that is unfrozen after the combined `compile` is moved by the generator's step too,
    towards the wrong labels.

    ## Bad
    ```python
    discriminator.compile("adam", "binary_crossentropy")
    discriminator.trainable = False
    gan = keras.Model(z, discriminator(generator(z)))
    gan.compile("adam", "binary_crossentropy")
    for real in batches:
        discriminator.train_on_batch(real, ones)
        gan.train_on_batch(noise, ones)
    ```

    ## Good
    ```python
    for real in batches:
        discriminator.trainable = True
        discriminator.train_on_batch(real, ones)
        discriminator.trainable = False
        gan.train_on_batch(noise, ones)
    ```

    ## Fix
    Unsafe, as more is trained then, or less: the two settings around the steps, right in both Kerases. None where the
    steps stand where nothing tells how the network is called there.

    ## Keras 2 and Keras 3
    Keras 2 works, but for a network that is frozen at its own `compile`. In Keras 3 also with `run_eagerly=True`.

    ## References
    - eriklindernoren/Keras-GAN issues 22, 182
    - fchollet/deep-learning-with-python-notebooks issue 13
    """

    code = "KV512"
    name = "freeze-idiom-broken"
    triggers = ("trainable",)
    fixable = "sometimes"
    probes = ("gradients",)
    outranks = ("KV507",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per setting."""
        seen: set[records.Record] = set()
        for found in module.adversaries:
            place = found.place_in(module.unit)
            if place is None or place in seen or not (module.flavour.keras3 or found.kind == "never"):
                continue
            seen.add(place)
            steps = (
                (found.compiled, "compiled here"),
                (found.own[0], "trained here by itself"),
                (found.combined[0], "the combined model's step"),
            )
            notes = tuple((module.place(site), text) for site, text in steps)
            about = (found.setting.site.record,) if module.owns(found.setting.site) else ()
            yield Report(place, _MESSAGES[found.kind], notes, _fix(module, found), about=about)


def _fix(module: Module, found: Adversary) -> Draft | None:
    own, combined = _step(module, found.own[0]), _step(module, found.combined[0])
    if own is None or combined is None or found.kind == "never":
        return None
    editor, called = module.editor(), found.own[0].record
    if found.network:
        network = _name(module, called.func if isinstance(called, records.Call) else None, own, combined)
        lines = [f"{network}.trainable = True"]
        if not _is_set(module, found, lines[0], own) and not editor.insert_before_statement(own, lines):
            return None
    else:  # trained by a loop of its own, which asks for `trainable_variables` at each step
        network = _name(module, found.setting.site.record, combined, combined) if found.kind == "gained" else None
        editor.insert_after_statement(combined, [f"{network}.trainable = True"])
    if network is None or not editor.insert_before_statement(combined, [f"{network}.trainable = False"]):
        return None
    return editor.draft("Set `trainable` around the steps", Applicability.UNSAFE)


def _step(module: Module, site: Site) -> records.Statement | None:
    """The statement of a training step, if it is in this file and lines can be put around it."""
    statement = records.statement_of(site.record) if module.owns(site) else None
    return statement if isinstance(statement, _SIMPLE) else None


def _name(
    module: Module, member: records.Record | None, one: records.Statement, other: records.Statement
) -> str | None:
    """How a network is called, if it is called so at both steps."""
    if not isinstance(member, records.Attribute):
        return None
    text, of_class = module.text(member.value), records.class_of(one)
    if records.function_of(one) is records.function_of(other):
        return text if records.function_of(member) is records.function_of(one) or text.startswith("self.") else None
    same = of_class is not None and of_class is records.class_of(other) and text.startswith("self.")
    return text if same else None


def _is_set(module: Module, found: Adversary, text: str, step: records.Statement) -> bool:
    """True if the setting itself is what is to stand before a step, and does."""
    setting = records.statement_of(found.setting.site.record)
    if setting is None or not module.owns(found.setting.site):
        return False
    return setting.parent is step.parent and setting.start < step.start and module.text(setting) == text
