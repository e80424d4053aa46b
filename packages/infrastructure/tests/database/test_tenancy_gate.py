"""PostgreSQL passes the gate of a statement before it looks at a row, whatever the statement is made of."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    literal,
    select,
    text,
    union,
    union_all,
    update,
)
from sqlalchemy.schema import CreateIndex, CreateTable

from colonnade.infrastructure.database import Database, DatabaseSettings
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.tenancy import belongs, put_up
from colonnade.testing.databases import PostgresTemplate

pytestmark = pytest.mark.integration

_metadata = MetaData()
_jars = Table(
    "jars",
    _metadata,
    Column("id", BigInteger, primary_key=True),
    Column("workspace_id", Uuid, nullable=False),
    Column("kind", Text, nullable=False),
    Column("beans", Integer, nullable=False),
    Index("ix_jars_workspace_id_beans", "workspace_id", "beans", "id"),
)
_lids = Table("lids", _metadata, Column("jar", BigInteger, primary_key=True), Column("workspace_id", Uuid))
_OURS, _THEIRS = UUID(int=1), UUID(int=2)
_WHERE = {"workspace_id": _OURS}
_ROWS, _REPEATS = 400, 8

_j, _l = _jars.c, _lids.c
_mine = _j.workspace_id == bindparam("workspace_id")
_lids_of_mine = select(_l.jar).where(_l.workspace_id == bindparam("workspace_id"))
_per_kind = select(_j.kind, func.sum(_j.beans).label("beans")).where(_mine).group_by(_j.kind)
_counted = select(_j.id, func.row_number().over(order_by=_j.beans).label("place")).where(_mine).subquery()
_some = select(_j.id, _j.kind, _j.beans).where(_mine)
_cte = _some.cte("some")
_both = union_all(_some.where(_j.beans < 5), _some.where(_j.beans > 395)).subquery()
_apart = union(select(_j.kind).where(_mine), select(literal("none"))).subquery()

SHAPES = {
    "by key": _some.where(_j.id == 7),
    "in an index's order": _some.order_by(_j.beans, _j.id).limit(20),
    "backwards": _some.order_by(_j.beans.desc(), _j.id.desc()).limit(20),
    "sorted": _some.order_by(_j.kind, _j.id).limit(20),
    "counted": select(func.count()).select_from(_jars).where(_mine),
    "smallest and largest": select(func.min(_j.beans), func.max(_j.beans)).where(_mine),
    "grouped": _per_kind.having(func.count() > 1).order_by(_j.kind),
    "joined": _some.join(_lids, _l.jar == _j.id).order_by(_j.id),
    "joined on one side": _some.add_columns(_l.jar).outerjoin(_lids, _l.jar == _j.id).order_by(_j.id),
    "a window": select(_counted).where(_counted.c.place < 9).order_by(_counted.c.place),
    "a common table": select(func.count()).select_from(_cte).where(_cte.c.beans > 3),
    "a common table twice": select(func.count()).select_from(_cte.join(_cte.alias("other"), literal(1) == 1)),
    "a union all": select(_both).order_by(_both.c.id),
    "a union": select(_apart).order_by(_apart.c.kind),
    "in a subquery": _some.where(_j.id.in_(_lids_of_mine)).order_by(_j.id),
    "not in a subquery": select(func.count()).where(_mine, _j.id.not_in(_lids_of_mine)),
    "there is one like it": _some.where(exists().where(_l.jar == _j.id)).order_by(_j.id),
    "there is any": _some.where(exists(_lids_of_mine)).order_by(_j.id),
    "a value": _some.where(_j.id == select(func.max(_l.jar)).scalar_subquery()),
    "shown": select(select(func.max(_l.jar)).scalar_subquery().label("last"), exists(_lids_of_mine).label("any")).where(
        bindparam("workspace_id", type_=Uuid).is_not(None)
    ),
    "a condition": select(func.count()).where(and_(_mine, case((_j.beans > 9, _j.kind == "even"), else_=True))),
}


@pytest.fixture(scope="module")
async def jars(postgres_template: PostgresTemplate) -> AsyncIterator[tuple[Database, Database]]:
    """Tables of two tenants, as their owner sees them and as who serves does."""
    async with postgres_template.copy() as url:
        owner, role = Database(DatabaseSettings(url)), f"served_{uuid4().hex}"
        for table in (_jars, _lids):
            await owner.write(CreateTable(table))
            for statement in put_up(table.name, belongs("workspace_id")):
                await owner.write(text(statement))
        for index in _jars.indexes:
            await owner.write(CreateIndex(index))
        for tenant in (_OURS, _THEIRS):
            first = tenant.int * 10_000 if tenant == _THEIRS else 0
            jar = {"workspace_id": tenant, "kind": "even"}
            rows = [{**jar, "id": first + i, "kind": "odd" if i % 2 else "even", "beans": i} for i in range(_ROWS)]
            await owner.transact(lambda it, rows=rows: it.execute(_jars.insert(), rows))
            lids = [{"jar": first + i, "workspace_id": tenant} for i in range(0, _ROWS, 3)]
            await owner.transact(lambda it, lids=lids: it.execute(_lids.insert(), lids))
        await owner.write(text(f"CREATE ROLE {role} LOGIN PASSWORD 'served' NOSUPERUSER NOBYPASSRLS"))
        await owner.write(text(f"GRANT SELECT, UPDATE, DELETE ON jars, lids TO {role}"))
        await owner.write(text("ANALYZE"))
        served_url = owner.engine.url.set(username=role, password="served").render_as_string(hide_password=False)
        served = Database(DatabaseSettings(served_url, pool_size=1))
        yield owner, served
        await served.dispose()
        await owner.write(text(f"DROP OWNED BY {role}"))
        await owner.write(text(f"DROP ROLE {role}"))
        await owner.dispose()


@pytest.mark.parametrize("shape", SHAPES)
async def test_what_is_seen_through_the_gate_is_what_is_there(jars: tuple[Database, Database], shape: str) -> None:
    """The owner past the wall, with the others' rows gone, and who serves get the same, with plans of either kind."""
    owner, served = jars
    statement: Any = SHAPES[shape]
    prepared = Prepared(statement)

    def alone(connection: Any) -> Any:
        connection.execute(delete(_jars).where(_j.workspace_id == _THEIRS))
        connection.execute(delete(_lids).where(_l.workspace_id == _THEIRS))
        rows = connection.execute(statement, _WHERE).all()
        connection.rollback()
        return rows

    there = await owner.transact(alone)
    assert there
    for _ in range(_REPEATS):
        assert await served.fetch(statement, _WHERE) == there
        assert [tuple(row) for row in await served.read(prepared, _WHERE)] == there


