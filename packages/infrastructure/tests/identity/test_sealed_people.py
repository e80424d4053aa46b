"""Who people are is sealed: found by address, unique, and only rewritten when it changes."""

from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

from colonnade.core import Email, PersonName, UserId
from colonnade.domain.identity import ERASED_EMAIL, EmailTaken, PersonRenamed
from colonnade.infrastructure.database.event_log import event_log
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.protecting import PastProtection
from colonnade.infrastructure.identity.queries import SqlPeople
from colonnade.infrastructure.identity.repository import USERS
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.notifications.rows import NotificationRow, PersonalSettingsRow
from colonnade.infrastructure.processes.tables import processes
from colonnade.infrastructure.protection import EventProtection
from colonnade.infrastructure.work import EVENT_TYPES

_users, _told, _settings = table_of(UserRow), table_of(NotificationRow), table_of(PersonalSettingsRow)


async def row_of(house: Any, user_id: Any) -> Any:
    """Return somebody's row."""
    (row,) = await house.database.fetch(select(_users).where(_users.c.id == user_id))
    return row


async def keep_in_the_clear(house: Any, user: Any) -> None:
    """Store somebody as a server without keys does."""
    work = house.unit_of_work()
    work.at_commit(insert(_users), {**USERS.to_row(user), "version": 1})
    await work.commit()


async def register(house: Any, email: str) -> None:
    """Let somebody register."""
    async with house.change() as work:
        await house.users(work).add(house.make.user(email=email))


def past(house: Any) -> PastProtection:
    """Return what seals what is there."""
    keys, sealing = house.sealing.keys, house.sealing
    protection = EventProtection(keys, EVENT_TYPES)
    return PastProtection(house.database, keys, sealing.index, sealing.texts, protection, house.clock)


async def test_a_row_says_nothing(house: Any) -> None:
    user = house.make.user(email="ada@example.com", name="Ada Lovelace")
    await house.store(user)
    row = await row_of(house, user.id)
    assert (row.email, row.name) == (str(user.id), "")
    assert len(row.email_index) == 32
    work = house.unit_of_work()
    again = await house.users(work).get(user.id)
    assert (again.email, again.name) == ("ada@example.com", "Ada Lovelace")
    await work.rollback()


async def test_only_what_changed_is_written(house: Any) -> None:
    """The address keeps its sealed form when the name changes, and reading alone changes nothing."""
    user = house.make.user(email="ada@example.com", name="Ada Lovelace")
    await house.store(user)
    before = await row_of(house, user.id)
    async with house.change() as work:
        await house.users(work).get(user.id)
    assert await row_of(house, user.id) == before
    async with house.change() as work:
        (await house.users(work).get(user.id)).rename(PersonName("Ada King"))
    after = await row_of(house, user.id)
    assert (after.email_sealed, after.email_index) == (before.email_sealed, before.email_index)
    assert after.name_sealed != before.name_sealed


async def test_an_address_is_nobody_elses(house: Any) -> None:
    """In any spelling, and whether or not its owner is sealed yet."""
    await house.store(house.make.user(email="ada@example.com"))
    with pytest.raises(EmailTaken):
        await register(house, "ADA@example.com")
    await keep_in_the_clear(house, house.make.user(email="old@example.com"))
    with pytest.raises(EmailTaken):
        await register(house, "old@example.com")


async def test_several_people_change_in_one_unit_of_work(house: Any) -> None:
    """Each with their own key."""
    users = [house.make.user(name="One"), house.make.user(name="Two")]
    await house.store(*users)
    async with house.change() as work:
        repository = house.users(work)
        for user in users:
            (await repository.get(user.id)).rename(PersonName(f"New {user.name}"))
    people = SqlPeople(house.database, house.sealing.texts)
    assert [(await people.by_id(user.id)).name for user in users] == ["New One", "New Two"]


async def test_an_erased_person_has_no_address(house: Any) -> None:
    """Two of them neither, and the address can be taken again."""
    for _ in range(2):
        user = house.make.user(email="ada@example.com", name="Ada Lovelace")
        await house.store(user)
        async with house.change() as work:
            (await house.users(work).get(user.id)).erase(at=house.clock.now())
        row = await row_of(house, user.id)
        assert (row.email, row.email_sealed, row.email_index, row.name_sealed) == (str(user.id), None, None, None)
        assert (await SqlPeople(house.database, house.sealing.texts).by_id(user.id)).email == ERASED_EMAIL


async def test_a_row_of_before_is_read_and_sealed_with_its_first_change(house: Any) -> None:
    user = house.make.user(email="ada@example.com", name="Ada Lovelace")
    await keep_in_the_clear(house, user)
    people = SqlPeople(house.database, house.sealing.texts)
    assert (await people.by_email(Email("ada@example.com"))).user_id == user.id
    async with house.change() as work:
        await house.users(work).get(user.id)
    assert (await row_of(house, user.id)).name == "Ada Lovelace"
    async with house.change() as work:
        (await house.users(work).get(user.id)).rename(PersonName("Ada King"))
    assert (await row_of(house, user.id)).email == str(user.id)
    assert await people.by_email(Email("ada@example.com")) == (user.id, "Ada King", "ada@example.com")


