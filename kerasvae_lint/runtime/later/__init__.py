"""What a script does after its first ``fit``: read only where its text gives occasion, and for seconds only.

Rounds of training that share a model (:mod:`rounds`), and predictions beside labels of another order (:mod:`passes`).
"""

from __future__ import annotations

import ast
import re
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

from kerasvae_lint.runtime.feed import feed_of, named_for
from kerasvae_lint.runtime.framework import Framework
from kerasvae_lint.runtime.later.passes import Passes
from kerasvae_lint.runtime.later.rounds import Rounds
from kerasvae_lint.runtime.subject import Subject

SECONDS = 10.0
"""At least; half of what the probes took, where that is longer: a machine may be slow."""
_SHUFFLES = re.compile(r"shuffle|\bflow(_from_\w+)?\(|_from_directory")
Answer = tuple[str, list[str]]
End = Callable[[Answer | None], None]


def has_occasion(text: str, path: str) -> bool:
    """True if the ``fit`` that runs now stands in a loop, or predictions follow of what may be shuffled."""
    if re.search(r"\.predict(_generator)?\(", text) and _SHUFFLES.search(text):
        return True
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError):
        return False
    rows = rows_on_stack(path)
    loops = [node for node in ast.walk(tree) if isinstance(node, ast.For | ast.While)]
    return any(node.lineno <= row <= (node.end_lineno or node.lineno) for node in loops for row in rows)


def rows_on_stack(path: str) -> list[int]:
    """The rows of the script that led here, the innermost first."""
    return list(_rows(sys._getframe(1), path))


def _rows(frame: Any, path: str) -> Iterator[int]:
    while frame is not None:
        if frame.f_code.co_filename == path:
            yield frame.f_lineno
        frame = frame.f_back


class Later:
    """Lets the script run on: each ``fit`` trains one batch, ``evaluate`` and ``predict`` are watched.

    ``end`` is called once, from whichever thread comes first; it does not return.
    """

    def __init__(self, subject: Subject, text: str, path: str, end: End) -> None:
        self.subject, self.path = subject, path
        self.inside = False
        self.rounds = Rounds()
        self.passes = Passes(text, path)
        self._end = end
        self._lock = threading.Lock()

    def begin(self, spent: float) -> None:
        """Lay the hooks, and start the clock; ``spent`` is how long the probes took."""
        model = self.subject.framework.keras.Model
        for name in ("predict", "evaluate"):
            owner = next(base for base in model.__mro__ if name in base.__dict__)
            setattr(model, name, self._hook(owner.__dict__[name], name))
        clock = threading.Timer(max(SECONDS, spent / 2), self.end)
        clock.daemon = True
        clock.start()

    def end(self, answer: Answer | None = None) -> None:
        """Tell what was found; nothing follows."""
        with self._lock:
            self._end(answer)

    def fit(self, original: Any, model: Any, given: dict[str, Any]) -> Any:
        """One batch in place of the training."""
        if self.inside:
            return original(**given)
        self.inside = True
        try:
            rows = rows_on_stack(self.path)
            self._found(self.rounds.fitted(model, given, rows[0] if rows else 0))
            x = given.get("x", given.get("generator"))
            feed = feed_of(x, given.get("y"), given.get("sample_weight"), given.get("batch_size"), count=1)
            arguments = feed.fit_arguments(Framework.of(model) or self.subject.framework)
            if given.get("validation_data") is not None or given.get("validation_split"):
                arguments["validation_data"] = (arguments["x"], arguments.get("y"))
            history = original(model, **named_for(original, arguments), verbose=0)
            self.rounds.left(model)
            if self.rounds.enough:
                self.end()
            return history
        finally:
            self.inside = False

    def _hook(self, original: Any, name: str) -> Any:
        def called(model: Any, *args: Any, **kwargs: Any) -> Any:
            if self.inside:
                return original(model, *args, **kwargs)
            x = args[0] if args else kwargs.get("x", kwargs.get("generator"))
            caller = sys._getframe(1)
            self.inside = True
            try:
                self._found(self.rounds.judged(model, x))
                output = original(model, *args, **kwargs)
                if name == "predict":
                    self._found(self.passes.predicted(x, caller))
                return output
            finally:
                self.inside = False

        return called

    def _found(self, answer: Answer | None) -> None:
        if answer is not None:
            self.end(answer)

    def script_ended(self) -> None:
        """The last chance: labels that were read after the predictions."""
        self.inside = True
        self.end(self.passes.ended())
