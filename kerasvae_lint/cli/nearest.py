"""What was meant by a value or a command that there is not; and what is refused for another reason."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import click


class NearestChoice(click.Choice[str]):
    """A choice that names the nearest right value when it is given a wrong one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The value, if it is one of the choices."""
        try:
            return super().convert(value, param, ctx)
        except click.BadParameter as error:
            near = _nearest(str(value).lower(), list(self.choices), 0.5)
            if not near:
                raise
            self.fail(f"{error.message.rstrip('.')}. Did you mean {near[0]!r}?", param, ctx)


class Refusal(click.ClickException):
    """What can't be done, in one line, without a word on the command's usage."""

    exit_code = 2


def teach(command: click.Command) -> None:
    """Let the choices of a command's options name the nearest right value."""
    for param in command.params:
        if type(param.type) is click.Choice:
            param.type = NearestChoice(param.type.choices, case_sensitive=param.type.case_sensitive)


def _nearest(word: str, known: Collection[str], cutoff: float) -> list[str]:
    import difflib

    return difflib.get_close_matches(word, known, n=1, cutoff=cutoff)
