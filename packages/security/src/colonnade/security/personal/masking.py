"""Masking: what logs and errors may say of people."""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from pydantic import BaseModel

from colonnade.core.personal import personal_fields

_MASK = "***"


def mask(value: object) -> str | None:
    """Return a value so that whoever knows it recognises it, and nobody else: its first letter, of an address two.

    Lengths do not show; what is no text does not show at all.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        return _MASK
    local, at, domain = value.rpartition("@")
    return f"{local[:1]}{_MASK}@{domain[:1]}{_MASK}" if at and local else f"{value[:1]}{_MASK}"


def masked(model: object) -> Any:  # plain values of any type
    """Return a model or dataclass as plain values with its personal fields masked, those of its parts included."""
    if isinstance(model, BaseModel):
        return _masked_fields(model, {name: getattr(model, name) for name in type(model).model_fields})
    if is_dataclass(model) and not isinstance(model, type):
        return _masked_fields(model, {field.name: getattr(model, field.name) for field in fields(model)})
    if isinstance(model, Mapping):
        return {key: masked(value) for key, value in model.items()}
    if isinstance(model, list | tuple | set | frozenset):
        return [masked(value) for value in model]
    return model


def _masked_fields(model: Any, values: Mapping[str, object]) -> dict[str, object]:  # a model or dataclass
    personal = personal_fields(type(model))
    return {name: mask(value) if name in personal else masked(value) for name, value in values.items()}
