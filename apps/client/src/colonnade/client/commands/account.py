"""`login`, `logout`, `whoami`."""

import sys
from urllib.parse import urlsplit

import click

from colonnade.api.client import Tokens
from colonnade.application.identity import SignIn, SignOut, WhoAmI
from colonnade.client.choosing import json_option
from colonnade.client.connection import Connection, Failure, run
from colonnade.client.output import print_fields, print_json
from colonnade.client.state import State, config_folder
from colonnade.core import Unauthenticated


@click.command()
@click.option("--server", help="Address of the server, such as https://work.example.com.")
@click.option("--email", help="Your e-mail address.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
def login(server: str | None, email: str | None, password_stdin: bool) -> None:
    """Sign in to a server, which is then the one in use.

    The tokens are kept in the keyring of the system; where there is none, in a file that only you can read.
    """
    address = server or State(config_folder()).server or click.prompt("Server")
    if not _is_address(address):
        raise Failure(f"'{address}' is not an address: write it like https://work.example.com", 2)
    who = email or click.prompt("E-mail")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else click.prompt("Password", hide_input=True)

    async def work(connection: Connection) -> str:
        pair = await connection.bus.send(SignIn.model_validate({"email": who, "password": password}))
        connection.bus.sign_in(Tokens(pair.access_token, pair.refresh_token))
        connection.state.use_server(connection.server)
        return (await connection.bus.send(WhoAmI())).name

    name = run(work, server=address)
    click.echo(f"Signed in to {address} as {name}.")


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


@click.command()
def logout() -> None:
    """Sign out, and forget the tokens even if the server cannot be reached."""

    async def work(connection: Connection) -> None:
        try:
            await connection.bus.send(SignOut())
        except Unauthenticated:
            click.echo("Nobody was signed in any more.", err=True)
        finally:
            connection.bus.sign_in(None)

    run(work)
    click.echo("Signed out.")


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


COMMANDS = {"login": login, "logout": logout, "whoami": whoami}
