"""Running schedules: each turn becomes one job, whichever process notices first that it is due."""

import asyncio
import logging
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "jobs", "cronsim")

from cronsim import CronSim, CronSimError
from sqlalchemy import Connection, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.application.jobs import JobId, Schedule
from colonnade.application.messaging import Context
from colonnade.core import Clock, ColonnadeError, Invalid, new_id
from colonnade.infrastructure.database.engine import Database
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.jobs.scheduler import JOBS, insert_job, job_row
from colonnade.infrastructure.jobs.tables import job_schedules

_log = logging.getLogger("colonnade.jobs")

_FIELDS_WITH_SECONDS = 6
_LAST_SECOND = 59

_table = job_schedules.c
_ALL = select(_table.name, _table.cron, _table.timezone, _table.next_at, _table.last_at)
_TURN = (
    update(job_schedules)
    .where(_table.name == bindparam("of_name"), _table.next_at == bindparam("seen", type_=UtcDateTime))
    .values(next_at=bindparam("new_next_at", type_=UtcDateTime), last_at=bindparam("new_last_at", type_=UtcDateTime))
)
_PUT_BACK = (
    update(job_schedules)
    .where(_table.name == bindparam("of_name"), _table.next_at == bindparam("seen", type_=UtcDateTime))
    .values(next_at=bindparam("new_next_at", type_=UtcDateTime))
)


def next_turn(schedule: Schedule, after: datetime) -> datetime:
    """Return when a schedule has its next turn after a moment, UTC.

    Raises:
        Invalid: The cron expression or the time zone is not one.
    """
    try:
        turns = _turns(schedule.cron.split(), after.astimezone(UTC), ZoneInfo(schedule.timezone))
        return next(turn for turn in turns if turn > after)
    except (CronSimError, ZoneInfoNotFoundError, ValueError, OSError, StopIteration) as error:
        raise Invalid(f"{schedule.name}: '{schedule.cron}' in '{schedule.timezone}' has no turns: {error}") from error


def _turns(fields: list[str], after: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Return the turns from about a moment on, UTC.

    Of six fields, the second is added to the turns of the other five, with which cronsim makes up for summer time. In
    an hour that is there twice, cronsim begins with the first time, which may be over.
    """
    second = timedelta()
    if len(fields) == _FIELDS_WITH_SECONDS and fields[0].isdecimal() and int(fields[0]) <= _LAST_SECOND:
        second, fields = timedelta(seconds=int(fields[0])), fields[1:]
    turns = CronSim(" ".join(fields), (after - second).astimezone(zone))
    return (turn.astimezone(UTC) + second for turn in turns)


class ScheduleRunner:
    """Turns schedules into jobs."""

    def __init__(
        self,
        database: Database,
        schedules: Iterable[Schedule],
        clock: Clock,
        wakeups: Wakeups,
        *,
        poll_seconds: float = 1.0,
    ) -> None:
        """Check the schedules.

        Raises:
            Invalid: A cron expression or a time zone is not one, or two schedules have the same name.
        """
        self._database = database
        self._schedules: dict[str, Schedule] = {}
        for schedule in schedules:
            if schedule.name in self._schedules:
                raise Invalid(f"two schedules are called {schedule.name}: give one of them another name")
            self._schedules[schedule.name] = schedule
        self._clock = clock
        self._wakeups = wakeups
        self._poll_seconds = poll_seconds
        for schedule in self._schedules.values():
            next_turn(schedule, clock.now())
        kind = postgresql if database.is_postgresql else sqlite
        fresh = kind.insert(job_schedules)
        self._register = fresh.on_conflict_do_update(
            index_elements=["name"],
            set_={name: fresh.excluded[name] for name in ("cron", "timezone", "next_at")},
            where=(_table.cron != fresh.excluded.cron) | (_table.timezone != fresh.excluded.timezone),
        )
        self._insert = insert_job(database)

    async def run(self) -> None:
        """Send what is due for as long as the process lives."""
        registered = False
        while self._schedules:
            try:
                if not registered:
                    await self.register()
                    registered = True
                await self.send_due()
            except ColonnadeError as error:
                _log.info("schedules wait: %s", error.message)
            except Exception:  # noqa: BLE001 - whatever it is, the answer is to try again
                _log.exception("schedules wait")
            await asyncio.sleep(self._poll_seconds)

    async def stop(self) -> None:
        """Nothing is held."""

    async def register(self) -> None:
        """Keep when each schedule has its next turn; one that changed begins anew."""
        now = self._clock.now()
        for schedule in self._schedules.values():
            await self._database.write(
                self._register,
                {
                    "name": schedule.name,
                    "cron": schedule.cron,
                    "timezone": schedule.timezone,
                    "next_at": next_turn(schedule, now),
                    "last_at": None,
                },
            )

    async def send_due(self) -> int:
        """Make a job of every turn that is due; return how many this process made."""
        now = self._clock.now()
        rows = [row for row in await self._database.fetch(_ALL) if self._is_known(row)]
        made = [
            await self._send_or_log(self._schedules[row.name], row.next_at, now) for row in rows if row.next_at <= now
        ]
        for row in rows:
            await self._put_back(row, now)
        if any(made):
            self._wakeups.tell({JOBS})
        return sum(made)

    def _is_known(self, row: Any) -> bool:  # a row of the table
        """Tell whether this process knows a schedule as it is now, rather than as it was or will be."""
        known = self._schedules.get(row.name)
        return known is not None and (known.cron, known.timezone) == (row.cron, row.timezone)

    async def _put_back(self, row: Any, now: datetime) -> None:  # a row of the table
        """Take an earlier next turn after the clock was put back: none is left out until it has caught up."""
        expected = next_turn(self._schedules[row.name], max(now, row.last_at or now))
        if expected < row.next_at:
            turn = {"of_name": row.name, "seen": row.next_at, "new_next_at": expected}
            await self._database.write(_PUT_BACK, turn)

    async def _send_or_log(self, schedule: Schedule, due: datetime, now: datetime) -> bool:
        """Send a turn; a schedule whose message cannot be made does not keep the others from theirs."""
        try:
            return await self._send(schedule, due, now)
        except ColonnadeError:
            raise
        except Exception:  # noqa: BLE001 - made by the application
            _log.exception("schedule %s has a turn and no message", schedule.name)
            return False

    async def _send(self, schedule: Schedule, due: datetime, now: datetime) -> bool:
        turn = {
            "of_name": schedule.name,
            "seen": due,
            "new_next_at": next_turn(schedule, now),
            "new_last_at": due,
        }
        context = Context(causation_id=f"schedule {schedule.name}", by_service=True)
        row: dict[str, Any] = job_row(  # values of the columns
            schedule.make(), context, job_id=new_id(JobId), now=now, unique=f"schedule {schedule.name}"
        )

        def send(connection: Connection) -> bool:
            if connection.execute(_TURN, turn).rowcount != 1:
                return False
            connection.execute(self._insert, row)
            return True

        return await self._database.transact(send)
