"""KV111 misspelt-callback-hook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.model import Class, Module, is_own, mentions, name_of, records

_HOOKS = tuple(
    f"on_{what}{when}"
    for what in ("epoch", "batch", "train_batch", "test_batch", "predict_batch", "train", "test", "predict")
    for when in ("_begin", "_end")
)
_SPELLINGS = (
    (re.compile(r"_(start|started|starts|beginning|begins|began|before|init)$"), "_begin"),
    (re.compile(r"_(stop|stopped|finish|finished|ends|ended|done|after|complete|completed)$"), "_end"),
    (re.compile(r"^on_(training|fit)_"), "on_train_"),
    (re.compile(r"^on_(validation|val|valid|eval|evaluate)_"), "on_test_"),
    (re.compile(r"^on_(train|training)_epoch_"), "on_epoch_"),
    (re.compile(r"^on_(train_|training_)?(step|iteration|minibatch)_"), "on_train_batch_"),
    (re.compile(r"^on_epochs_"), "on_epoch_"),
)


class MisspeltCallbackHook(Rule):
    """`on_epoch_start` is no hook of Keras: nobody ever calls it.

    ## What it finds
    A method of a Keras callback whose name is nearly that of a hook (`on_epoch_start`, `on_train_epoch_end`,
    `on_epoch_ends`) and that nothing calls. Not: helpers that the class calls itself (`on_interval`), classes with
    bases that are not Keras's.

    ## Why it bites
    Keras calls hooks by name and ignores the rest. The schedule of such a callback is never set, without a word.

    ## Bad
    ```python
    def on_epoch_start(self, epoch, logs=None): ...
    ```

    ## Good
    ```python
    def on_epoch_begin(self, epoch, logs=None): ...
    ```

    ## Fix
    Unsafe: the name of the hook, where the class has none of that name.

    ## Keras 2 and Keras 3
    The same in both.
    """

    code = "KV111"
    name = "misspelt-callback-hook"
    triggers = ("def on_",)
    fixable = "unsafe"
    probes = ("schedule",)

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per method that looks like a hook and is none."""
        for cls in module.classes:
            if "callback" not in cls.kinds or not cls.is_made_of("keras.callbacks."):
                continue
            for name, method in cls.record.methods.items():
                meant = _meant(name)
                if meant is None or cls.inherits(name) or _is_called(module, cls, name):
                    continue
                yield Report(
                    name_of(method),
                    f"Keras has no hook `{name}`: nobody calls it, in Keras 2 and 3. `{meant}` is the hook.",
                    fix=_fix(module, cls, method, meant),
                )


def _meant(name: str) -> str | None:
    """The hook that a name nearly is; None for hooks, and for names that are like none."""
    if not name.startswith("on_") or name in _HOOKS:
        return None
    spelt = name
    for pattern, hook in _SPELLINGS:
        spelt = pattern.sub(hook, spelt)
        if spelt in _HOOKS:
            return spelt
    found = get_close_matches(name, _HOOKS, n=1, cutoff=0.9)
    return found[0] if found else None


def _is_called(module: Module, cls: Class, name: str) -> bool:
    """True if a file of the class, or one of the project that names it, uses the method, by call or by name."""
    if any(True for unit in cls.units for _ in mentions(unit.module, name)):
        return True
    others = module.around.search((name, cls.name)) if module.around is not None else []
    return any(not is_own(use) or _is_derived(use, cls) for unit in others for use in mentions(unit.module, name))


def _is_derived(use: records.Expression, cls: Class) -> bool:
    """True in a class of another file that is made from this one, by its name."""
    home = records.class_of(use)
    return home is not None and any(True for base in home.bases for _ in mentions(base, cls.name))


def _fix(module: Module, cls: Class, method: records.Function, meant: str) -> Draft | None:
    wanted = 3 if "epoch" in meant or "batch" in meant else 2
    count = sum(1 for p in method.parameters if p.kind in {"positional", "positional-only"})
    if cls.method(meant) is not None or (count != wanted and not any(p.kind == "*" for p in method.parameters)):
        return None
    editor = module.editor()
    editor.edit(method.name_start, method.name_start + len(method.name), meant)
    return editor.draft(f"Rename to `{meant}`", Applicability.UNSAFE)
