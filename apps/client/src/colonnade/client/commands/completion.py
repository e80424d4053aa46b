"""`completion`."""

import click
from click.shell_completion import get_completion_class

from colonnade.client.connection import Failure


@click.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print a script that makes SHELL complete commands and options.

    For bash: colonnade completion bash >> ~/.bashrc
    """
    from colonnade.client.group import cli

    kind = get_completion_class(shell)
    if kind is None:
        raise Failure(f"there is no completion for {shell}", 2)
    click.echo(kind(cli, {}, "colonnade", "_COLONNADE_COMPLETE").source())


COMMANDS = {"completion": completion}
