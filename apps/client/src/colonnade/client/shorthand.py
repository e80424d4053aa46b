"""A group of commands that does its usual one where none is named."""

from typing import Any

import click


class Shorthand(click.Group):
    """Takes a line without a command for the usual one: `notifications --all` is `notifications list --all`."""

    def __init__(self, *, usual: str = "list", **attributes: Any) -> None:  # whatever click gives every group
        super().__init__(**attributes)
        self._usual = usual

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the usual command in front, unless a shell only asks what could come next."""
        names_none = not args or (args[0].startswith("-") and args[0] not in ctx.help_option_names)
        if names_none and not ctx.resilient_parsing:
            args = [self._usual, *args]
        return super().parse_args(ctx, args)
