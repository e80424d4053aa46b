"""What an operator can set of passkeys."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from colonnade.security.passkeys import RelyingParty


class PasskeySection(BaseModel):
    """Passkeys (WebAuthn)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    domain: str | None = Field(
        None,
        description="Domain that passkeys are bound to for ever: the host of `http.public_url` or a domain above it; "
        "that host if unset.",
    )
    title: str = Field("Colonnade", description="What authenticators call the service.")
    origins: tuple[str, ...] = Field(
        (), description="Where the pages are that use passkeys, such as `https://app.example.com`, besides our own."
    )
    challenge_seconds: Annotated[int, Field(ge=30, le=900)] = Field(
        300, description="How long a question to an authenticator is good."
    )

    def relying_party(self, public_url: str) -> RelyingParty:
        """Return who we are to authenticators.

        Args:
            public_url: Where people reach us.
        """
        parts = urlsplit(public_url)
        own = f"{parts.scheme}://{parts.netloc}"
        return RelyingParty(self.domain or parts.hostname or "localhost", self.title, (own, *self.origins))
