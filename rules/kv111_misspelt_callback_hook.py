"""KV111 misspelt-callback-hook."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import get_close_matches

import libcst as cst

from kerasvae_lint.core import Applicability, Draft, Report, Rule
from kerasvae_lint.semantics import ClassInfo, Editor, SemanticModel
from kerasvae_lint.semantics.facts import Function

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

    def check(self, model: SemanticModel) -> Iterator[Report]:
        """Yield one finding per method that looks like a hook and is none."""
        for cls in model.classes:
            if not _is_plain_callback(cls):
                continue
            for name, method in cls.facts.methods.items():
                meant = _meant(name)
                if meant is None or _is_known(cls, name) or _is_called(cls, name):
                    continue
                assert isinstance(method.node, cst.FunctionDef)
                yield Report(
                    method.node.name,
                    f"Keras has no hook `{name}`: nobody calls it, in Keras 2 and 3. `{meant}` is the hook.",
                    fix=_fix(model, cls, method, meant),
                )


def _is_plain_callback(cls: ClassInfo) -> bool:
    names = cls.all_library_bases()
    return "callback" in cls.kinds and all(
        n.startswith(("keras.callbacks.", "object", "abc.")) or n == "ABC" for n in names
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


def _is_known(cls: ClassInfo, name: str) -> bool:
    """True if a base of the project has the method: that one may call it."""
    return any(name in owner.facts.methods for owner in cls.mro() if owner is not cls)


def _is_called(cls: ClassInfo, name: str) -> bool:
    """True if a file of the class, or one of the project that names it, uses the method, by call or by name."""
    models = {owner.model for owner in cls.mro()}
    others = cls.model.project.search(cls.model, (name, cls.name)) if cls.model.project is not None else []
    for model in models:
        uses = [use for use in model.facts.names.get(name, ()) if not isinstance(model.parent(use), cst.FunctionDef)]
        if uses or name in model.facts.loads or f'"{name}"' in model.source.text or f"'{name}'" in model.source.text:
            return True
    for other in others:
        if any(not other.is_self(load.node.value, load.function) for load in other.facts.loads.get(name, ())):
            return True
    return False


def _fix(model: SemanticModel, cls: ClassInfo, method: Function, meant: str) -> Draft | None:
    wanted = 3 if "epoch" in meant or "batch" in meant else 2
    count = sum(1 for p in method.parameters if p.kind == "positional")
    if cls.method(meant) is not None or (count != wanted and not any(p.kind == "star" for p in method.parameters)):
        return None
    assert isinstance(method.node, cst.FunctionDef)
    editor = Editor(model)
    editor.replace(method.node.name, meant)
    return editor.draft(f"Rename to `{meant}`", Applicability.UNSAFE)
