"""CloudEvents as messages: structured and binary mode, both ways, with the bindings of the CloudEvents SDK.

The SDK maps attributes to the headers of each protocol. What comes in is judged here, since the SDK makes up an id or a
time that is missing, takes nested values for attributes and fails in many ways on what is no event at all.
"""

from base64 import b64decode
from collections.abc import Mapping
from enum import Enum
from typing import NamedTuple

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "cloudevents", "cloudevents")

from cloudevents.core.bindings import http, kafka
from cloudevents.core.exceptions import BaseCloudEventException
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pydantic_core import from_json, to_json

from colonnade.application.publishing.envelope import STRUCTURED_MEDIA_TYPE, CloudEventEnvelope
from colonnade.core import Invalid


class Encoded(NamedTuple):
    """An event as a message of a transport.

    Attributes:
        headers: By name.
        body: The bytes.
    """

    headers: Mapping[str, str]
    body: bytes


class HeaderStyle(Enum):
    """How attributes are written as headers in binary mode."""

    HTTP = http.CE_PREFIX
    """`ce-id`, percent-encoded: HTTP, NATS, RabbitMQ."""
    KAFKA = kafka.CE_PREFIX
    """`ce_id`, UTF-8: Kafka."""


class _AsItIs(JSONFormat):
    """Leaves payloads alone: the SDK would guess what they are."""

    def read_data(self, body: bytes, datacontenttype: str | None) -> bytes:
        return body


def to_structured(event: CloudEventEnvelope) -> Encoded:
    """Return an event as one JSON document (CloudEvents JSON format 1.0)."""
    document = event.attributes()
    if isinstance(event.data, bytes):
        document["data_base64"] = event.data
    elif event.data is not None:
        document["data"] = event.data
    return Encoded({"content-type": STRUCTURED_MEDIA_TYPE}, to_json(document, bytes_mode="base64"))


def to_binary(event: CloudEventEnvelope, style: HeaderStyle = HeaderStyle.HTTP) -> Encoded:
    """Return an event with its attributes as headers and its payload as body."""
    body = event.data if isinstance(event.data, bytes) else b"" if event.data is None else to_json(event.data)
    attributes = event.attributes()
    outgoing = CloudEvent(attributes, body)
    if event.time is None:
        del attributes["time"]  # the SDK has put the present time there
    if style is HeaderStyle.KAFKA:
        headers = kafka.to_binary(outgoing, _AsItIs()).headers
        return Encoded({name: value.decode() for name, value in headers.items()}, body)
    return Encoded(http.to_binary(outgoing, _AsItIs()).headers, body)


def read(message: Encoded) -> CloudEventEnvelope:
    """Return the event that a message carries, in whichever mode.

    Raises:
        Invalid: It carries none.
    """
    headers = {name.lower(): value for name, value in message.headers.items()}
    if not headers.get("content-type", "none"):
        del headers["content-type"]  # some transports name none by an empty one
    media_type = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type == STRUCTURED_MEDIA_TYPE:
        return _read_structured(message.body)
    for style in HeaderStyle:
        if f"{style.value}specversion" in headers:
            return _read_binary(headers, message.body, style)
    raise Invalid("is no CloudEvent: neither its content type nor its headers say so", field="content-type")


def _read_structured(body: bytes) -> CloudEventEnvelope:
    document = _json(body)
    if not isinstance(document, dict):
        raise Invalid("must be a JSON object")
    payload = document.pop("data", None)
    encoded = document.pop("data_base64", None)
    if encoded is not None:
        if payload is not None or not isinstance(encoded, str):
            raise Invalid("must be text, instead of data", field="data_base64")
        payload = _base64(encoded)
    return CloudEventEnvelope.from_attributes(document, payload)


def _read_binary(headers: dict[str, str], body: bytes, style: HeaderStyle) -> CloudEventEnvelope:
    attributes: dict[str, object] = {}

    def note(given: dict[str, object], _: object) -> CloudEvent:
        attributes.update(given)
        return CloudEvent({"id": "1", "source": "/", "type": "judged.here"})

    try:
        if style is HeaderStyle.KAFKA:
            raw = {name: value.encode() for name, value in headers.items()}
            kafka.from_binary(kafka.KafkaMessage(raw, None, body), _AsItIs(), note)
        else:
            http.from_binary(http.HTTPMessage(headers, body), _AsItIs(), note)
    except (BaseCloudEventException, ValueError, TypeError, OverflowError) as error:
        raise Invalid("the headers of the CloudEvent cannot be read") from error
    content_type = attributes.get("datacontenttype")
    return CloudEventEnvelope.from_attributes(attributes, _payload(body, str(content_type or "application/json")))


def _payload(body: bytes, content_type: str) -> object:
    media_type = content_type.partition(";")[0].strip().lower()
    if not body:
        return None
    return _json(body) if media_type.endswith(("/json", "+json")) else body


def _json(body: bytes) -> object:
    try:
        return from_json(body, allow_inf_nan=False)
    except ValueError as error:
        raise Invalid("must be JSON") from error


def _base64(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except ValueError as error:
        raise Invalid("must be base64", field="data_base64") from error
