"""How a job ends: its row, and the row of what follows it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, and_, bindparam, update

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Delivery
from colonnade.core import new_id
from colonnade.infrastructure.database.types import JsonModel, UtcDateTime
from colonnade.infrastructure.jobs.tables import RUNNING, WAITING, in_state, jobs

_table = jobs.c

IS_OWNED = and_(
    _table.id == bindparam("of_id", type_=Uuid),
    in_state(RUNNING),
    _table.attempts == bindparam("of_attempt"),
    _table.worker_id == bindparam("of_worker", type_=Uuid),
)
"""Whether a job is still this attempt's."""

END = (
    update(jobs)
    .where(IS_OWNED)
    .values(
        state=bindparam("new_state", type_=Text),
        finished_at=bindparam("now", type_=UtcDateTime),
        keep_until=bindparam("new_keep_until", type_=UtcDateTime),
        error_code=bindparam("new_error_code", type_=Text),
        error=bindparam("new_error", type_=Text),
        result=bindparam("new_result", type_=JsonModel(Any)),
    )
)
"""Ends a job if it is still this attempt's."""


def job_ending(
    delivery: Delivery,
    state: str,
    now: datetime,
    *,
    code: str | None = None,
    error: str | None = None,
    result: object = None,
) -> dict[str, Any]:
    """Return the parameters of `END`."""
    return {
        "of_id": delivery.job_id,
        "of_attempt": delivery.attempt,
        "of_worker": delivery.worker_id,
        "new_state": state,
        "now": now,
        "new_keep_until": now + timedelta(seconds=delivery.keep_seconds),
        "new_error_code": code,
        "new_error": error,
        "new_result": result,
    }


def follow_up_row(
    job_id: UUID, follow_up: Mapping[str, Any] | None, context: Mapping[str, str], now: datetime
) -> dict[str, Any] | None:
    """Return the row of what is to be sent when a job has ended, if anything is."""
    if follow_up is None:
        return None
    return {
        "id": new_id(JobId),
        "name": follow_up["name"],
        "message": follow_up["message"],
        "context": {**context, "causation_id": str(job_id)},
        "queue": follow_up["queue"],
        "priority": follow_up["priority"],
        "unique_key": None,
        "state": WAITING,
        "due_at": now,
        "attempts": 0,
        "failures": 0,
        "created_at": now,
        "follow_up": None,
    }
