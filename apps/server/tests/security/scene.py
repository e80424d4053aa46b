"""A workspace with everybody in it who could ask for something, prepared once and copied when it was changed."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import uuid4

from colonnade.application.operations import OperationsPermission
from colonnade.domain.workspaces import GRANTS, Condition, Grants, Permission, Role, RoleName
from colonnade.domain.workspaces.roles import OwnRole

from ..house import House, Person, open_house
from .people import enrolled, open_settings, operator, token_of

OWN_ROLE = OwnRole.of(
    RoleName("reviewer"),
    Role.MEMBER,
    ["project.read", "task.read", "task.edit:author", "task.delete:assignee", "webhook.manage"],
)
CARRIED: frozenset[str] = frozenset(
    {Permission.TASK_READ, Permission.PROJECT_READ, Permission.MEMBER_READ, OperationsPermission.READ}
)
"""What the personal token carries; its owner owns the workspace."""

HARMLESS = {"name": "absent", "user_code": "BCDF-GHJK"}
"""Values of path fields that have a form and lead nowhere."""


@dataclass(frozen=True)
class Somebody:
    """Somebody who asks.

    Attributes:
        person: Who, or the token that they show.
        signed_in: Whether they show anything at all.
        grants: What they may do in the workspace; none if they do not belong to it.
        sees: The projects that they see of it, `open` and `closed`.
        is_operator: Whether they look after the service.
        carried: What their token carries; none if they show no personal token.
    """

    person: Person
    signed_in: bool = True
    grants: Grants | None = None
    sees: frozenset[str] = frozenset()
    is_operator: bool = False
    carried: frozenset[str] | None = None


@dataclass(frozen=True)
class Place:
    """Where somebody asks: identifiers for paths and bodies, and what the things there are.

    Attributes:
        belongs: Whether those of the scene who have a role have it here.
        project: Which of the two projects is meant.
        created_by: Who opened the task there.
        assignee_id: Who does it.
    """

    known: dict[str, str]
    belongs: bool
    project: str = ""
    created_by: str = ""
    assignee_id: str = ""


@dataclass
class Scene:
    """A server, everybody who asks, and where they ask."""

    house: House
    everybody: dict[str, Somebody]
    places: dict[str, Place]

    def at(self, house: House) -> "Scene":
        """Return the same people and places on another server."""
        moved = {name: replace(one, person=house.at(one.person)) for name, one in self.everybody.items()}
        return Scene(house, moved, self.places)

    async def changes(self) -> int:
        """Return how much has happened; what the audit notes of refusals is not counted."""
        return sum(not event.event.event_type.startswith("audit.") for event in await self.house.events())


class Theatre:
    """Gives scenes that nobody has changed yet."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._scene: Scene | None = None
        self._shown: Scene | None = None
        self._before = 0
        self._open = AsyncExitStack()

    async def prepare(self, database_url: str) -> None:
        """Make the scene that every other is a copy of."""
        (self._folder / "first").mkdir()
        shutil.copyfile(database_url.removeprefix("sqlite+aiosqlite:///"), self._folder / "first" / "work.db")
        async with self._opened("first") as house:
            self._scene = await _furnished(house)

    async def scene(self) -> Scene:
        """Return the scene as it was prepared: the last one, or another copy if somebody has changed that."""
        assert self._scene is not None
        if self._shown is None or await self._shown.changes() != self._before:
            await self.close()
            name = uuid4().hex
            shutil.copytree(self._folder / "first", self._folder / name)
            self._shown = self._scene.at(await self._open.enter_async_context(self._opened(name)))
            self._before = await self._shown.changes()
        return self._shown

    async def close(self) -> None:
        """Close the last copy."""
        await self._open.aclose()

    @asynccontextmanager
    async def _opened(self, name: str) -> AsyncIterator[House]:
        folder = self._folder / name
        async with open_house(open_settings(folder, f"sqlite+aiosqlite:///{folder / 'work.db'}")) as house:
            yield house


