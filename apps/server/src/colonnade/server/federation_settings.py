"""What an operator can set of identity providers."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from colonnade.core import Invalid

Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]


class ProviderSection(BaseModel):
    """One identity provider that people sign in through (OpenID Connect)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(pattern="^[a-z0-9-]{1,40}$")] = Field(
        description="Short name; the provider must know `<public_url>/sign-in/oidc/<name>/callback`."
    )
    title: str = Field(description="What people call it.")
    issuer: str = Field(description="Its URL, exactly as it calls itself.")
    client_id: str = Field(description="Whom it knows us as.")
    client_secret: SecretStr | None = Field(None, description="What it gave us.")
    client_secret_file: Path | None = Field(None, description="File with what it gave us.")
    scopes: tuple[str, ...] = Field(("openid", "email", "profile"), description="What to ask for.")
    algorithms: tuple[Algorithm, ...] = Field(
        ("RS256", "ES256", "Ed25519"), min_length=1, description="Signatures of ID tokens that are good."
    )
    acr_values: tuple[str, ...] = Field(
        (), description="Ways to sign in there that are good enough, the best first; any if unset."
    )
    ask_second_factor: bool = Field(
        True,
        description="Whether people with a second factor here are asked for it, unless the provider says (`amr`) that "
        "it asked for one.",
    )
    register_people: bool = Field(
        False,
        description="Whether whoever has no account here gets one by signing in with an address that the provider has "
        "verified.",
    )
    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="Networks that may be called for it although they are private, such as `10.1.0.0/16`."
    )
    timeout_seconds: Annotated[float, Field(gt=0, le=60)] = Field(10.0, description="How long one call may take.")

    @model_validator(mode="after")
    def _has_one_secret(self) -> "ProviderSection":
        if self.client_secret is not None and self.client_secret_file is not None:
            raise Invalid("name the secret or its file, not both", field="client_secret_file")
        return self

    def secret(self) -> str | None:
        """Return the client's secret, if it has one.

        Raises:
            OSError: Its file cannot be read.
        """
        if self.client_secret_file is not None:
            return self.client_secret_file.read_text("utf-8").strip()
        return None if self.client_secret is None else self.client_secret.get_secret_value()
