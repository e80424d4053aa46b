"""PostgreSQL's driver, with transactions that say whose rows they see in the message that begins them."""

from typing import Any

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "postgres", "asyncpg")

from asyncpg import Connection  # type: ignore[import-untyped]

from colonnade.infrastructure.database.tenancy import Tenant, setting


class TenantConnection(Connection):  # type: ignore[misc]  # the driver says nothing of its types
    """A connection whose next transaction is a tenant's.

    Attributes:
        tenant: Whose rows the next transaction sees; nobody's if not said.
    """

    __slots__ = ("tenant",)

    def __init__(self, *arguments: Any, **options: Any) -> None:  # the driver's own
        super().__init__(*arguments, **options)
        self.tenant: Tenant | None = None

    async def execute(self, query: str, *arguments: Any, timeout: float | None = None) -> str:  # noqa: ASYNC109 - the driver's own signature, of any type
        """Execute a query; to one that begins a transaction, add whose it is, which costs no message of its own."""
        if self.tenant is not None and query.startswith("BEGIN"):
            query, self.tenant = f"{query} {setting(self.tenant)}", None
        status: str = await super().execute(query, *arguments, timeout=timeout)
        return status
