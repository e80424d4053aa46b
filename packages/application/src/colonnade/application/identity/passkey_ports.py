"""What the use cases of passkeys need from outside."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple, Protocol

from pydantic import Field, JsonValue

from colonnade.core import UserId
from colonnade.domain.identity.passkeys import Passkey

JsonObject = dict[str, JsonValue]
Credential = Annotated[
    JsonObject, Field(repr=False, description="What the browser answered, as its `toJSON()` has it.")
]


class MadePasskey(NamedTuple):
    """A passkey as its authenticator made it; the attributes are those of `Passkey`."""

    credential_id: str
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    aaguid: str
    backup_eligible: bool
    backed_up: bool


class Assertion(NamedTuple):
    """A good answer of a passkey.

    Attributes:
        sign_count: What it counts now.
        backed_up: Whether it is copied to other devices now.
        is_cloned: Whether it counted backwards.
    """

    sign_count: int
    backed_up: bool
    is_cloned: bool


class PasskeyCeremonies(Protocol):
    """Asks authenticators and checks their answers. Each question is good for one purpose, for a while and once."""

    def registration(
        self, user_id: UserId, account: str, name: str, known: Sequence[Passkey], purpose: str
    ) -> JsonObject:
        """Return what a browser is to be asked to make a passkey.

        Args:
            user_id: Whose it is to be.
            account: What they sign in as, which their authenticator shows.
            name: What they are called.
            known: Those that they have.
            purpose: What the answer is good for.
        """
        ...

    async def register(self, credential: JsonObject, purpose: str) -> MadePasskey:
        """Check a new passkey.

        Raises:
            PasskeyRefused: It is not good.
        """
        ...

    def request(self, known: Sequence[Passkey], purpose: str) -> JsonObject:
        """Return what a browser is to be asked to use one of some passkeys, or any if none are named."""
        ...

    def credential_id(self, credential: JsonObject) -> str:
        """Return which passkey an answer names, in base64url.

        Raises:
            PasskeyRefused: None.
        """
        ...

    async def assertion(self, credential: JsonObject, passkey: Passkey, purpose: str, *, named: bool) -> Assertion:
        """Check an answer.

        Args:
            credential: The answer.
            passkey: The passkey that it names.
            purpose: What it must be good for.
            named: Whether it was known who is asked.

        Raises:
            PasskeyRefused: It is not good.
        """
        ...
