"""Starlette and asyncpg: SQL by hand, prepared by the driver, rows to JSON by pydantic-core, nothing else."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import jwt
from pydantic_core import from_json, to_json
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp
from uuid_utils.compat import uuid7

from colonnade.core.text import fold
from colonnade.domain.tasks.rank import initial_rank
from peers.place import PAGE, PREFIX, Place
from peers.tokens import Tokens

PRIORITIES = ("none", "low", "medium", "high", "urgent")
COLUMNS = """id, workspace_id, project_id, key, number, title, description, status, assignee_id, labels, priority,
    due_on, rank, created_by, created_at, updated_at, completed_at, deleted_at, origin, version"""

ROLE = "SELECT role FROM memberships WHERE workspace_id = $1 AND user_id = $2"
ONE = f"SELECT {COLUMNS} FROM tasks WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL"
LISTED = f"""SELECT {COLUMNS} FROM tasks
    WHERE workspace_id = $1 AND project_id = $2 AND deleted_at IS NULL
    ORDER BY created_at DESC, id DESC LIMIT $3"""
LISTED_AFTER = f"""SELECT {COLUMNS} FROM tasks
    WHERE workspace_id = $1 AND project_id = $2 AND deleted_at IS NULL AND (created_at, id) < ($4, $5)
    ORDER BY created_at DESC, id DESC LIMIT $3"""
TAKE_NUMBER = """UPDATE projects SET last_number = last_number + 1 WHERE id = $2 AND workspace_id = $1
    RETURNING last_number, key, workflow, archived_at"""
INSERT = f"""INSERT INTO tasks (id, version, workspace_id, project_id, key, number, title, description, search_text,
    status, labels, priority, rank, created_by, created_at, updated_at)
    VALUES ($1, 1, $2, $3, $4, $5, $6, $7, $8, $9, '{{}}', 0, $10, $11, $12, $12) RETURNING {COLUMNS}"""
LOCK = "SELECT version, description FROM tasks WHERE workspace_id = $1 AND id = $2 AND deleted_at IS NULL FOR UPDATE"
RETITLE = f"""UPDATE tasks SET title = $2, search_text = $3, updated_at = $4, version = version + 1
    WHERE id = $1 AND version = $5 RETURNING {COLUMNS}"""
APPEND = """INSERT INTO event_log (event_id, stream, stream_version, type, schema_version, data, metadata, recorded_at)
    VALUES ($1, $2, $3, $4, 1, $5, $6, $7)"""

MAY_WRITE = {"owner", "admin", "member"}


class Tasks:
    """The endpoints."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", tokens: Tokens) -> None:
        self._pool = pool
        self._tokens = tokens

    async def get(self, request: Request) -> Response:
        caller, workspace = self._caller(request), UUID(request.path_params["workspace_id"])
        async with self._pool.acquire() as connection:
            await self._require_role(connection, workspace, caller)
            row = await connection.fetchrow(ONE, workspace, UUID(request.path_params["task_id"]))
        if row is None:
            raise HTTPException(404)
        return _answer(_view(row))

    async def list(self, request: Request) -> Response:
        caller, workspace = self._caller(request), UUID(request.path_params["workspace_id"])
        query = request.query_params
        project, limit = UUID(query["project_id"]), int(query.get("limit", PAGE))
        async with self._pool.acquire() as connection:
            await self._require_role(connection, workspace, caller)
            if "cursor" in query:
                moment, last = from_json(urlsafe_b64decode(query["cursor"]))
                after = (datetime.fromisoformat(moment), UUID(last))
                rows = await connection.fetch(LISTED_AFTER, workspace, project, limit + 1, *after)
            else:
                rows = await connection.fetch(LISTED, workspace, project, limit + 1)
        items = [_view(row) for row in rows[:limit]]
        more = len(rows) > limit
        following = urlsafe_b64encode(to_json([items[-1]["created_at"], items[-1]["id"]])).decode() if more else None
        return _answer({"items": items, "next": following})

    async def create(self, request: Request) -> Response:
        caller, workspace = self._caller(request), UUID(request.path_params["workspace_id"])
        project, body = UUID(request.path_params["project_id"]), from_json(await request.body())
        title, description = body["title"], body.get("description", "")
        task, now = uuid7(), datetime.now(UTC)
        async with self._pool.acquire() as connection, connection.transaction():
            await self._require_role(connection, workspace, caller, MAY_WRITE)
            taken = await connection.fetchrow(TAKE_NUMBER, workspace, project)
            if taken is None or taken["archived_at"] is not None:
                raise HTTPException(404)
            number = taken["last_number"]
            row = await connection.fetchrow(
                INSERT,
                task,
                workspace,
                project,
                f"{taken['key']}-{number}",
                number,
                title,
                description,
                fold(f"{title}\n{description}"),
                from_json(taken["workflow"])["statuses"][0]["slug"],
                initial_rank(number),
                caller,
                now,
            )
            view = _view(row)
            facts = {name: view[name] for name in CREATED_FACTS}
            await self._append(connection, view, "tasks.task_created", {**facts, "task_id": task}, caller)
        return _answer(view, 201)

    async def edit(self, request: Request) -> Response:
        caller, workspace = self._caller(request), UUID(request.path_params["workspace_id"])
        task, title = UUID(request.path_params["task_id"]), from_json(await request.body())["title"]
        async with self._pool.acquire() as connection, connection.transaction():
            await self._require_role(connection, workspace, caller, MAY_WRITE)
            before = await connection.fetchrow(LOCK, workspace, task)
            if before is None:
                raise HTTPException(404)
            words = fold(f"{title}\n{before['description']}")
            row = await connection.fetchrow(RETITLE, task, title, words, datetime.now(UTC), before["version"])
            view = _view(row)
            facts = {"workspace_id": workspace, "task_id": task, "title": title}
            await self._append(connection, view, "tasks.task_retitled", facts, caller)
        return _answer(view)

    def _caller(self, request: Request) -> UUID:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise HTTPException(401)
        try:
            return self._tokens.user_of(token)
        except jwt.PyJWTError:
            raise HTTPException(401) from None

    @staticmethod
    async def _require_role(connection: Any, workspace: UUID, caller: UUID, roles: set[str] | None = None) -> None:
        role = await connection.fetchval(ROLE, workspace, caller)
        if role is None:
            raise HTTPException(404)
        if roles is not None and role not in roles:
            raise HTTPException(403)

    @staticmethod
    async def _append(
        connection: Any, view: Mapping[str, Any], kind: str, facts: Mapping[str, Any], caller: UUID
    ) -> None:
        await connection.execute(
            APPEND,
            uuid7(),
            f"task-{view['id']}",
            view["version"],
            kind,
            to_json(facts).decode(),
            to_json({"caller": caller}).decode(),
            view["updated_at"],
        )


