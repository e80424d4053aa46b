"""The document: a channel for each published event, the message in it, and the brokers where it is found."""

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import TypeAdapter

from colonnade.api.asyncapi.messages import ENVELOPE, message_of
from colonnade.api.asyncapi.servers import servers_of
from colonnade.application.publishing import (
    STRUCTURED_MEDIA_TYPE,
    Catalogue,
    PublishedEvent,
    PublishingSettings,
)

Json = dict[str, Any]  # JSON of any shape

_REFERENCE = "#/components/schemas/{model}"
_LICENSE = {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"}


def asyncapi_document(
    catalogue: Catalogue,
    settings: PublishingSettings,
    *,
    title: str,
    version: str,
    description: str,
    brokers: Mapping[str, str] | None = None,
) -> Json:
    """Return the AsyncAPI 3.0 document of what a service publishes.

    Args:
        catalogue: The published events.
        settings: How the service names itself and its events.
        title: The service's name.
        version: The service's version.
        description: What it publishes, in Markdown.
        brokers: URLs of brokers by a name; passwords in them are left out. A broker inside the process is none.
    """
    kinds = sorted(catalogue, key=lambda kind: kind.wire_name)
    payloads, schemas = _schemas(kinds)
    servers = servers_of(brokers or {})
    reachable = {"servers": [{"$ref": f"#/servers/{name}"} for name in servers]} if servers else {}
    return {
        "asyncapi": "3.0.0",
        "id": f"urn:{settings.type_prefix.replace('.', ':')}",
        "info": {"title": title, "version": version, "description": description, "license": _LICENSE},
        "defaultContentType": STRUCTURED_MEDIA_TYPE,
        **({"servers": servers} if servers else {}),
        "channels": {
            kind.wire_name: {
                "address": settings.type_of(kind),
                "title": kind.wire_name,
                "description": (kind.__doc__ or kind.__name__).strip(),
                "messages": {kind.wire_name: {"$ref": f"#/components/messages/{kind.wire_name}"}},
                "tags": [{"name": kind.event_type.partition(".")[0]}],
                **reachable,
            }
            for kind in kinds
        },
        "operations": {
            f"send.{kind.wire_name}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{kind.wire_name}"},
                "messages": [{"$ref": f"#/channels/{kind.wire_name}/messages/{kind.wire_name}"}],
            }
            for kind in kinds
        },
        "components": {
            "messages": {kind.wire_name: message_of(kind, settings, payloads[kind], schemas) for kind in kinds},
            "schemas": {**schemas, "CloudEvent": ENVELOPE},
        },
    }


def _schemas(kinds: Sequence[type[PublishedEvent]]) -> tuple[dict[type[PublishedEvent], Json], Json]:
    """Return a reference to each event's schema, and all schemas by name, shared parts once."""
    references, definitions = TypeAdapter.json_schemas(
        [(kind, "serialization", TypeAdapter(kind)) for kind in kinds], ref_template=_REFERENCE
    )
    schemas: Json = dict(definitions.get("$defs", {}))
    payloads: dict[type[PublishedEvent], Json] = {}
    for kind in kinds:
        own = references[kind, "serialization"]
        if "$ref" not in own:
            schemas[kind.wire_name] = own
            own = {"$ref": _REFERENCE.format(model=kind.wire_name)}
        payloads[kind] = own
    return payloads, schemas
