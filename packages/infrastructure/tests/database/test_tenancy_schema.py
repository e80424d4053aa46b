"""Every table that names a workspace is behind the second wall, or says why not; the wall goes up and down."""

import pytest
from sqlalchemy import text

from colonnade.infrastructure.database import Database
from colonnade.infrastructure.database.schema import Schema
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.database.tenancy import every_tenant, gated
from colonnade.infrastructure.migrations import HISTORY
from colonnade.infrastructure.tenant_tables import OUTSIDE, TENANT_TABLES
from colonnade.infrastructure.work import TABLES

_NAMES = {"workspace_id", "tenant", "chain", "stream"}
_BEHIND = text(
    """
    SELECT relname FROM pg_class JOIN pg_policy ON polrelid = pg_class.oid
    WHERE relrowsecurity AND relforcerowsecurity AND polname = 'tenant' AND polcmd = '*' AND polwithcheck IS NOT NULL
    """
)


def test_every_table_that_names_a_workspace_is_listed() -> None:
    """Who adds a table decides on which side of the wall it is."""
    naming = {name for name, table in TABLES.tables.items() if _NAMES & set(table.c.keys())}
    assert naming <= set(TENANT_TABLES) | set(OUTSIDE)
    assert not set(TENANT_TABLES) & set(OUTSIDE)
    assert set(OUTSIDE) <= naming
    for table, column in TENANT_TABLES.items():
        assert column in TABLES.tables[table].c


def test_what_belongs_to_a_row_behind_the_wall_is_behind_it() -> None:
    """A table whose rows go with a tenant's rows is listed, even if it names no workspace."""
    children = {
        table.name
        for table in TABLES.tables.values()
        for key in table.foreign_keys
        if key.ondelete == "CASCADE" and key.column.table.name in TENANT_TABLES
    }
    assert children <= set(TENANT_TABLES) | set(OUTSIDE)


async def test_a_gate_changes_nothing_on_sqlite(database: Database) -> None:
    """Where there is no wall, a statement for all tenants is a statement like any other."""
    statement = every_tenant(TABLES.tables["tasks"].select())
    assert not await database.fetch(statement)
    assert gated(statement, ()) is gated(statement, ())


@pytest.mark.integration
async def test_the_wall_goes_up_and_down(postgres: Database) -> None:
    """The history puts exactly the listed tables behind the wall, takes them out again, and puts them back."""
    schema = Schema(postgres, HISTORY, metadata)

    async def behind() -> set[str]:
        return {row.relname for row in await postgres.fetch(_BEHIND)}

    assert await behind() == set(TENANT_TABLES)
    await schema.downgrade("0008")
    assert await behind() == set()
    await schema.upgrade()
    assert await behind() == set(TENANT_TABLES)
