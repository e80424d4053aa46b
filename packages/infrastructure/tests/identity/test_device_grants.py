"""Devices are signed in once, by whoever types their code, and wait between their questions."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from colonnade.application.identity.device_flow import (
    AskForDevice,
    DecideOnDevice,
    DeviceCodes,
    DeviceSettings,
    LookAtDevice,
    RedeemDevice,
    SlowDown,
    ask_for_device,
    decide_on_device,
    redeem_device,
)
from colonnade.application.identity.ports import IdentitySettings
from colonnade.application.messaging import Caller, Context, Origin
from colonnade.core import UserId, VersionConflict
from colonnade.domain.identity import Lifetimes
from colonnade.domain.identity.device_grant import (
    AuthorizationPending,
    DeviceAccessDenied,
    DeviceCodeExpired,
    DeviceGrantId,
    NoSuchCode,
)
from colonnade.infrastructure.identity.device_grants import SqlDeviceGrantRepository, SqlDevicePolls, look_at_device

SETTINGS = DeviceSettings(code_seconds=600, interval_seconds=5, verification_url="https://work.example.com/device")
IDENTITY = IdentitySettings(Lifetimes(1, 2), confirm_email=True, secret_seconds={})
ORIGIN = Origin("192.0.2.9", "Mozilla/5.0 (X11; Linux x86_64) Firefox/150.0")


class Hall:
    """A service in which devices ask, and people decide."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.polls = SqlDevicePolls(house.database, house.clock)
        self.signed_in: list[UserId] = []

    async def open(self, user_id: UserId, methods: set[str]) -> Any:
        """Note who is signed in: sessions have tests of their own."""
        self.signed_in.append(user_id)
        return SimpleNamespace(user_id=user_id, methods=methods)

    async def ask(self) -> DeviceCodes:
        """Let a device ask."""
        async with self.house.change() as work:
            grants, context = SqlDeviceGrantRepository(work), Context(origin=ORIGIN)
            return await ask_for_device(AskForDevice(), grants, SETTINGS, self.house.clock, context)

    async def decide(self, code: str, *, by: UserId | None = None, approve: bool = True) -> Any:
        """Let somebody type a code."""
        async with self.house.change() as work:
            command, grants = DecideOnDevice(user_code=code, approve=approve), SqlDeviceGrantRepository(work)
            caller = Caller(by or self.house.owner)
            return await decide_on_device(command, grants, caller, IDENTITY, self.house.clock)

    async def redeem(self, code: str) -> Any:
        """Let a device ask whether it is let in, in time."""
        self.house.clock.advance(seconds=SETTINGS.interval_seconds)
        return await self.redeem_at_once(code)

    async def redeem_at_once(self, code: str, both: asyncio.Barrier | None = None) -> Any:
        """Let a device ask, however long ago it asked before."""
        async with self.house.change() as work:
            grants, clock = SqlDeviceGrantRepository(work), self.house.clock
            answer = await redeem_device(
                RedeemDevice(device_code=code),
                grants,
                self.polls,
                self,  # type: ignore[arg-type]  # all that is asked of it
                SETTINGS,
                clock,
            )
            if both is not None:
                await asyncio.wait_for(both.wait(), 10)
            return answer

    async def look(self, code: str) -> Any:
        """Look at a device before letting it in."""
        asked = LookAtDevice(user_code=code)
        return await look_at_device(asked, self.house.database, IDENTITY, self.house.clock)


@pytest.fixture
def hall(house: Any) -> Hall:
    """A service in which devices ask."""
    return Hall(house)


async def test_a_device_is_signed_in_once_somebody_has_typed_its_code(hall: Hall) -> None:
    """Whoever typed it is who it acts for; the code that was shown and the one that was kept are no use afterwards."""
    codes = await hall.ask()
    assert codes.verification_uri_complete.endswith(codes.user_code)
    with pytest.raises(AuthorizationPending):
        await hall.redeem(codes.device_code)
    looked = await hall.look(codes.user_code)
    assert (looked.device, looked.address) == ("Firefox on Linux", "192.0.2.9")
    assert await hall.decide(codes.user_code) == looked
    assert (await hall.redeem(codes.device_code)).user_id == hall.house.owner
    with pytest.raises(DeviceCodeExpired):
        await hall.redeem(codes.device_code)
    with pytest.raises(NoSuchCode):
        await hall.decide(codes.user_code)
    assert hall.signed_in == [hall.house.owner]


