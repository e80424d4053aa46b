"""A text message."""

import re
from dataclasses import dataclass

from colonnade.core import Invalid

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")  # ITU-T E.164, section 6.1
_LONGEST_TEXT = 1600  # ten segments: the most that providers join


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text to one phone.

    Attributes:
        to: The number in international form (E.164), such as `+4915112345678`.
        text: What it says, up to 1,600 characters.

    Raises:
        Invalid: The number is none, or the text is empty or too long.
    """

    to: str
    text: str

    def __post_init__(self) -> None:
        """Refuse what no provider could send."""
        if not _NUMBER.fullmatch(self.to):
            raise Invalid("must be a phone number such as +4915112345678", field="to")
        if not self.text.strip():
            raise Invalid("must not be empty", field="text")
        if len(self.text) > _LONGEST_TEXT:
            raise Invalid(f"must have at most {_LONGEST_TEXT} characters", field="text")
