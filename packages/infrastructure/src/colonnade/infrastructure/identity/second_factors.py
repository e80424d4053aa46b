"""Second factors: where they are kept, what is shown of them, and which ways of proof somebody has in all."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from colonnade.application.identity.second_factor import SecondFactorView, ShowSecondFactor
from colonnade.application.messaging import Caller, Handlers
from colonnade.core import UserId
from colonnade.domain.identity.second_factor import SecondFactor
from colonnade.infrastructure.database import AggregateTable, Database, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.second_factor_rows import SecondFactorRow

handlers = Handlers()

_factors = table_of(SecondFactorRow).c
_ON = select(_factors.confirmed_at, _factors.recovery_hashes).where(
    _factors.id == bindparam("user_id"), _factors.confirmed_at.is_not(None)
)


def second_factor_to_domain(row: Any, parts: Sequence[Any]) -> SecondFactor:  # a row of the second_factors table
    """Rebuild a second factor."""
    return SecondFactor(
        id=UserId(row.id),
        version=row.version,
        sealed_secret=row.sealed_secret,
        confirmed_at=row.confirmed_at,
        last_step=row.last_step,
        recovery_hashes=row.recovery_hashes,
    )


def second_factor_to_row(factor: SecondFactor) -> Values:
    """Return the row of a second factor."""
    return {
        "id": factor.id,
        "version": factor.version,
        "sealed_secret": factor.sealed_secret,
        "confirmed_at": factor.confirmed_at,
        "last_step": factor.last_step,
        "recovery_hashes": factor.recovery_hashes,
    }


SECOND_FACTORS = AggregateTable[SecondFactor](
    table_of(SecondFactorRow), second_factor_to_domain, second_factor_to_row, missing="there is no second factor"
)


class SqlSecondFactorRepository(SqlRepository[SecondFactor, UserId]):
    """The second factors of everybody who ever set one up."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, SECOND_FACTORS)


class SqlSecondFactors:
    """Knows who is asked for a code: `totp`, and `recovery` as long as there are recovery codes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, user_id: UserId) -> frozenset[str]:
        """Return the ways that somebody has set up."""
        rows = await self._database.fetch(_ON, {"user_id": user_id})
        if not rows:
            return frozenset()
        return frozenset({"totp", "recovery"} if rows[0].recovery_hashes else {"totp"})


@handlers.handles(ShowSecondFactor)
async def show_second_factor(query: ShowSecondFactor, caller: Caller, database: Database) -> SecondFactorView:
    """Show the caller's second factor."""
    rows = await database.fetch(_ON, {"user_id": caller.user_id})
    if not rows:
        return SecondFactorView(is_on=False)
    return SecondFactorView(is_on=True, since=rows[0].confirmed_at, recovery_codes_left=len(rows[0].recovery_hashes))
