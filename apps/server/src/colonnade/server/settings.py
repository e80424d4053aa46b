"""What an operator can set."""

from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from colonnade.core import Email, Invalid

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
    idle_transaction_seconds: Annotated[float, Field(ge=1)] = Field(
        10.0,
        description="After what silence PostgreSQL ends a transaction, so that a frozen process stops nobody else.",
    )
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
    public_url: str | None = Field(
        None,
        description="Address under which people reach the server, for links in mails; this host and port if unset.",
    )
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


class WorkerSection(_Section):
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


class SmtpSection(_Section):
    """One mail server."""

    host: str | None = Field(None, description="Name of the mail server; mails are written to a folder if unset.")
    port: Annotated[int, Field(ge=1, le=65535)] = Field(
        587, description="Port: as a rule 587 with `starttls`, 465 with `tls`, 25 with `none`."
    )
    username: str | None = Field(None, description="Who signs in to the mail server.")
    password: SecretStr | None = Field(None, description="With what.")
    security: Literal["none", "starttls", "tls"] = Field("starttls", description="How the connection is protected.")
    timeout_seconds: Annotated[float, Field(gt=0)] = Field(20.0, description="How long handing over a mail may take.")


class MailSection(SmtpSection):
    """How mail leaves."""

    sender: str = Field(
        "Colonnade <no-reply@localhost.localdomain>",
        description="From whom mail comes: an address, or `Name <address>`.",
    )

    @field_validator("sender")
    @classmethod
    def _is_an_address(cls, sender: str) -> str:
        Email(parseaddr(sender)[1])
        return sender

    others: tuple[SmtpSection, ...] = Field((), description="Mail servers to use when the first does not answer.")
    recovery_seconds: Annotated[float, Field(ge=0)] = Field(
        30.0, description="How long a mail server that failed several times in a row is left alone."
    )


class SmsProviderSection(_Section):
    """One provider of text messages, with an API shaped like Twilio's."""

    name: str = Field(description="What it is called in metrics and health.")
    url: str = Field(description="Where the form goes.")
    username: str = Field(description="Who signs in.")
    password: SecretStr = Field(description="With what.")
    sender: str = Field(description="Number or name that messages come from.")
    to_field: str = Field("To", description="The form's name for the receiver.")
    sender_field: str = Field("From", description="The form's name for the sender.")
    text_field: str = Field("Body", description="The form's name for the text.")
    id_field: str = Field("sid", description="Name of the message's id in the JSON answer.")


class SmsSection(_Section):
    """How text messages leave."""

    providers: tuple[SmsProviderSection, ...] = Field((), description="Providers, the first one first; none if unset.")


class NotificationSection(_Section):
    """How people are told."""

    fold_seconds: Annotated[int, Field(ge=0)] = Field(
        60, description="How long what comes in bursts waits for more of its thread."
    )
    overdue_days: Annotated[int, Field(ge=1)] = Field(
        7, description="How many days after its due date a task is still news."
    )


class WebhookSection(_Section):
    """Requests to endpoints that people choose."""

    allowed_networks: tuple[IPv4Network | IPv6Network, ...] = Field(
        (), description="Networks that may be called although they are private, such as `127.0.0.0/8`."
    )
    allow_http: bool = Field(False, description="Whether an address without TLS is good enough.")
    timeout_seconds: Annotated[float, Field(gt=0, le=120)] = Field(15.0, description="How long a request may take.")
    redirects: Annotated[int, Field(ge=0, le=10)] = Field(0, description="Redirects that are followed.")
    response_bytes: Annotated[int, Field(ge=0, le=65_536)] = Field(
        2_048, description="How much of an answer's body is read and kept."
    )
    endpoints: Annotated[int, Field(ge=1)] = Field(20, description="Endpoints that a workspace may have.")
    retry_pauses_seconds: tuple[Annotated[float, Field(gt=0)], ...] = Field(
        (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400),
        min_length=1,
        description="Pauses after failed requests, as Standard Webhooks has them; each is varied by up to a quarter.",
    )
    rotation_hours: Annotated[float, Field(ge=0)] = Field(24, description="How long a former secret is still used.")
    disable_after_days: Annotated[float, Field(gt=0)] = Field(5, description="How long an endpoint may fail.")
    retention_days: Annotated[float, Field(gt=0)] = Field(30, description="How long deliveries are remembered.")


class BrokerSection(_Section):
    """Where integration events go."""

    url: SecretStr = Field(
        SecretStr("memory://"),
        description="`memory://`, `nats://host:4222`, `redis://host:6379`, `amqp://host` or `kafka://host:9092`.",
    )
    source: str = Field("/colonnade", description="How this service names itself in events (CloudEvents `source`).")
    stream: str = Field("colonnade", description="JetStream stream that is made if it is missing (NATS).")
    publish_seconds: Annotated[float, Field(gt=0)] = Field(
        5.0, description="How long the broker may take to confirm an event."
    )


class StorageSection(_Section):
    """Where files are kept."""

    url: str | None = Field(
        None, description="`file:///folder` or `s3://bucket/prefix`; a folder in the data folder if unset."
    )
    endpoint: str | None = Field(None, description="Address of an S3 that is not Amazon's.")
    region: str = Field("us-east-1", description="Region of the bucket.")
    access_key_id: str | None = Field(None, description="Who we are to the bucket.")
    secret_access_key: SecretStr | None = Field(None, description="With what requests to the bucket are signed.")


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
    worker: WorkerSection = WorkerSection()
    mail: MailSection = MailSection()
    sms: SmsSection = SmsSection()
    notifications: NotificationSection = NotificationSection()
    webhooks: WebhookSection = WebhookSection()
    broker: BrokerSection = BrokerSection()
    storage: StorageSection = StorageSection()
    logs: LogSection = LogSection()
    traces: TraceSection = TraceSection()

    @property
    def public_url(self) -> str:
        """The address under which people reach the server."""
        return self.http.public_url or f"http://{self.http.host}:{self.http.port}"

    @property
    def works_in_server(self) -> bool:
        """Whether `serve` runs subscriptions, jobs and schedules itself."""
        if self.worker.in_server is not None:
            return self.worker.in_server
        return self.database_url.startswith("sqlite")

    @property
    def database_url(self) -> str:
        """The database's address: the one that is set, or SQLite in the data folder."""
        if self.database.url is not None:
            return self.database.url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'colonnade.db'}"
