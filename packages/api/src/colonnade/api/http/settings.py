"""Bounds and addresses of the HTTP API."""

from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple
from urllib.parse import urlsplit

from colonnade.core import Invalid

Networks = tuple[IPv4Network | IPv6Network, ...]


class BodyLimits(NamedTuple):
    """How large a body may be, how long it may take, and how long it may pause."""

    size_bytes: int = 10_485_760
    seconds: float = 60.0
    idle_seconds: float = 10.0


class HeadLimits(NamedTuple):
    """How much may stand before the body."""

    path_bytes: int = 4_096
    query_bytes: int = 16_384
    header_bytes: int = 32_768
    header_count: int = 100


class HttpSettings(NamedTuple):
    """Bounds and addresses of the HTTP API.

    Attributes:
        prefix: What stands before every path of the contract.
        body: Bounds of a body.
        head: Bounds of path, query and headers.
        trusted_proxies: Networks of the proxies whose word about the client's address is taken.
        cors_origins: Other origins whose pages may call; with cookies those of the same site, such as
            `https://app.example.com`, since browsers send none from other sites (`SameSite=Lax`).
        public_url: Address under which people reach the server, if that is known.
        rate_factor: How many times the quotas of the contract are granted.
    """

    prefix: str = "/api/v1"
    body: BodyLimits = BodyLimits()
    head: HeadLimits = HeadLimits()
    trusted_proxies: Networks = ()
    cors_origins: frozenset[str] = frozenset()
    public_url: str | None = None
    rate_factor: float = 1.0

    @property
    def is_secure(self) -> bool:
        """Whether people reach the server by TLS."""
        return self.public_url is not None and self.public_url.startswith("https://")


def origin_of(url: str) -> str:
    """Return the origin of an address as browsers write it (RFC 6454, section 6.2).

    Raises:
        Invalid: It has none: it is opaque, a pattern, or not a web address.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or "*" in host or not host.isascii() or parts.scheme not in {"http", "https"}:
        raise Invalid(f"'{url}' is no origin: write one such as https://app.example.com", field="origin")
    default = {"http": 80, "https": 443}[parts.scheme]
    name = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{name}" if port in {None, default} else f"{parts.scheme}://{name}:{port}"
