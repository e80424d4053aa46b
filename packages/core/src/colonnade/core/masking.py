"""Masks: what may be seen of a value that says something of a person."""

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
