"""Devices that ask to be signed in: their table, and where they are kept."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, Column, Text, bindparam, delete, false, or_, select, update
from sqlmodel import Field

from colonnade.application.identity.device_flow import DeviceRequestView, LookAtDevice, device_view, digest_of_code
from colonnade.application.identity.ports import IdentitySettings
from colonnade.application.messaging import Handlers
from colonnade.core import Clock, UserId
from colonnade.domain.identity import Device
from colonnade.domain.identity.device_grant import DeviceGrant, DeviceGrantId, NoSuchCode
from colonnade.infrastructure.database import AggregateTable, Database, SqlRepository, SqlUnitOfWork
from colonnade.infrastructure.database.aggregates import Values
from colonnade.infrastructure.database.prepared import Prepared
from colonnade.infrastructure.database.tables import Row, table_of
from colonnade.infrastructure.database.types import UtcDateTime

handlers = Handlers()


class DeviceGrantRow(Row, table=True):
    """A device that asks; `polled_at` is no part of the aggregate."""

    __tablename__ = "device_grants"

    id: UUID = Field(primary_key=True)
    version: int
    device_digest: str = Field(sa_column=Column(Text, nullable=False))
    user_digest: str = Field(sa_column=Column(Text, nullable=False, index=True))
    device: str = Field(sa_column=Column(Text, nullable=False))
    address: str | None = Field(sa_column=Column(Text))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    expires_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False, index=True))
    decided_by: UUID | None = Field(default=None, foreign_key="users.id", ondelete="CASCADE")
    approved: bool = Field(sa_column=Column(Boolean, nullable=False, server_default=false()))
    redeemed_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    polled_at: datetime | None = Field(sa_column=Column(UtcDateTime))


_table = table_of(DeviceGrantRow)
_POLLED = Prepared(
    update(_table)
    .where(
        _table.c.id == bindparam("of_id"),
        or_(_table.c.polled_at.is_(None), _table.c.polled_at <= bindparam("before", type_=UtcDateTime)),
    )
    .values(polled_at=bindparam("now", type_=UtcDateTime))
)
_SHOWING = (
    select(_table)
    .where(
        _table.c.user_digest == bindparam("digest"),
        _table.c.decided_by.is_(None),
        _table.c.expires_at > bindparam("now", type_=UtcDateTime),
    )
    .limit(2)
)
_KNOWN = select(_table.c.id).where(_table.c.id == bindparam("of_id"))
_EXPIRED = delete(_table).where(_table.c.expires_at < bindparam("before", type_=UtcDateTime))


def _to_domain(row: Any, parts: Sequence[Any]) -> DeviceGrant:  # a row of the device_grants table
    return DeviceGrant(
        id=DeviceGrantId(row.id),
        version=row.version,
        device_digest=row.device_digest,
        user_digest=row.user_digest,
        device=Device(row.device, row.address),
        created_at=row.created_at,
        expires_at=row.expires_at,
        decided_by=None if row.decided_by is None else UserId(row.decided_by),
        approved=row.approved,
        redeemed_at=row.redeemed_at,
    )


def _to_row(grant: DeviceGrant) -> Values:
    return {
        "id": grant.id,
        "version": grant.version,
        "device_digest": grant.device_digest,
        "user_digest": grant.user_digest,
        "device": grant.device.name,
        "address": grant.device.address,
        "created_at": grant.created_at,
        "expires_at": grant.expires_at,
        "decided_by": grant.decided_by,
        "approved": grant.approved,
        "redeemed_at": grant.redeemed_at,
    }


DEVICE_GRANTS = AggregateTable[DeviceGrant](_table, _to_domain, _to_row, missing="there is no such device")


@handlers.handles(LookAtDevice)
async def look_at_device(
    query: LookAtDevice, database: Database, settings: IdentitySettings, clock: Clock
) -> DeviceRequestView:
    """Show which device shows a code."""
    rows = await database.fetch(_SHOWING, {"digest": digest_of_code(query.user_code), "now": clock.now()})
    if len(rows) != 1:
        raise NoSuchCode("no device shows this code, or not any more", field="user_code")
    return device_view(rows[0].device, rows[0].address, rows[0].created_at, settings)


class SqlDeviceGrantRepository(SqlRepository[DeviceGrant, DeviceGrantId]):
    """All devices that asked."""

    def __init__(self, unit_of_work: SqlUnitOfWork) -> None:
        super().__init__(unit_of_work, DEVICE_GRANTS)


class SqlDevicePolls:
    """Knows when devices asked last, and forgets those whose codes are too old."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def in_time(self, grant_id: DeviceGrantId, interval: timedelta) -> bool:
        """Note at once that a device asks, and tell whether it waited as long as it should; an unknown one has."""
        now = self._clock.now()
        if await self._database.touch(_POLLED, {"of_id": grant_id, "now": now, "before": now - interval}) == 1:
            return True
        return not await self._database.fetch(_KNOWN, {"of_id": grant_id})

    async def expire(self, before: datetime) -> None:
        """Forget the devices whose codes were good until before a moment."""
        await self._database.write(_EXPIRED, {"before": before})
