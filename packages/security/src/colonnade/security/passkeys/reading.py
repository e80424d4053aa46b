"""Read what a browser sends, of which nothing is to be trusted: neither its shape nor its size."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.exceptions import WebAuthnException

from colonnade.security.passkeys.errors import PasskeyReason, PasskeyRefused
from colonnade.security.passkeys.records import JsonObject

MAX_CREDENTIAL_ID = 1023  # WebAuthn, section 4, "Credential ID"
_MAX_CHARACTERS = 65_536
_FOREIGN = (
    WebAuthnException,
    InvalidSignature,
    UnsupportedAlgorithm,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


class ClientData(NamedTuple):
    """What the browser says of the ceremony (section 5.8.1).

    Attributes:
        is_framed: Whether the page stood in a page of somebody else.
    """

    challenge: bytes
    is_framed: bool


def client_data_of(credential: JsonObject) -> ClientData:
    """Return what the browser says of the ceremony; the signature is still to be checked.

    Raises:
        PasskeyRefused: It cannot be read.
    """
    with refusals():
        encoded = credential["response"]["clientDataJSON"]
        if len(encoded) > _MAX_CHARACTERS:
            raise ValueError("too long")
        said = json.loads(base64url_to_bytes(encoded))
        challenge = base64url_to_bytes(said["challenge"])
        return ClientData(challenge, bool(said.get("crossOrigin")) or "topOrigin" in said)


def credential_id_of(credential: JsonObject) -> bytes:
    """Return which passkey an answer names.

    Raises:
        PasskeyRefused: It cannot be read.
    """
    with refusals():
        credential_id = base64url_to_bytes(credential["id"])
        if not 0 < len(credential_id) <= MAX_CREDENTIAL_ID:
            raise ValueError("too long or empty")
        return credential_id


@contextmanager
def refusals() -> Iterator[None]:
    """Turn whatever an answer breaks into a refusal.

    Raises:
        PasskeyRefused: Something broke.
    """
    try:
        yield
    except PasskeyRefused:
        raise
    except _FOREIGN as error:
        raise PasskeyRefused("the answer of the authenticator is not good", reason=PasskeyReason.ANSWER) from error
