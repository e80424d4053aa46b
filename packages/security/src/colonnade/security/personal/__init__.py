"""Personal data: what `colonnade.core.personal` marks is masked where it would be seen, exported and erased."""

from colonnade.core.masking import mask
from colonnade.core.personal import Personal, PersonalField, masked, personal_fields
from colonnade.security.personal.belonging import erased, personal_data

__all__ = ["Personal", "PersonalField", "erased", "mask", "masked", "personal_data", "personal_fields"]
