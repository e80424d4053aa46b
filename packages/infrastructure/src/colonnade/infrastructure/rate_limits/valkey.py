"""Counting in Valkey (or Redis), for all processes together."""

import logging
from pathlib import Path
from urllib.parse import urlencode

from limits.aio.storage import RedisStorage
from limits.aio.storage.redis.valkey import ValkeyBridge
from limits.errors import StorageError

from colonnade.core import Clock, Unavailable
from colonnade.infrastructure.rate_limits.windows import Hits, window_of
from colonnade.infrastructure.resilience import CircuitBreaker, CircuitState
from colonnade.infrastructure.tls import verifying_context

_SCHEMES = {
    "valkey": "async+valkey", "valkeys": "async+valkeys", "redis": "async+valkey", "rediss": "async+valkeys",
}  # fmt: skip
_log = logging.getLogger("colonnade.rate_limits")


class ValkeyRateLimiter:
    """Counts by the storage of `limits`, in one round trip; a server that does not answer is left alone for a while.

    Args:
        url: `valkey://host:6379/0`; with TLS, whose certificate is verified, `valkeys://`; `redis` names the same.
        clock: Tells which window it is; those of several processes must agree to the second or so.
        timeout_seconds: How long a request may be held up by counting it.
        recovery_seconds: How long a server that failed several times in a row is left alone.
        prefix: What the keys begin with.
        tls_ca_file: Certificates in PEM to trust beside the system's, with TLS.

    Raises:
        ValueError: The address names another kind of server.
        Invalid: `tls_ca_file` holds no certificates.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        timeout_seconds: float = 0.25,
        recovery_seconds: float = 5.0,
        prefix: str = "colonnade:rate",
        tls_ca_file: Path | None = None,
    ) -> None:
        scheme, separator, rest = url.partition("://")
        if not separator or scheme not in _SCHEMES:
            raise ValueError(
                "the address of the rate limits must begin with valkey://, valkeys://, redis:// or rediss://"
            )
        if _SCHEMES[scheme].endswith("s"):  # the client by itself asks who signed a certificate, and not whose it is
            verifying_context(tls_ca_file)  # which the client reads at its first request, and fails there
            said = {"ssl_check_hostname": True} | ({} if tls_ca_file is None else {"ssl_ca_certs": tls_ca_file})
            rest += f"{'&' if '?' in rest else '?'}{urlencode(said)}"
        self._storage = RedisStorage(
            f"{_SCHEMES[scheme]}://{rest}",
            wrap_exceptions=True,
            key_prefix=prefix,
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
        )
        self._now = clock.now
        self._circuit = CircuitBreaker(
            "rate limits", failure_threshold=3, recovery_seconds=recovery_seconds, clock=clock, changed=_changed
        )

    async def hit(self, key: str, window_seconds: int) -> Hits:
        """Count once.

        Raises:
            Unavailable: The server does not answer.
        """
        number, seconds = window_of(key, window_seconds, self._now().timestamp())
        with self._circuit.guarded():
            try:
                used = await self._storage.incr(f"{key}:{number}", window_seconds)
            except (StorageError, OSError) as error:
                raise Unavailable("requests cannot be counted: the server for that does not answer") from error
        return Hits(used, seconds)

    async def close(self) -> None:
        """Let the connections go."""
        bridge = self._storage.bridge
        if isinstance(bridge, ValkeyBridge):
            await bridge.storage.aclose()


def _changed(provider: str, state: CircuitState) -> None:
    _log.warning("the circuit of %s is %s", provider, state)
