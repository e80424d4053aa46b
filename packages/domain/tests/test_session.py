"""Sessions: refresh tokens rotate, a lost answer is forgiven once, and a copy ends the session."""

from datetime import datetime, timedelta

import pytest

from colonnade.core import Unauthenticated, UserId, new_id
from colonnade.domain.identity import (
    Device,
    Lifetimes,
    RefreshRefused,
    RefreshTokenReused,
    Session,
    SessionEnded,
    SessionId,
    SessionOpened,
    SessionProved,
    SessionRefreshed,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
LIFETIMES = Lifetimes(idle_seconds=86_400, absolute_seconds=3 * 86_400, grace_seconds=30)
LAPTOP = Device("Firefox on Linux", "192.0.2.7")
PHONE = Device("Chrome on Android", "198.51.100.9")


@pytest.fixture
def session(ada: UserId, now: datetime) -> Session:
    """A session of Ada's that is good for a day without use."""
    return Session.open(
        new_id(SessionId),
        user_id=ada,
        refresh_hash="first",
        device=LAPTOP,
        methods={"pwd", "otp"},
        at=now,
        lifetimes=LIFETIMES,
    )


def _refresh(session: Session, presented: str, following: str, at: datetime, device: Device = LAPTOP) -> None:
    session.refresh(presented, next_hash=following, device=device, at=at, lifetimes=LIFETIMES)


def test_signing_in_opens_a_session(session: Session, ada: UserId, now: datetime) -> None:
    """No secret is part of the event."""
    opened = SessionOpened(
        session_id=session.id, user_id=ada, expires_at=now + DAY, methods=("otp", "pwd"), new_device=False
    )
    assert session.recorded_events == (opened,)
    assert "first" not in repr(session.recorded_events)


def test_a_refresh_token_is_exchanged_for_the_next(session: Session, ada: UserId, now: datetime) -> None:
    """And the session lives on from then, known by the device that it was last carried on from."""
    _refresh(session, "first", "second", now + SECOND, PHONE)

    assert (session.refresh_hash, session.expires_at, session.ended_at) == ("second", now + SECOND + DAY, None)
    assert (session.device, session.used_at) == (PHONE, now + SECOND)
    assert session.recorded_events[-1] == SessionRefreshed(session_id=session.id, user_id=ada, repeated=False)


def test_a_refresh_token_whose_answer_was_lost_comes_once_more(session: Session, ada: UserId, now: datetime) -> None:
    """From the same device, within the grace, as long as nobody has used its successor."""
    _refresh(session, "first", "lost", now)
    _refresh(session, "first", "second", now + 29 * SECOND)

    assert session.refresh_hash == "second"
    assert session.recorded_events[-1] == SessionRefreshed(session_id=session.id, user_id=ada, repeated=True)


@pytest.mark.parametrize(
    ("steps", "presented", "seconds", "device"),
    [
        pytest.param((("first", "second"),), "first", 30, LAPTOP, id="too late"),
        pytest.param((("first", "second"),), "first", 1, PHONE, id="from another device"),
        pytest.param((("first", "lost"), ("first", "second")), "first", 1, LAPTOP, id="a third time"),
        pytest.param((("first", "lost"), ("first", "second")), "lost", 1, LAPTOP, id="the lost one after all"),
        pytest.param((("first", "second"), ("second", "third")), "first", 1, LAPTOP, id="after its successor"),
        pytest.param((), "made up", 1, LAPTOP, id="made up"),
    ],
)
def test_a_copy_of_a_refresh_token_ends_the_session(
    session: Session,
    ada: UserId,
    now: datetime,
    steps: tuple[tuple[str, str], ...],
    presented: str,
    seconds: int,
    device: Device,
) -> None:
    """Nobody can tell which of the two is the thief (RFC 9700, section 4.14.2)."""
    for before, following in steps:
        _refresh(session, before, following, now)
    newest = session.refresh_hash
    session.release_events()

    later = now + seconds * SECOND
    with pytest.raises(RefreshRefused, match="used before"):
        _refresh(session, presented, "stolen", later, device)
    assert (session.ended_at, session.refresh_hash) == (later, newest)
    assert session.recorded_events == (
        RefreshTokenReused(session_id=session.id, user_id=ada),
        SessionEnded(session_id=session.id, user_id=ada),
    )
    with pytest.raises(RefreshRefused, match="has ended"):
        _refresh(session, newest, "next", later)


def test_an_unused_session_expires(session: Session, now: datetime) -> None:
    with pytest.raises(RefreshRefused, match="has ended"):
        _refresh(session, "first", "second", now + DAY)


def test_a_session_ends_however_much_it_is_used(session: Session, now: datetime) -> None:
    """Its last refresh token is not good for longer than the session."""
    at, presented = now, "first"
    for turn in range(5):
        at += timedelta(hours=13)
        _refresh(session, presented, str(turn), at)
        presented = str(turn)
    assert session.expires_at == session.ends_at == now + 3 * DAY
    with pytest.raises(RefreshRefused, match="has ended"):
        _refresh(session, presented, "last", now + 3 * DAY)


def test_a_signed_out_session_is_not_refreshed(session: Session, now: datetime) -> None:
    session.end(at=now)
    with pytest.raises(Unauthenticated):
        _refresh(session, "first", "second", now)


def test_signing_out_twice_changes_nothing(session: Session, ada: UserId, now: datetime) -> None:
    session.end(at=now)
    session.end(at=now + DAY)
    assert session.ended_at == now
    assert session.recorded_events[1:] == (SessionEnded(session_id=session.id, user_id=ada),)


def test_a_new_proof_is_remembered_with_how_it_was_given(session: Session, ada: UserId, now: datetime) -> None:
    session.prove({"hwk"}, at=now + SECOND)
    assert (session.proved_at, session.methods) == (now + SECOND, ("hwk", "otp", "pwd"))
    assert session.recorded_events[-1] == SessionProved(session_id=session.id, user_id=ada, methods=("hwk",))
