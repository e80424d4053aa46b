"""Points in time as people and programs write them."""

import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BeforeValidator

from colonnade.core.errors import Invalid

_WRITTEN = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


def _read(value: object) -> datetime:
    """Read what is written as a date and a time; numbers, which pydantic would take, are none."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and _WRITTEN.match(value):
        with suppress(ValueError):
            return datetime.fromisoformat(value.upper())
    raise Invalid("must be a date and a time such as 2026-11-22T09:30:00Z")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except OverflowError:
        raise Invalid("lies outside of the calendar") from None


Moment: TypeAlias = Annotated[datetime, BeforeValidator(_read), AfterValidator(_in_utc)]
"""A point in time of RFC 3339, in UTC afterwards; one without a zone is taken for UTC."""
