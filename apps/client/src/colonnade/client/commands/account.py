"""`register`, `whoami`."""

import click

from colonnade.application.identity import Register, WhoAmI
from colonnade.client.addresses import server_address
from colonnade.client.asking import ask
from colonnade.client.choosing import json_option
from colonnade.client.commands.typing_passwords import new_password
from colonnade.client.connection import Connection, run
from colonnade.client.output import print_fields, print_json


@click.command()
@click.option("--server", help="Address of the server, such as https://work.example.com.")
@click.option("--email", help="Your e-mail address.")
@click.option("--name", help="What you are called.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def register(server: str | None, email: str | None, name: str | None, password_stdin: bool) -> None:
    """Make an account on a server, which is then the one in use."""
    address = server_address(server)
    said = {"email": email or ask("E-mail"), "name": name or ask("Name")}
    said["password"] = new_password(from_stdin=password_stdin)

    async def work(connection: Connection) -> str:
        registered = await connection.bus.send(Register.model_validate(said))
        connection.state.use_server(connection.server)
        return registered.state

    if run(work, server=address) == "confirm":
        click.echo(f"Look into your mail: a link confirms {said['email']}. Then: colonnade login")
    else:
        click.echo("Your account is ready: colonnade login")


@click.command()
@json_option
def whoami(as_json: bool) -> None:
    """Show who is signed in, and where."""

    async def work(connection: Connection) -> None:
        user = await connection.bus.send(WhoAmI())
        if as_json:
            print_json(user)
        else:
            print_fields([("Name", user.name), ("E-mail", user.email), ("Server", connection.server)])

    run(work)


COMMANDS = {"register": register, "whoami": whoami}
