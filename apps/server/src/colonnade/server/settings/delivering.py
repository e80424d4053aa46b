"""How mail, text messages, webhooks and events leave, and where files are kept."""

from email.utils import parseaddr
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr, StringConstraints, field_validator

from colonnade.core import Email
from colonnade.server.settings.base import Section
from colonnade.server.settings.plaintext import ProtectedAddress, ProtectedSecretAddress

_HOST = r"(?i)^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$"


class SmtpSection(Section):
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


class SmsProviderSection(Section):
    """One provider of text messages, with an API shaped like Twilio's."""

    name: str = Field(description="What it is called in metrics and health.")
    allow_plaintext: bool = Field(False, description="Whether a provider elsewhere may be reached without TLS.")
    url: ProtectedAddress = Field(description="Where the form goes.")
    username: str = Field(description="Who signs in.")
    password: SecretStr = Field(description="With what.")
    sender: str = Field(description="Number or name that messages come from.")
    to_field: str = Field("To", description="The form's name for the receiver.")
    sender_field: str = Field("From", description="The form's name for the sender.")
    text_field: str = Field("Body", description="The form's name for the text.")
    id_field: str = Field("sid", description="Name of the message's id in the JSON answer.")


class SmsSection(Section):
    """How text messages leave."""

    providers: tuple[SmsProviderSection, ...] = Field((), description="Providers, the first one first; none if unset.")


class NotificationSection(Section):
    """How people are told."""

    fold_seconds: Annotated[int, Field(ge=0)] = Field(
        60, description="How long what comes in bursts waits for more of its thread."
    )
    overdue_days: Annotated[int, Field(ge=1)] = Field(
        7, description="How many days after its due date a task is still news."
    )


class WebhookSection(Section):
    """Requests to endpoints that people choose."""

    allowed_hosts: tuple[Annotated[str, StringConstraints(to_lower=True, pattern=_HOST)], ...] | None = Field(
        None,
        description="The only hosts that may be called, such as `hooks.example.com` or `*.example.com`; any if unset.",
    )
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


class BrokerSection(Section):
    """Where integration events go."""

    allow_plaintext: bool = Field(False, description="Whether a broker elsewhere may be reached without TLS.")
    url: ProtectedSecretAddress = Field(
        SecretStr("memory://"),
        description="`memory://`, `tls://host:4222` (NATS), `rediss://host:6379`, `amqps://host` or "
        "`kafkas://host:9093`; on this machine also `nats://`, `redis://`, `amqp://` and `kafka://`.",
    )
    tls_ca_file: Path | None = Field(None, description="Certificates in PEM to trust instead of the system's.")
    source: str = Field("/colonnade", description="How this service names itself in events (CloudEvents `source`).")
    stream: str = Field("colonnade", description="JetStream stream that is made if it is missing (NATS).")
    publish_seconds: Annotated[float, Field(gt=0)] = Field(
        5.0, description="How long the broker may take to confirm an event."
    )


class StorageSection(Section):
    """Where files are kept."""

    url: str | None = Field(
        None, description="`file:///folder` or `s3://bucket/prefix`; a folder in the data folder if unset."
    )
    allow_plaintext: bool = Field(False, description="Whether an S3 elsewhere may be reached without TLS.")
    endpoint: ProtectedAddress | None = Field(None, description="Address of an S3 that is not Amazon's.")
    region: str = Field("us-east-1", description="Region of the bucket.")
    access_key_id: str | None = Field(None, description="Who we are to the bucket.")
    secret_access_key: SecretStr | None = Field(None, description="With what requests to the bucket are signed.")
