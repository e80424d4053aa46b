"""Going to an identity provider in a browser, and coming back with the code that a page of the server shows.

The code is good only for whoever has the verifier that the trip began with (RFC 7636), which never leaves this process
before: whoever sees the page has nothing.
"""

import hashlib
import secrets
from base64 import urlsafe_b64encode
from typing import NamedTuple
from urllib.parse import urlencode

import click

from colonnade.application.identity import TokenPair
from colonnade.application.identity.federation import (
    FinishLink,
    LinkedProviderView,
    LinkProvider,
    ListProviders,
    ProviderView,
    RedeemSignIn,
)
from colonnade.client.asking import ask
from colonnade.client.browser import show
from colonnade.client.connection import Connection
from colonnade.core import NotFound

_VERIFIER_BYTES = 32


class _Proof(NamedTuple):
    """What a trip begins with, and what it is finished with.

    Attributes:
        verifier: Random, in base64url.
        challenge: Its SHA-256, in base64url.
    """

    verifier: str
    challenge: str


async def sign_in_at_provider(connection: Connection, name: str, *, opens: bool) -> TokenPair:
    """Sign in with an account at a provider.

    Args:
        connection: Where to.
        name: The provider.
        opens: Whether the browser is opened; the address is shown either way.

    Raises:
        NotFound: The server knows no such provider.
        SecondFactorRequired: A second proof is wanted.
        Unauthenticated: The code is not good, or nobody signs in with this account.
    """
    provider, proof = await _provider(connection, name), _new_proof()
    code = _code_from(f"{connection.server}{provider.start}?{urlencode({'challenge': proof.challenge})}", opens=opens)
    message = RedeemSignIn.model_validate({"code": code, "verifier": proof.verifier})
    return await connection.bus.send(message)


async def link_at_provider(connection: Connection, name: str, *, opens: bool) -> LinkedProviderView:
    """Link an account at a provider to that of whoever is signed in.

    Args:
        connection: Where to.
        name: The provider.
        opens: Whether the browser is opened; the address is shown either way.

    Raises:
        NotFound: The server knows no such provider.
        Unauthenticated: The code is not good.
        Conflict: Somebody signs in with this account already.
    """
    provider, proof = await _provider(connection, name), _new_proof()
    begin = LinkProvider.model_validate({"provider": provider.name, "challenge": proof.challenge})
    code = _code_from((await connection.bus.send(begin)).url, opens=opens)
    return await connection.bus.send(FinishLink.model_validate({"code": code, "verifier": proof.verifier}))


async def _provider(connection: Connection, name: str) -> ProviderView:
    known = {each.name: each for each in (await connection.bus.send(ListProviders())).items}
    if name in known:
        return known[name]
    raise NotFound(
        f"this server has no identity provider '{name}': choose one of {', '.join(known)}"
        if known
        else "nobody signs in to this server through an identity provider"
    )


def _new_proof() -> _Proof:
    verifier = secrets.token_urlsafe(_VERIFIER_BYTES)
    digest = hashlib.sha256(verifier.encode()).digest()
    return _Proof(verifier, urlsafe_b64encode(digest).rstrip(b"=").decode())


def _code_from(address: str, *, opens: bool) -> str:
    """Send somebody to an address, and ask for the code that is shown in the end."""
    click.echo(f"Open this address in a browser, and sign in there:\n\n{address}\n", err=True)
    if opens:
        show(address)
    return ask("Code that the page shows then").strip()
