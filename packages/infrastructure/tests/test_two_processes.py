"""What one process takes away is gone at the next request in the other one, although both remember what they know."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest

from colonnade.application.messaging import Caller
from colonnade.application.projects import GetProject
from colonnade.application.tasks import GetTask
from colonnade.application.workspaces import MembershipPolicy
from colonnade.core import AggregateRoot, ColonnadeError, Forbidden, NotFound, Unauthenticated, UserId
from colonnade.domain.workspaces import Permission, Role
from colonnade.infrastructure.database import Database, DatabaseSettings, SqlUnitOfWork
from colonnade.infrastructure.database.notifications import StreamNotifications
from colonnade.infrastructure.identity.authenticator import TokenAuthenticator
from colonnade.infrastructure.identity.personal_tokens import (
    PERSONAL_TOKENS,
    PersonalTokenAuthenticator,
    SqlPersonalTokenRepository,
)
from colonnade.infrastructure.identity.queries import SqlOperators
from colonnade.infrastructure.work import CONSTRAINTS
from colonnade.infrastructure.workspaces.memberships import CachedMemberships
from colonnade.infrastructure.workspaces.resources import SqlResources
from colonnade.security.keys import KeyRing, SigningKey
from colonnade.security.tokens import AccessTokens

pytestmark = pytest.mark.integration

DEADLINE_SECONDS = 10


class Heard:
    """Notes which streams were told of; asked last, so that everybody else has been told."""

    def __init__(self) -> None:
        self._streams: set[str] = set()
        self._news = asyncio.Event()

    def stream_changed(self, stream: str) -> None:
        """Take note."""
        self._streams.add(stream)
        self._news.set()

    def trust(self, *, on: bool) -> None:
        """Remember nothing anyway."""

    async def of(self, stream: str) -> None:
        """Wait until a stream was told of, which must be soon."""
        async with asyncio.timeout(DEADLINE_SECONDS):
            while stream not in self._streams:
                self._news.clear()
                await self._news.wait()
        self._streams.clear()


class Process:
    """A process of the service: its own connections, its own caches, and its ear at the database."""

    def __init__(self, house: Any, tokens: AccessTokens) -> None:
        self.house = house
        url = house.database.engine.url.render_as_string(hide_password=False)
        self.database = Database(DatabaseSettings(url))
        self.memberships = CachedMemberships(self.database)
        self.personal = PersonalTokenAuthenticator(self.database, house.clock)
        self.authenticator = TokenAuthenticator(tokens, self.personal, self.database, house.clock)
        self.policy = MembershipPolicy(self.memberships, SqlOperators(self.database), SqlResources(self.database))
        self.caches = (self.memberships, self.personal, self.authenticator)
        self.heard = Heard()
        self.news = StreamNotifications(self.database, (*self.caches, self.heard))

    async def start(self) -> None:
        """Listen, and remember from then on."""
        await self.news.start()
        async with asyncio.timeout(DEADLINE_SECONDS):
            await self.news.listening()

    async def close(self) -> None:
        """End."""
        await self.news.close()
        await self.database.dispose()

    def work(self) -> SqlUnitOfWork:
        """Open a unit of work, whose commits the caches of this process hear of."""
        return SqlUnitOfWork(self.database, clock=self.house.clock, constraints=CONSTRAINTS, listeners=self.caches)


class Pair:
    """Two processes, and somebody who is known to both."""

    def __init__(self, house: Any) -> None:
        self.house = house
        self.tokens = AccessTokens(
            KeyRing(SigningKey.generate()), house.clock, issuer="colonnade", audience="colonnade-api"
        )
        self.here, self.there = Process(house, self.tokens), Process(house, self.tokens)

    async def found(self) -> None:
        """Let somebody in, as a member, with a private project that is shared with them, a session and a token."""
        house, make = self.house, self.house.make
        self.user: UserId = await house.person()
        async with house.change() as work:
            workspace = await house.workspaces(work).get(house.workspace.id)
            workspace.define_role(make.own_role("project.manage", "project.read", name="keeper"), by=house.owner)
            workspace.add_member(self.user, Role.MEMBER, by=house.owner)
        self.project = make.project(house.workspace.id)
        self.project.make_private(by=house.owner)
        self.project.share(self.user)
        self.task = make.task(self.project, by=house.owner)
        self.session = make.session(self.user)
        new = PERSONAL_TOKENS.make()
        self.kept = make.personal_token(self.user, digest=new.digest)
        await house.store(self.project, self.task, self.session, self.kept)
        self.access = self.tokens.issue(self.user, self.session.id, house.clock.now()).text
        self.personal = new.text
        for process in (self.here, self.there):
            await process.start()

    async def change(self, what: Callable[[SqlUnitOfWork], Awaitable[AggregateRoot[Any]]]) -> None:
        """Change something here, and wait until there was told."""
        work = self.here.work()
        changed = await what(work)
        await work.commit()
        await self.there.heard.of(changed.stream)

    async def outcomes(self, ask: Callable[[Process], Awaitable[object]]) -> tuple[object, object]:
        """Ask both processes; a refusal is its class."""

        async def of(process: Process) -> object:
            try:
                return await ask(process)
            except ColonnadeError as error:
                return type(error)

        return await of(self.here), await of(self.there)

    async def may(self, process: Process, permission: Permission = Permission.PROJECT_READ) -> str:
        """Ask the policy about the project."""
        query = GetProject(workspace_id=self.house.workspace.id, project_id=self.project.id)
        await process.policy.authorise(permission, query, Caller(self.user))
        return "may"

    async def may_read_the_task(self, process: Process) -> str:
        """Ask the policy about the task."""
        query = GetTask(workspace_id=self.house.workspace.id, task_id=self.task.id)
        await process.policy.authorise(Permission.TASK_READ, query, Caller(self.user))
        return "may"


@pytest.fixture
async def pair(postgres_house: Any) -> AsyncIterator[Pair]:
    """Two processes on one PostgreSQL."""
    pair = Pair(postgres_house)
    await pair.found()
    yield pair
    for process in (pair.here, pair.there):
        await process.close()


async def user_of(process: Process, token: str) -> UserId:
    """Return whom a token stands for in a process."""
    return (await process.authenticator.authenticate(token)).user_id


async def test_a_session_that_is_signed_out(pair: Pair) -> None:
    """No token of it is good any more."""

    async def end(work: SqlUnitOfWork) -> Any:
        session = await pair.house.sessions(work).get(pair.session.id)
        session.end(at=pair.house.clock.now())
        return session

    assert await pair.outcomes(lambda it: user_of(it, pair.access)) == (pair.user, pair.user)
    await pair.change(end)
    refused = await pair.outcomes(lambda it: user_of(it, pair.access))
    assert all(isinstance(kind, type) and issubclass(kind, Unauthenticated) for kind in refused)
    assert await pair.outcomes(lambda it: user_of(it, pair.personal)) == (pair.user, pair.user)


async def test_a_personal_token_that_is_revoked(pair: Pair) -> None:
    """It is good no more; the session goes on."""

    async def revoke(work: SqlUnitOfWork) -> Any:
        token = await SqlPersonalTokenRepository(work).get(pair.kept.id)
        token.revoke(at=pair.house.clock.now())
        return token

    assert await pair.outcomes(lambda it: user_of(it, pair.personal)) == (pair.user, pair.user)
    await pair.change(revoke)
    assert await pair.outcomes(lambda it: user_of(it, pair.personal)) == (Unauthenticated, Unauthenticated)
    assert await pair.outcomes(lambda it: user_of(it, pair.access)) == (pair.user, pair.user)


async def test_a_role_that_changes(pair: Pair) -> None:
    """It allows less, then more."""
    manage = Permission.PROJECT_MANAGE

    def to(role: Role) -> Callable[[SqlUnitOfWork], Awaitable[Any]]:
        async def change(work: SqlUnitOfWork) -> Any:
            workspace = await pair.house.workspaces(work).get(pair.house.workspace.id)
            workspace.change_role(pair.user, role, by=pair.house.owner)
            return workspace

        return change

    assert await pair.outcomes(lambda it: pair.may(it, manage)) == (Forbidden, Forbidden)
    await pair.change(to(Role.ADMIN))
    assert await pair.outcomes(lambda it: pair.may(it, manage)) == ("may", "may")
    await pair.change(to(Role.GUEST))
    assert await pair.outcomes(lambda it: pair.may(it, manage)) == (Forbidden, Forbidden)


async def test_a_role_of_their_own_that_allows_less(pair: Pair) -> None:
    """For whoever has it."""
    make, manage = pair.house.make, Permission.PROJECT_MANAGE

    def define(*grants: str) -> Callable[[SqlUnitOfWork], Awaitable[Any]]:
        async def change(work: SqlUnitOfWork) -> Any:
            workspace = await pair.house.workspaces(work).get(pair.house.workspace.id)
            role = make.own_role(*grants, name="keeper")
            workspace.define_role(role, by=pair.house.owner)
            workspace.change_role(pair.user, Role.MEMBER, by=pair.house.owner, own_role=role.name)
            return workspace

        return change

    await pair.change(define("project.manage", "project.read"))
    assert await pair.outcomes(lambda it: pair.may(it, manage)) == ("may", "may")
    await pair.change(define("project.read"))
    assert await pair.outcomes(lambda it: pair.may(it, manage)) == (Forbidden, Forbidden)
    assert await pair.outcomes(pair.may) == ("may", "may")


async def test_a_member_who_is_shown_out(pair: Pair) -> None:
    """For them there is no such workspace, until they are let in again."""

    async def remove(work: SqlUnitOfWork) -> Any:
        workspace = await pair.house.workspaces(work).get(pair.house.workspace.id)
        workspace.remove_member(pair.user, by=pair.house.owner)
        return workspace

    async def add(work: SqlUnitOfWork) -> Any:
        workspace = await pair.house.workspaces(work).get(pair.house.workspace.id)
        workspace.add_member(pair.user, Role.MEMBER, by=pair.house.owner)
        return workspace

    assert await pair.outcomes(pair.may) == ("may", "may")
    await pair.change(remove)
    assert await pair.outcomes(pair.may) == (NotFound, NotFound)
    await pair.change(add)
    assert await pair.outcomes(pair.may) == ("may", "may")


@pytest.mark.parametrize("role", [Role.MEMBER, Role.GUEST])
async def test_a_project_that_is_shared_no_longer(pair: Pair, role: Role) -> None:
    """It is not there any more, and neither are its tasks."""

    async def change_role(work: SqlUnitOfWork) -> Any:
        workspace = await pair.house.workspaces(work).get(pair.house.workspace.id)
        workspace.change_role(pair.user, role, by=pair.house.owner)
        return workspace

    def set_shared(on: bool) -> Callable[[SqlUnitOfWork], Awaitable[Any]]:
        async def change(work: SqlUnitOfWork) -> Any:
            project = await pair.house.projects(work).get(pair.project.id)
            (project.share if on else project.unshare)(pair.user)
            return project

        return change

    if role is not Role.MEMBER:
        await pair.change(change_role)
    for ask in (pair.may, pair.may_read_the_task):
        assert await pair.outcomes(ask) == ("may", "may")
    await pair.change(set_shared(False))
    for ask in (pair.may, pair.may_read_the_task):
        assert await pair.outcomes(ask) == (NotFound, NotFound)
    await pair.change(set_shared(True))
    for ask in (pair.may, pair.may_read_the_task):
        assert await pair.outcomes(ask) == ("may", "may")


async def test_a_project_that_becomes_private(pair: Pair) -> None:
    """For whom it is not shared with it is not there any more."""
    other = pair.house.make.project(pair.house.workspace.id)
    await pair.house.store(other)
    await pair.there.heard.of(other.stream)
    query = GetProject(workspace_id=pair.house.workspace.id, project_id=other.id)

    async def may(process: Process) -> str:
        await process.policy.authorise(Permission.PROJECT_READ, query, Caller(pair.user))
        return "may"

    async def hide(work: SqlUnitOfWork) -> Any:
        project = await pair.house.projects(work).get(other.id)
        project.make_private(by=pair.house.owner)
        return project

    assert await pair.outcomes(may) == ("may", "may")
    await pair.change(hide)
    assert await pair.outcomes(may) == (NotFound, NotFound)


async def test_a_process_that_cannot_hear_remembers_nothing(pair: Pair) -> None:
    """What is revoked meanwhile counts at its next request, too."""
    await user_of(pair.there, pair.access)
    await pair.may(pair.there)
    await pair.there.news.close()
    work = pair.here.work()
    (await pair.house.sessions(work).get(pair.session.id)).end(at=pair.house.clock.now())
    (await pair.house.workspaces(work).get(pair.house.workspace.id)).remove_member(pair.user, by=pair.house.owner)
    await work.commit()
    with pytest.raises(Unauthenticated):
        await user_of(pair.there, pair.access)
    with pytest.raises(NotFound):
        await pair.may(pair.there)
