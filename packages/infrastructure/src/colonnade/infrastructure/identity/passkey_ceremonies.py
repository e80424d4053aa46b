"""Passkeys by WebAuthn: the ceremonies as the use cases know them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from colonnade.application.identity.passkey_ports import Assertion, JsonObject, MadePasskey
from colonnade.core import UserId
from colonnade.domain.identity.passkeys import Passkey, PasskeyRefused
from colonnade.security import passkeys as webauthn


class WebAuthnCeremonies:
    """Asks authenticators and checks their answers, within one unit of work, which keeps what was answered."""

    def __init__(self, passkeys: webauthn.Passkeys) -> None:
        self._passkeys = passkeys

    def registration(
        self, user_id: UserId, account: str, name: str, known: Sequence[Passkey], purpose: str
    ) -> JsonObject:
        """Return what a browser is to be asked to make a passkey; the handle is the person's random id."""
        owner = webauthn.Owner(user_id.bytes, account, name)
        return self._passkeys.registration(owner, purpose, known=_ids(known))

    async def register(self, credential: JsonObject, purpose: str) -> MadePasskey:
        """Check a new passkey.

        Raises:
            PasskeyRefused: It is not good.
        """
        with _refusals():
            made = await self._passkeys.register(credential, purpose)
        return MadePasskey(
            credential_id=_text(made.credential_id),
            public_key=made.public_key,
            sign_count=made.sign_count,
            transports=made.transports,
            aaguid=made.aaguid,
            backup_eligible=made.backup_eligible,
            backed_up=made.backed_up,
        )

    def request(self, known: Sequence[Passkey], purpose: str) -> JsonObject:
        """Return what a browser is to be asked to use one of some passkeys, or any if none are named."""
        return self._passkeys.request(purpose, allowed=_ids(known))

    def credential_id(self, credential: JsonObject) -> str:
        """Return which passkey an answer names, in base64url.

        Raises:
            PasskeyRefused: None.
        """
        with _refusals():
            return _text(webauthn.credential_id_of(credential))

    async def assertion(self, credential: JsonObject, passkey: Passkey, purpose: str, *, named: bool) -> Assertion:
        """Check an answer.

        Raises:
            PasskeyRefused: It is not good.
        """
        known = webauthn.KnownPasskey(
            credential_id=_bytes(passkey.credential_id or ""),
            public_key=passkey.public_key,
            sign_count=passkey.sign_count,
            handle=passkey.user_id.bytes,
        )
        with _refusals():
            said = await self._passkeys.assertion(credential, known, purpose, named=named)
        return Assertion(sign_count=said.sign_count, backed_up=said.backed_up, is_cloned=said.is_cloned)


def _ids(passkeys: Sequence[Passkey]) -> list[bytes]:
    return [_bytes(passkey.credential_id) for passkey in passkeys if passkey.credential_id is not None]


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@contextmanager
def _refusals() -> Iterator[None]:
    try:
        yield
    except webauthn.PasskeyRefused as error:
        raise PasskeyRefused("this passkey is not good, or not any more: sign in another way") from error