async def test_what_is_written_through_the_gate_is_the_tenants(jars: tuple[Database, Database]) -> None:
    """Updates and deletions that name a tenant touch its rows, with or without a condition on it."""
    served = jars[1]
    more = update(_jars).values(beans=_j.beans + 1).where(_j.id == bindparam("of_id"))
    for _ in range(_REPEATS):
        assert await served.touch(Prepared(more.where(_j.workspace_id == bindparam("of_tenant"))), _one(7, _OURS)) == 1
        assert not await served.write(more.returning(_j.id), _one(7, _THEIRS))
        assert await served.write(more.returning(_j.id), _one(20_007, _THEIRS)) == [(20_007,)]
        assert not await served.write(delete(_jars).returning(_j.id), {})


async def test_the_wall_leaves_the_planner_its_indexes(jars: tuple[Database, Database]) -> None:
    """The gate stands above the scan, and the tenant's own condition still finds the index."""
    served = jars[1]
    statement = SHAPES["in an index's order"]
    sql, arguments = Prepared(statement).arguments(served.engine.dialect, {**_WHERE})
    assert "$2" in sql
    told = sql.replace("$1::UUID", f"'{arguments[0]}'::UUID").replace("$2::INTEGER", "20")
    rows = await served.fetch(text(f"EXPLAIN {told}".replace("::", r"\:\:")))
    plan = "\n".join(row[0] for row in rows)
    assert plan.index("One-Time Filter") < plan.index("Index")
    assert "ix_jars_workspace_id_beans" in plan


def _one(jar: int, tenant: UUID) -> dict[str, Any]:
    return {"of_id": jar, "of_tenant": tenant}
