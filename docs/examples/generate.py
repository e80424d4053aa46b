"""Writes the reference pages that follow from the code: `python docs/examples/generate.py`; a test compares them."""

import importlib
import pkgutil
from collections.abc import Iterator
from pathlib import Path

import click

from colonnade.client.group import cli
from colonnade.client.table import help_text
from colonnade.infrastructure.config import reference
from colonnade.infrastructure.database.tables import Row
from colonnade.server.cli import main as server
from colonnade.server.settings import Settings

REFERENCE = Path(__file__).parents[1] / "reference"
PACKAGES = {
    "core": "The building blocks of a domain model; no framework, no I/O.",
    "domain": "The work-management model of the product, by context.",
    "application": "Messages, the bus, filters; in the extra `work` the use cases of the product.",
    "api": "The contract table, HTTP, OpenAPI, the client; in the extra `work` the rows of the product.",
    "security": "Passwords, signed tokens, keys, sealed values; each an extra.",
    "monitoring": "Logs, metrics, traces, health; each but health an extra.",
    "infrastructure": "Database and configuration; in the extra `work` the tables and repositories of the product.",
    "testing": "Fakes, factories, contract suites and real servers for tests.",
}
UNREADABLE = {"TASK_FILTERS", "Message[Any]"}
"""The first begins with a colon in code, which napoleon takes for a type; the second is Message once more."""


def pages() -> dict[Path, str]:
    """Return every generated page by its path."""
    return {
        REFERENCE / "settings.md": _settings(),
        REFERENCE / "command-line.md": _command_line(),
        **{REFERENCE / "python" / f"{name}.md": _package(name, text) for name, text in PACKAGES.items()},
    }


def modules_of(package: str) -> Iterator[str]:
    """Yield a package and every public module in it, by name."""
    root = importlib.import_module(f"colonnade.{package}")
    yield root.__name__
    for found in pkgutil.walk_packages(root.__path__, f"{root.__name__}."):
        parts = found.name.split(".")
        if not any(part.startswith("_") for part in parts) and "migrations" not in parts:
            yield found.name


def _settings() -> str:
    return (
        "# Settings\n\nEvery setting of `colonnade-server`. How they are given is in "
        "[Configure the server](../how-to/configure.md).\n\n" + reference(Settings)
    )


def _command_line() -> str:
    return "\n".join(
        [
            "# Command line\n",
            "What every command says with `--help`.\n",
            "## colonnade\n",
            _block(help_text()),
            *_commands(cli, "colonnade"),
            "## colonnade-server\n",
            _block(_help(server, "colonnade-server")),
            *_commands(server, "colonnade-server"),
        ]
    )


def _commands(group: click.Group, name: str, parent: click.Context | None = None) -> Iterator[str]:
    context = click.Context(group, info_name=name if parent is None else name.rsplit(" ", 1)[-1], parent=parent)
    for child in group.list_commands(context):
        command = group.get_command(context, child)
        if command is None or command.hidden:
            continue
        yield f"### {name} {child}\n"
        yield _block(_help(command, child, context))
        if isinstance(command, click.Group):
            yield from _commands(command, f"{name} {child}", context)


def _help(command: click.Command, name: str, parent: click.Context | None = None) -> str:
    context = click.Context(
        command, info_name=name, parent=parent, help_option_names=["-h", "--help"], terminal_width=100
    )
    return command.get_help(context)


def _block(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```\n"


def _package(name: str, text: str) -> str:
    lines = [f"# colonnade.{name}\n", f"{text}\n"]
    for module in modules_of(name):
        exported = sorted(getattr(importlib.import_module(module), "__all__", ()), key=str.lower)
        if module != f"colonnade.{name}":
            lines.append(f"## {module.removeprefix('colonnade.')}\n")
        members = "   :no-members:\n" if exported else _left_out(module)
        lines.append(f"```{{eval-rst}}\n.. automodule:: {module}\n{members}```\n")
        if exported:
            lines.append(f"Exports {', '.join(f'`{each}`' for each in exported)}.\n")
    return "\n".join(lines)


def _left_out(module: str) -> str:
    """Leave out table models, which are private to their context, and what autodoc cannot read."""
    names = [
        name
        for name, value in vars(importlib.import_module(module)).items()
        if (isinstance(value, type) and issubclass(value, Row) and value is not Row) or name in UNREADABLE
    ]
    return f"   :exclude-members: {', '.join(['model_config', 'cache_ok', 'inherit_cache', *names])}\n" if names else ""


if __name__ == "__main__":
    for path, content in pages().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
