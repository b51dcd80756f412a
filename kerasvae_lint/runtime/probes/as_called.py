"""The user's own call of ``fit``, with one step for an epoch: does it raise where the steps by themselves do not?"""

from __future__ import annotations

from typing import Any

from kerasvae_lint.runtime import watch
from kerasvae_lint.runtime.framework import is_own
from kerasvae_lint.runtime.subject import Subject, quiet
from kerasvae_lint.runtime.words import first_line

_BATCH = 32
"""What Keras takes where none is named; beside ``steps_per_epoch=1`` it would take all samples at once."""


def shortened(given: dict[str, Any], callbacks: list[Any] | None) -> dict[str, Any]:
    """Arguments of ``fit`` as given, for one step and one step of validation."""
    arguments = {name: value for name, value in given.items() if name not in {"self", "callbacks", "generator"}}
    arguments |= {"epochs": 1, "initial_epoch": 0, "verbose": 0, "steps_per_epoch": 1, "callbacks": callbacks}
    if arguments.get("validation_data") is not None or arguments.get("validation_split"):
        arguments["validation_steps"] = 1
    if arguments.get("batch_size") is None and _is_array(given.get("x")):
        arguments["batch_size"] = _BATCH
    return {name: value for name, value in arguments.items() if value is not None}


def _is_array(x: Any) -> bool:
    return isinstance(x, list | tuple | dict) or (hasattr(x, "shape") and not hasattr(x, "element_spec"))


def raised(subject: Subject, callbacks: list[Any] | None = None) -> Exception | None:
    """What the call raises; nothing for what this machine forbids or lacks."""
    fit = watch.ORIGINALS.get("fit:" + subject.framework.version)
    if fit is None or not subject.trains or subject.synthetic or "fit" not in subject.notes:
        return None
    if subject.notes.get("compiled_before"):  # with a step that the probes have made anew since
        return None
    before = bool(getattr(subject.model, "run_eagerly", False))
    arguments = shortened(subject.given, callbacks)
    with subject.undone(), quiet():
        try:
            made = fit(subject.model, **arguments)
            subject.notes["history"] = dict(getattr(made, "history", None) or {})
        except (OSError, ImportError, MemoryError, StopIteration):  # a file, a module, or a source that is used up
            return None
        except Exception as error:  # whatever fit raises is what the user will see
            return error
        finally:
            subject.model.run_eagerly = before
    return None


def unjudged(subject: Subject, error: Exception | None) -> str | None:
    """What to say of a validation by Keras's own ``test_step`` that knows no loss: Keras 2 gives 0.0, 3 raises."""
    own = {name for cls in type(subject.model).__mro__ if is_own(cls) for name in cls.__dict__}
    if "train_step" not in own or own & {"test_step", "compute_loss"}:
        return None
    cause = "the model has a train_step and no test_step, and compile got no loss"
    if error is not None:
        return f"fit raises {first_line(error)} ({cause})" if "No loss to compute" in str(error) else None
    logs = subject.notes.get("history", {})
    if not logs.get("val_loss") or any(logs["val_loss"]):
        return None
    trains = any(float(value) for name in logs if name[:4] != "val_" for value in logs[name])
    return f"val_loss is 0.0: {cause}" if trains else None
