"""FastAPI and SQLModel as their documentation teaches them: dependencies, sessions, response models."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import jwt
from fastapi import Depends, FastAPI, HTTPException, Query, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BeforeValidator
from pydantic_core import from_json, to_json
from sqlalchemy import BigInteger, Column, DateTime, Identity, SmallInteger, Text, tuple_
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, MetaData, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.types import ASGIApp
from uuid_utils.compat import uuid7

from colonnade.core.text import fold
from colonnade.domain.tasks.rank import initial_rank
from peers.place import PAGE, PREFIX, Place
from peers.tokens import Tokens


class Priority(StrEnum):
    NONE = "none"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    URGENT = "urgent"


_PRIORITIES = tuple(Priority)


class Model(SQLModel):
    metadata = MetaData()


class Membership(Model, table=True):
    __tablename__ = "memberships"
    workspace_id: UUID = Field(primary_key=True)
    user_id: UUID = Field(primary_key=True)
    role: str


class Project(Model, table=True):
    __tablename__ = "projects"
    id: UUID = Field(primary_key=True)
    workspace_id: UUID
    key: str
    workflow: dict[str, Any] = Field(sa_column=Column(JSONB))
    archived_at: datetime | None = Field(sa_column=Column(DateTime(timezone=True)))
    last_number: int


class Task(Model, table=True):
    __tablename__ = "tasks"
    id: UUID = Field(primary_key=True, default_factory=uuid7)
    version: int = 1
    workspace_id: UUID
    project_id: UUID
    key: str
    number: int
    title: str
    description: str = ""
    search_text: str
    status: str
    assignee_id: UUID | None = None
    labels: list[str] = Field(default_factory=list, sa_column=Column(ARRAY(Text)))
    priority: int = Field(default=0, sa_column=Column(SmallInteger))
    due_on: date | None = None
    rank: str
    created_by: UUID
    created_at: datetime = Field(sa_column=Column(DateTime(timezone=True)))
    updated_at: datetime = Field(sa_column=Column(DateTime(timezone=True)))
    completed_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    deleted_at: datetime | None = Field(default=None, sa_column=Column(DateTime(timezone=True)))
    origin: dict[str, Any] | None = Field(default=None, sa_column=Column(JSONB(none_as_null=True)))
    source: str | None = None


class Event(Model, table=True):
    __tablename__ = "event_log"
    position: int | None = Field(default=None, sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    event_id: UUID = Field(default_factory=uuid7)
    stream: str
    stream_version: int
    type: str
    schema_version: int = 1
    data: dict[str, Any] = Field(sa_column=Column(JSONB))
    metadata_: dict[str, str] = Field(sa_column=Column("metadata", JSONB))
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True)))


class TaskRead(SQLModel):
    id: UUID
    workspace_id: UUID
    project_id: UUID
    key: str
    number: int
    title: str
    description: str
    status: str
    assignee_id: UUID | None
    labels: list[str]
    priority: Annotated[
        Priority, BeforeValidator(lambda value: _PRIORITIES[value] if isinstance(value, int) else value)
    ]
    due_on: date | None
    rank: str
    created_by: UUID
    created_at: datetime
    updated_at: datetime
    completed_at: datetime | None
    deleted_at: datetime | None
    origin: dict[str, Any] | None
    version: int


class TaskPage(SQLModel):
    items: list[TaskRead]
    next: str | None


class TaskCreate(SQLModel):
    title: str = Field(min_length=1, max_length=300)
    description: str = ""


class TaskEdit(SQLModel):
    title: str = Field(min_length=1, max_length=300)


async def open_session(request: Request) -> AsyncIterator[AsyncSession]:
    async with AsyncSession(request.app.state.engine, expire_on_commit=False) as session:
        yield session


Session = Annotated[AsyncSession, Depends(open_session)]


async def current_user(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials, Depends(HTTPBearer())]
) -> UUID:
    tokens: Tokens = request.app.state.tokens
    try:
        return tokens.user_of(credentials.credentials)
    except jwt.PyJWTError:
        raise HTTPException(401) from None


User = Annotated[UUID, Depends(current_user)]


async def membership(workspace_id: UUID, user: User, session: Session) -> Membership:
    found = await session.get(Membership, (workspace_id, user))
    if found is None:
        raise HTTPException(404)
    return found


Member = Annotated[Membership, Depends(membership)]


def writer(member: Member) -> Membership:
    if member.role == "guest":
        raise HTTPException(403)
    return member


Writer = Annotated[Membership, Depends(writer)]


async def list_tasks(
    workspace_id: UUID,
    project_id: UUID,
    session: Session,
    member: Member,
    limit: Annotated[int, Query(ge=1, le=200)] = PAGE,
    sort: str = "-created",
    cursor: str | None = None,
) -> TaskPage:
    statement = (
        select(Task)
        .where(Task.workspace_id == workspace_id, Task.project_id == project_id, col(Task.deleted_at).is_(None))
        .order_by(col(Task.created_at).desc(), col(Task.id).desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        moment, last = from_json(urlsafe_b64decode(cursor))
        place = (datetime.fromisoformat(moment), UUID(last))
        statement = statement.where(tuple_(col(Task.created_at), col(Task.id)) < place)
    rows = (await session.exec(statement)).all()
    tasks = rows[:limit]
    more = len(rows) > limit
    following = urlsafe_b64encode(to_json([tasks[-1].created_at, tasks[-1].id])).decode() if more else None
    return TaskPage(items=[TaskRead.model_validate(task) for task in tasks], next=following)


async def get_task(workspace_id: UUID, task_id: UUID, session: Session, member: Member) -> Task:
    return await _present(session, workspace_id, task_id)


async def create_task(
    workspace_id: UUID, project_id: UUID, body: TaskCreate, session: Session, member: Writer, user: User
) -> Task:
    statement = select(Project).where(Project.id == project_id, Project.workspace_id == workspace_id).with_for_update()
    project = (await session.exec(statement)).one_or_none()
    if project is None or project.archived_at is not None:
        raise HTTPException(404)
    project.last_number += 1
    now = datetime.now(UTC)
    task = Task(
        workspace_id=workspace_id,
        project_id=project_id,
        key=f"{project.key}-{project.last_number}",
        number=project.last_number,
        title=body.title,
        description=body.description,
        search_text=fold(f"{body.title}\n{body.description}"),
        status=project.workflow["statuses"][0]["slug"],
        rank=initial_rank(project.last_number),
        created_by=user,
        created_at=now,
        updated_at=now,
    )
    session.add(task)
    facts = TaskRead.model_validate(task, from_attributes=True).model_dump(mode="json")
    session.add(_event(task, "tasks.task_created", facts, user))
    await session.commit()
    return task


async def edit_task(
    workspace_id: UUID, task_id: UUID, body: TaskEdit, session: Session, member: Writer, user: User
) -> Task:
    task = await _present(session, workspace_id, task_id, lock=True)
    task.title = body.title
    task.search_text = fold(f"{body.title}\n{task.description}")
    task.updated_at = datetime.now(UTC)
    task.version += 1
    session.add(task)
    facts = {"workspace_id": str(workspace_id), "task_id": str(task_id), "title": body.title}
    session.add(_event(task, "tasks.task_retitled", facts, user))
    await session.commit()
    return task


async def _present(session: AsyncSession, workspace_id: UUID, task_id: UUID, *, lock: bool = False) -> Task:
    statement = select(Task).where(
        Task.workspace_id == workspace_id, Task.id == task_id, col(Task.deleted_at).is_(None)
    )
    task = (await session.exec(statement.with_for_update() if lock else statement)).one_or_none()
    if task is None:
        raise HTTPException(404)
    return task


def _event(task: Task, kind: str, facts: dict[str, Any], user: UUID) -> Event:
    return Event(
        stream=f"task-{task.id}",
        stream_version=task.version,
        type=kind,
        data=facts,
        metadata_={"caller": str(user)},
        recorded_at=task.updated_at,
    )


@asynccontextmanager
async def application(place: Place) -> AsyncIterator[ASGIApp]:
    """Give the application while its engine is open."""
    app = FastAPI()
    app.get(f"{PREFIX}/tasks", response_model=TaskPage)(list_tasks)
    app.get(f"{PREFIX}/tasks/{{task_id}}", response_model=TaskRead)(get_task)
    app.patch(f"{PREFIX}/tasks/{{task_id}}", response_model=TaskRead)(edit_task)
    app.post(f"{PREFIX}/projects/{{project_id}}/tasks", response_model=TaskRead, status_code=201)(create_task)
    engine = create_async_engine(
        place.database_url,
        pool_size=place.pool_size,
        max_overflow=0,
        connect_args={"server_settings": {"jit": "off"}},
        json_serializer=lambda value: to_json(value).decode(),
        json_deserializer=from_json,
    )
    app.state.engine, app.state.tokens = engine, Tokens(place)
    try:
        yield app
    finally:
        await engine.dispose()
