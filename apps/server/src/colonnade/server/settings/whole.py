"""All that an operator can set, in one model."""

from pathlib import Path
from typing import Self

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from colonnade.core import Invalid
from colonnade.server.settings.delivering import (
    BrokerSection,
    MailSection,
    NotificationSection,
    SmsSection,
    StorageSection,
    WebhookSection,
)
from colonnade.server.settings.identity import (
    IdentitySection,
)
from colonnade.server.settings.protection import (
    AuditSection,
    KeySection,
)
from colonnade.server.settings.serving import (
    DatabaseSection,
    HttpSection,
    LogSection,
    RateSection,
    TraceSection,
    WorkerSection,
)

MIN_SECRET_BYTES = 32


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
    rates: RateSection = RateSection()
    identity: IdentitySection = IdentitySection()
    worker: WorkerSection = WorkerSection()
    mail: MailSection = MailSection()
    sms: SmsSection = SmsSection()
    notifications: NotificationSection = NotificationSection()
    webhooks: WebhookSection = WebhookSection()
    audit: AuditSection = AuditSection()
    broker: BrokerSection = BrokerSection()
    storage: StorageSection = StorageSection()
    keys: KeySection = KeySection()
    logs: LogSection = LogSection()
    traces: TraceSection = TraceSection()

    @property
    def public_url(self) -> str:
        """The address under which people reach the server, to be put before a path."""
        if self.http.public_url:
            return self.http.public_url.rstrip("/")
        scheme = "http" if self.http.tls_certificate is None else "https"
        host = f"[{self.http.host}]" if ":" in self.http.host else self.http.host
        return f"{scheme}://{host}:{self.http.port}"

    def listening_at(self, port: int) -> Self:
        """Return the settings of a server that has got a port: its links lead there, also if it was free to choose."""
        return self.model_copy(update={"http": self.http.model_copy(update={"port": port})})

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

    @property
    def keys_url(self) -> str:
        """The address of the database of keys."""
        if self.keys.url is not None:
            return self.keys.url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'keys.db'}" if self.database_url.startswith("sqlite") else self.database_url

    @property
    def keys_beside_data(self) -> bool:
        """Whether the keys of people lie in the main database, so that its backups hold both."""
        return self.keys_url == self.database_url
