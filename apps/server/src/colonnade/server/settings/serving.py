"""How the server is reached, where its data is, and what it tells of itself."""

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, ValidationInfo, field_validator, model_validator

from colonnade.core import Invalid
from colonnade.server.settings.base import Section
from colonnade.server.settings.plaintext import ProtectedAddress, ProtectedSecretAddress, is_this_machine

_ENGINES = ("postgresql://", "postgresql+asyncpg://", "sqlite:///", "sqlite+aiosqlite:///")


class DatabaseSection(Section):
    """Where the data is."""

    url: SecretStr | None = Field(
        None,
        description="`postgresql://user:password@host/name` or `sqlite:///path`; SQLite in the data folder if unset.",
    )
    pool_size: Annotated[int, Field(ge=2, le=200)] = Field(10, description="Connections per process.")
    pool_timeout_seconds: Annotated[float, Field(gt=0)] = Field(5.0, description="How long to wait for a connection.")
    pool_recycle_seconds: Annotated[int, Field(ge=1)] = Field(1800, description="How old a connection may become.")
    busy_timeout_seconds: Annotated[float, Field(gt=0)] = Field(5.0, description="How long SQLite waits for a lock.")
    idle_transaction_seconds: Annotated[float, Field(ge=1)] = Field(
        10.0,
        description="After what silence PostgreSQL ends a transaction, so that a frozen process stops nobody else.",
    )
    tls: Literal["verify", "require", "none"] | None = Field(
        None,
        description="How connections to PostgreSQL are protected; verified, unless it is on this machine, if unset.",
    )
    tls_ca_file: Path | None = Field(None, description="Certificates in PEM to trust instead of the system's.")
    migrate_at_start: bool = Field(True, description="Whether `serve` brings the schema up to date first.")

    @field_validator("url")
    @classmethod
    def _names_an_engine(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not url.get_secret_value().startswith(_ENGINES):
            raise Invalid("must begin with postgresql:// or sqlite:///")
        return url


class HttpSection(Section):
    """How the server is reached."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: Annotated[int, Field(ge=0, le=65535)] = Field(8000, description="Port to listen on; 0 chooses a free one.")
    public_url: str | None = Field(
        None,
        description="Address under which people reach the server, for links in mails; this host and port if unset.",
    )
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="Networks of proxies whose `X-Forwarded-For` is believed, such as `10.0.0.0/8`."
    )
    cors_origins: tuple[str, ...] = Field(
        (),
        description="Other origins whose pages may call, such as `https://app.example.com`; with cookies if they are "
        "of the same site, with tokens otherwise.",
    )
    tls_certificate: Path | None = Field(None, description="Certificate chain in PEM; without it there is no TLS here.")
    tls_key: Path | None = Field(None, description="Its key in PEM, without a password.")
    allow_plaintext: bool = Field(
        False,
        validate_default=True,
        description="Whether to listen beyond this machine with neither a certificate nor trusted proxies.",
    )
    body_limit_bytes: Annotated[int, Field(ge=1024)] = Field(10_485_760, description="Largest request body.")
    body_seconds: Annotated[float, Field(gt=0)] = Field(60.0, description="How long a request body may take.")
    body_idle_seconds: Annotated[float, Field(gt=0)] = Field(10.0, description="How long it may pause.")
    head_seconds: Annotated[float, Field(gt=0)] = Field(10.0, description="How long path and headers may take.")
    path_limit_bytes: Annotated[int, Field(ge=256)] = Field(4_096, description="Longest path.")
    query_limit_bytes: Annotated[int, Field(ge=256)] = Field(16_384, description="Longest query.")
    header_limit_bytes: Annotated[int, Field(ge=1024)] = Field(32_768, description="Longest headers, all together.")
    header_count: Annotated[int, Field(ge=10)] = Field(100, description="How many headers there may be.")
    connections: Annotated[int | None, Field(ge=1)] = Field(
        10_000, description="Connections at a time; whoever comes then is sent away."
    )
    idempotency_key_seconds: Annotated[int, Field(ge=60)] = Field(
        86_400, description="How long an idempotency key is remembered."
    )
    documentation: bool = Field(True, description="Whether `/api/docs` and `/api/openapi.json` are shown, to anybody.")
    metrics: bool = Field(True, description="Whether `serve` shows `/metrics`, to anybody.")
    keep_alive_seconds: Annotated[int, Field(ge=1)] = Field(15, description="How long an idle connection is kept.")
    shutdown_seconds: Annotated[int, Field(ge=1)] = Field(20, description="How long running requests may finish.")

    @field_validator("allow_plaintext")
    @classmethod
    def _is_said_where_needed(cls, allowed: bool, info: ValidationInfo) -> bool:
        here = is_this_machine(info.data.get("host", "localhost"))
        if not (allowed or here or info.data.get("tls_certificate") or info.data.get("trusted_proxies")):
            raise Invalid(
                "must be true to listen at an http.host beyond this machine without TLS: set http.tls_certificate, "
                "http.trusted_proxies for a proxy that speaks TLS, or this"
            )
        return allowed

    @model_validator(mode="after")
    def _has_both_halves(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise Invalid("tls_certificate and tls_key belong together")
        return self


class RateSection(Section):
    """How often people and programs may ask."""

    enabled: bool = Field(True, description="Whether requests are counted.")
    allow_plaintext: bool = Field(False, description="Whether a server elsewhere may be reached without TLS.")
    url: ProtectedSecretAddress | None = Field(
        None,
        description="`valkeys://host:6379/0`, or `valkey://` on this machine, to count for all processes together; "
        "each for itself if unset.",
    )
    tls_ca_file: Path | None = Field(None, description="Certificates in PEM to trust beside the system's.")
    factor: Annotated[float, Field(gt=0)] = Field(1.0, description="How many times the quotas of the API are granted.")
    timeout_seconds: Annotated[float, Field(gt=0)] = Field(0.25, description="How long counting may hold up a request.")
    recovery_seconds: Annotated[float, Field(ge=0)] = Field(
        5.0, description="How long a server that failed several times in a row is left alone."
    )
    keys: Annotated[int, Field(ge=1_000)] = Field(100_000, description="How many counters are kept in memory.")


class WorkerSection(Section):
    """What happens after commits: subscriptions, jobs, schedules."""

    in_server: bool | None = Field(
        None, description="Whether `serve` does this work in its own process; on SQLite it does if unset."
    )
    port: Annotated[int | None, Field(ge=0, le=65535)] = Field(
        None, description="Port on which `worker` tells its health and metrics; none if unset."
    )
    host: str = Field("127.0.0.1", description="Address of that port.")
    jobs_at_a_time: Annotated[int, Field(ge=1, le=1000)] = Field(10, description="Jobs that run at a time per process.")
    lease_seconds: Annotated[float, Field(ge=1)] = Field(
        6.0, description="How long a worker may be silent before the others take over what it does."
    )
    poll_seconds: Annotated[float, Field(gt=0)] = Field(
        1.0, description="How often to look for work that nobody told of."
    )
    page: Annotated[int, Field(ge=1, le=10_000)] = Field(500, description="Events that are read at a time.")
    grace_seconds: Annotated[float, Field(ge=0)] = Field(
        20.0, description="How long running jobs may take to finish when the worker stops."
    )


class LogSection(Section):
    """What is logged."""

    level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="Lowest level that is written.")
    format: Literal["json", "console"] = Field("json", description="JSON lines, or columns for people.")


class TraceSection(Section):
    """Where traces go."""

    exporter: Literal["none", "console", "otlp"] = Field("none", description="Exporter of OpenTelemetry spans.")
    allow_plaintext: bool = Field(False, description="Whether a collector elsewhere may be reached without TLS.")
    endpoint: ProtectedAddress = Field(
        "http://localhost:4318/v1/traces", description="Address of the OTLP collector (OTLP over HTTP)."
    )