@pytest.mark.parametrize(
    "typed", [str.lower, lambda code: code.replace("-", ""), lambda code: f" {code[:4]} {code[4:]}"]
)
async def test_a_code_may_be_typed_in_any_way(hall: Hall, typed: Any) -> None:
    """With spaces, without the hyphen, in small letters."""
    codes = await hall.ask()
    await hall.look(typed(codes.user_code))
    await hall.decide(typed(codes.user_code))


async def test_whoever_asks_too_fast_waits(hall: Hall) -> None:
    """Until the interval has gone by since the last question; questions that come too early do not count."""
    codes = await hall.ask()
    await hall.decide(codes.user_code)
    with pytest.raises(DeviceCodeExpired):
        await hall.redeem_at_once(codes.device_code[:-1] + ("A" if codes.device_code[-1] != "A" else "B"))
    for _ in range(2):
        with pytest.raises(SlowDown) as slow:
            await hall.redeem_at_once(codes.device_code)
        assert slow.value.facts["retry_after_seconds"] == SETTINGS.interval_seconds
    hall.house.clock.advance(seconds=4.9)
    with pytest.raises(SlowDown):
        await hall.redeem_at_once(codes.device_code)
    hall.house.clock.advance(seconds=0.1)
    assert (await hall.redeem_at_once(codes.device_code)).user_id == hall.house.owner


async def test_other_devices_do_not_slow_each_other_down(hall: Hall) -> None:
    """Each has its own turn."""
    first, second = await hall.ask(), await hall.ask()
    for codes in (first, second):
        with pytest.raises(AuthorizationPending):
            await hall.redeem_at_once(codes.device_code)


@pytest.mark.parametrize("code", ["x", ".", "٣.٣", "\x00", "0190a000-0000-7000-8000-000000000000.secret", "a" * 200])
async def test_a_code_that_is_none_of_ours_is_refused(hall: Hall, code: str) -> None:
    """As one that has expired: begin again (RFC 8628, section 3.5). It is not asked to slow down for ever."""
    for _ in range(2):
        with pytest.raises(DeviceCodeExpired):
            await hall.redeem_at_once(code)


async def test_the_secret_of_another_device_opens_nothing(hall: Hall) -> None:
    """Both halves of the code must fit."""
    mine, theirs = await hall.ask(), await hall.ask()
    await hall.decide(theirs.user_code)
    mixed = f"{theirs.device_code.partition('.')[0]}.{mine.device_code.partition('.')[2]}"
    with pytest.raises(DeviceCodeExpired):
        await hall.redeem(mixed)
    with pytest.raises(AuthorizationPending):
        await hall.redeem(mine.device_code)
    assert hall.signed_in == []


async def test_somebody_who_did_not_ask_says_no(hall: Hall) -> None:
    """The device hears so, as often as it asks."""
    codes = await hall.ask()
    await hall.decide(codes.user_code, approve=False)
    for _ in range(2):
        with pytest.raises(DeviceAccessDenied):
            await hall.redeem(codes.device_code)


async def test_a_code_is_typed_once(hall: Hall) -> None:
    """Nobody changes what somebody has decided, and nobody sees the device any more."""
    codes, other = await hall.ask(), await hall.house.person()
    await hall.decide(codes.user_code)
    for approve in (True, False):
        with pytest.raises(NoSuchCode):
            await hall.decide(codes.user_code, by=other, approve=approve)
    with pytest.raises(NoSuchCode):
        await hall.look(codes.user_code)
    assert (await hall.redeem(codes.device_code)).user_id == hall.house.owner


