"""Personal data: fields say on the model whose data they are, and everything else follows from that."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from types import MappingProxyType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import BaseModel

from colonnade.core.masking import mask
from colonnade.core.values import Email, TextValue


@dataclass(frozen=True, slots=True)
class Personal:
    """Marks a field as personal data, of the person whose id is in another field of the same model.

        class UserRegistered(DomainEvent, type="identity.user_registered", version=1):
            user_id: UserId
            email: Annotated[Email, Personal("user_id")]

    Attributes:
        owner: Name of the field with the person's id.
        erased: What stands for the value once the person is erased; if not said, an address that can never be
            (RFC 2606) for an `Email`, `Erased person` for other text, and nothing for what is no text.
    """

    owner: str
    erased: str | None = None


@dataclass(frozen=True, slots=True)
class PersonalField:
    """A field with personal data.

    Attributes:
        name: Of the field.
        owner: Name of the field with the person's id.
        erased: What stands for the value once the person is erased.
    """

    name: str
    owner: str
    erased: str | None


@cache
def personal_fields(kind: type[Any]) -> Mapping[str, PersonalField]:
    """Return the fields of a pydantic model or dataclass that are personal data, by name.

    Raises:
        TypeError: A marker is inside a type, where it would be overlooked, or names an owner that is no field.
    """
    declared = _declared(kind)
    fields = dict[str, PersonalField]()
    for name, (annotation, metadata) in declared.items():
        markers = [marker for marker in metadata if isinstance(marker, Personal)]
        if not markers and _has_marker(annotation):
            raise TypeError(f"{kind.__name__}.{name}: write Annotated[…, Personal(…)] around the whole type")
        for marker in markers:
            if marker.owner not in declared:
                raise TypeError(f"{kind.__name__}.{name} belongs to {marker.owner!r}, which is no field")
            erased = _placeholder(annotation) if marker.erased is None else marker.erased
            fields[name] = PersonalField(name, marker.owner, erased)
    return MappingProxyType(fields)


def masked(value: object) -> Any:  # plain values of any type
    """Return a model or dataclass as plain values with what is personal masked, that of its parts included.

    What does not show in a `repr` does not show here.
    """
    if isinstance(value, BaseModel):
        return _masked_fields(value, (name for name, field in type(value).model_fields.items() if field.repr))
    if is_dataclass(value) and not isinstance(value, type):
        return _masked_fields(value, (field.name for field in fields(value) if field.repr))
    if isinstance(value, Mapping):
        return {key: masked(part) for key, part in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [masked(part) for part in value]
    return mask(value) if isinstance(value, TextValue) and value.personal else value


def _masked_fields(model: Any, shown: Iterable[str]) -> dict[str, Any]:  # a model of any kind, and plain values
    kind: Any = type(model)  # of which mypy does not know that it can be hashed
    personal = personal_fields(kind)
    values = ((name, getattr(model, name)) for name in shown)
    return {name: mask(value) if name in personal else masked(value) for name, value in values}


def _declared(kind: type[Any]) -> dict[str, tuple[Any, tuple[Any, ...]]]:  # types and markers of any kind
    if issubclass(kind, BaseModel):
        return {name: (field.annotation, tuple(field.metadata)) for name, field in kind.model_fields.items()}
    hints = get_type_hints(kind, include_extras=True).items()
    return {
        name: (get_args(hint)[0], get_args(hint)[1:]) if get_origin(hint) is Annotated else (hint, ())
        for name, hint in hints
    }


def _has_marker(annotation: Any) -> bool:  # a type of any kind
    metadata: tuple[Any, ...] = getattr(annotation, "__metadata__", ())
    return any(isinstance(marker, Personal) for marker in metadata) or any(map(_has_marker, get_args(annotation)))


def _placeholder(annotation: Any) -> str | None:  # a type of any kind
    kinds = [one for one in (annotation, *get_args(annotation)) if isinstance(one, type)]
    if any(issubclass(one, Email) for one in kinds):
        return "erased@erased.invalid"
    return "Erased person" if any(issubclass(one, str) for one in kinds) else None
