"""The command group, which loads each command's module when it is asked for (click, lazily loaded subcommands)."""

from importlib import import_module
from typing import Any

import click

from colonnade.client.table import COMMANDS, HELP_FLAGS, INTERRUPTED, help_text


class LazyGroup(click.Group):
    """Knows its commands by the table."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command."""
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        command: click.Command = import_module(entry.module).COMMANDS[cmd_name]
        return command

    def invoke(self, ctx: click.Context) -> Any:  # click's own signature
        """Run a command; Ctrl-C before it talks to the server ends it like Ctrl-C while it does."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            stopped = click.ClickException("stopped")
            stopped.exit_code = INTERRUPTED  # type: ignore[misc]  # click reads it from the error
            raise stopped from None

    def get_help(self, ctx: click.Context) -> str:
        """Return the same help that is shown without click."""
        return help_text().rstrip("\n")


@click.command(cls=LazyGroup, name="colonnade", context_settings={"help_option_names": list(HELP_FLAGS)})
@click.version_option(package_name="colonnade-client", prog_name="colonnade")
def cli() -> None:
    """Plan projects and tasks with others."""
