"""KV517 layer-never-called."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.core import Report, Rule
from kerasvae_lint.model import Access, Class, Instance, LibraryObject, Module, is_layer, mentions, records

_MAX_IMPORTERS = 24
_READ_ALL = ("layers", "__dict__", "_layers", "submodules", "_flatten_layers")


class LayerNeverCalled(Rule):
    """A layer that `__init__` makes and nobody calls.

    ## What it finds
    A layer that a layer or model of one's own makes and keeps as an attribute, in `__init__` or `build`, and whose name
    nobody says again: not in the class, nor elsewhere in the file, nor in files that import it. Not: classes that go
    through all their layers (`self.layers`, `getattr`, `vars`), bases and classes whose bases can't be seen.

    ## Why it bites
    Mostly another layer is called in its place: `call` uses `self.mean` twice, and `self.log_var` is for nothing.
    Measured: the layer is never built and has no weights, so 4 of 6 are there. Keras 2 says nothing, Keras 3 no more
    than that some layer is not built.

    ## Bad
    ```python
    self.first, self.second = layers.Dense(8), layers.Dense(8)

    def call(self, inputs):
        return self.out(self.first(self.first(inputs)))
    ```

    ## Good
    ```python
    def call(self, inputs):
        return self.out(self.second(self.first(inputs)))
    ```

    ## Fix
    None: call it, or delete it.

    ## Keras 2 and Keras 3
    The same in both.

    ## References
    - keras-team/keras issue 18823
    """

    code = "KV517"
    name = "layer-never-called"
    triggers = ("def call",)
    companions = ("layers", "Layer", "Dense", "Conv")
    preview = True
    project_wide = True

    def check(self, module: Module) -> Iterator[Report]:
        """Yield one finding per layer."""
        for cls in module.classes:
            if not cls.is_layer or cls.value.is_open or "call" not in cls.record.methods or cls.is_functional:
                continue
            if _reads_all(cls):
                continue
            for name, attribute in cls.attributes.items():
                write = attribute.writes[0] if len(attribute.writes) == 1 else None
                if write is None or not _is_own_layer(module, cls, write) or _is_said(module, name, write):
                    continue
                if module.is_only_a_base(cls):
                    break
                yield Report(
                    write.site.record,
                    f"`{name}` is made and never called: it has no part in the model and never gets weights, in Keras 2"
                    " and 3. Call it, or delete it.",
                )


def _reads_all(cls: Class) -> bool:
    """True for a class that may read its attributes without naming them."""
    for record in cls.record.walk():
        if isinstance(record, records.Attribute) and record.attr in _READ_ALL:
            return True
        if isinstance(record, records.Name) and record.id in {"getattr", "vars", "locals", "eval"}:
            return True
    return False


def _is_own_layer(module: Module, cls: Class, write: Access) -> bool:
    """True for ``self.x = Dense(…)`` in the class's own ``__init__`` or ``build``."""
    layer, target = write.value, write.site.record
    if not module.owns(write.site) or module.class_of(target) is not cls or not isinstance(target, records.Attribute):
        return False
    if write.function not in (cls.record.methods.get("__init__"), cls.record.methods.get("build")):
        return False
    statement = records.statement_of(target)
    if not isinstance(layer, (LibraryObject, Instance)) or not is_layer(layer) or layer.site is None:
        return False
    made = layer.site.record
    return isinstance(statement, records.Assign) and isinstance(made, records.Call) and made in statement.walk()


def _is_said(module: Module, name: str, write: Access) -> bool:
    """True for an attribute whose name is said anywhere else, in this file or in one that imports it."""
    if any(mention is not write.site.record for mention in mentions(module.code, name)):
        return True
    importers = module.around.importers(_MAX_IMPORTERS) if module.around is not None else []
    return importers is None or any(True for unit in importers for _ in mentions(unit.module, name))
