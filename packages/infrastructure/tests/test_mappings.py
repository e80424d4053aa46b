"""Every aggregate survives the way into its row and back, whatever is in it."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from colonnade.core import AggregateRoot, Email, Invalid, PersonName, Slug, TextValue
from colonnade.domain.identity import ERASED_EMAIL, ERASED_NAME, Device, OneTimeSecret, Purpose, Session, User
from colonnade.domain.identity.device_grant import DeviceGrant
from colonnade.domain.identity.personal_token import PersonalToken, TokenName
from colonnade.domain.projects import DEFAULT_WORKFLOW, Category, Project, ProjectKey, ProjectName, Status, Workflow
from colonnade.domain.tasks import LabelName, Origin, Priority, Task, TaskDescription, TaskTitle
from colonnade.domain.workspaces import Condition, OwnRole, Permission, Role, RoleName, Workspace, WorkspaceName
from colonnade.infrastructure.database.aggregates import AggregateTable, Values
from colonnade.infrastructure.identity.device_grants import DEVICE_GRANTS
from colonnade.infrastructure.identity.personal_tokens import TOKENS
from colonnade.infrastructure.identity.repository import SECRETS, SESSIONS, USERS
from colonnade.infrastructure.projects.repository import PROJECTS
from colonnade.infrastructure.tasks.repository import TASKS
from colonnade.infrastructure.workspaces.repository import WORKSPACES

EXAMPLES = settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate),
)
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)


def texts(kind: type[TextValue]) -> st.SearchStrategy[Any]:
    """Draw texts that the rule of a kind accepts."""

    def accepted(text: str) -> Any:
        try:
            return kind(text)
        except Invalid:
            return None

    return TEXT.map(accepted).filter(lambda value: value is not None)


ids = st.uuids()
moments = st.datetimes(
    min_value=datetime.fromisoformat("1970-01-01"),
    max_value=datetime.fromisoformat("2200-01-01"),
    timezones=st.just(UTC),
)
versions = st.integers(1, 2**31 - 1)
slugs = st.from_regex(r"[a-z0-9]{1,10}(-[a-z0-9]{1,10}){0,2}", fullmatch=True)
workflows = st.builds(
    lambda names: Workflow(
        statuses=(
            Status(slug="todo", name="To do", category=Category.TODO),
            *(Status(slug=f"s{place}", name=name, category=Category.DONE) for place, name in enumerate(names)),
        ),
        transitions={"todo": tuple(f"s{place}" for place in range(len(names)))},
    ),
    st.lists(texts(ProjectName).map(lambda name: name[:40]), min_size=1, max_size=3),
)
origins = st.builds(
    Origin,
    source=texts(TextValue),
    url=st.none() | slugs.map(lambda slug: f"https://example.com/{slug}"),
    author=st.none() | texts(TextValue),
    assignees=st.lists(texts(TextValue), max_size=2).map(tuple),
    milestone=st.none() | texts(TextValue),
    created_at=st.none() | moments,
)


def erased(user: User) -> User:
    """Forget who a user was."""
    user.email, user.name, user.password_hash, user.erased_at = ERASED_EMAIL, ERASED_NAME, None, user.created_at
    return user


present_users = st.builds(
    User,
    id=ids,
    version=versions,
    email=slugs.map(lambda slug: Email(f"{slug}@example.com")),
    name=texts(PersonName),
    password_hash=st.none() | TEXT,
    created_at=moments,
    email_confirmed_at=st.none() | moments,
    is_operator=st.booleans(),
)
users = present_users | present_users.map(erased)
devices = st.builds(Device, name=TEXT, address=st.none() | st.ip_addresses().map(str))
sessions = st.builds(
    Session,
    id=ids,
    version=versions,
    user_id=ids,
    refresh_hash=TEXT,
    device=devices,
    created_at=moments,
    used_at=moments,
    expires_at=moments,
    ends_at=moments,
    proved_at=moments,
    methods=st.lists(TEXT, max_size=3).map(tuple),
    former_hash=st.none() | TEXT,
    rotated_at=st.none() | moments,
    ended_at=st.none() | moments,
)
secrets = st.builds(
    OneTimeSecret,
    id=ids,
    version=versions,
    user_id=ids,
    purpose=st.sampled_from(Purpose),
    secret_hash=TEXT,
    created_at=moments,
    expires_at=moments,
    attempts_left=st.integers(0, 5),
    facts=st.none() | TEXT,
    used_at=st.none() | moments,
)
tokens = st.builds(
    PersonalToken,
    id=ids,
    version=versions,
    user_id=ids,
    name=texts(TokenName),
    digest=TEXT,
    hint=TEXT,
    permissions=st.frozensets(TEXT, max_size=4),
    workspace_id=st.none() | ids,
    project_ids=st.frozensets(ids, max_size=4),
    created_at=moments,
    expires_at=moments,
    revoked_at=st.none() | moments,
)
device_grants = st.builds(
    DeviceGrant,
    id=ids,
    version=versions,
    device_digest=TEXT,
    user_digest=TEXT,
    device=devices,
    created_at=moments,
    expires_at=moments,
    decided_by=st.none() | ids,
    approved=st.booleans(),
    redeemed_at=st.none() | moments,
)
role_names = st.from_regex(r"[a-z][a-z0-9-]{1,39}", fullmatch=True).filter(lambda name: name not in set(Role))
grants = st.dictionaries(
    st.sampled_from([one for one in Permission if one.startswith("task.")]), st.sampled_from(Condition), max_size=4
) | st.dictionaries(
    st.sampled_from([one for one in Permission if one not in {Permission.WORKSPACE_MANAGE, Permission.ROLE_MANAGE}]),
    st.just(Condition.ALWAYS),
    max_size=8,
)
own_roles = st.builds(OwnRole, role_names.map(RoleName), base=st.sampled_from([Role.MEMBER, Role.GUEST]), grants=grants)


@st.composite
def _workspaces(draw: st.DrawFn) -> Workspace:
    roles = {role.name: role for role in draw(st.lists(own_roles, max_size=3))}
    members = draw(st.dictionaries(ids, st.sampled_from(Role), max_size=4))
    having = {user: draw(st.sampled_from(list(roles))) for user in members if roles and draw(st.booleans())}
    return Workspace(
        id=draw(ids),
        version=draw(versions),
        name=draw(texts(WorkspaceName)),
        slug=draw(slugs.map(Slug)),
        created_at=draw(moments),
        members={**members, **{user: roles[name].base for user, name in having.items()}},
        own_roles=roles,
        own_roles_of=having,
    )


workspaces = _workspaces()
projects = st.builds(
    Project,
    id=ids,
    version=versions,
    workspace_id=ids,
    key=st.from_regex(r"[A-Z][A-Z0-9]{1,9}", fullmatch=True).map(ProjectKey),
    name=texts(ProjectName),
    workflow=st.just(DEFAULT_WORKFLOW) | workflows,
    created_at=moments,
    archived_at=st.none() | moments,
    lead_id=st.none() | ids,
    private=st.booleans(),
    members=st.frozensets(ids, max_size=4),
)
tasks = st.builds(
    Task,
    id=ids,
    version=versions,
    workspace_id=ids,
    project_id=ids,
    number=st.integers(1, 2**31 - 1),
    key=TEXT,
    title=texts(TaskTitle),
    description=texts(TaskDescription),
    status=TEXT,
    assignee_id=st.none() | ids,
    labels=st.lists(texts(LabelName), max_size=3).map(tuple),
    priority=st.sampled_from(Priority),
    due_on=st.none() | st.dates(),
    rank=TEXT,
    created_by=ids,
    created_at=moments,
    updated_at=moments,
    completed_at=st.none() | moments,
    deleted_at=st.none() | moments,
    origin=st.none() | origins,
)
KINDS: list[tuple[AggregateTable[Any], st.SearchStrategy[Any]]] = [
    (USERS, users),
    (SESSIONS, sessions),
    (SECRETS, secrets),
    (TOKENS, tokens),
    (DEVICE_GRANTS, device_grants),
    (WORKSPACES, workspaces),
    (PROJECTS, projects),
    (TASKS, tasks),
]
NEW: tuple[AggregateTable[Any], ...] = (SECRETS, TOKENS, DEVICE_GRANTS)


@pytest.mark.parametrize(("kind", "drawn"), KINDS, ids=[kind.table.name for kind, _ in KINDS])
def test_to_a_row_and_back(kind: AggregateTable[Any], drawn: st.SearchStrategy[Any]) -> None:
    """What `to_row` and `to_domain` do is undone by the other, for every attribute and every column."""

    @EXAMPLES
    @given(drawn)
    def holds(aggregate: AggregateRoot[Any]) -> None:
        row, parts = rows_of(kind, aggregate)
        again = kind.to_domain(SimpleNamespace(**row), parts)
        assert state_of(again) == state_of(aggregate)
        assert rows_of(kind, again) == (row, parts)

    holds()


def test_every_column_is_mapped() -> None:
    """A row has exactly the table's columns, but for those that the database keeps by itself."""
    own = {
        "projects": {"last_number"},
        "personal_tokens": {"used_at"},
        "device_grants": {"polled_at"},
    }
    for kind, drawn in KINDS:
        columns = set(kind.table.c.keys()) - own.get(kind.table.name, set())
        check(drawn, lambda aggregate, kind=kind, columns=columns: set(kind.to_row(aggregate)) == columns)


