"""Data protection, as the container makes it: keys, and what seals events and rows with them."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide

from colonnade.core import Clock, EventTypes
from colonnade.domain.identity import User
from colonnade.infrastructure.config import ConfigurationError
from colonnade.infrastructure.database import Database, DatabaseSettings, EventLog
from colonnade.infrastructure.database.event_log import EventProtector
from colonnade.infrastructure.database.tls import Tls
from colonnade.infrastructure.protection import EventProtection, PersonKeys, SqlDataKeys
from colonnade.infrastructure.protection.data_keys import INDEX
from colonnade.security.encryption import BlindIndex, Envelope, KeyEncryptionKey, LocalKey
from colonnade.server.settings import KekSection, Settings

EMAIL_INDEX = "users.email"
"""The field of the blind index of addresses."""


class Protection(Provider):
    """What lives as long as the process."""

    scope = Scope.APP

    @provide
    async def envelope(self, settings: Settings) -> Envelope:
        """Wraps data keys."""
        section = settings.keys
        return Envelope(await _kek(section.current, settings), [await _kek(one, settings) for one in section.former])

    @provide
    async def data_keys(
        self, settings: Settings, database: Database, envelope: Envelope, clock: Clock
    ) -> AsyncIterator[SqlDataKeys]:
        """The data keys, over connections of their own: a commit that waits for a key holds one of the others."""
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        own = Database(
            DatabaseSettings(
                settings.keys_url,
                pool_size=settings.keys.pool_size,
                tls=None if settings.database.tls is None else Tls(settings.database.tls),
                tls_ca_file=settings.database.tls_ca_file,
            )
        )
        try:
            if not own.is_postgresql and own.engine.url.database == database.engine.url.database:
                raise ConfigurationError(["keys.url: on SQLite, keys need a file of their own"])
            yield SqlDataKeys(own, envelope, clock)
        finally:
            await own.dispose()

    @provide
    def person_keys(self, data_keys: SqlDataKeys, database: Database, clock: Clock) -> PersonKeys:
        """The keys of people."""
        return PersonKeys(data_keys, clock, stream_kind=User.stream_kind, announced_on=database)

    @provide
    def event_protection(self, keys: PersonKeys, types: EventTypes) -> EventProtection:
        """Seals what events say of people."""
        return EventProtection(keys, types)

    @provide
    def event_protector(self, protection: EventProtection) -> EventProtector:
        """Seals what events say of people."""
        return protection

    @provide
    def event_log(self, database: Database, types: EventTypes, protector: EventProtector) -> EventLog:
        """The event log, opened for its readers."""
        return EventLog(database, types, protector)

    @provide
    async def email_index(self, data_keys: SqlDataKeys) -> BlindIndex:
        """Finds accounts by their address."""
        return BlindIndex((await data_keys.of(INDEX)).current.secret, EMAIL_INDEX)


async def _kek(section: KekSection, settings: Settings) -> KeyEncryptionKey:
    if section.kms_key_id is not None:
        # boto3 takes long to load, and few installations need it
        from colonnade.security.encryption.aws_kms import AwsKms  # noqa: PLC0415

        return AwsKms(
            section.kms_key_id,
            region=section.kms_region,
            endpoint=section.kms_endpoint,
            timeout_seconds=section.kms_timeout_seconds,
        )
    if section.secret is not None:
        return LocalKey.from_text(section.secret.get_secret_value())
    return await LocalKey.from_file(section.file or settings.data_dir / "key-encryption-key")
