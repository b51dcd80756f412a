"""Whether code that Keras would trace runs eagerly: what several rules ask."""

from __future__ import annotations

from collections.abc import Iterator

from kerasvae_lint.model import Module, mentions, records


def is_eager(module: Module) -> bool:
    """True where a model is told to run eagerly, or where a loop of one's own calls it and nothing compiles it."""
    if any(True for word in ("run_eagerly", "run_functions_eagerly") for _ in mentions(module.code, word)):
        return True
    if any(argument.name == "run_eagerly" for call in module.code.calls for argument in call.arguments):
        return True
    if any(True for _ in module.method_calls("fit", "compile")) or any(
        True for _ in module.calls("keras.layers.Lambda")
    ):
        return False
    if any("train_step" in cls.record.methods for cls in module.classes):
        return False
    if any(True for _ in of_tensorflow(module, "function")):
        return False
    return any(True for _ in module.method_calls("gradient"))


def of_tensorflow(module: Module, word: str) -> Iterator[records.Attribute]:
    """Where the file says ``tf.word``, or something of ``tf.compat.v1``."""
    for mention in mentions(module.code, word):
        if isinstance(mention, records.Attribute) and module.text(mention.value).partition(".")[0] in {
            "tf",
            "tensorflow",
        }:
            yield mention
