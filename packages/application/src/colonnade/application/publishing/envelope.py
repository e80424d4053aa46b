"""The envelope that an event travels in: CloudEvents 1.0 (CNCF), whatever the transport."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    JsonValue,
    ValidationError,
)

from colonnade.core import Invalid

SPEC_VERSION = "1.0"
"""The version of CloudEvents."""

STRUCTURED_MEDIA_TYPE = "application/cloudevents+json"
"""What an event in structured mode is."""


_CORE = ("id", "source", "type", "subject", "time", "datacontenttype", "dataschema")
_RESERVED = {"specversion", "data", *_CORE}
_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT", re.IGNORECASE)


def _timestamp(value: object) -> object:
    """Let through what is a timestamp of RFC 3339; numbers, which pydantic would take, are none."""
    if isinstance(value, datetime) or (isinstance(value, str) and _TIMESTAMP.match(value)):
        return value
    raise ValueError("must be a timestamp (RFC 3339)")


def _extension(name: str) -> str:
    if name in _RESERVED:
        raise ValueError("must not have the name of another attribute")
    return name


Text = Annotated[str, Field(min_length=1, max_length=2048, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$", strict=True)]
Number = Annotated[int, Field(ge=-(2**31), lt=2**31, strict=True)]
Flag = Annotated[bool, Field(strict=True)]
ExtensionName = Annotated[str, Field(pattern=r"^[a-z0-9]{1,64}$"), AfterValidator(_extension)]


class CloudEventEnvelope(BaseModel):
    """A CloudEvent: who says that something happened, what, and to which thing.

    Attributes:
        id: Unique for the source.
        source: Who says so, a URI reference.
        type: What kind of thing happened, such as `org.colonnade.tasks.task_assigned.v1`.
        subject: What it happened to.
        time: When, with a time zone.
        datacontenttype: The media type of `data`; JSON if none is named.
        dataschema: The URI of the schema of `data`.
        extensions: Further attributes by name: lower-case letters and digits.
        data: JSON of any shape, or bytes of any other type.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True, allow_inf_nan=False)

    id: Text
    source: Text
    type: Text
    subject: Text | None = None
    time: Annotated[AwareDatetime, BeforeValidator(_timestamp)] | None = None
    datacontenttype: Text | None = None
    dataschema: Text | None = None
    extensions: dict[ExtensionName, Flag | Number | Text] = Field(default_factory=dict)
    data: JsonValue | bytes = None

    @property
    def identity(self) -> str:
        """What two deliveries of one event have in common and no other event has: source and id together."""
        return f"{self.source}#{self.id}"

    @property
    def partition_key(self) -> str:
        """Events with the same key are kept in order where a broker does so at all."""
        return str(self.extensions.get("partitionkey") or self.subject or self.id)

    def attributes(self) -> dict[str, object]:
        """Return the context attributes that are set, extensions included, by their names in the specification."""
        core = {name: getattr(self, name) for name in _CORE if getattr(self, name) is not None}
        return {"specversion": SPEC_VERSION, **core, **self.extensions}

    @classmethod
    def from_attributes(cls, attributes: Mapping[str, object], data: object) -> "CloudEventEnvelope":
        """Build the envelope of an event that comes from outside.

        Args:
            attributes: The context attributes by name; unknown ones are extensions, null ones are not set.
            data: The payload.

        Raises:
            Invalid: It is no CloudEvent of version 1.0; the message says why.
        """
        given = {name: value for name, value in attributes.items() if value is not None}
        version = given.pop("specversion", None)
        if version != SPEC_VERSION:
            raise Invalid(f"must be a CloudEvent of version {SPEC_VERSION}", field="specversion")
        core = {name: given.pop(name) for name in _CORE if name in given}
        try:
            return cls.model_validate({**core, "extensions": given, "data": data})
        except ValidationError as error:
            raise first_fault(error) from error


def first_fault(error: ValidationError) -> Invalid:
    """Return the first thing that a model found wrong."""
    first: Any = error.errors(include_url=False, include_context=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"])
    return Invalid(f"{field}: {first['msg']}" if field else first["msg"], field=field)
