"""A published event as a message: a CloudEvent in structured mode, its payload, and an example that fits."""

from typing import Any
from uuid import UUID

from colonnade.api.openapi.examples import example_of
from colonnade.application.publishing import STRUCTURED_MEDIA_TYPE, PublishedEvent, PublishingSettings

Json = dict[str, Any]  # JSON of any shape

_EXAMPLE_ID = UUID("01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89")
_EXAMPLE_TIME = "2026-11-22T09:30:00Z"

ENVELOPE: Json = {
    "type": "object",
    "title": "CloudEvent",
    "description": "The envelope (CloudEvents 1.0, JSON format).",
    "required": ["specversion", "id", "source", "type", "subject", "time", "datacontenttype", "dataschema", "data"],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {
            "type": "string",
            "minLength": 1,
            "description": "The same again is a repetition.",
        },
        "source": {"type": "string", "format": "uri-reference", "minLength": 1},
        "type": {"type": "string", "minLength": 1},
        "subject": {"type": "string", "minLength": 1, "description": "What it happened to."},
        "time": {"type": "string", "format": "date-time"},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "format": "uri"},
        "partitionkey": {"type": "string", "description": "Events with the same key are kept in order, as far as any."},
        "sequence": {"type": "string", "description": "The place among all events of the subject; sorts as text."},
        "data": {},
    },
    "additionalProperties": True,
}
"""What all messages have in common."""


def message_of(kind: type[PublishedEvent], settings: PublishingSettings, payload: Json, schemas: Json) -> Json:
    """Return the message object of a published event.

    Args:
        kind: The event.
        settings: How the service names itself and its events.
        payload: A reference to the schema of its payload.
        schemas: What such references lead to, by name.
    """
    summary = (kind.__doc__ or kind.__name__).strip().partition("\n")[0].rstrip(".")
    extensions = {name: {"type": "string"} for name in settings.extensions}
    return {
        "name": kind.wire_name,
        "title": kind.__name__,
        "summary": summary,
        "contentType": STRUCTURED_MEDIA_TYPE,
        "tags": [{"name": kind.event_type.partition(".")[0]}],
        "headers": {
            "type": "object",
            "properties": {"content-type": {"const": STRUCTURED_MEDIA_TYPE}},
        },
        "payload": {
            "allOf": [
                {"$ref": "#/components/schemas/CloudEvent"},
                {
                    "type": "object",
                    "properties": {
                        "source": {"const": settings.source},
                        "type": {"const": settings.type_of(kind)},
                        "dataschema": {"const": settings.schema_of(kind)},
                        "data": payload,
                        **extensions,
                    },
                },
            ]
        },
        "examples": [
            {
                "name": kind.__name__,
                "headers": {"content-type": STRUCTURED_MEDIA_TYPE},
                "payload": _example(kind, settings, example_of(payload, schemas)),
            }
        ],
    }


def _example(kind: type[PublishedEvent], settings: PublishingSettings, payload: object) -> Json:
    stream = f"thing-{_EXAMPLE_ID}"
    return {
        "specversion": "1.0",
        "id": str(_EXAMPLE_ID),
        "source": settings.source,
        "type": settings.type_of(kind),
        "subject": stream,
        "time": _EXAMPLE_TIME,
        "datacontenttype": "application/json",
        "dataschema": settings.schema_of(kind),
        "partitionkey": stream,
        "sequence": "0000000001",
        "data": payload,
    }