async def test_the_code_of_another_device_decides_on_that_one(hall: Hall) -> None:
    """And on no other; a code that nobody shows, or none at all, decides on nothing."""
    mine, theirs, other = await hall.ask(), await hall.ask(), await hall.house.person()
    await hall.decide(theirs.user_code, by=other)
    with pytest.raises(AuthorizationPending):
        await hall.redeem(mine.device_code)
    assert (await hall.redeem(theirs.device_code)).user_id == other
    for unknown in ("BBBB-BBBB", "12345678", "AEIOUAEIOU", mine.device_code[:20]):
        with pytest.raises(NoSuchCode):
            await hall.look(unknown)
        with pytest.raises(NoSuchCode):
            await hall.decide(unknown)


async def test_a_code_that_two_devices_show_decides_on_neither(hall: Hall) -> None:
    """Chance makes two alike about never; a person must not let the wrong one in."""
    make = hall.house.make
    codes = await hall.ask()
    async with hall.house.change() as work:
        grants = SqlDeviceGrantRepository(work)
        shown = await grants.get(DeviceGrantId(UUID(codes.device_code.partition(".")[0])))
    await hall.house.store(make.device_grant(user_digest=shown.user_digest))
    for asked in (hall.look(codes.user_code), hall.decide(codes.user_code)):
        with pytest.raises(NoSuchCode):
            await asked


async def test_codes_expire(hall: Hall) -> None:
    """Whether they were typed in time or not."""
    typed, late = await hall.ask(), await hall.ask()
    await hall.decide(typed.user_code)
    hall.house.clock.advance(seconds=SETTINGS.code_seconds)
    with pytest.raises(NoSuchCode):
        await hall.look(late.user_code)
    with pytest.raises(NoSuchCode):
        await hall.decide(late.user_code)
    for codes in (typed, late):
        with pytest.raises(DeviceCodeExpired):
            await hall.redeem(codes.device_code)


async def test_old_devices_are_forgotten(hall: Hall) -> None:
    """Once their codes have been too old for a while."""
    old = await hall.ask()
    hall.house.clock.advance(seconds=SETTINGS.code_seconds)
    young = await hall.ask()
    await hall.polls.expire(hall.house.clock.now())
    assert len(await hall.house.database.fetch(_all(hall))) == 2
    await hall.polls.expire(hall.house.clock.now() + timedelta(seconds=1))
    with pytest.raises(DeviceCodeExpired):
        await hall.redeem(old.device_code)
    with pytest.raises(AuthorizationPending):
        await hall.redeem(young.device_code)


async def test_what_is_kept_of_the_codes_are_hashes(hall: Hall) -> None:
    """Neither the table nor the log holds a code."""
    codes = await hall.ask()
    rows = await hall.house.database.fetch(_all(hall))
    said = f"{rows!r} {await hall.house.log.read(limit=1_000)!r}"
    for secret in (codes.device_code.partition(".")[2], codes.user_code, codes.user_code.replace("-", "")):
        assert secret not in said
    assert codes.device_code not in repr(codes)


@pytest.mark.integration
async def test_two_who_redeem_at_once_are_one_sign_in(postgres_house: Any) -> None:
    """A copied device code that comes at the same moment: polling is one turn, and the rows are one commit."""
    hall = Hall(postgres_house)
    codes = await hall.ask()
    await hall.decide(codes.user_code)
    outcomes = await asyncio.gather(*(hall.redeem_at_once(codes.device_code) for _ in range(5)), return_exceptions=True)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SimpleNamespace", *["SlowDown"] * 4]


@pytest.mark.integration
async def test_without_turns_it_is_one_sign_in_all_the_same(postgres_house: Any) -> None:
    """Both have read the grant before either commits: one of them wins."""
    hall = Hall(postgres_house)

    class NoTurns:
        async def in_time(self, grant_id: DeviceGrantId, interval: timedelta) -> bool:
            return True

    codes = await hall.ask()
    await hall.decide(codes.user_code)
    hall.polls, both = NoTurns(), asyncio.Barrier(2)  # type: ignore[assignment]  # all that is asked of it
    outcomes = await asyncio.gather(
        *(hall.redeem_at_once(codes.device_code, both) for _ in range(2)), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["SimpleNamespace", VersionConflict.__name__]
    with pytest.raises(DeviceCodeExpired):
        await hall.redeem(codes.device_code)


def _all(hall: Hall) -> Any:
    return SqlDeviceGrantRepository(hall.house.unit_of_work())._kind.table.select()
