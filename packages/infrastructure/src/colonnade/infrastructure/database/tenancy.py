"""The second wall: whose rows a statement may see, told to PostgreSQL itself (row-level security).

Policies compare each row's tenant with the setting `colonnade.tenant`. Nothing is set, nothing is seen. A transaction
sets it as it begins; a statement that is a transaction by itself carries a gate: a condition of no row, which
PostgreSQL evaluates once and before it looks at any (a one-time filter). Either lasts as long as the transaction.
"""

from collections.abc import Collection
from typing import Any, Final, Literal, TypeVar
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import (
    ColumnElement,
    Delete,
    Executable,
    Select,
    Text,
    Update,
    Uuid,
    bindparam,
    cast,
    func,
    select,
    true,
)
from sqlalchemy import text as sql

EVERY_TENANT: Final = "*"
"""Stands for all tenants: what the service does for itself, and what is somebody's own in all their workspaces."""

Tenant = UUID | Literal["*"]
"""Whose rows are seen and written."""

PARAMETERS: Final = ("of_tenant", "workspace_id")
"""Names of the parameter that says whose rows a statement is about; the second one is a column's when updating."""

_OPTION = "every_tenant"
_SETTING = "colonnade.tenant"
_SEES = f"current_setting('{_SETTING}', true)"

Gateable = TypeVar("Gateable", Select[Any], Update, Delete)  # rows of any type

_gated = WeakKeyDictionary[Executable, dict[str, Executable]]()


def every_tenant(statement: Gateable) -> Gateable:
    """Let a statement that is a transaction by itself see the rows of all tenants: for the service's own work."""
    return statement.execution_options(**{_OPTION: True})


def gated(statement: Executable, parameters: Collection[str]) -> Executable:
    """Return a statement that says whose rows it may see; the same one if it does not know.

    Args:
        statement: What is to be executed; one that cannot have a condition stays as it is.
        parameters: The names of its parameters.
    """
    if statement.get_execution_options().get(_OPTION):
        name = EVERY_TENANT
    else:
        names = PARAMETERS[:1] if isinstance(statement, Update) else PARAMETERS
        name = next((known for known in names if known in parameters), "")
    if not name or not isinstance(statement, Select | Update | Delete):
        return statement
    gates = _gated.setdefault(statement, {})
    found = gates.get(name)
    if found is None:
        found = gates[name] = _behind(statement, _gate(name))
    return found


def setting(tenant: Tenant) -> str:
    """Return the SQL that lets the transaction it is executed in see a tenant's rows."""
    value = EVERY_TENANT if tenant == EVERY_TENANT else UUID(int=tenant.int)
    return f"SET LOCAL {_SETTING} = '{value}';"


def belongs(column: str) -> str:
    """Return the condition of a table whose rows say by a column whose they are.

    Its subqueries are evaluated once for each statement, and its form leaves the planner's estimates alone.
    """
    tenant = f"(SELECT CAST(NULLIF(NULLIF({_SEES}, ''), '{EVERY_TENANT}') AS uuid))"
    return f"CASE WHEN (SELECT {_SEES}) = '{EVERY_TENANT}' THEN true ELSE {column} = {tenant} END"


def belongs_to_parent(table: str, column: str, parent: str) -> str:
    """Return the condition of a table whose rows belong to whom their parents' rows, behind the wall too, belong."""
    return f"EXISTS (SELECT 1 FROM {parent} AS parent WHERE parent.id = {table}.{column})"  # noqa: S608 # nosec B608 # names of ours


def put_up(table: str, condition: str) -> tuple[str, ...]:
    """Return the statements that put a table behind the wall, for its owner as well."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ({condition}) WITH CHECK ({condition})",
    )


def take_down(table: str) -> tuple[str, ...]:
    """Return the statements that undo `put_up`."""
    return (
        f"DROP POLICY tenant ON {table}",
        f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    )


def _gate(name: str) -> ColumnElement[bool]:
    tenant: ColumnElement[Any] = sql(f"'{EVERY_TENANT}'")  # type: ignore[assignment]  # text stands for a value
    if name != EVERY_TENANT:
        tenant = cast(bindparam(name, type_=Uuid), Text)
    return select(func.set_config(sql(f"'{_SETTING}'"), tenant, true())).scalar_subquery().is_not(None)


def _behind(statement: Select[Any] | Update | Delete, gate: ColumnElement[bool]) -> Executable:
    """Put the gate before all other conditions: those of no row are evaluated in their order."""
    behind = statement.where(gate)
    *others, last = behind._where_criteria  # noqa: SLF001 - SQLAlchemy itself can only append
    behind._where_criteria = (last, *others)  # noqa: SLF001
    return behind
