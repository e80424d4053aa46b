"""Proving once more who one is, when a sensitive message wants a fresh proof (step-up, RFC 9470)."""

from typing import TypeVar

import click

from colonnade.api.client import HttpBus, Tokens
from colonnade.application.identity import ProveIdentity
from colonnade.application.identity.second_factor import ProveWithCode, ShowSecondFactor
from colonnade.application.messaging import Context, Message
from colonnade.application.messaging.behaviours.authorising import StepUpRequired
from colonnade.application.messaging.bus import NOBODY
from colonnade.client.asking import ask, has_terminal
from colonnade.core import Unauthenticated

Answer = TypeVar("Answer")

_CODE, _PASSWORD = "Code of your app, or a recovery code", "Your password"
_ALONE = "this is sensitive, and nobody is here to type a password: run 'colonnade prove --stdin' first"


class ProvingBus(HttpBus):
    """Asks whoever sits at the terminal for a proof when the server wants one, once, and sends the message again."""

    async def send(self, message: Message[Answer], context: Context = NOBODY) -> Answer:
        """Send a message and return its answer.

        Raises:
            ColonnadeError: The server refused it or failed.
            Unauthenticated: A proof is wanted and nobody is there to give it, or it is wrong.
        """
        try:
            return await super().send(message, context)
        except StepUpRequired:
            await prove(self)
        return await super().send(message, context)


async def prove(bus: HttpBus, given: str | None = None) -> None:
    """Prove who is signed in, and keep the tokens that say so.

    A code is asked for where codes are set up, which is the stronger proof; otherwise the password.

    Args:
        bus: Where to.
        given: The proof, if it was given already; asked for at the terminal if not.

    Raises:
        Unauthenticated: It is wrong, or nobody is there to give it.
    """
    wants_code = (await bus.send(ShowSecondFactor())).is_on
    proof = given if given is not None else _ask(_CODE if wants_code else _PASSWORD)
    if wants_code:
        pair = await bus.send(ProveWithCode.model_validate({"code": proof}))
    else:
        pair = await bus.send(ProveIdentity.model_validate({"password": proof}))
    bus.sign_in(Tokens(pair.access_token, pair.refresh_token))


def _ask(what: str) -> str:
    if not has_terminal():
        raise Unauthenticated(_ALONE)
    try:
        return ask(what, hidden=True)
    except click.Abort:
        raise Unauthenticated(_ALONE) from None
