"""What an operator can set of passkeys."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


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
