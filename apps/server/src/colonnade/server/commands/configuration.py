"""`config`: what is set, whether it is right, what can be set."""

import json

import click

from colonnade.infrastructure.config import Layers, entries, reference
from colonnade.server.commands.settings import settings_of
from colonnade.server.settings import Settings


@click.group()
def config() -> None:
    """Show, check and explain the settings."""


@config.command()
@click.option("--json", "as_json", is_flag=True, help="As a JSON array.")
@click.pass_obj
def show(layers: Layers, as_json: bool) -> None:
    """Show every setting with its value and where it was set; secrets are masked."""
    rows = entries(settings_of(layers), Settings, layers)
    if as_json:
        click.echo(json.dumps([row._asdict() for row in rows], indent=2))
        return
    width = max(len(row.name) for row in rows)
    for row in rows:
        click.echo(f"{row.name:<{width}}  {row.value}  ({row.source})")


@config.command()
@click.pass_obj
def check(layers: Layers) -> None:
    """Check the settings: every fault is listed, and the exit code is 2 if there is one."""
    settings_of(layers)
    click.echo("The settings are right.")


@config.command(name="reference")
def show_reference() -> None:
    """Print a Markdown table of every setting, its environment variable, default and purpose."""
    click.echo(reference(Settings), nl=False)
