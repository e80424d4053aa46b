"""The document of the integration events that the server publishes."""

from typing import Any

from colonnade.api.asyncapi import asyncapi_document
from colonnade.application.publishing import Catalogue
from colonnade.server.application import DESCRIPTION, TITLE, VERSION
from colonnade.server.product import PUBLICATIONS
from colonnade.server.publishing import naming_of
from colonnade.server.settings import Settings


def event_document(settings: Settings) -> dict[str, Any]:  # JSON values
    """Return the AsyncAPI document of the server, with the broker that its settings name."""
    url = settings.broker.url.get_secret_value()
    brokers = {} if url.startswith("memory:") else {"broker": url}
    catalogue = Catalogue.of(PUBLICATIONS)
    return asyncapi_document(
        catalogue, naming_of(settings), title=TITLE, version=VERSION, description=DESCRIPTION, brokers=brokers
    )
