"""`account`: confirm an address, choose another password, address or name; what else belongs to an account is added."""

from typing import Any

import click

from colonnade.application.identity.accounts import RenamePerson
from colonnade.application.identity.email_change import ConfirmEmailChange, RequestEmailChange
from colonnade.application.identity.password_change import ChangePassword
from colonnade.application.identity.reset import RequestPasswordReset, ResetPassword
from colonnade.application.identity.verification import ConfirmEmail, ResendConfirmation
from colonnade.application.messaging import Message
from colonnade.client.asking import ask
from colonnade.client.commands.personal_data import PERSONAL_DATA_COMMANDS
from colonnade.client.commands.providers import PROVIDER_COMMANDS
from colonnade.client.commands.typing_passwords import new_password
from colonnade.client.connection import Connection, run

_LINK_HELP = "What the link in the mail has behind its #, or the whole link."

_server_option = click.option("--server", help="Address of the server, if it is not the one in use.")
_stdin_option = click.option("--password-stdin", is_flag=True, help="Read the new password from standard input.")


@click.group()
def account() -> None:
    """Confirm your address; change your password, address or name; link identity providers; get or erase your data."""


@account.command()
@click.argument("token")
@_server_option
def confirm(token: str, server: str | None) -> None:
    """Confirm your address with TOKEN: what the link in the mail has behind its #, or the whole link."""
    _send(ConfirmEmail, {"token": _token(token)}, server)
    click.echo("Your address is confirmed: colonnade login")


@account.command("resend-confirmation")
@click.argument("email")
@_server_option
def resend_confirmation(email: str, server: str | None) -> None:
    """Have the link that confirms EMAIL mailed once more."""
    _send(ResendConfirmation, {"email": email}, server)
    click.echo("If an account waits for it, a link is on its way.")


@account.command("forgot-password")
@click.argument("email")
@_server_option
def forgot_password(email: str, server: str | None) -> None:
    """Have a link mailed to EMAIL by which to choose another password."""
    _send(RequestPasswordReset, {"email": email}, server)
    click.echo("If this address has an account, a link is on its way.")


@account.command("reset-password")
@click.option("--token", required=True, help=_LINK_HELP)
@_stdin_option
@_server_option
def reset_password(token: str, password_stdin: bool, server: str | None) -> None:
    """Choose another password with the link that was mailed; it signs you out everywhere."""
    password = new_password(from_stdin=password_stdin)
    _send(ResetPassword, {"token": _token(token), "password": password}, server)
    click.echo("Your password is changed: colonnade login")


@account.command("change-password")
def change_password() -> None:
    """Choose another password; it signs your other devices out."""
    current = ask("Present password", hidden=True)
    _send(ChangePassword, {"current": current, "new": new_password(from_stdin=False)})
    click.echo("Your password is changed.")


@account.command("change-email")
@click.argument("email")
def change_email(email: str) -> None:
    """Have a link mailed to EMAIL, which is your address once you follow it."""
    _send(RequestEmailChange, {"email": email})
    click.echo(f"Look into the mail of {email}: a link there makes it your address.")


@account.command("confirm-email")
@click.argument("token")
@_server_option
def confirm_email(token: str, server: str | None) -> None:
    """Take another address with TOKEN: what the link in the mail has behind its #, or the whole link."""
    _send(ConfirmEmailChange, {"token": _token(token)}, server)
    click.echo("Your account has this address now.")


@account.command()
@click.argument("name")
def rename(name: str) -> None:
    """Be called NAME."""

    async def work(connection: Connection) -> str:
        return (await connection.bus.send(RenamePerson.model_validate({"name": name}))).name

    click.echo(f"You are called {run(work)} now.")


def _token(typed: str) -> str:
    return typed.rpartition("#")[2]


def _send(kind: type[Message[Any]], said: dict[str, str], server: str | None = None) -> None:  # no answer is shown
    async def work(connection: Connection) -> None:
        await connection.bus.send(kind.model_validate(said))

    run(work, server=server)


for command in (*PROVIDER_COMMANDS, *PERSONAL_DATA_COMMANDS):
    account.add_command(command)

COMMANDS = {"account": account}
