"""Sign-ins on devices: listed to whose they are, carried on, ended; kept through the database as they were."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from colonnade.application.identity import ListSessions, RevokeSession, SignOut, SignOutEverywhere
from colonnade.application.identity.revoking import end_sessions
from colonnade.application.identity.sessions import revoke_session, sign_out, sign_out_everywhere
from colonnade.application.messaging import Caller
from colonnade.core import NotFound, UserId, field, new_id
from colonnade.domain.identity import Device, Lifetimes, RefreshRefused, Session
from colonnade.infrastructure.identity.device_grants import SqlDeviceGrantRepository
from colonnade.infrastructure.identity.queries import list_sessions

LIFETIMES = Lifetimes(idle_seconds=3_600, absolute_seconds=86_400, grace_seconds=30)
_MOMENT_SECONDS = 0.3  # in which a change that does not wait is done
PHONE = Device("Safari on iPhone", None)


async def signed_in(house: Any, user: UserId | None = None, **fields: Any) -> Session:
    """Store a session of the owner's."""
    session: Session = house.make.session(user or house.owner, at=house.clock.now(), lifetimes=LIFETIMES, **fields)
    await house.store(session)
    return session


async def listed(house: Any, caller: Caller) -> Any:
    """Return somebody's sessions as they see them."""
    return (await house.ask(list_sessions, ListSessions(), caller)).items


async def test_sessions_are_listed_the_last_used_first(house: Any) -> None:
    """With the device, the place, how it was proved, and which one asks; those of others are not."""
    other = await house.person()
    first = await signed_in(house, methods=["pwd", "otp"])
    house.clock.advance(minutes=1)
    second = await signed_in(house, device=PHONE)
    await signed_in(house, other)
    views = await listed(house, Caller(house.owner, first.id))
    assert [(view.id, view.here) for view in views] == [(second.id, False), (first.id, True)]
    assert (views[0].device, views[0].address, views[0].methods) == ("Safari on iPhone", None, ("pwd",))
    assert (views[1].device, views[1].address, views[1].methods) == ("Firefox on Linux", "192.0.2.7", ("otp", "pwd"))
    assert views[1].created_at == views[1].used_at == first.created_at
    house.clock.advance(minutes=1)
    async with house.change() as work:
        again = await house.sessions(work).get(first.id)
        moved = Device("Firefox on Linux", "198.51.100.1")
        again.refresh(again.refresh_hash, next_hash="next", device=moved, at=house.clock.now(), lifetimes=LIFETIMES)
    views = await listed(house, Caller(house.owner, limits=None))
    assert [(view.id, view.address, view.here) for view in views] == [
        (first.id, "198.51.100.1", False),
        (second.id, None, False),
    ]
    assert views[0].used_at == house.clock.now()


async def test_sessions_that_ended_or_expired_are_not_listed(house: Any) -> None:
    """Idle ones neither, nor those whose last day is over however much they were used."""
    idle, used = await signed_in(house), await signed_in(house)
    ended = await signed_in(house)
    async with house.change() as work:
        (await house.sessions(work).get(ended.id)).end(at=house.clock.now())
    assert {view.id for view in await listed(house, Caller(house.owner))} == {idle.id, used.id}
    for minutes in (50, 50):
        house.clock.advance(minutes=minutes)
        async with house.change() as work:
            session = await house.sessions(work).get(used.id)
            session.refresh(
                session.refresh_hash,
                next_hash=f"next {minutes}",
                device=session.device,
                at=house.clock.now(),
                lifetimes=LIFETIMES,
            )
    assert [view.id for view in await listed(house, Caller(house.owner))] == [used.id]
    assert (await listed(house, Caller(house.owner)))[0].expires_at == house.clock.now() + timedelta(hours=1)
    house.clock.advance(days=1)
    assert await listed(house, Caller(house.owner)) == ()


