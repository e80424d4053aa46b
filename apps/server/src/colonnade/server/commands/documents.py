"""`openapi` and `routes`."""

import json
from pathlib import Path

import click

from colonnade.infrastructure.config import Layers


@click.command()
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; standard output if not said."
)
def openapi(output: Path | None) -> None:
    """Print the OpenAPI document."""
    from colonnade.server.application import document

    text = json.dumps(document(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@click.command()
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; standard output if not said."
)
@click.pass_obj
def asyncapi(layers: Layers, output: Path | None) -> None:
    """Print the AsyncAPI document: the integration events that are published, and where."""
    from colonnade.server.commands.settings import settings_of
    from colonnade.server.events import event_document

    text = json.dumps(event_document(settings_of(layers)), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="As a JSON array.")
def routes(as_json: bool) -> None:
    """List every operation: method, path, message, and who may send it."""
    from colonnade.api.work import CONTRACT

    rows = [
        {"method": row.method, "path": f"/api/v1{row.path}", "message": row.message.wire_name,
         "requires": row.message.access.value}
        for row in CONTRACT
    ]  # fmt: skip
    if as_json:
        click.echo(json.dumps(rows, indent=2))
        return
    width = max(len(row["path"]) for row in rows)
    for row in rows:
        click.echo(f"{row['method']:<7}{row['path']:<{width}}  {row['message']:<24}  {row['requires']}")
