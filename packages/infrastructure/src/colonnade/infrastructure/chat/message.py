"""A message in a chat room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic_core import to_json

from colonnade.core import Invalid

Block = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class ChatMessage:
    """What is said in a room.

    Attributes:
        text: All of it as plain text; what notifications show and what rooms without blocks show.
        blocks: The same laid out (Slack's Block Kit); empty for plain text.

    Raises:
        Invalid: The text is empty.
    """

    text: str
    blocks: Sequence[Block] = ()

    def __post_init__(self) -> None:
        """Refuse a message that says nothing."""
        if not self.text.strip():
            raise Invalid("must not be empty", field="text")

    def to_json(self) -> bytes:
        """Return the message as a webhook takes it."""
        payload: dict[str, object] = {"text": self.text}
        if self.blocks:
            payload["blocks"] = self.blocks
        return to_json(payload)
