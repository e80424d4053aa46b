"""Personal tokens stand for their owners, within their limits, until they expire or are revoked."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from colonnade.application.identity.personal_tokens import (
    CreatePersonalToken,
    ListPersonalTokens,
    PersonalTokenSettings,
    PersonalTokenView,
    RevokePersonalToken,
    create_personal_token,
    revoke_personal_token,
)
from colonnade.application.messaging import Caller, Limits
from colonnade.core import Conflict, Invalid, NotFound, Unauthenticated, UserId, new_id
from colonnade.domain.identity.personal_token import PersonalToken
from colonnade.domain.identity.personal_token_events import PersonalTokenRevoked
from colonnade.domain.workspaces import Role
from colonnade.infrastructure.identity.personal_tokens import (
    PERSONAL_TOKENS,
    PersonalTokenAuthenticator,
    SqlPersonalTokenRepository,
    list_personal_tokens,
)
from colonnade.infrastructure.workspaces.memberships import CachedMemberships

SETTINGS = PersonalTokenSettings(longest_days=90, limit=3)


async def stored(house: Any, **fields: Any) -> tuple[str, PersonalToken]:
    """Store a token of the owner's; return its text and what is kept of it."""
    new = PERSONAL_TOKENS.make()
    kept: PersonalToken = house.make.personal_token(fields.pop("user", house.owner), digest=new.digest, **fields)
    await house.store(kept)
    return new.text, kept


async def created(house: Any, caller: Caller, **fields: Any) -> Any:
    """Send the command that makes a token, and commit."""
    command = CreatePersonalToken(**{"name": "Nightly", "permissions": ("task.read",), **fields})
    memberships = CachedMemberships(house.database)
    async with house.change() as work:
        tokens = SqlPersonalTokenRepository(work)
        return await create_personal_token(command, tokens, memberships, PERSONAL_TOKENS, SETTINGS, caller, house.clock)


async def revoked(house: Any, caller: Caller, token_id: Any, *listeners: Any) -> None:
    """Send the command that revokes a token, and commit."""
    async with house.change(*listeners) as work:
        command, tokens = RevokePersonalToken(token_id=token_id), SqlPersonalTokenRepository(work)
        await revoke_personal_token(command, tokens, caller, house.clock)


async def listed(house: Any, user: UserId | None = None) -> tuple[PersonalTokenView, ...]:
    """Return somebody's tokens as they see them."""
    views: tuple[PersonalTokenView, ...] = (
        await house.ask(list_personal_tokens, ListPersonalTokens(), user or house.owner)
    ).items
    return views


@pytest.fixture
def authenticator(house: Any) -> PersonalTokenAuthenticator:
    """Knows who a token stands for."""
    return PersonalTokenAuthenticator(house.database, house.clock)


async def test_a_token_stands_for_its_owner_within_its_limits(
    house: Any, authenticator: PersonalTokenAuthenticator
) -> None:
    """Its permissions, its workspace and its projects; nobody proved anything, and there is no session."""
    project = await house.open_project()
    anywhere, kept = await stored(house, permissions=("task.read", "project.read"))
    caller = await authenticator.authenticate(anywhere)
    assert caller == Caller(house.owner, limits=Limits(kept.id, frozenset({"task.read", "project.read"}), {}))
    assert (caller.session_id, caller.proved_at, caller.methods) == (None, None, frozenset())
    here, _ = await stored(house, workspace_id=house.workspace.id)
    limits = (await authenticator.authenticate(here)).limits
    assert limits is not None
    assert limits.within == {"workspace_id": {house.workspace.id}}
    narrow, _ = await stored(house, workspace_id=house.workspace.id, project_ids=[project.id])
    limits = (await authenticator.authenticate(narrow)).limits
    assert limits is not None
    assert limits.within == {"workspace_id": {house.workspace.id}, "project_id": {project.id}}


async def test_what_was_verified_is_remembered(house: Any) -> None:
    """The second request asks nobody."""
    authenticator = PersonalTokenAuthenticator(house.database, house.clock)
    text, _ = await stored(house)
    caller = await authenticator.authenticate(text)
    authenticator._database = None  # type: ignore[assignment]  # whoever asks it fails
    assert await authenticator.authenticate(text) == caller


@pytest.mark.parametrize(
    "garbage",
    [
        "",
        "clnp_",
        "clnp_" + "x" * 38,
        PERSONAL_TOKENS.make().text[:-1] + "!",
        PERSONAL_TOKENS.make().text.upper(),
        PERSONAL_TOKENS.make().text + "\n",
        " " + PERSONAL_TOKENS.make().text,
        PERSONAL_TOKENS.make().text.replace("clnp", "clnq"),
        "clnp_" + "é" * 38,
        "clnp_' OR 1=1 --" + "0" * 27,
        "\x00" * 43,
        "\udcff" * 43,
        "x" * 1_000_000,
    ],
    ids=range(13),
)
async def test_garbage_never_reaches_the_database(house: Any, garbage: str) -> None:
    """What cannot be a token of ours is refused by its form."""
    authenticator = PersonalTokenAuthenticator(None, house.clock)  # type: ignore[arg-type]  # whoever asks it fails
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(garbage)


