"""What leaves the house: integration events, and files, as the container makes them."""

from collections.abc import AsyncIterator

from dishka import Provider, Scope, provide

from colonnade.application.publishing import Broker, Parking, Publisher, PublishingSettings
from colonnade.application.workspaces.export import ExportArchive, ExportSource
from colonnade.core import Clock
from colonnade.infrastructure.brokers import BrokerSettings, create_broker
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.identity.people import UserTexts
from colonnade.infrastructure.publishing import SqlParking
from colonnade.infrastructure.storage import ObjectStorage, StorageSettings
from colonnade.infrastructure.workspaces.export_archive import StoredExports
from colonnade.infrastructure.workspaces.export_source import SqlExportSource
from colonnade.security.links import SignedLinks
from colonnade.security.sealing import derive_key
from colonnade.server.product import PUBLICATIONS
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings

_EXTENSIONS = {
    "actorid": "caller",
    "causationid": "causation_id",
    "correlationid": "correlation_id",
    "workspaceid": "workspace_id",
}


def naming_of(settings: Settings) -> PublishingSettings:
    """Return how the service names itself and its events."""
    return PublishingSettings(source=settings.broker.source, extensions=_EXTENSIONS)


class Publishing(Provider):
    """Integration events and the broker that they go to."""

    scope = Scope.APP

    @provide
    def naming(self, settings: Settings) -> PublishingSettings:
        """How the service names itself."""
        return naming_of(settings)

    @provide
    def publisher(self, naming: PublishingSettings) -> Publisher:
        """Makes integration events of domain events."""
        return Publisher(PUBLICATIONS, naming)

    @provide
    def parking(self, database: Database, clock: Clock) -> Parking:
        """Keeps messages that nobody could deal with."""
        return SqlParking(database, clock)

    @provide
    async def broker(self, settings: Settings, parking: Parking) -> AsyncIterator[Broker]:
        """The broker that the settings name, which is connected to when something is published."""
        section = settings.broker
        broker = create_broker(
            section.url.get_secret_value(),
            parking,
            BrokerSettings(
                publish_seconds=section.publish_seconds, stream=section.stream, tls_ca_file=section.tls_ca_file
            ),
        )
        try:
            await broker.start()
            yield broker
        finally:  # whoever asks first may stop waiting for the start, such as a health check
            await broker.close()


class Files(Provider):
    """Object storage and what is kept in it."""

    scope = Scope.APP

    @provide
    def storage(self, settings: Settings) -> ObjectStorage:
        """The storage that the settings name, or a folder beside the database."""
        section = settings.storage
        folder = (settings.data_dir / "objects").absolute()
        return ObjectStorage(
            StorageSettings(
                url=section.url or folder.as_uri(),
                endpoint=section.endpoint,
                region=section.region,
                access_key_id=section.access_key_id,
                secret_access_key=section.secret_access_key,
            )
        )

    @provide
    def links(self, secret: Secret, clock: Clock) -> SignedLinks:
        """Signs links to exports."""
        return SignedLinks(derive_key(secret, "export links"), clock)

    @provide
    def archive(self, storage: ObjectStorage, links: SignedLinks, settings: Settings) -> ExportArchive:
        """Keeps exports."""
        return StoredExports(storage, links, public_url=settings.public_url)

    @provide
    def source(self, database: Database, users: UserTexts) -> ExportSource:
        """Reads workspaces."""
        return SqlExportSource(database, users)
