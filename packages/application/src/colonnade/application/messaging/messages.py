"""Messages: a use case as a frozen, typed, named value that any transport can carry."""

from enum import Enum, StrEnum
from typing import Annotated, Any, ClassVar, Final, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticOmit, core_schema

from colonnade.application.messaging.access import AccessRule
from colonnade.application.messaging.retries import JobOptions

Result = TypeVar("Result", covariant=True)


def _forget_unset(schema: dict[str, Any]) -> None:
    """Leave out the default of a field that may be left out: no client could send it."""
    for field in schema.get("properties", {}).values():
        if field.get("default") == "unset":
            del field["default"]


class Message(BaseModel, Generic[Result]):
    """Something that can be asked of the service, typed by its answer.

    Subclass `Command`, `Query` or `Errand` and declare the wire name and the access rule:

        class CreateTask(Command[TaskView], name="tasks.create", requires=Permission.TASK_CREATE): ...

    Attributes:
        wire_name: Stable name on the wire, `<context>.<verb>`; never renamed.
        access: Who may send it.
        result: The type of the answer.
        job_options: Where and how it waits when it is sent later, as a job.
        step_up: Whether a person must have proved who they are a short while ago (step-up, RFC 9470).
        open_to_tokens: Whether a personal token may send it; if not said, one that carries the permission may, and none
            where no permission is asked for.

    Raises:
        TypeError: The class is defined without a name or without an access rule.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, hide_input_in_errors=True, json_schema_extra=_forget_unset
    )

    wire_name: ClassVar[str]
    access: ClassVar[AccessRule]
    result: ClassVar[Any]  # any type that pydantic can serialise
    job_options: ClassVar[JobOptions] = JobOptions()
    step_up: ClassVar[bool] = False
    open_to_tokens: ClassVar[bool] = False

    def __init_subclass__(
        cls,
        *,
        name: str | None = None,
        requires: AccessRule | None = None,
        abstract: bool = False,
        job: JobOptions | None = None,
        step_up: bool = False,
        open_to_tokens: bool | None = None,
    ) -> None:
        super().__init_subclass__()
        cls.step_up = step_up
        cls.job_options = job or cls.job_options
        if abstract or "[" in cls.__name__:
            return
        if name is None:
            raise TypeError(f"{cls.__name__} needs its wire name: class {cls.__name__}(..., name='context.verb')")
        if not isinstance(requires, AccessRule):
            raise TypeError(
                f"{cls.__name__} needs an access rule: requires=PUBLIC, SIGNED_IN, INTERNAL or a permission (a StrEnum)"
            )
        cls.wire_name = name
        cls.access = requires
        cls.open_to_tokens = isinstance(requires, StrEnum) if open_to_tokens is None else open_to_tokens

    @classmethod
    def __pydantic_init_subclass__(cls, **_: object) -> None:
        for base in cls.__mro__:
            generic = getattr(base, "__pydantic_generic_metadata__", None)
            if generic and generic["args"] and not isinstance(generic["args"][0], TypeVar):
                cls.result = generic["args"][0]
                return
        if hasattr(cls, "wire_name"):
            raise TypeError(f"{cls.__name__} needs the type of its answer: class {cls.__name__}(Command[…], …)")


class Command(Message[Result], Generic[Result], abstract=True):
    """A message that changes something, in one unit of work."""


class Query(Message[Result], Generic[Result], abstract=True):
    """A message that only reads."""


class Errand(Message[Result], Generic[Result], abstract=True):
    """A message that talks to the outside world (mail, HTTP, storage) and therefore persists nothing itself."""


ExpectedVersion = Annotated[int | None, Field(ge=0, description="The version that you saw; refused if it has changed.")]


class VersionedCommand(Command[Result], Generic[Result], abstract=True):
    """A command on something with a version, which the sender may name so as not to overwrite another's change."""

    expected_version: ExpectedVersion = None


class Unset(Enum):
    """The type of a field that a message leaves as it is: not null, not sent (RFC 7396)."""

    UNSET = "unset"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.is_instance_schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        raise PydanticOmit


UNSET: Final = Unset.UNSET
"""Leave the field as it is."""


def changes_of(message: Message[Any]) -> dict[str, Any]:
    """Return the fields that the sender of a message set, as JSON-ready values: what goes over a wire."""
    left = {name for name in message.model_fields_set if getattr(message, name) is UNSET}
    return message.model_dump(mode="json", exclude_unset=True, exclude=left)
