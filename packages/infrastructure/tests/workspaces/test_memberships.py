"""The cache of memberships never outlives a change."""

from typing import Any

import pytest

from colonnade.core import UserId, new_id
from colonnade.domain.workspaces import Role
from colonnade.infrastructure.workspaces.memberships import CachedMemberships
from colonnade.testing.fakes import MemoryStore, MemoryUnitOfWork
from colonnade.testing.fakes.work import MemoryMemberships, MemoryWorkspaceRepository


@pytest.fixture
async def guest(house: Any) -> UserId:
    """Somebody who is a guest of the first workspace."""
    user = await house.person()
    work = house.unit_of_work()
    (await house.workspaces(work).get(house.workspace.id)).add_member(user, Role.GUEST, by=house.owner)
    await work.commit()
    return user


async def test_roles_are_known_and_strangers_are_not(house: Any, guest: UserId) -> None:
    """Members have their role, everybody else has none, and what is known is not asked for again."""
    memberships = CachedMemberships(house.database)
    assert await memberships.role_of(house.owner, house.workspace.id) is Role.OWNER
    assert await memberships.role_of(new_id(UserId), house.workspace.id) is None
    assert await memberships.role_of(guest, house.make.workspace().id) is None
    await house.database.dispose()
    assert await memberships.role_of(house.owner, house.workspace.id) is Role.OWNER


async def test_a_change_counts_at_once(house: Any, guest: UserId) -> None:
    """A role that was changed or taken away is not answered from memory."""
    memberships = CachedMemberships(house.database)
    assert await memberships.role_of(guest, house.workspace.id) is Role.GUEST
    work = house.unit_of_work(listeners=[memberships])
    (await house.workspaces(work).get(house.workspace.id)).change_role(guest, Role.ADMIN, by=house.owner)
    await work.commit()
    assert await memberships.role_of(guest, house.workspace.id) is Role.ADMIN
    (await house.workspaces(work).get(house.workspace.id)).remove_member(guest, by=house.owner)
    await work.commit()
    assert await memberships.role_of(guest, house.workspace.id) is None


async def test_a_read_that_a_change_overtakes_is_not_kept(house: Any, guest: UserId) -> None:
    """A read that began before a commit and ends after it must not put the old role back."""

    class SlowDatabase:
        """Commits a change between reading a role and answering."""

        async def read(self, statement: Any, parameters: Any) -> Any:
            rows = await house.database.read(statement, parameters)
            if (change := changes.pop() if changes else None) is not None:
                await change()
            return rows

    async def remove() -> None:
        work = house.unit_of_work(listeners=[memberships])
        (await house.workspaces(work).get(house.workspace.id)).remove_member(guest, by=house.owner)
        await work.commit()

    memberships, changes = CachedMemberships(SlowDatabase()), [remove]
    assert await memberships.role_of(guest, house.workspace.id) is Role.GUEST
    assert await memberships.role_of(guest, house.workspace.id) is None


async def test_the_cache_is_bounded(house: Any, guest: UserId) -> None:
    """However many people ask, no more than the given number is remembered."""
    memberships = CachedMemberships(house.database, size=1)
    assert await memberships.role_of(house.owner, house.workspace.id) is Role.OWNER
    assert await memberships.role_of(guest, house.workspace.id) is Role.GUEST
    assert await memberships.role_of(house.owner, house.workspace.id) is Role.OWNER


async def test_another_process_changes_a_workspace(house: Any, guest: UserId) -> None:
    """What another process changed counts from the moment that its stream is named; without news nothing is kept."""
    memberships = CachedMemberships(house.database)
    assert await memberships.role_of(guest, house.workspace.id) is Role.GUEST
    work = house.unit_of_work()
    (await house.workspaces(work).get(house.workspace.id)).remove_member(guest, by=house.owner)
    await work.commit()
    assert await memberships.role_of(guest, house.workspace.id) is Role.GUEST
    memberships.stream_changed(house.workspace.stream)
    assert await memberships.role_of(guest, house.workspace.id) is None


async def test_the_fake_knows_the_same(house: Any) -> None:
    """In memory, membership follows from the workspaces of the store."""
    store, workspace = MemoryStore(), house.make.workspace(house.owner)
    work = MemoryUnitOfWork(store, clock=house.clock)
    await MemoryWorkspaceRepository(work).add(workspace)
    await work.commit()
    assert await MemoryMemberships(store).role_of(house.owner, workspace.id) is Role.OWNER
    assert await MemoryMemberships(store).role_of(new_id(UserId), workspace.id) is None
