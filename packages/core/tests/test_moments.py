"""Points in time are written, not counted."""

from datetime import UTC, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from colonnade.core.moments import Moment

MOMENT: TypeAdapter[datetime] = TypeAdapter(Moment)


@pytest.mark.parametrize(
    "said", ["2026-11-22T09:30:00Z", "2026-11-22T10:30:00+01:00", "2026-11-22 09:30:00Z", "2026-11-22T09:30:00"]
)
def test_a_moment_is_in_utc_however_it_was_written(said: str) -> None:
    """Without a zone it is taken for UTC."""
    moment = datetime(2026, 11, 22, 9, 30, tzinfo=UTC)
    assert MOMENT.validate_python(said) == moment
    assert MOMENT.validate_json(f'"{said}"', strict=True) == moment


@pytest.mark.parametrize("said", [0, 0.5, "0", "0.5", "-1", "1e9", "2026-11-22", "today", ""])
def test_a_number_is_no_moment(said: object) -> None:
    """Seconds since 1970 are refused, as the documentation says, rather than guessed."""
    with pytest.raises(ValidationError, match="a date and a time"):
        MOMENT.validate_python(said)


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"])
def test_a_moment_outside_of_the_calendar_is_refused(said: str) -> None:
    """In UTC it would have no year."""
    with pytest.raises(ValidationError, match="calendar"):
        MOMENT.validate_python(said)
