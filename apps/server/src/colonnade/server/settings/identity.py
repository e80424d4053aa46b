"""How people sign in."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator

from colonnade.core import Invalid
from colonnade.server.federation_settings import ProviderSection
from colonnade.server.passkey_settings import PasskeySection
from colonnade.server.settings.base import Section
from colonnade.server.settings.plaintext import ProtectedAddress


class IdentitySection(Section):
    """How people sign in."""

    issuer: str = Field("colonnade", description="Issuer of the access tokens.")
    audience: str = Field("colonnade-api", description="Audience of the access tokens.")
    access_token_seconds: Annotated[int, Field(ge=30, le=3600)] = Field(600, description="How long they are good.")
    refresh_token_seconds: Annotated[int, Field(ge=60)] = Field(
        2_592_000, description="How long a sign-in lasts unused."
    )
    refresh_grace_seconds: Annotated[int, Field(ge=0, le=300)] = Field(
        30, description="How long a refresh token may come once more after its answer was lost."
    )
    session_seconds: Annotated[int, Field(ge=60)] = Field(
        15_552_000, description="How long a sign-in lasts however much it is used."
    )
    step_up_seconds: Annotated[int, Field(ge=30)] = Field(
        600, description="How fresh the proof of identity must be for sensitive messages."
    )
    confirm_email: bool = Field(
        True,
        description="Whether an address must be confirmed by mail before the account can be used. Without it, "
        "registration tells who has an account: for closed installations without mail.",
    )
    confirmation_seconds: Annotated[int, Field(ge=60)] = Field(
        86_400, description="How long a link that confirms an address is good."
    )
    reset_seconds: Annotated[int, Field(ge=60)] = Field(
        3_600, description="How long a link that resets a password is good."
    )
    challenge_seconds: Annotated[int, Field(ge=30, le=3600)] = Field(
        600, description="How long the second half of a sign-in, or a code of a device, is good."
    )
    device_interval_seconds: Annotated[int, Field(ge=1, le=60)] = Field(
        5, description="How long a device waits between two questions whether it was let in."
    )
    personal_token_days: Annotated[int, Field(ge=1, le=3660)] = Field(
        366, description="How long a personal token may be good."
    )
    personal_tokens: Annotated[int, Field(ge=1, le=1000)] = Field(
        50, description="How many personal tokens somebody may have."
    )
    signing_keys_file: Path | None = Field(
        None,
        description="Key ring that all processes share, encrypted with the secret; made in the data folder if unset.",
    )
    signing_key_file: Path | None = Field(
        None, description="Key in PEM (Ed25519 or P-256) that signs first when the ring is made; a fresh one if unset."
    )
    signing_algorithm: Literal["EdDSA", "ES256"] = Field("EdDSA", description="What keys made from now on sign with.")
    key_announced_seconds: Annotated[int, Field(ge=0)] = Field(
        900,
        description="How long a key is published before it may sign, and how long others may keep the published keys.",
    )
    key_retired_seconds: Annotated[int, Field(ge=3700)] = Field(
        7200, description="How long a key that signs no more still verifies: longer than access tokens are good."
    )
    password_memory_kibibytes: Annotated[int, Field(ge=8)] = Field(19_456, description="Argon2id memory.")
    password_iterations: Annotated[int, Field(ge=1)] = Field(2, description="Argon2id passes.")
    password_score: Annotated[int, Field(ge=0, le=4)] = Field(3, description="Lowest zxcvbn score of a new password.")
    password_words: Annotated[tuple[Annotated[str, Field(min_length=3)], ...], Field(max_length=200)] = Field(
        ("colonnade",), description="Words that make a password easy to guess here: names of the company, its products."
    )
    breach_url: ProtectedAddress | None = Field(
        None, description="Range service that knows stolen passwords; none is asked if unset."
    )
    breach_seconds: Annotated[float, Field(gt=0)] = Field(2.0, description="How long it may take to answer.")
    totp_issuer: str = Field("Colonnade", description="What apps that show codes call this installation.")
    throttle_account_failures: Annotated[int, Field(ge=1)] = Field(
        5, description="Failed sign-ins after which an account waits."
    )
    throttle_network_failures: Annotated[int, Field(ge=1)] = Field(50, description="The same for a network.")
    throttle_longest_seconds: Annotated[float, Field(ge=1)] = Field(900, description="The longest wait.")
    passkeys: PasskeySection = PasskeySection()
    providers: tuple[ProviderSection, ...] = Field((), description="Identity providers, in the order to show them.")
    arrival_seconds: Annotated[int, Field(ge=10, le=600)] = Field(
        60, description="How long the code is good with which somebody comes back from an identity provider."
    )

    @field_validator("providers")
    @classmethod
    def _have_own_names(cls, providers: tuple[ProviderSection, ...]) -> tuple[ProviderSection, ...]:
        if len({one.name for one in providers}) != len(providers):
            raise Invalid("must have names of their own")
        return providers
