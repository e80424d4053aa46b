"""Passkeys and links in the database: kept as they are, used once in all processes, never the last way in."""

import asyncio
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.application.identity.passkeys import ListPasskeys
from colonnade.application.messaging import Caller
from colonnade.core import UserId, new_id
from colonnade.domain.identity.external import ExternalIdentity, ExternalKnown, LinkId
from colonnade.domain.identity.passkeys import Passkey, PasskeyId, PasskeyKnown, PasskeyName, PasskeyRefused
from colonnade.infrastructure.identity.external_store import EXTERNALS, SqlExternalIdentityRepository, SqlWaysIn
from colonnade.infrastructure.identity.marks import SqlMarkRetention, SqlMarks
from colonnade.infrastructure.identity.passkey_ceremonies import WebAuthnCeremonies
from colonnade.infrastructure.identity.passkey_store import (
    PASSKEYS,
    PasskeysBesides,
    SqlPasskeyRepository,
    list_passkeys,
)
from colonnade.security.passkeys import Challenges, Passkeys, RelyingParty

from .borrowed import borrowed

Browser = borrowed("passkeys/authenticator").Browser

_MOMENTS = st.datetimes(timezones=st.timezones(no_cache=True)).filter(lambda moment: moment.year > 1900)
_TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=40)


def a_passkey(house: Any, user_id: UserId | None = None, credential_id: str = "key") -> Passkey:
    """Return a passkey."""
    return Passkey.add(
        new_id(PasskeyId),
        user_id=user_id or house.owner,
        name=PasskeyName("Laptop"),
        credential_id=credential_id,
        public_key=b"\x00\xff",
        sign_count=2**32 - 1,
        transports=("internal", "usb"),
        aaguid="00000000-0000-0000-0000-000000000000",
        backup_eligible=True,
        backed_up=False,
        at=house.clock.now(),
    )


def a_link(house: Any, subject: str = "ada") -> ExternalIdentity:
    """Return a link."""
    return ExternalIdentity.link(
        new_id(LinkId),
        user_id=house.owner,
        provider="house",
        issuer="https://id.example",
        subject=subject,
        at=house.clock.now(),
    )


async def stored(house: Any, *aggregates: Any) -> None:
    """Store new aggregates."""
    work = house.unit_of_work()
    passkeys, externals = SqlPasskeyRepository(work), SqlExternalIdentityRepository(work)
    for one in aggregates:
        await (passkeys if isinstance(one, Passkey) else externals).add(one)
    await work.commit()


@given(
    passkey=st.builds(
        Passkey,
        id=st.uuids().map(PasskeyId),
        version=st.integers(1, 1000),
        user_id=st.uuids().map(UserId),
        name=st.just(PasskeyName("Phone")),
        credential_id=st.none() | _TEXTS,
        public_key=st.binary(max_size=200),
        sign_count=st.integers(0, 2**32 - 1),
        transports=st.lists(_TEXTS, max_size=3).map(tuple),
        aaguid=_TEXTS,
        backup_eligible=st.booleans(),
        backed_up=st.booleans(),
        created_at=_MOMENTS,
        used_at=st.none() | _MOMENTS,
        suspect_since=st.none() | _MOMENTS,
        removed_at=st.none() | _MOMENTS,
    ),
    linked=st.builds(
        ExternalIdentity,
        id=st.uuids().map(LinkId),
        version=st.integers(1, 1000),
        user_id=st.uuids().map(UserId),
        provider=_TEXTS,
        issuer=_TEXTS,
        subject=st.none() | _TEXTS,
        linked_at=_MOMENTS,
        unlinked_at=st.none() | _MOMENTS,
    ),
)
def test_to_a_row_and_back(passkey: Passkey, linked: ExternalIdentity) -> None:
    """What one way does is undone by the other, for every column."""
    for kind, one in ((PASSKEYS, passkey), (EXTERNALS, linked)):
        row = kind.to_row(one)
        again = kind.to_domain(SimpleNamespace(**row), ())
        assert set(row) == set(kind.table.c.keys())
        assert vars(again) == vars(one)


async def test_passkeys_come_back_as_they_were(house: Any) -> None:
    """Counts of all sizes, keys of all bytes; listed without those that are removed."""
    passkey, removed = a_passkey(house), a_passkey(house, credential_id="removed")
    before = PASSKEYS.to_row(passkey)
    await stored(house, passkey, removed)
    work = house.unit_of_work()
    repository = SqlPasskeyRepository(work)
    (await repository.get(removed.id)).remove(at=house.clock.now())
    assert PASSKEYS.to_row(await repository.get(passkey.id)) == before
    await work.commit()

    listed = (await list_passkeys(ListPasskeys(), Caller(house.owner), house.database)).items
    assert [(view.id, view.name, view.synced, view.backed_up) for view in listed] == [
        (passkey.id, "Laptop", True, False)
    ]
    assert (await list_passkeys(ListPasskeys(), Caller(new_id(UserId)), house.database)).items == ()


