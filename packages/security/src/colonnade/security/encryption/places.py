"""Places: what a sealed value is bound to, so that nobody can copy it over another one."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where a value is kept; it opens there and nowhere else.

    Attributes:
        purpose: What the value is for, such as `personal data`.
        table: Table, or kind of thing.
        column: Column, or field.
        row: Identity of the row.
    """

    purpose: str
    table: str
    column: str
    row: str

    def associated_data(self) -> bytes:
        """Return the place as bytes that no other place has: each part with its length before it."""
        parts = [part.encode() for part in self]
        return b"".join(len(part).to_bytes(4, "big") + part for part in parts)
