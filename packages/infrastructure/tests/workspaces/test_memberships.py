"""The cache of memberships never outlives a change, and knows what the fake knows."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from colonnade.application.workspaces import Membership
from colonnade.core import UserId, new_id
from colonnade.domain.projects import ProjectName
from colonnade.domain.workspaces import GRANTS, Condition, Permission, Role
from colonnade.infrastructure.workspaces.memberships import CachedMemberships
from colonnade.testing.fakes import MemoryStore, MemoryUnitOfWork
from colonnade.testing.fakes.work import MemoryMemberships, MemoryProjectRepository, MemoryWorkspaceRepository

Change = Callable[..., Awaitable[None]]


@pytest.fixture
async def guest(house: Any) -> UserId:
    """Somebody who is a guest of the first workspace."""
    user: UserId = await house.person()
    async with house.change() as work:
        (await house.workspaces(work).get(house.workspace.id)).add_member(user, Role.GUEST, by=house.owner)
    return user


class Place:
    """A workspace with everybody in it whom access tells apart, in the database or in memory."""

    def __init__(self, house: Any, memberships: Any, keep: Change) -> None:
        self.house = house
        self.memberships = memberships
        self.keep = keep

    async def fill(self) -> None:
        """Let everybody in, and open three projects."""
        house, make = self.house, self.house.make
        names = ("admin", "member", "reader", "visitor", "reviewer", "guest")
        self.people = {name: await house.person() for name in names}
        reviewer = make.own_role("task.delete:author", "task.read", "project.read", name="reviewer")
        auditor = make.own_role("project.read_all", "project.read", name="reader")
        visitor = make.own_role("project.read_all", "project.read", name="visitor", base=Role.GUEST)
        workspace = make.workspace(house.owner)
        for role in (reviewer, auditor, visitor):
            workspace.define_role(role, by=house.owner)
        for name, base, own in (
            ("admin", Role.ADMIN, None),
            ("member", Role.MEMBER, None),
            ("reviewer", Role.MEMBER, reviewer.name),
            ("reader", Role.MEMBER, auditor.name),
            ("visitor", Role.GUEST, visitor.name),
            ("guest", Role.GUEST, None),
        ):
            workspace.add_member(self.people[name], base, by=house.owner, own_role=own)
        self.workspace = workspace
        self.people["owner"] = house.owner
        self.opened, self.private, self.shared = (make.project(workspace.id, key=key) for key in ("OP", "PR", "SH"))
        for project in (self.private, self.shared):
            project.make_private(by=house.owner)
        for name in ("guest", "reviewer"):
            self.shared.share(self.people[name])
        await self.keep(workspace, self.opened)

    async def of(self, name: str) -> Membership:
        """Return somebody's membership."""
        membership: Membership = await self.memberships.of(self.people[name], self.workspace.id)
        return membership


@pytest.fixture(params=["database", "memory"])
async def place(request: pytest.FixtureRequest, house: Any) -> Place:
    """A workspace with everybody in it, in the database and in the fake; its private projects are not there yet."""
    store = MemoryStore()

    async def keep(*aggregates: Any) -> None:
        work = MemoryUnitOfWork(store, clock=house.clock)
        for aggregate in aggregates:
            await (
                MemoryWorkspaceRepository(work)
                if aggregate.stream_kind == "workspace"
                else MemoryProjectRepository(work, aggregate.workspace_id)
            ).add(aggregate)
        await work.commit()

    cached = CachedMemberships(house.database)

    async def keep_in_rows(*aggregates: Any) -> None:
        for aggregate in aggregates:
            async with house.change(cached) as work:
                await house.repository_of(aggregate, work).add(aggregate)

    in_memory = request.param == "memory"
    place = Place(house, MemoryMemberships(store) if in_memory else cached, keep if in_memory else keep_in_rows)
    await place.fill()
    return place


async def test_everybody_has_their_role_and_its_grants(place: Place) -> None:
    """A role of the workspace's own says what is granted; the role that it stands on is named as well."""
    for name, role in (("owner", Role.OWNER), ("admin", Role.ADMIN), ("member", Role.MEMBER), ("guest", Role.GUEST)):
        membership = await place.of(name)
        assert (membership.role, membership.own_role) == (role, None)
        assert dict(membership.grants) == dict(GRANTS[role])
    reviewer = await place.of("reviewer")
    assert (reviewer.role, str(reviewer.own_role)) == (Role.MEMBER, "reviewer")
    assert dict(reviewer.grants) == {
        Permission.WORKSPACE_READ: Condition.ALWAYS,
        Permission.TASK_DELETE: Condition.AUTHOR,
        Permission.TASK_READ: Condition.ALWAYS,
        Permission.PROJECT_READ: Condition.ALWAYS,
    }


async def test_where_nothing_is_private_members_see_everything(place: Place) -> None:
    """Which costs nothing to remember; guests see what is shared with them, which is nothing."""
    for name in ("owner", "admin", "member", "reviewer", "reader", "visitor"):
        assert (await place.of(name)).projects is None
    assert (await place.of("guest")).projects == frozenset()


