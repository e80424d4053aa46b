"""`login`, `logout`, `prove`."""

import os
import sys
from typing import Literal

import click

from colonnade.api.client import Tokens
from colonnade.application.identity import SignIn, SignOut, TokenPair, WhoAmI
from colonnade.application.identity.device_flow import DeviceCodes
from colonnade.application.identity.opening import SecondFactorRequired
from colonnade.application.identity.second_factor import SignInWithCode
from colonnade.client.addresses import server_address
from colonnade.client.asking import ask
from colonnade.client.browser import open_option, opens_browser, show
from colonnade.client.connection import Connection, Failure, run
from colonnade.client.credentials import TOKEN_VARIABLE, KeptCredentials, personal
from colonnade.client.device_sign_in import sign_in_by_device
from colonnade.client.provider_sign_in import sign_in_at_provider
from colonnade.client.proving import prove as give_proof
from colonnade.client.state import config_folder
from colonnade.core import Unauthenticated

Way = Literal["device", "password", "provider", "token"]


@click.command()
@click.option("--server", help="Address of the server, such as https://work.example.com.")
@click.option("--device", is_flag=True, help="Show a code to type in a browser; what is done at a terminal.")
@click.option("--password", is_flag=True, help="Ask for e-mail address and password here.")
@click.option("--provider", metavar="NAME", help="Sign in at an identity provider of the server, in a browser.")
@click.option("--token", is_flag=True, help=f"Use a personal token, of {TOKEN_VARIABLE} or standard input.")
@click.option("--email", help="Your e-mail address; the password is asked for here, then.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking.")
@open_option
def login(
    server: str | None,
    device: bool,
    password: bool,
    provider: str | None,
    token: bool,
    email: str | None,
    password_stdin: bool,
    opens: bool | None,
) -> None:
    """Sign in to a server, which is then the one in use.

    At a terminal a code is shown, which you type on a page of the server, in a browser on any machine. No password
    passes this terminal, and every way of signing in that the page has will do. Ctrl-C ends the waiting.

    The tokens are kept in the keyring of the system; where there is none, in a file that only you can read.
    """
    by_password = password or password_stdin or email is not None
    way = _way({"device": device, "password": by_password, "provider": provider is not None, "token": token})
    if way != "token":
        _require_no_variable("it is used without a sign-in")
    address = server_address(server)
    if way == "token":
        name = _keep_token(address)
    elif way == "device":
        name = _by_device(address, opens=opens_browser(opens))
    elif provider is not None:
        name = _by_provider(address, provider, opens=opens_browser(opens))
    else:
        who = email or ask("E-mail")
        typed = _line_of_stdin() if password_stdin else ask("Password", hidden=True)
        name = _by_password(address, who, typed)
    click.echo(f"Signed in to {address} as {name}.")


def _way(ways: dict[Way, bool]) -> Way:
    chosen = [way for way, is_wanted in ways.items() if is_wanted]
    if len(chosen) > 1:
        raise click.UsageError(f"choose one of {' and '.join(f'--{way}' for way in chosen)}")
    if chosen:
        return chosen[0]
    return "device" if sys.stdin.isatty() and sys.stdout.isatty() else "password"


def _by_device(address: str, *, opens: bool) -> str:
    def tell(codes: DeviceCodes) -> None:
        click.echo(f"Open {codes.verification_uri} in a browser and type this code: {codes.user_code}", err=True)
        click.echo(f"Waiting for {codes.expires_in // 60} minutes at most …", err=True)
        if opens:
            show(codes.verification_uri_complete)

    async def work(connection: Connection) -> str:
        return await _signed_in(connection, await sign_in_by_device(connection.bus, tell))

    return run(work, server=address)


def _by_provider(address: str, provider: str, *, opens: bool) -> str:
    async def work(connection: Connection) -> str:
        try:
            pair = await sign_in_at_provider(connection, provider, opens=opens)
        except SecondFactorRequired as required:
            pair = await _with_code(connection, required)
        return await _signed_in(connection, pair)

    return run(work, server=address)


def _by_password(address: str, email: str, password: str) -> str:
    async def work(connection: Connection) -> str:
        try:
            pair = await connection.bus.send(SignIn.model_validate({"email": email, "password": password}))
        except SecondFactorRequired as required:
            pair = await _with_code(connection, required)
        return await _signed_in(connection, pair)

    return run(work, server=address)


async def _with_code(connection: Connection, required: SecondFactorRequired) -> TokenPair:
    """Finish a sign-in that asks for a second factor."""
    ways = required.facts.get("methods")
    if not isinstance(ways, list) or not {"totp", "recovery"}.intersection(ways):
        raise Unauthenticated("your second factor is a passkey, which works in a browser only: use --token instead")
    code = ask("Code of your app, or a recovery code", hidden=True)
    message = SignInWithCode.model_validate({"challenge": required.facts["challenge"], "code": code})
    return await connection.bus.send(message)


def _keep_token(address: str) -> str:
    token = os.environ.get(TOKEN_VARIABLE) or _line_of_stdin()
    if not token:
        raise Failure(f"there is no token: pipe one in, or set {TOKEN_VARIABLE}", 6)

    async def work(connection: Connection) -> str:
        name = (await connection.bus.send(WhoAmI())).name
        KeptCredentials(connection.server, config_folder()).save(personal(token))
        connection.state.use_server(connection.server)
        return name

    return run(work, server=address, token=token)


async def _signed_in(connection: Connection, pair: TokenPair) -> str:
    connection.bus.sign_in(Tokens(pair.access_token, pair.refresh_token))
    connection.state.use_server(connection.server)
    return (await connection.bus.send(WhoAmI())).name


def _line_of_stdin() -> str:
    return sys.stdin.readline().rstrip("\r\n")


def _require_no_variable(because: str) -> None:
    if os.environ.get(TOKEN_VARIABLE):
        raise Failure(f"{TOKEN_VARIABLE} is set, and {because}: unset it first", 2)


@click.command()
def logout() -> None:
    """Sign out, and forget the tokens even if the server cannot be reached.

    A personal token stays good; 'colonnade tokens revoke' ends it.
    """
    _require_no_variable("there is no sign-in to end")

    async def work(connection: Connection) -> None:
        kept = KeptCredentials(connection.server, config_folder()).load()
        try:
            if kept is None or kept.refresh_token:
                await connection.bus.send(SignOut())
        except Unauthenticated:
            click.echo("Nobody was signed in any more.", err=True)
        finally:
            connection.bus.sign_in(None)

    run(work)
    click.echo("Signed out.")


@click.command()
@click.option("--stdin", "from_stdin", is_flag=True, help="Read the proof from standard input instead of asking.")
def prove(from_stdin: bool) -> None:
    """Prove once more who you are, so that sensitive commands are let through for a while.

    Where codes are set up, with a code of your app or a recovery code; otherwise with your password. At a terminal you
    need not do this: a command that wants a proof asks for it.
    """
    given = _line_of_stdin() if from_stdin else None

    async def work(connection: Connection) -> None:
        await give_proof(connection.bus, given)

    run(work)
    click.echo("Sensitive commands are let through for a while.")


COMMANDS = {"login": login, "logout": logout, "prove": prove}
