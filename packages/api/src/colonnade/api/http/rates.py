"""Counting requests against the rates of the contract, and saying so (draft-ietf-httpapi-ratelimit-headers-10)."""

import logging
from typing import NamedTuple, Protocol

import http_sf
from starlette.types import Scope

from colonnade.api.contract.rates import Rate
from colonnade.api.http.addresses import counted_as
from colonnade.api.http.responses import answer_headers
from colonnade.application.messaging import Caller
from colonnade.core import Unavailable
from colonnade.core.errors import LimitExceeded

RETRY_AFTER_OUTAGE_SECONDS = 5
"""When to come back if nobody can count."""

_log = logging.getLogger("colonnade.api")


class RateLimiter(Protocol):
    """Counts, for all processes or for this one."""

    async def hit(self, key: str, window_seconds: int) -> tuple[int, int]:
        """Count once, and return how often that was in the present window and in how many seconds it ends.

        Raises:
            Unavailable: Nothing could be counted.
        """
        ...


class _Bucket(NamedTuple):
    """What one quota of a rate needs at each request."""

    kind: str
    prefix: str
    label: bytes
    amount: int
    window_seconds: int


class Admission:
    """Lets the requests of one rate in, as long as there is something left of its quotas."""

    def __init__(self, rate: Rate, limiter: RateLimiter, *, factor: float = 1.0) -> None:
        self._rate = rate
        self._hit = limiter.hit
        self._is_blind = False
        self._buckets = [
            _Bucket(
                kind,
                f"{rate.name}:{kind}:",
                http_sf.ser(f"{rate.name}-{kind}").encode(),
                max(1, round(quota.amount * factor)),
                quota.window_seconds,
            )
            for kind, quota in rate.quotas.items()
        ]

    async def admit(self, scope: Scope, *, address: str | None, caller: Caller | None = None) -> None:
        """Return if a request may go on; the answer will say what is left.

        Raises:
            LimitExceeded: A quota is used up.
            Unavailable: Nobody can count, and what is behind this must not be guessed at.
        """
        policies: list[bytes] = []
        remainders: list[bytes] = []
        for bucket in self._buckets:
            who = _who(bucket.kind, address, caller)
            if who is None:
                continue
            try:
                used, seconds = await self._hit(bucket.prefix + who, bucket.window_seconds)
            except Unavailable as error:
                self._cannot_count(error)
                continue
            self._is_blind = False
            left = bucket.amount - used
            policies.append(b"%s;q=%d;w=%d" % (bucket.label, bucket.amount, bucket.window_seconds))
            remainders.append(b"%s;r=%d;t=%d" % (bucket.label, max(left, 0), seconds))
            if left < 0:
                _tell(scope, policies, remainders)
                raise LimitExceeded(
                    f"that was too often: try again in {seconds} s",
                    policy=f"{self._rate.name}-{bucket.kind}",
                    retry_after_seconds=seconds,
                )
        _tell(scope, policies, remainders)

    def _cannot_count(self, error: Unavailable) -> None:
        """Go on without counting, unless that would let somebody guess."""
        if not self._is_blind:
            _log.warning("requests are not counted (%s): %s", self._rate.name, error)
        self._is_blind = True
        if self._rate.guards_secrets:
            raise Unavailable(
                "this cannot be done safely now: try again in a moment",
                retry_after_seconds=RETRY_AFTER_OUTAGE_SECONDS,
            ) from error


def _tell(scope: Scope, policies: list[bytes], remainders: list[bytes]) -> None:
    if policies:
        headers = answer_headers(scope)
        headers.append((b"ratelimit-policy", b", ".join(policies)))
        headers.append((b"ratelimit", b", ".join(remainders)))


def _who(kind: str, address: str | None, caller: Caller | None) -> str | None:
    if kind == "address":
        return counted_as(address)
    if caller is None:
        return None
    if kind == "person":
        return str(caller.user_id)
    return str(caller.limits.token_id) if caller.limits is not None else None