async def test_private_projects_are_seen_by_those_with_whom_they_are_shared(place: Place) -> None:
    """And by whoever sees all, by a role of the workspace's own on top of a guest's as well."""
    await place.keep(place.private, place.shared)
    opened, shared = place.opened.id, place.shared.id
    for name in ("owner", "admin", "reader", "visitor"):
        assert (await place.of(name)).projects is None
    assert (await place.of("member")).projects == {opened}
    assert (await place.of("reviewer")).projects == {opened, shared}
    assert (await place.of("guest")).projects == {shared}


async def test_projects_of_another_workspace_do_not_count(place: Place) -> None:
    """Neither does it matter that one of them is private, nor with whom it is shared."""
    elsewhere = place.house.make.workspace(place.house.owner)
    foreign = place.house.make.project(elsewhere.id)
    foreign.make_private(by=place.house.owner)
    foreign.share(place.people["guest"])
    await place.keep(elsewhere, foreign)
    assert (await place.of("member")).projects is None
    assert (await place.of("guest")).projects == frozenset()


async def test_strangers_have_no_membership(place: Place) -> None:
    """Nor has anybody in a workspace that is not there."""
    assert await place.memberships.of(new_id(UserId), place.workspace.id) is None
    assert await place.memberships.of(place.people["owner"], place.house.make.workspace().id) is None


async def role_of(memberships: CachedMemberships, user: UserId, house: Any) -> Role | None:
    """Return somebody's role in the first workspace."""
    membership = await memberships.of(user, house.workspace.id)
    return None if membership is None else membership.role


async def test_what_is_known_is_not_asked_for_again(house: Any) -> None:
    """A membership is answered from memory, without the database."""
    memberships = CachedMemberships(house.database)
    known = await memberships.of(house.owner, house.workspace.id)
    memberships._database = None  # type: ignore[assignment]  # whoever asks it fails
    assert await memberships.of(house.owner, house.workspace.id) is known


async def test_a_change_counts_at_once(house: Any, guest: UserId) -> None:
    """A role that was changed or taken away is not answered from memory."""
    memberships = CachedMemberships(house.database)
    assert await role_of(memberships, guest, house) is Role.GUEST
    async with house.change(memberships) as work:
        (await house.workspaces(work).get(house.workspace.id)).change_role(guest, Role.ADMIN, by=house.owner)
    assert await role_of(memberships, guest, house) is Role.ADMIN
    async with house.change(memberships) as work:
        (await house.workspaces(work).get(house.workspace.id)).remove_member(guest, by=house.owner)
    assert await role_of(memberships, guest, house) is None
    async with house.change(memberships) as work:
        (await house.workspaces(work).get(house.workspace.id)).add_member(guest, Role.MEMBER, by=house.owner)
    assert await role_of(memberships, guest, house) is Role.MEMBER


async def test_a_role_of_their_own_that_allows_something_else_counts_at_once(house: Any, guest: UserId) -> None:
    """For everybody who has it."""
    memberships, make = CachedMemberships(house.database), house.make
    async with house.change(memberships) as work:
        workspace = await house.workspaces(work).get(house.workspace.id)
        workspace.define_role(make.own_role("task.read", name="watcher"), by=house.owner)
        workspace.change_role(
            guest, Role.MEMBER, by=house.owner, own_role=make.own_role("task.read", name="watcher").name
        )
    before = await memberships.of(guest, house.workspace.id)
    assert Permission.TASK_CREATE not in before.grants
    async with house.change(memberships) as work:
        workspace = await house.workspaces(work).get(house.workspace.id)
        workspace.define_role(make.own_role("task.read", "task.create", name="watcher"), by=house.owner)
    after = await memberships.of(guest, house.workspace.id)
    assert after.grants[Permission.TASK_CREATE] is Condition.ALWAYS
    async with house.change(memberships) as work:
        (await house.workspaces(work).get(house.workspace.id)).change_role(guest, Role.GUEST, by=house.owner)
    assert (await memberships.of(guest, house.workspace.id)).own_role is None


STEPS: dict[str, Callable[[Any, Any, UserId], object]] = {
    "made private": lambda project, owner, member: project.make_private(by=owner),
    "shared": lambda project, owner, member: project.share(member),
    "shared no longer": lambda project, owner, member: project.unshare(member),
    "opened": lambda project, owner, member: project.open_up(),
}