async def _furnished(house: House) -> Scene:
    """Everybody; two workspaces; in each a project that is open to members, and one that is shared with nobody.

    The task in the open project was opened by the reviewer and is the guest's; that in the closed one is the owner's.
    """
    people = {role: await enrolled(house, role.value.title()) for role in Role}
    owner, reviewer = people[Role.OWNER], await enrolled(house, "Reviewer")
    roles = {role.value: person for role, person in people.items() if role is not Role.OWNER}
    workspace = await house.workspace(owner, **roles)
    grants = {"grants": OWN_ROLE.texts(), "base": OWN_ROLE.base}
    await owner.send("PUT", f"{workspace}/roles/{OWN_ROLE.name}", {**grants, "grants": ["task.create"]})
    await owner.post(
        f"{workspace}/members", {"email": reviewer.email, "role": OWN_ROLE.base, "own_role": str(OWN_ROLE.name)}
    )
    opened = await _project(owner, workspace, "OPEN", author=reviewer, assignee=people[Role.GUEST], shared=True)
    await owner.send("PUT", f"{workspace}/roles/{OWN_ROLE.name}", grants)
    closed = await _project(owner, workspace, "SHUT", author=owner, assignee=owner, shared=False)
    founder = await enrolled(house, "Neighbour")
    neighbour = await house.workspace(founder)
    foreign = await _project(founder, neighbour, "OPEN", author=founder, assignee=founder, shared=True)
    script = await token_of(
        owner, *CARRIED, workspace_id=opened.known["workspace_id"], project_ids=[opened.known["project_id"]]
    )
    nobody = house.stranger()
    missing = {name: str(uuid4()) for name in opened.known} | {"key": "NONE-1"} | HARMLESS
    everybody = {
        "nobody": Somebody(nobody, signed_in=False),
        "stranger": Somebody(await enrolled(house, "Stranger")),
        "operator": Somebody(await operator(house), is_operator=True),
        "token": Somebody(script, grants=GRANTS[Role.OWNER], sees=frozenset({"open"}), carried=CARRIED),
        "guest": Somebody(people[Role.GUEST], grants=GRANTS[Role.GUEST], sees=frozenset({"open"})),
        "reviewer": Somebody(reviewer, grants=OWN_ROLE.grants, sees=frozenset({"open"})),
        "member": Somebody(people[Role.MEMBER], grants=GRANTS[Role.MEMBER], sees=frozenset({"open"})),
        "admin": Somebody(people[Role.ADMIN], grants=GRANTS[Role.ADMIN], sees=frozenset({"open", "closed"})),
        "owner": Somebody(owner, grants=GRANTS[Role.OWNER], sees=frozenset({"open", "closed"})),
    }
    places = {
        "missing": Place(missing, belongs=False),
        "foreign": replace(foreign, belongs=False),
        "closed": replace(closed, project="closed"),
        "own": replace(opened, project="open"),
    }
    return Scene(house, everybody, places)


async def _project(owner: Person, workspace: str, key: str, *, author: Person, assignee: Person, shared: bool) -> Place:
    project = await owner.post(f"{workspace}/projects", {"key": key, "name": key.title()})
    path = f"{workspace}/projects/{project['id']}"
    if shared and assignee is not owner:
        assert (await owner.send("PUT", f"{path}/members/{assignee.id}", {})).is_success
    if not shared:
        await owner.post(f"{path}/visibility", {"private": True})
    body = {"title": "Weave algebraical patterns", "assignee_id": assignee.id}
    task = await author.post(f"{path}/tasks", body)
    known = {
        "workspace_id": workspace.rsplit("/", 1)[1],
        "project_id": project["id"],
        "task_id": task["id"],
        "key": task["key"],
        **HARMLESS,
    }
    return Place(known, belongs=True, created_by=author.id, assignee_id=assignee.id)


def meets(condition: Condition, who: Somebody, place: Place) -> bool:
    """Tell whether a condition holds for the task of a place."""
    mine, given = place.created_by == who.person.id, place.assignee_id == who.person.id
    return {
        Condition.ALWAYS: True,
        Condition.AUTHOR: mine,
        Condition.ASSIGNEE: given,
        Condition.INVOLVED: mine or given,
    }[condition]
