"""Turns at signing in, counted in the database for all processes, and the rules by which they are given.

An attempt takes a turn at its network and one at the account, before anything is checked. Who guesses at an account
from elsewhere can make its owner wait at networks that are new to the account, and there only: where the owner has
signed in before, the pair of account and network is counted by itself.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import bindparam, case, delete, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from colonnade.core import Clock, UserId
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.types import UtcDateTime
from colonnade.infrastructure.identity.throttle_rows import sign_in_throttle
from colonnade.security.throttling import GrowingDelay, network_of, too_early

_turns = sign_in_throttle.c
_now = bindparam("now", type_=UtcDateTime)
_of_key = _turns.key == bindparam("of_key")
_BLOCKED = select(_turns.blocked_until).where(_of_key)
_KNOWN = select(_turns.key).where(_of_key, _turns.known_until > _now)
_FORGET = update(sign_in_throttle).where(_of_key).values(failures=0, blocked_until=_now)
_GIVE_BACK = (
    update(sign_in_throttle)
    .where(_of_key)
    .values(failures=case((_turns.failures > 0, _turns.failures - 1), else_=0), blocked_until=_now)
)
_EXPIRE = delete(sign_in_throttle).where(
    _turns.last_failed_at < bindparam("before", type_=UtcDateTime),
    or_(_turns.known_until.is_(None), _turns.known_until < _now),
)


class ThrottleSettings(NamedTuple):
    """How guessing is slowed down.

    Attributes:
        account: Waits of an account.
        network: Waits of a network, behind which many people may be.
        known_seconds: How long a network stays known to an account after a sign-in.
    """

    account: GrowingDelay = GrowingDelay()
    network: GrowingDelay = GrowingDelay(free=50)
    known_seconds: float = 7_776_000


class SqlTurns:
    """Counts failures in the database; each turn is one statement, so no two take the same."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._statements: dict[GrowingDelay, Any] = {}  # statements of either engine

    async def take(self, key: str, delay: GrowingDelay) -> None:
        """Take a turn, counted as a failure for the time being.

        Raises:
            LimitExceeded: Its time has not come.
        """
        now = self._clock.now()
        waits = {f"after_{failures}": now + timedelta(seconds=wait) for failures, wait in delay.steps()}
        row = {
            "key": key,
            "failures": 1,
            "last_failed_at": now,
            "blocked_until": now + timedelta(seconds=delay.seconds(1)),
        }
        forgotten = now - timedelta(seconds=delay.forget_seconds)
        if await self._database.write(self._take(delay), {**row, **waits, "now": now, "forgotten": forgotten}):
            return
        until = await self.blocked_until(key)
        if until is None:
            await self.take(key, delay)
        else:
            raise too_early(until, now)

    async def blocked_until(self, key: str) -> datetime | None:
        """Return until when no turn is to be had, if that is later than now."""
        rows = await self._database.fetch(_BLOCKED, {"of_key": key})
        return rows[0].blocked_until if rows and rows[0].blocked_until > self._clock.now() else None

    async def is_known(self, key: str) -> bool:
        """Tell whether a key is counted by itself."""
        return bool(await self._database.fetch(_KNOWN, {"of_key": key, "now": self._clock.now()}))

    async def expire(self, before: datetime) -> None:
        """Forget those who have not failed since a moment and are not known."""
        await self._database.write(_EXPIRE, {"before": before, "now": self._clock.now()})

    def _take(self, delay: GrowingDelay) -> Any:  # a statement of either engine
        if delay not in self._statements:
            fresh = self._insert()
            is_forgotten = _turns.last_failed_at <= bindparam("forgotten", type_=UtcDateTime)
            count = case((is_forgotten, 1), else_=_turns.failures + 1)
            waits = [
                (count >= failures, bindparam(f"after_{failures}", type_=UtcDateTime))
                for failures, _ in reversed(delay.steps())
            ]
            self._statements[delay] = fresh.on_conflict_do_update(
                index_elements=["key"],
                set_={"failures": count, "last_failed_at": _now, "blocked_until": case(*waits, else_=_now)},
                where=_turns.blocked_until <= _now,
            ).returning(_turns.failures)
        return self._statements[delay]

    def know(self) -> Any:  # a statement of either engine
        """Return the statement that makes a key known, or keeps it so."""
        fresh = self._insert()
        return fresh.on_conflict_do_update(
            index_elements=["key"],
            set_={"known_until": fresh.excluded.known_until, "failures": 0, "blocked_until": _now},
        )

    def _insert(self) -> Any:  # of either engine
        return (postgresql if self._database.is_postgresql else sqlite).insert(sign_in_throttle)


class SqlSignInThrottle:
    """Gives turns at signing in; successes are noted in the unit of work of the message."""

    def __init__(
        self, turns: SqlTurns, unit_of_work: SqlUnitOfWork, settings: ThrottleSettings, key: bytes, clock: Clock
    ) -> None:
        """Join a unit of work.

        Args:
            turns: Counts.
            unit_of_work: Of the message.
            settings: How long the waits are.
            key: Keys the hashes under which accounts and networks are counted.
            clock: Time.
        """
        self._turns = turns
        self._unit_of_work = unit_of_work
        self._settings = settings
        self._key = key
        self._clock = clock

    async def require_turn(self, account: str, address: str | None) -> None:
        """Take a turn at the network, then at the account; to be called before the unit of work is used.

        Raises:
            LimitExceeded: Its time has not come.
        """
        if address is not None:
            await self._turns.take(self._hash("network", network_of(address)), self._settings.network)
        await self._turns.take(await self._counted(account, address), self._settings.account)

    async def failed(self, account: str, address: str | None) -> datetime | None:
        """Return until when the account is locked, if it is; the failure was counted with the turn."""
        return await self._turns.blocked_until(await self._counted(account, address))

    async def succeeded(self, account: str, address: str | None) -> None:
        """Forget the account's failures, give the network its turn back, and know the two together."""
        now = self._clock.now()
        counted = {"of_key": await self._counted(account, address), "now": now}
        self._unit_of_work.at_commit(_FORGET, counted)
        if address is None:
            return
        network = {"of_key": self._hash("network", network_of(address)), "now": now}
        self._unit_of_work.at_commit(_GIVE_BACK, network)
        self._know(self._pair(account, address), now)

    async def arrived(self, user_id: UserId, address: str | None) -> bool:
        """Know a network where somebody has signed in, and tell whether it was new to them.

        Such a pair is another than that of a password which was right: a thief may have that, and no second factor.
        """
        if address is None:
            return False
        place = self._hash("arrival", network_of(address), str(user_id))
        is_known = await self._turns.is_known(place)
        self._know(place, self._clock.now())
        return not is_known

    def _know(self, key: str, now: datetime) -> None:
        pair: Mapping[str, Any] = {  # column values of several types
            "key": key,
            "failures": 0,
            "last_failed_at": now,
            "blocked_until": now,
            "known_until": now + timedelta(seconds=self._settings.known_seconds),
            "now": now,
        }
        self._unit_of_work.at_commit(self._turns.know(), pair)

    async def _counted(self, account: str, address: str | None) -> str:
        if address is not None and await self._turns.is_known(self._pair(account, address)):
            return self._pair(account, address)
        return self._hash("account", account)

    def _pair(self, account: str, address: str) -> str:
        return self._hash("pair", network_of(address), account)

    def _hash(self, *parts: str) -> str:
        return hmac.new(self._key, "\x00".join(parts).encode(), sha256).hexdigest()
