"""Moments as people read them."""

from datetime import datetime


def shown(moment: datetime | None) -> str | None:
    """Return a moment to the minute, or none if there is none."""
    return None if moment is None else f"{moment:%Y-%m-%d %H:%M} UTC"


def shown_exactly(moment: datetime) -> str:
    """Return a moment to the second."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