CREATED_FACTS = (
    "workspace_id", "project_id", "key", "title", "description", "status", "assignee_id", "labels", "priority",
    "due_on", "rank", "created_by", "origin",
)  # fmt: skip


def _view(row: asyncpg.Record) -> dict[str, Any]:
    view = dict(row)
    view["priority"] = PRIORITIES[view["priority"]]
    if view["origin"] is not None:
        view["origin"] = from_json(view["origin"])
    return view


def _answer(content: object, status: int = 200) -> Response:
    return Response(to_json(content), status, media_type="application/json")


@asynccontextmanager
async def application(place: Place) -> AsyncIterator[ASGIApp]:
    """Give the application while its pool is open."""
    pool: asyncpg.Pool[asyncpg.Record] = await asyncpg.create_pool(
        place.dsn, min_size=place.pool_size, max_size=place.pool_size, server_settings={"jit": "off"}
    )
    tasks = Tasks(pool, Tokens(place))
    routes = [
        Route(f"{PREFIX}/tasks", tasks.list, methods=["GET"]),
        Route(f"{PREFIX}/tasks/{{task_id}}", tasks.get, methods=["GET"]),
        Route(f"{PREFIX}/tasks/{{task_id}}", tasks.edit, methods=["PATCH"]),
        Route(f"{PREFIX}/projects/{{project_id}}/tasks", tasks.create, methods=["POST"]),
    ]
    try:
        yield Starlette(routes=routes)
    finally:
        await pool.close()
