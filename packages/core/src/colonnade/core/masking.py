"""Masks: what may be seen of a value that says something of a person."""

import re

_MASK = "***"
_ADDRESS = re.compile(r"[\w.%+-]{1,64}@(?:[\w-]{1,63}\.)+[^\W\d_]{2,}")


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


def mask_addresses(text: str) -> str:
    """Return a text with the mail addresses in it masked, as far as they can be told by their look."""
    return _ADDRESS.sub(lambda found: str(mask(found[0])), text) if "@" in text else text