async def test_a_device_is_signed_out(house: Any) -> None:
    """One's own; somebody else's is not there, in the words for one that never was."""
    session, other = await signed_in(house), await house.person()

    async def revoke(caller: Caller, session_id: Any) -> None:
        async with house.change() as work:
            await revoke_session(RevokeSession(session_id=session_id), caller, house.sessions(work), house.clock)

    said = set()
    for session_id in (session.id, new_id(UserId)):
        with pytest.raises(NotFound) as refused:
            await revoke(Caller(other), session_id)
        said.add((refused.value.code, str(refused.value)))
    assert len(said) == 1
    assert len(await listed(house, Caller(house.owner))) == 1
    for _ in range(2):
        await revoke(Caller(house.owner), session.id)
    assert await listed(house, Caller(house.owner)) == ()
    assert len(await house.log.stream(session.stream)) == 2


async def test_people_sign_out_here_and_everywhere(house: Any) -> None:
    """Everywhere is every device of theirs, with or without this one, and no device of others."""
    other = await house.person()
    here, *elsewhere = [await signed_in(house) for _ in range(4)]
    theirs = await signed_in(house, other)
    me = Caller(house.owner, here.id)
    async with house.change() as work:
        await sign_out(SignOut(), Caller(house.owner, elsewhere[0].id), house.sessions(work), house.clock)
    command = SignOutEverywhere(keep_this=True)
    async with house.change() as work:
        grants = SqlDeviceGrantRepository(work)
        assert await sign_out_everywhere(command, me, house.sessions(work), grants, house.clock) == 2
    assert [view.id for view in await listed(house, me)] == [here.id]
    async with house.change() as work:
        grants = SqlDeviceGrantRepository(work)
        assert await sign_out_everywhere(SignOutEverywhere(), me, house.sessions(work), grants, house.clock) == 1
    assert [view.id for view in await listed(house, Caller(other))] == [theirs.id]


async def test_a_refresh_token_that_comes_again_ends_the_session_for_good(house: Any) -> None:
    """Its hashes go through the database: the newest is good, the former one for a moment, others never."""
    session = await signed_in(house)

    async def refresh(presented: str, following: str, device: Device = session.device) -> None:
        work = house.unit_of_work()
        again = await house.sessions(work).get(session.id)
        try:
            again.refresh(presented, next_hash=following, device=device, at=house.clock.now(), lifetimes=LIFETIMES)
        finally:
            await work.commit()

    await refresh(session.refresh_hash, "second")
    house.clock.advance(seconds=29)
    await refresh(session.refresh_hash, "third")
    await refresh("third", "fourth")
    house.clock.advance(seconds=30)
    with pytest.raises(RefreshRefused):
        await refresh("third", "fifth")
    with pytest.raises(RefreshRefused):
        await refresh("fourth", "fifth")
    events = [recorded.event.event_type for recorded in await house.log.stream(session.stream)]
    assert events[-2:] == ["identity.refresh_token_reused", "identity.session_ended"]
    assert await listed(house, Caller(house.owner)) == ()


async def test_sessions_are_found_by_device(house: Any) -> None:
    """That is how a new device is told from one that was used before."""
    await signed_in(house)
    work = house.unit_of_work()
    sessions = house.sessions(work)
    theirs = field("user_id") == house.owner
    assert len(await sessions.matching(theirs & (field("device_name") == "Firefox on Linux"))) == 1
    assert await sessions.matching(theirs & (field("device_name") == PHONE.name)) == []
    await work.rollback()


async def test_no_session_slips_past_a_password_that_changes(house: Any) -> None:
    """Whoever signs in has got the account, so the change waits for them, and ends the session that they open."""

    async def change_password() -> None:
        async with house.change() as work:
            (await house.users(work).get(house.owner)).change_password("another hash")
            grants = SqlDeviceGrantRepository(work)
            await end_sessions(house.owner, house.sessions(work), grants, at=house.clock.now())

    async with house.change() as work:
        await house.users(work).get(house.owner)
        changing = asyncio.create_task(change_password())
        await asyncio.wait({changing}, timeout=_MOMENT_SECONDS)
        session = house.make.session(house.owner, at=house.clock.now(), lifetimes=LIFETIMES)
        await house.sessions(work).add(session)
    await changing
    assert await listed(house, Caller(house.owner)) == ()
