"""What is over is forgotten, and nothing else."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.ports import IdentitySettings
from colonnade.domain.identity import Lifetimes, Purpose, Session
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.repository import SqlSecretRepository
from colonnade.infrastructure.identity.rows import OneTimeSecretRow, SessionRow
from colonnade.infrastructure.identity.spent import SpentSignIns

SETTINGS = IdentitySettings(Lifetimes(1, 1), confirm_email=True, secret_seconds=dict.fromkeys(Purpose, 600))


async def ids(house: Any, row: Any) -> set[Any]:
    """Return the ids of what is stored."""
    return {found.id for found in await house.database.fetch(select(table_of(row).c.id))}


async def test_links_are_forgotten_after_they_were_good(house: Any) -> None:
    """Used or not."""
    for _ in range(2):
        async with house.change() as work:
            secrets = OneTimeSecrets(SqlSecretRepository(work), SETTINGS, house.clock)
            last = await secrets.issue(house.owner, Purpose.RESET_PASSWORD)
        house.clock.advance(minutes=5)
    await SpentSignIns(house.database).expire_secrets(house.clock.now() + timedelta(minutes=2))
    assert [str(one) for one in await ids(house, OneTimeSecretRow)] == [last.partition(".")[0]]


async def test_sessions_are_forgotten_when_they_are_over(house: Any) -> None:
    """By ending, or by nobody's coming back."""
    lifetimes = Lifetimes(idle_seconds=3_600, absolute_seconds=86_400, grace_seconds=30)
    ended, idle = (house.make.session(house.owner, at=house.clock.now(), lifetimes=lifetimes) for _ in range(2))
    await house.store(ended)
    await house.store(idle)
    async with house.change() as work:
        (await house.sessions(work).get(ended.id)).end(at=house.clock.now())
    house.clock.advance(minutes=90)
    used: Session = house.make.session(house.owner, at=house.clock.now(), lifetimes=lifetimes)
    await house.store(used)
    spent = SpentSignIns(house.database)
    await spent.expire_sessions(house.clock.now() - timedelta(minutes=60))
    assert await ids(house, SessionRow) == {idle.id, used.id}
    await spent.expire_sessions(house.clock.now())
    assert await ids(house, SessionRow) == {used.id}
