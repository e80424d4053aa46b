"""Published events: what other services may rely on, apart from the domain events behind it (Evans)."""

import re
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from colonnade.application.publishing.envelope import CloudEventEnvelope, first_fault
from colonnade.core import Invalid

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")


class PublishedEvent(BaseModel):
    """One version of an event as other services see it.

    It is a model of its own, so that the domain may change without anybody outside noticing. Once released it only
    grows: whatever would break a reader is a new class with the next version, published beside the old one for a while.

        class TaskAssignedV1(PublishedEvent, type="tasks.task_assigned", version=1):
            task_id: UUID

    Readers are tolerant (Fowler, TolerantReader): what they do not know, they leave aside.

    Attributes:
        event_type: Wire name, `<context>.<what_happened>`; never reused for something else.
        schema_version: From 1.
        wire_name: Both, such as `tasks.task_assigned.v1`.

    Raises:
        TypeError: The class is defined without a name or with one that is not `context.what`; `abstract=True` is for
            fields that several events share.
    """

    model_config = ConfigDict(
        frozen=True,
        extra="ignore",
        allow_inf_nan=False,
        hide_input_in_errors=True,
        json_schema_serialization_defaults_required=True,
    )

    event_type: ClassVar[str]
    schema_version: ClassVar[int]
    wire_name: ClassVar[str]

    def __init_subclass__(
        cls,
        *,
        type: str | None = None,  # noqa: A002 - the term
        version: int = 1,
        abstract: bool = False,
    ) -> None:
        super().__init_subclass__()
        if abstract:
            return
        if type is None or not _NAME.fullmatch(type) or version < 1:
            example = "class TaskAssignedV1(PublishedEvent, type='tasks.task_assigned', version=1)"
            raise TypeError(f"{cls.__name__} needs its wire name and a version from 1: {example}")
        cls.event_type = type
        cls.schema_version = version
        cls.wire_name = f"{type}.v{version}"

    @classmethod
    def read(cls, envelope: CloudEventEnvelope) -> Self:
        """Return the payload of an envelope as this event.

        Raises:
            Invalid: It is another event, or its payload does not fit.
        """
        if envelope.type != cls.wire_name and not envelope.type.endswith(f".{cls.wire_name}"):
            raise Invalid(f"{envelope.type} is not {cls.wire_name}", field="type")
        try:
            return cls.model_validate(envelope.data)
        except ValidationError as error:
            raise first_fault(error) from error