async def test_a_token_that_was_never_made_is_refused(house: Any, authenticator: PersonalTokenAuthenticator) -> None:
    """However well it is formed; a refusal is not remembered, and a digest is no token."""
    new = PERSONAL_TOKENS.make()
    for wrong in (new.text, new.digest):
        with pytest.raises(Unauthenticated):
            await authenticator.authenticate(wrong)
    await house.store(house.make.personal_token(house.owner, digest=new.digest))
    assert (await authenticator.authenticate(new.text)).user_id == house.owner


async def test_an_expired_token_is_refused_from_that_moment(
    house: Any, authenticator: PersonalTokenAuthenticator
) -> None:
    """Although it was remembered, and by whoever has not seen it, too."""
    text, _ = await stored(house, lasts=timedelta(hours=1))
    await authenticator.authenticate(text)
    house.clock.advance(seconds=3_599)
    await authenticator.authenticate(text)
    house.clock.advance(seconds=1)
    for whoever in (authenticator, PersonalTokenAuthenticator(house.database, house.clock)):
        with pytest.raises(Unauthenticated):
            await whoever.authenticate(text)
    assert await listed(house) == ()


async def test_a_revoked_token_is_refused_at_once(house: Any, authenticator: PersonalTokenAuthenticator) -> None:
    """In the process that revoked it, although it was remembered; others go on."""
    (text, kept), (other, _) = await stored(house), await stored(house)
    for token in (text, other):
        await authenticator.authenticate(token)
    await revoked(house, Caller(house.owner), kept.id, authenticator)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(text)
    assert (await authenticator.authenticate(other)).user_id == house.owner


async def test_another_process_revokes_a_token(house: Any, authenticator: PersonalTokenAuthenticator) -> None:
    """It is refused from the moment that its stream is named."""
    text, kept = await stored(house)
    await authenticator.authenticate(text)
    await revoked(house, Caller(house.owner), kept.id)
    authenticator.stream_changed(f"session-{kept.id}")
    await authenticator.authenticate(text)
    authenticator.stream_changed(kept.stream)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(text)


async def test_without_news_nothing_is_kept(house: Any, authenticator: PersonalTokenAuthenticator) -> None:
    """As long as nobody would tell of revocations elsewhere, the database is asked every time."""
    text, kept = await stored(house)
    authenticator.trust(on=True)
    await authenticator.authenticate(text)
    authenticator.trust(on=False)
    await authenticator.authenticate(text)
    await revoked(house, Caller(house.owner), kept.id)
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(text)


async def test_a_check_that_a_revocation_overtakes_is_not_kept(house: Any) -> None:
    """What was read before the commit must not be remembered after it."""
    text, kept = await stored(house)

    class SlowDatabase:
        """Commits a revocation between reading and answering."""

        async def read(self, statement: Any, parameters: Any) -> Any:
            rows = await house.database.read(statement, parameters)
            if changes:
                await changes.pop()()
            return rows

        async def touch(self, statement: Any, parameters: Any) -> Any:
            return await house.database.touch(statement, parameters)

    async def revoke() -> None:
        await revoked(house, Caller(house.owner), kept.id, authenticator)

    authenticator, changes = PersonalTokenAuthenticator(SlowDatabase(), house.clock), [revoke]  # type: ignore[arg-type]
    assert (await authenticator.authenticate(text)).user_id == house.owner
    with pytest.raises(Unauthenticated):
        await authenticator.authenticate(text)


async def test_the_last_use_is_kept_every_five_minutes(house: Any, authenticator: PersonalTokenAuthenticator) -> None:
    """Not at every request, and by a new process not before its time either."""
    text, _ = await stored(house)

    async def used_at() -> datetime | None:
        return (await listed(house))[0].used_at

    assert await used_at() is None
    await authenticator.authenticate(text)
    first = house.clock.now()
    assert await used_at() == first
    house.clock.advance(seconds=299)
    await authenticator.authenticate(text)
    await PersonalTokenAuthenticator(house.database, house.clock).authenticate(text)
    assert await used_at() == first
    house.clock.advance(seconds=1)
    await authenticator.authenticate(text)
    assert await used_at() == house.clock.now()


