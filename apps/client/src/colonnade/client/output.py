"""What commands print: tables for people, JSON for scripts."""

import json
from collections.abc import Iterable, Sequence

import click
from pydantic import BaseModel

_PIPED_WIDTH = 240
_MAX_WIDTHS = {"Title": 60, "Labels": 30, "Assignee": 20}


def print_json(content: BaseModel | dict[str, object] | list[object]) -> None:
    """Print one JSON document."""
    if isinstance(content, BaseModel):
        click.echo(content.model_dump_json(indent=2))
    else:
        click.echo(json.dumps(content, indent=2, ensure_ascii=False, default=str))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows in columns as wide as the terminal has room for; with too little, the widest are cut first."""
    from rich.console import Console  # noqa: PLC0415 - slow, and not needed for JSON
    from rich.table import Table  # noqa: PLC0415 - likewise
    from rich.text import Text  # noqa: PLC0415 - likewise

    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _PIPED_WIDTH
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        heading = Text(column, no_wrap=True, overflow="ellipsis")
        table.add_column(heading, max_width=_MAX_WIDTHS.get(column))
    for row in rows:
        cells = ("" if cell is None else str(cell) for cell in row)
        table.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis") for cell in cells))
    console.print(table)


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one a line, without those that are empty."""
    shown = [(name, value) for name, value in fields if value not in (None, "", ())]
    width = max((len(name) for name, _ in shown), default=0)
    for name, value in shown:
        click.echo(f"{name:<{width}}  {value}")
