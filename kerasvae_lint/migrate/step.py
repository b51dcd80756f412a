"""What a step of the migration is: like a rule, it asks the facade and yields reports, with a fix where it has one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from kerasvae_lint.core import Applicability, Draft, Report, Span
from kerasvae_lint.model import Editor, Module


class Kind(str, Enum):
    """What a line of the report says.

    ``DONE``: the code is changed. ``NEEDLESS``: it is not needed any more, and gone. ``LEFT``: somebody has to do it.
    ``DIFFERS``: Keras 3 computes something else here, whatever is written.
    """

    DONE = "done"
    NEEDLESS = "not needed"
    LEFT = "left"
    DIFFERS = "differs"


class To(str, Enum):
    """Where the code is to run: Keras 3 on TensorFlow, or on any of its backends."""

    TENSORFLOW = "tensorflow"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing that a step has to say.

    Attributes:
        kind: what it is.
        at: the code that it is about.
        message: what is done or to do, and why, in a sentence.
        draft: the edits that do it; none for what is left.
        along: the edits are made only where something else shows that the code is not for Keras 3 already.
    """

    kind: Kind
    at: Span
    message: str
    draft: Draft | None = None
    along: bool = False

    @property
    def report(self) -> Report:
        """The same as a rule would say it."""
        return Report(self.at, self.message, fix=self.draft)


class Step(ABC):
    """One thing that the migration knows how to do.

    Attributes:
        name: in kebab case.
        triggers: a file that holds none of these words has nothing for it; empty for every file.
        only_to: the target that it is for; None for both.
    """

    name: ClassVar[str]
    triggers: ClassVar[tuple[str, ...]] = ()
    only_to: ClassVar[To | None] = None

    @abstractmethod
    def remarks(self, module: Module) -> Iterator[Remark]:
        """Yield what there is to do in one file."""

    def is_wanted(self, remark: Remark, module: Module, first: str) -> bool:  # noqa: ARG002
        """False for what the file had already when the migration began; ``first`` is its text then."""
        return True


def done(at: Span, message: str, editor: Editor, kind: Kind = Kind.DONE) -> Remark:
    """A remark whose edits an editor has collected."""
    return Remark(kind, at, message, editor.draft(message, Applicability.UNSAFE))


def left(at: Span, message: str) -> Remark:
    """A remark for a person."""
    return Remark(Kind.LEFT, at, message)


def differs(at: Span, message: str) -> Remark:
    """A remark on numbers that are others in Keras 3."""
    return Remark(Kind.DIFFERS, at, message)