async def test_what_is_there_is_sealed_in_batches(house: Any) -> None:
    """A second time finds nothing; everybody is read as before, and their events as well."""
    users = [house.make.user(email=f"p{n}@example.com", name=f"Person {n}") for n in range(7)]
    for user in users:
        await keep_in_the_clear(house, user)
    async with house.change() as work:
        (await house.users(work).get(users[0].id)).rename(PersonName("Augusta"))
    assert await past(house).run(batch=2) == 6
    assert await past(house).run(batch=2) == 0
    people = SqlPeople(house.database, house.sealing.texts)
    for user in users[1:]:
        assert await people.by_email(user.email) == (user.id, user.name, user.email)
    (renamed,) = await house.database.fetch(
        select(event_log.c.data).where(event_log.c.type == PersonRenamed.event_type)
    )
    assert "Augusta" not in str(renamed.data)


async def test_names_in_what_others_were_told_are_forgotten(house: Any) -> None:
    """And in processes, and what operators did; numbers and rooms are sealed."""
    user = house.make.user(email="ada@example.com", name="Ada Lovelace")
    await keep_in_the_clear(house, user)
    event, told, process = (house.make.user().id for _ in range(3))
    now = house.clock.now()
    note = {"id": told, "user_id": house.owner, "kind": "process_finished", "event_id": event, "created_at": now}
    facts = {"title": "Ada Lovelace has left", "text": "", "by": "Ada Lovelace"}
    state = {"user_id": str(user.id), "name": "Ada Lovelace"}
    row = {"id": process, "version": 1, "name": "workspaces.offboarding", "definition": 1, "key": "a", "turn": 1}
    row |= {"status": "completed", "facts": state, "done": (), "heard": (), "started_at": now, "updated_at": now}
    logged = {"event_id": event, "stream": "task-1", "stream_version": 1, "type": "x", "schema_version": 1}
    logged |= {"data": {}, "metadata": {"caller": str(user.id)}, "recorded_at": now}
    acted = {
        **logged,
        "event_id": told,
        "stream": "operator_act-1",
        "type": "operations.operator_acted",
        "metadata": {},
    }
    acted["data"] = {"act": "identity.appoint_operator", "subject": "ada@example.com", "detail": ""}
    reached = {"id": user.id, "version": 1, "timezone": "UTC", "digest_hours": (), "phone": "+491701234567"}

    def furnish(connection: Connection) -> None:
        connection.execute(insert(event_log), [logged, acted])
        connection.execute(insert(_told), {**note, "thread": f"offboarding:{user.id}", "facts": facts})
        connection.execute(insert(processes), row)
        connection.execute(insert(_settings), reached)

    await house.database.transact(furnish)
    await past(house).run()
    (kept,) = await house.database.fetch(select(_told.c.facts))
    assert kept.facts == {
        "title": "{person} has left", "text": "", "by_id": str(user.id), "person_id": str(user.id)
    }  # fmt: skip
    (process_row,) = await house.database.fetch(select(processes.c.facts))
    assert process_row.facts == {"user_id": str(user.id)}
    (act,) = await house.database.fetch(select(event_log.c.data).where(event_log.c.type == "operations.operator_acted"))
    assert act.data["subject"] == str(user.id)
    (sealed,) = await house.database.fetch(select(_settings.c.phone, _settings.c.phone_sealed))
    assert sealed.phone is None
    assert sealed.phone_sealed is not None


async def test_somebody_whose_address_is_another_ones_too_is_left_alone(house: Any) -> None:
    """A server without keys did not see that it was taken; the others are sealed all the same."""
    await house.store(house.make.user(email="ada@example.com"))
    double, other = house.make.user(email="ada@example.com"), house.make.user(email="ben@example.com")
    for user in (double, other):
        await keep_in_the_clear(house, user)
    assert await past(house).run() == 1
    assert (await row_of(house, double.id)).name_sealed is None
    assert (await row_of(house, other.id)).name_sealed is not None


async def test_whoever_changes_meanwhile_is_not_overwritten(house: Any) -> None:
    """An old server still writes: the row has another version by then."""
    user = house.make.user(email="ada@example.com", name="Ada Lovelace")
    await keep_in_the_clear(house, user)
    ensure, renamed = house.sealing.keys.ensure, {"name": "Ada King", "version": _users.c.version + 1}

    async def ensure_slowly(person_ids: Any) -> Any:
        await house.database.write(update(_users).where(_users.c.id == user.id).values(renamed))
        return await ensure(person_ids)

    house.sealing.keys.ensure = ensure_slowly
    await past(house).run()
    assert (await row_of(house, user.id)).name == "Ada King"
    house.sealing.keys.ensure = ensure
    await past(house).run()
    people = SqlPeople(house.database, house.sealing.texts)
    assert (await people.by_id(user.id)).name == "Ada King"


async def test_somebody_who_comes_back_from_a_backup_is_erased_again(house: Any) -> None:
    user = house.make.user(email="ada@example.com", name="Ada Lovelace")
    await house.store(user)
    await house.sealing.keys.destroy(user.id)
    left = list[UserId]()

    async def leave(user_id: UserId) -> None:
        left.append(user_id)

    for _ in range(2):
        await past(house).erase_again(leave)
        assert left == [user.id]
    row = await row_of(house, user.id)
    assert row.erased_at is not None
    assert (row.email, row.email_index, row.password_hash) == (str(user.id), None, None)
