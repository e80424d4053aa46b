"""Who is at the other end: the nearest address that no trusted proxy vouches for."""

from functools import lru_cache
from ipaddress import IPv6Address, IPv6Network, ip_address

from starlette.types import Scope

from colonnade.api.http.settings import Networks
from colonnade.application.messaging.context import Origin

USER_AGENT_CHARACTERS = 400
"""How much is kept of what a program says that it is."""

_CACHED = 4_096
_NETWORK_BITS = 64  # what one customer gets at least (RFC 6177)
_LONGEST_ADDRESS = 64


class ClientAddresses:
    """Finds the address of a client.

    `X-Forwarded-For` is read from the right, and only as far as trusted proxies wrote it: whatever stands to the left
    of the first address that is not one of theirs was written by that address and proves nothing.
    """

    def __init__(self, trusted_proxies: Networks = ()) -> None:
        self._networks = trusted_proxies
        self._is_trusted = lru_cache(_CACHED)(self._look_up)

    def of(self, scope: Scope) -> str | None:
        """Return the address of the client that sent a request; none if the connection has no address."""
        client = scope.get("client")
        if client is None:
            return None
        nearest: str = client[0]
        if not self._networks or not self._is_trusted(nearest):
            return nearest
        for text in reversed(_forwarded(scope)):
            address = _address(text)
            if address is None:
                break
            nearest = address
            if not self._is_trusted(address):
                break
        return nearest

    def _look_up(self, text: str) -> bool:
        try:
            address = ip_address(text)
        except ValueError:
            return False
        return any(address in network for network in self._networks)


def origin_of_request(address: str | None, user_agent: bytes | None) -> Origin:
    """Return where a request comes from; of the user agent only what can be stored and shown."""
    if user_agent is None:
        return Origin(address)
    text = user_agent[:USER_AGENT_CHARACTERS].decode("latin-1")
    if not text.isprintable():
        text = "".join(character for character in text if character.isprintable())
    return Origin(address, text or None)


@lru_cache(_CACHED)
def counted_as(address: str | None) -> str:
    """Return what an address counts as: an IPv6 address as its network, since a client has all of that."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(IPv6Network((int(parsed), _NETWORK_BITS), strict=False).network_address) + f"/{_NETWORK_BITS}"
    return str(parsed)


def _forwarded(scope: Scope) -> list[str]:
    lines = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for"]
    return ",".join(lines).split(",") if lines else []


def _address(text: str) -> str | None:
    """Return an address without a port and brackets, in its one spelling."""
    text = text.strip()[:_LONGEST_ADDRESS]
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        parsed = ip_address(text)
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(parsed).partition("%")[0]
