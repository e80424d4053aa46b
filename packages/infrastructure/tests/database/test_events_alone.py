"""What happened and left no row is in the log, with everything else of its unit of work or not at all."""

from typing import Any

from colonnade.core import UserId, new_id
from colonnade.domain.identity import AccountLocked, SignInAttempt, SignInFailed
from colonnade.infrastructure.identity.repository import SqlAttempts
from colonnade.testing.fakes import RecordingListener


async def test_occurrences_are_kept_by_the_commit(house: Any) -> None:
    """Each in a stream of its own, with the circumstances; whoever listens hears of them."""
    listener, until = RecordingListener(), house.clock.now()
    work = house.unit_of_work(listeners=[listener], metadata={"address": "192.0.2.1"})
    attempts = SqlAttempts(work)
    first = SignInAttempt.failed(house.owner, "password")
    second = SignInAttempt.failed(None, "no_account", locked_until=until)
    attempts.note(first)
    attempts.note(second)
    assert await house.log.stream(first.stream) == []
    assert len(work.recorded_events()) == 3
    await work.commit()
    (kept,) = await house.log.stream(first.stream)
    assert kept.event == SignInFailed(attempt_id=first.id, user_id=house.owner, reason="password")
    assert (kept.stream_version, kept.metadata["address"]) == (1, "192.0.2.1")
    both = await house.log.stream(second.stream)
    assert [recorded.stream_version for recorded in both] == [1, 2]
    assert both[1].event == AccountLocked(attempt_id=second.id, user_id=None, until=until)
    assert [len(events) for events in listener.commits] == [3]


async def test_they_are_kept_once(house: Any) -> None:
    """A second commit of the same unit of work has nothing to write."""
    work = house.unit_of_work()
    SqlAttempts(work).note(attempt := SignInAttempt.failed(None, "password"))
    await work.commit()
    await work.commit()
    assert len(await house.log.stream(attempt.stream)) == 1


async def test_a_rollback_forgets_them(house: Any) -> None:
    """Neither they nor what was done beside them is there, and a later commit does not bring them back."""
    work = house.unit_of_work()
    SqlAttempts(work).note(attempt := SignInAttempt.failed(None, "password"))
    user = house.make.user()
    await house.users(work).add(user)
    await work.rollback()
    await work.commit()
    assert await house.log.stream(attempt.stream) == await house.log.stream(user.stream) == []


async def test_they_are_committed_together_with_rows(house: Any) -> None:
    """One transaction: a session that is ended and an attempt."""
    session = house.make.session(house.owner)
    await house.store(session)
    async with house.change() as work:
        (await house.sessions(work).get(session.id)).end(at=house.clock.now())
        SqlAttempts(work).note(attempt := SignInAttempt.failed(UserId(new_id(UserId)), "password"))
    assert len(await house.log.stream(session.stream)) == 2
    assert len(await house.log.stream(attempt.stream)) == 1