@EXAMPLES
@given(secret=secrets, token=tokens, grant=device_grants)
async def test_secrets_tokens_and_devices_through_real_rows_and_back(
    house: Any, secret: OneTimeSecret, token: PersonalToken, grant: DeviceGrant
) -> None:
    """Sets of texts and identifiers, and what is not there, come back as they were."""
    secret.user_id = token.user_id = house.owner
    grant.decided_by = house.owner if grant.decided_by else None
    token.digest = str(token.id)
    await through(house, *((table, table.to_row(one)) for table, one in zip(NEW, (secret, token, grant), strict=True)))


@EXAMPLES
@given(user=present_users, session=sessions, workspace=workspaces)
async def test_people_and_workspaces_through_real_rows_and_back(
    house: Any, user: User, session: Session, workspace: Workspace
) -> None:
    """The engine gives back what was put in, to the last microsecond and the last character."""
    workspace.members.clear()
    workspace.own_roles_of.clear()
    session.user_id = user.id
    await through(
        house, (USERS, {**USERS.to_row(user), "email": f"{user.id}@example.com"}), (SESSIONS, SESSIONS.to_row(session))
    )
    await through(house, (WORKSPACES, {**WORKSPACES.to_row(workspace), "slug": str(workspace.id)}))


@EXAMPLES
@given(task=tasks, project=projects)
async def test_projects_and_tasks_through_real_rows_and_back(house: Any, task: Task, project: Project) -> None:
    """Enumerations, labels, JSON and missing values come back from both engines as they were."""
    project.workspace_id = task.workspace_id = house.workspace.id
    project.key = ProjectKey(f"P{project.id.hex[:8].upper()}")
    task.project_id, task.created_by, task.key = project.id, house.owner, str(task.id)
    task.assignee_id = house.owner if task.assignee_id else None
    if task.origin is not None:
        task.origin = task.origin.model_copy(update={"source": str(task.id)})
    await through(house, (PROJECTS, PROJECTS.to_row(project)), (TASKS, TASKS.to_row(task)))


