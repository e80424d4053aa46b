"""`serve` and `demo`."""

import json
from pathlib import Path

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.settings import run, settings_of
from colonnade.server.seeding import DEMO_EMAIL, DEMO_PASSWORD

_PORT = click.IntRange(0, 65535)


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=_PORT, help="Port to listen on; 0 chooses a free one.")
@click.option("--reload", is_flag=True, help="Start again whenever the code changes (for development).")
@click.pass_obj
def serve(layers: Layers, host: str | None, port: int | None, reload: bool) -> None:
    """Serve the API until a signal comes.

    The schema is brought up to date first, unless COLONNADE_DATABASE__MIGRATE_AT_START=false.
    """
    if reload:
        _serve_reloading(layers, host, port)
    else:
        _serve(layers, host, port)


@click.command()
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), default=Path("colonnade-data"),
              show_default=True, help="Folder of the demo's database.")  # fmt: skip
@click.option("--port", type=_PORT, default=8000, show_default=True, help="Port to listen on; 0 chooses a free one.")
@click.option("--json", "as_json", is_flag=True, help="Say where it is as one line of JSON: url, email, password.")
@click.pass_obj
def demo(layers: Layers, data_dir: Path, port: int, as_json: bool) -> None:
    """Serve made-up data on SQLite, on this machine only.

    The first start makes 50 people, 10 workspaces, their projects and tasks; later ones go on with what is there.
    """
    from colonnade.server.demo import serve_demo

    given = {
        "data_dir": data_dir,
        "http": {"host": "127.0.0.1", "port": port},
        "database": {"url": None},
        "keys": {"url": None},
        "identity": {"signing_keys_file": None},
        "logs": {"level": "WARNING", "format": "console"},
    }
    settings = settings_of(layers, given)

    def ready(url: str) -> None:
        if as_json:
            click.echo(json.dumps({"url": url, "email": DEMO_EMAIL, "password": DEMO_PASSWORD}))
        else:
            click.echo(
                f"\nColonnade is at {url} (interactive docs: {url}/api/docs)\n"
                f"Sign in as {DEMO_EMAIL} with the password: {DEMO_PASSWORD}\n\n"
                f"  colonnade login --server {url} --email {DEMO_EMAIL}\n\n"
                "Ctrl-C stops it."
            )

    run(serve_demo(settings, ready, quiet=as_json))


def _serve(layers: Layers, host: str | None, port: int | None) -> None:
    from colonnade.server.serving import serve as serve_forever

    given = {name: value for name, value in {"host": host, "port": port}.items() if value is not None}
    settings = settings_of(layers, {"http": given} if given else None)
    run(serve_forever(settings, lambda url: click.echo(f"Colonnade is at {url}", err=True)))


def _serve_reloading(layers: Layers, host: str | None, port: int | None) -> None:
    from watchfiles import PythonFilter, run_process

    import colonnade

    run_process(*colonnade.__path__, target=_serve, args=(layers, host, port), watch_filter=PythonFilter())
