"""`colonnade-server`: what an operator runs."""

from pathlib import Path

import click

from colonnade.infrastructure.config import Layers
from colonnade.server.commands.access import access
from colonnade.server.commands.audit import audit
from colonnade.server.commands.configuration import config
from colonnade.server.commands.documents import asyncapi, openapi, routes
from colonnade.server.commands.encryption import encryption
from colonnade.server.commands.jobs import jobs, queues, schedules, workers
from colonnade.server.commands.keys import keys
from colonnade.server.commands.mail import mail
from colonnade.server.commands.migrating import migrate
from colonnade.server.commands.parked_messages import parked_messages
from colonnade.server.commands.people import people
from colonnade.server.commands.processes import acts, operators, processes
from colonnade.server.commands.running import demo, serve
from colonnade.server.commands.seeding import seed
from colonnade.server.commands.subscriptions import dead_letters, subscriptions
from colonnade.server.commands.working import worker

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": "COLONNADE_CLI"})
@click.version_option(package_name="colonnade-server", prog_name="colonnade-server")
@click.option("--config", "file", type=_FILE, envvar="COLONNADE_CONFIG", help="TOML file with settings.")
@click.option(
    "--secrets-dir", type=_FOLDER, envvar="COLONNADE_SECRETS_DIR", help="Folder with one file for each secret setting."
)
@click.pass_context
def main(context: click.Context, file: Path | None, secrets_dir: Path | None) -> None:
    """Run and look after a Colonnade server.

    Settings come from defaults, a TOML file, secret files and environment variables, the later ones first:
    COLONNADE_DATABASE__URL=postgresql://… moves the server to PostgreSQL. `config reference` lists them all.

    To try it out: colonnade-server demo
    """
    context.obj = Layers(file=file, secrets=secrets_dir)


COMMANDS = (
    *(serve, worker, demo, migrate, seed, config, openapi, asyncapi, routes),
    *(jobs, queues, schedules, workers, subscriptions, dead_letters, processes, operators, acts, audit, keys, mail),
    access,
    encryption,
    parked_messages,
    people,
)

for command in COMMANDS:
    main.add_command(command)


if __name__ == "__main__":
    main()
