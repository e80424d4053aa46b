"""Sessions: refresh tokens rotate, and a copy ends the session."""

from datetime import datetime, timedelta

import pytest

from colonnade.core import Unauthenticated, UserId, new_id
from colonnade.domain.identity import (
    RefreshRefused,
    RefreshTokenReused,
    Session,
    SessionEnded,
    SessionId,
    SessionOpened,
    SessionRefreshed,
)

DAY = timedelta(days=1)


@pytest.fixture
def session(ada: UserId, now: datetime) -> Session:
    """A session of Ada's that is good for a day."""
    return Session.open(new_id(SessionId), user_id=ada, refresh_hash="first", at=now, expires_at=now + DAY)


def test_signing_in_opens_a_session(session: Session, ada: UserId, now: datetime) -> None:
    """No secret is part of the event."""
    assert session.recorded_events == (SessionOpened(session_id=session.id, user_id=ada, expires_at=now + DAY),)
    assert "first" not in repr(session.recorded_events)


def test_a_refresh_token_is_exchanged_for_the_next(session: Session, ada: UserId, now: datetime) -> None:
    """And the session lives on from then."""
    session.refresh("first", next_hash="second", at=now, expires_at=now + 2 * DAY)

    assert (session.refresh_hash, session.expires_at, session.ended_at) == ("second", now + 2 * DAY, None)
    assert session.recorded_events[-1] == SessionRefreshed(session_id=session.id, user_id=ada)


def test_a_refresh_token_used_twice_ends_the_session(session: Session, ada: UserId, now: datetime) -> None:
    """Somebody has a copy, and nobody can tell which of the two is the thief (RFC 9700, section 4.14.2)."""
    session.refresh("first", next_hash="second", at=now, expires_at=now + DAY)
    session.release_events()

    with pytest.raises(RefreshRefused, match="used before"):
        session.refresh("first", next_hash="third", at=now, expires_at=now + DAY)
    assert session.ended_at == now
    assert session.refresh_hash == "second"
    assert session.recorded_events == (
        RefreshTokenReused(session_id=session.id, user_id=ada),
        SessionEnded(session_id=session.id, user_id=ada),
    )


def test_after_a_reuse_the_newest_token_is_no_good_either(session: Session, now: datetime) -> None:
    """The thief may hold it."""
    session.refresh("first", next_hash="second", at=now, expires_at=now + DAY)
    with pytest.raises(RefreshRefused):
        session.refresh("first", next_hash="third", at=now, expires_at=now + DAY)

    with pytest.raises(RefreshRefused, match="has ended"):
        session.refresh("second", next_hash="third", at=now, expires_at=now + DAY)


def test_what_a_refusal_changed_is_kept() -> None:
    """The unit of work commits the ended session although the request fails."""
    assert RefreshRefused.keeps_changes
    assert issubclass(RefreshRefused, Unauthenticated)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=1)])
def test_an_expired_session_is_not_refreshed(session: Session, now: datetime, late: timedelta) -> None:
    """From the very moment at which it expires; nothing is recorded."""
    before = session.recorded_events

    with pytest.raises(RefreshRefused, match="has ended"):
        session.refresh("first", next_hash="second", at=now + DAY + late, expires_at=now + 2 * DAY)
    assert session.recorded_events == before
    assert session.refresh_hash == "first"


def test_a_session_is_good_until_the_moment_it_expires(session: Session, now: datetime) -> None:
    """A microsecond earlier it still is."""
    session.refresh("first", next_hash="second", at=now + DAY - timedelta(microseconds=1), expires_at=now + 2 * DAY)

    assert session.refresh_hash == "second"


def test_signing_out_ends_the_session_once(session: Session, now: datetime) -> None:
    """A second time changes nothing."""
    session.end(at=now)
    session.end(at=now + DAY)

    assert session.ended_at == now
    assert [type(event) for event in session.recorded_events] == [SessionOpened, SessionEnded]
