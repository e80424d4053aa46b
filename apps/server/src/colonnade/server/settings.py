"""What an operator can set."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from colonnade.core import Invalid

MIN_SECRET_BYTES = 32
_ENGINES = ("postgresql://", "postgresql+asyncpg://", "sqlite:///", "sqlite+aiosqlite:///")


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class DatabaseSection(_Section):
    """Where the data is."""

    url: SecretStr | None = Field(
        None,
        description="`postgresql://user:password@host/name` or `sqlite:///path`; SQLite in the data folder if unset.",
    )
    pool_size: Annotated[int, Field(ge=2, le=200)] = Field(10, description="Connections per process.")
    pool_timeout_seconds: Annotated[float, Field(gt=0)] = Field(5.0, description="How long to wait for a connection.")
    pool_recycle_seconds: Annotated[int, Field(ge=1)] = Field(1800, description="How old a connection may become.")
    busy_timeout_seconds: Annotated[float, Field(gt=0)] = Field(5.0, description="How long SQLite waits for a lock.")
    migrate_at_start: bool = Field(True, description="Whether `serve` brings the schema up to date first.")

    @field_validator("url")
    @classmethod
    def _names_an_engine(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(_ENGINES):
            raise Invalid("must begin with postgresql:// or sqlite:///")
        return url


class HttpSection(_Section):
    """How the server is reached."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port to listen on; 0 chooses a free one.")
    body_limit_bytes: Annotated[int, Field(ge=1024)] = Field(10_485_760, description="Largest request body.")
    idempotency_key_seconds: Annotated[int, Field(ge=60)] = Field(
        86_400, description="How long an idempotency key is remembered."
    )
    keep_alive_seconds: Annotated[int, Field(ge=1)] = Field(15, description="How long an idle connection is kept.")
    shutdown_seconds: Annotated[int, Field(ge=1)] = Field(20, description="How long running requests may finish.")


class IdentitySection(_Section):
    """How people sign in."""

    issuer: str = Field("colonnade", description="Issuer of the access tokens.")
    audience: str = Field("colonnade-api", description="Audience of the access tokens.")
    access_token_seconds: Annotated[int, Field(ge=30, le=3600)] = Field(600, description="How long they are good.")
    refresh_token_seconds: Annotated[int, Field(ge=60)] = Field(
        2_592_000, description="How long a sign-in lasts unused."
    )
    signing_key_file: Path | None = Field(None, description="Ed25519 key in PEM; made in the data folder if unset.")
    password_memory_kibibytes: Annotated[int, Field(ge=8)] = Field(19_456, description="Argon2id memory.")
    password_iterations: Annotated[int, Field(ge=1)] = Field(2, description="Argon2id passes.")


class LogSection(_Section):
    """What is logged."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level that is written.")
    format: Literal["json", "console"] = Field("json", description="JSON lines, or columns for people.")


class TraceSection(_Section):
    """Where traces go."""

    exporter: Literal["none", "console", "otlp"] = Field("none", description="Exporter of OpenTelemetry spans.")
    endpoint: str | None = Field(None, description="Address of the OTLP collector.")


class Settings(BaseSettings):
    """All settings of the server."""

    model_config = SettingsConfigDict(
        env_prefix="COLONNADE_",
        env_nested_delimiter="__",
        extra="forbid",
        frozen=True,
        nested_model_default_partial_update=True,
    )

    data_dir: Path = Field(Path("colonnade-data"), description="Folder of the embedded database and of made keys.")
    secret: SecretStr | None = Field(
        None, description="Secret of the installation (32 bytes or more); made in the data folder if unset."
    )

    @field_validator("secret")
    @classmethod
    def _is_long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value().encode()) < MIN_SECRET_BYTES:
            raise Invalid(f"must have at least {MIN_SECRET_BYTES} bytes")
        return secret

    database: DatabaseSection = DatabaseSection()
    http: HttpSection = HttpSection()
    identity: IdentitySection = IdentitySection()
    logs: LogSection = LogSection()
    traces: TraceSection = TraceSection()

    @property
    def database_url(self) -> str:
        """The database's address: the one that is set, or SQLite in the data folder."""
        if self.database.url is not None:
            return self.database.url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'colonnade.db'}"