async def through(house: Any, *rows: tuple[AggregateTable[Any], Values]) -> None:
    """Insert each row, read it, and compare; then undo it all."""
    work = house.unit_of_work()
    try:
        for table, values in rows:
            await work.fetch_and_lock(table.insert.returning(table.table.c.id), values)
            bound = {"of_tenant": values[table.tenant]} if table.tenant else {}
            (found,) = await work.fetch(table.select_one, {"of_id": values["id"], **bound})
            stored = {name: found._mapping[name] for name in values}
            assert stored == values
            assert table.to_row(table.to_domain(found, [])) == values
    finally:
        await work.rollback()


def rows_of(kind: AggregateTable[Any], aggregate: AggregateRoot[Any]) -> tuple[Values, Sequence[Values]]:
    """Return the row of an aggregate and those of its parts."""
    return kind.to_row(aggregate), kind.child.to_rows(aggregate) if kind.child else []


def state_of(aggregate: AggregateRoot[Any]) -> dict[str, object]:
    """Return every attribute."""
    return {field.name: getattr(aggregate, field.name) for field in fields(aggregate)}


def check(drawn: st.SearchStrategy[Any], holds: Callable[[Any], bool]) -> None:
    """Check something of a few drawn values."""

    @settings(EXAMPLES, max_examples=3)
    @given(drawn)
    def checked(value: Any) -> None:
        assert holds(value)

    checked()