async def test_a_passkey_and_a_link_are_of_one_person_at_a_time(house: Any) -> None:
    """What was removed may come back, more than once."""
    for _ in range(2):
        passkey, linked = a_passkey(house), a_link(house)
        await stored(house, passkey, linked)
        for again, known in ((a_passkey(house), PasskeyKnown), (a_link(house), ExternalKnown)):
            with pytest.raises(known):
                await stored(house, again)
        work = house.unit_of_work()
        (await SqlPasskeyRepository(work).get(passkey.id)).remove(at=house.clock.now())
        (await SqlExternalIdentityRepository(work).get(linked.id)).unlink(at=house.clock.now())
        await work.commit()


async def test_a_mark_is_put_once_however_many_want_to(house: Any) -> None:
    """By units of work at the same moment, and it is free again if the one that put it comes to nothing."""
    until = house.clock.now() + timedelta(minutes=1)

    async def take(mark: str) -> bool:
        work = house.unit_of_work()
        try:
            taken = await SqlMarks(work, house.database).take(mark, until)
            await work.commit()
        finally:
            await work.rollback()
        return taken

    assert sorted(await asyncio.gather(*(take("one") for _ in range(8)))) == [False] * 7 + [True]
    work = house.unit_of_work()
    assert await SqlMarks(work, house.database).take("two", until)
    await work.rollback()
    assert await take("two")


async def test_marks_are_forgotten_when_nothing_could_use_them(house: Any) -> None:
    """Not before."""
    now = house.clock.now()
    work = house.unit_of_work()
    marks = SqlMarks(work, house.database)
    for number in range(3):
        await marks.take(f"mark {number}", now + timedelta(seconds=number))
    await work.commit()
    work = house.unit_of_work()
    assert await SqlMarkRetention(work).purge(now + timedelta(seconds=2), 10) == 2
    assert not await SqlMarks(work, house.database).take("mark 2", now)
    await work.commit()


async def test_ways_in_are_counted(house: Any) -> None:
    """A password, good passkeys and links; not what is about to go, is suspect, or was taken away."""
    passkey, other, linked = a_passkey(house), a_passkey(house, credential_id="other"), a_link(house)
    await stored(house, passkey, other, linked)

    async def besides(taken: Any) -> int:
        work = house.unit_of_work()
        try:
            return await SqlWaysIn(work).besides(house.owner, taken.id)
        finally:
            await work.rollback()

    assert [await besides(one) for one in (passkey, linked)] == [3, 3]
    work = house.unit_of_work()
    with pytest.raises(PasskeyRefused):
        (await SqlPasskeyRepository(work).get(other.id)).use(1, is_cloned=True, backed_up=False, at=house.clock.now())
    (await SqlExternalIdentityRepository(work).get(linked.id)).unlink(at=house.clock.now())
    await work.commit()
    assert await besides(passkey) == 1


async def test_two_who_take_a_way_in_each_take_turns(house: Any) -> None:
    """Or both would see the other's and nothing would be left."""
    first, second = a_passkey(house), a_passkey(house, credential_id="second")
    await stored(house, first, second)

    async def remove(passkey: Passkey) -> int:
        work = house.unit_of_work()
        left = await SqlWaysIn(work).besides(house.owner, passkey.id)
        (await SqlPasskeyRepository(work).get(passkey.id)).remove(at=house.clock.now())
        await work.commit()
        return left

    assert sorted(await asyncio.gather(remove(first), remove(second))) == [1, 2]


async def test_a_passkey_is_offered_beside_other_second_factors(house: Any) -> None:
    """Nobody is asked for a second factor because they have a passkey."""

    class Others:
        ways = frozenset({"totp"})

        async def of(self, user_id: UserId) -> frozenset[str]:
            return self.ways

    factors = PasskeysBesides(Others(), house.database)
    assert await factors.of(house.owner) == {"totp"}
    await stored(house, a_passkey(house))
    assert await factors.of(house.owner) == {"totp", "passkey"}
    Others.ways = frozenset()
    assert await factors.of(house.owner) == frozenset()


async def test_a_real_ceremony_through_real_rows(house: Any) -> None:
    """A passkey is made, kept, read and used; the same answer is refused the second time, in another unit of work."""
    party = RelyingParty("example.com", "Example", ("https://app.example.com",))
    browser = Browser(counts=False)

    def ceremonies(work: Any) -> WebAuthnCeremonies:
        marks = SqlMarks(work, house.database)
        return WebAuthnCeremonies(Passkeys(party, Challenges(bytes(32), house.clock, marks)))

    work = house.unit_of_work()
    options = ceremonies(work).registration(house.owner, "ada@example.com", "Ada", (), "register")
    made = await ceremonies(work).register(browser.create(options), "register")
    passkey = Passkey.add(
        new_id(PasskeyId),
        user_id=house.owner,
        name=PasskeyName("Laptop"),
        at=house.clock.now(),
        **made._asdict(),
    )
    await SqlPasskeyRepository(work).add(passkey)
    await work.commit()

    answer = browser.get(ceremonies(work).request((), "sign in"))
    for is_first in (True, False):
        work = house.unit_of_work()
        found = await SqlPasskeyRepository(work).get(passkey.id)
        assert ceremonies(work).credential_id(answer) == found.credential_id
        if is_first:
            said = await ceremonies(work).assertion(answer, found, "sign in", named=False)
            assert not said.is_cloned
        else:
            with pytest.raises(PasskeyRefused):
                await ceremonies(work).assertion(answer, found, "sign in", named=False)
        await work.commit()
