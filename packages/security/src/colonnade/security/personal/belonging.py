"""What of a model belongs to a person: to be given to them, or taken away."""

from typing import Any, TypeVar
from uuid import UUID

from pydantic import BaseModel

from colonnade.core.personal import personal_fields

Model = TypeVar("Model", bound=BaseModel)


def personal_data(model: BaseModel, person_id: UUID) -> dict[str, Any]:  # JSON values
    """Return the fields that are personal data of one person, as JSON values (GDPR, articles 15 and 20)."""
    mine = {name for name, field in personal_fields(type(model)).items() if getattr(model, field.owner) == person_id}
    return model.model_dump(mode="json", include=mine)


def erased(model: Model, person_id: UUID) -> Model:
    """Return the model without what is personal data of one person (GDPR, article 17).

    Raises:
        ValidationError: What stands for an erased value is none that the field takes.
    """
    fields = personal_fields(type(model)).items()
    gone = {name: field.erased for name, field in fields if getattr(model, field.owner) == person_id}
    return type(model).model_validate({**model.model_dump(), **gone}) if gone else model