async def test_a_use_and_a_revocation_do_not_conflict(house: Any, authenticator: PersonalTokenAuthenticator) -> None:
    """The last use is no part of the aggregate: noting it changes no version."""
    text, kept = await stored(house)
    async with house.change() as work:
        token = await SqlPersonalTokenRepository(work).get(kept.id)
        if house.database.is_postgresql:  # SQLite lets one write at a time
            await authenticator.authenticate(text)
        token.revoke(at=house.clock.now())
    assert [event.stream_version for event in await house.log.stream(kept.stream)] == [1, 2]


async def test_a_token_is_shown_once(house: Any, authenticator: PersonalTokenAuthenticator) -> None:
    """When it is made; lists, events and the table hold its beginning or its hash, and `repr` nothing."""
    made = await created(house, Caller(house.owner), workspace_id=house.workspace.id)
    assert (await authenticator.authenticate(made.token)).user_id == house.owner
    (view,) = await listed(house)
    assert view.model_copy(update={"used_at": None}) == made.details
    assert made.token.startswith(view.hint)
    assert len(view.hint) < 12
    everything = f"{made!r} {view!r} {await house.log.read(limit=1_000)!r}"
    rows = await house.database.fetch(SqlPersonalTokenRepository(house.unit_of_work())._kind.table.select())
    assert made.token not in f"{everything} {rows!r}"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"permissions": ("task.fly",)}, "permissions"),
        ({"permissions": ("task.read", "")}, "permissions"),
        ({"days": 91}, "days"),
    ],
)
async def test_a_token_carries_what_there_is_for_no_longer_than_allowed(
    house: Any, fields: dict[str, Any], wrong: str
) -> None:
    """Whatever else is refused by name."""
    with pytest.raises(Invalid) as refused:
        await created(house, Caller(house.owner), **fields)
    assert refused.value.facts["field"] == wrong


async def test_a_token_tells_nobody_what_is_there(house: Any) -> None:
    """A workspace that is not there and one of strangers are refused alike, and so are projects."""
    guest, stranger = await house.person(), await house.person()
    project, hidden = await house.open_project(), await house.open_project()
    async with house.change() as work:
        (await house.workspaces(work).get(house.workspace.id)).add_member(guest, Role.GUEST, by=house.owner)
        (await house.projects(work).get(project.id)).share(guest)
    said = set()
    for workspace_id in (house.workspace.id, new_id(UserId)):
        with pytest.raises(Invalid) as refused:
            await created(house, Caller(stranger), workspace_id=workspace_id)
        said.add((refused.value.code, str(refused.value)))
    assert len(said) == 1
    said.clear()
    for project_id in (hidden.id, new_id(UserId)):
        with pytest.raises(Invalid) as refused:
            await created(house, Caller(guest), workspace_id=house.workspace.id, project_ids=(project_id,))
        said.add((refused.value.code, str(refused.value)))
    assert len(said) == 1
    await created(house, Caller(guest), workspace_id=house.workspace.id, project_ids=(project.id,))
    with pytest.raises(Invalid):
        await created(house, Caller(guest), project_ids=(project.id,))


async def test_nobody_has_more_than_the_limit(house: Any) -> None:
    """Those that are revoked or have expired make room; those of others take none."""
    other = await house.person()
    await stored(house, user=other)
    first = await created(house, Caller(house.owner), days=1)
    second = await created(house, Caller(house.owner))
    await created(house, Caller(house.owner))
    with pytest.raises(Conflict):
        await created(house, Caller(house.owner))
    await revoked(house, Caller(house.owner), second.details.id)
    await created(house, Caller(house.owner))
    with pytest.raises(Conflict):
        await created(house, Caller(house.owner))
    house.clock.advance(days=1)
    await created(house, Caller(house.owner))
    assert first.details.id not in {view.id for view in await listed(house)}


async def test_everybody_lists_and_revokes_their_own(house: Any, authenticator: PersonalTokenAuthenticator) -> None:
    """The newest first; somebody else's is not there, in the words for one that never was."""
    other = await house.person()
    text, kept = await stored(house)
    await stored(house, at=house.clock.now() - timedelta(hours=1))
    await stored(house, user=other)
    assert (await listed(house))[0].id == kept.id
    assert (len(await listed(house)), len(await listed(house, other))) == (2, 1)
    said = set()
    for token_id in (kept.id, new_id(UserId)):
        with pytest.raises(NotFound) as refused:
            await revoked(house, Caller(other), token_id)
        said.add((refused.value.code, str(refused.value)))
    assert len(said) == 1
    await authenticator.authenticate(text)
    for _ in range(2):
        await revoked(house, Caller(house.owner), kept.id)
    events = [recorded.event for recorded in await house.log.stream(kept.stream)]
    assert [type(event) for event in events[1:]] == [PersonalTokenRevoked]
    assert kept.id not in {view.id for view in await listed(house)}