async def test_every_way_in_which_projects_are_shown_and_hidden_counts_at_once(house: Any, guest: UserId) -> None:
    """Privacy, sharing, and projects that are new, for members and for guests."""
    memberships, member = CachedMemberships(house.database), await house.person()
    async with house.change() as work:
        (await house.workspaces(work).get(house.workspace.id)).add_member(member, Role.MEMBER, by=house.owner)
    first = await house.open_project()

    async def seen(user: UserId) -> frozenset[Any] | None:
        found: frozenset[Any] | None = (await memberships.of(user, house.workspace.id)).projects
        return found

    expected: dict[str, tuple[frozenset[Any] | None, frozenset[Any]]] = {
        "made private": (frozenset(), frozenset()),
        "shared": (frozenset({first.id}), frozenset()),
        "shared no longer": (frozenset(), frozenset()),
        "opened": (None, frozenset()),
    }
    assert (await seen(member), await seen(guest)) == (None, frozenset())
    for name, step in STEPS.items():
        async with house.change(memberships) as work:
            step(await house.projects(work).get(first.id), house.owner, member)
        assert (await seen(member), await seen(guest)) == expected[name], name
    async with house.change(memberships) as work:
        (await house.projects(work).get(first.id)).make_private(by=house.owner)
    assert await seen(member) == frozenset()
    second = house.make.project(house.workspace.id)
    async with house.change(memberships) as work:
        await house.projects(work).add(second)
    assert await seen(member) == {second.id}
    async with house.change(memberships) as work:
        (await house.projects(work).get(second.id)).share(guest)
    assert await seen(guest) == {second.id}


async def test_other_events_leave_memory_alone(house: Any, guest: UserId) -> None:
    """A name that changes is no reason to ask again."""
    memberships, project = CachedMemberships(house.database), await house.open_project()
    known = await memberships.of(guest, house.workspace.id)
    async with house.change(memberships) as work:
        (await house.projects(work).get(project.id)).rename(ProjectName("Another"))
    assert await memberships.of(guest, house.workspace.id) is known


@pytest.mark.parametrize("slow", ["membership", "projects"])
async def test_a_read_that_a_change_overtakes_is_not_kept(house: Any, guest: UserId, slow: str) -> None:
    """A read that began before a commit and ends after it must not put the old membership back."""

    class SlowDatabase:
        """Commits a change between reading and answering."""

        async def read(self, statement: Any, parameters: Any) -> Any:
            rows = await house.database.read(statement, parameters)
            return await self._after(rows, "membership")

        async def fetch(self, statement: Any, parameters: Any) -> Any:
            rows = await house.database.fetch(statement, parameters)
            return await self._after(rows, "projects")

        async def _after(self, rows: Any, which: str) -> Any:
            if which == slow and (change := changes.pop() if changes else None) is not None:
                await change()
            return rows

    async def remove() -> None:
        async with house.change(memberships) as work:
            (await house.workspaces(work).get(house.workspace.id)).remove_member(guest, by=house.owner)

    memberships, changes = CachedMemberships(SlowDatabase()), [remove]  # type: ignore[arg-type]  # what it asks for
    assert await role_of(memberships, guest, house) is Role.GUEST
    assert await role_of(memberships, guest, house) is None


async def test_the_cache_is_bounded(house: Any, guest: UserId) -> None:
    """However many people ask, no more than the given number is remembered."""
    memberships = CachedMemberships(house.database, size=1)
    first = await memberships.of(house.owner, house.workspace.id)
    assert await role_of(memberships, guest, house) is Role.GUEST
    again = await memberships.of(house.owner, house.workspace.id)
    assert again == first
    assert again is not first


async def test_another_process_changes_a_workspace(house: Any, guest: UserId) -> None:
    """What another process changed counts from the moment that its stream is named."""
    memberships = CachedMemberships(house.database)
    assert await role_of(memberships, guest, house) is Role.GUEST
    async with house.change() as work:
        (await house.workspaces(work).get(house.workspace.id)).remove_member(guest, by=house.owner)
    memberships.stream_changed(f"task-{house.workspace.id}")
    assert await role_of(memberships, guest, house) is Role.GUEST
    memberships.stream_changed(house.workspace.stream)
    assert await role_of(memberships, guest, house) is None


async def test_another_process_shares_a_project(house: Any, guest: UserId) -> None:
    """Streams of projects count as well."""
    memberships, project = CachedMemberships(house.database), await house.open_project()
    assert (await memberships.of(guest, house.workspace.id)).projects == frozenset()
    async with house.change() as work:
        (await house.projects(work).get(project.id)).share(guest)
    memberships.stream_changed(project.stream)
    assert (await memberships.of(guest, house.workspace.id)).projects == {project.id}


async def test_without_news_nothing_is_kept(house: Any, guest: UserId) -> None:
    """As long as nobody would tell of changes elsewhere, the database is asked every time."""
    memberships = CachedMemberships(house.database)
    assert await role_of(memberships, guest, house) is Role.GUEST
    memberships.trust(on=False)
    async with house.change() as work:
        (await house.workspaces(work).get(house.workspace.id)).change_role(guest, Role.ADMIN, by=house.owner)
    assert await role_of(memberships, guest, house) is Role.ADMIN
    async with house.change() as work:
        (await house.workspaces(work).get(house.workspace.id)).remove_member(guest, by=house.owner)
    assert await role_of(memberships, guest, house) is None
    memberships.trust(on=True)
    assert await memberships.of(house.owner, house.workspace.id) is await memberships.of(
        house.owner, house.workspace.id
    )
