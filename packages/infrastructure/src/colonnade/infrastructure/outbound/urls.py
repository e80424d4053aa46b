"""URLs that strangers write, read with suspicion and without the network."""

import re
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import NamedTuple

from httpx2 import URL, InvalidURL

from colonnade.infrastructure.outbound.addresses import Address, Network, is_refused
from colonnade.infrastructure.outbound.errors import AddressRefused

_PORTS = {"https": 443, "http": 80}
_LAST_PORT = 65535
_NAME = re.compile(r"(?=.{1,253}\.?$)[a-z0-9_]([a-z0-9_-]{0,62})(\.[a-z0-9_][a-z0-9_-]{0,62})*\.?")
_NUMBER_LAST = re.compile(r"(.*\.)?([0-9]+|0x[0-9a-f]*)\.?")  # what looks so is an IPv4 address (WHATWG URL, 3.5)
_LOOPBACK = IPv4Address("127.0.0.1")


class Target(NamedTuple):
    """Where a URL points.

    Attributes:
        url: The URL in its normal form.
        host: The host in ASCII, without brackets and without a last dot.
        port: The port, the scheme's own if the URL names none.
        addresses: The addresses that the URL itself says; empty if they have to be looked up.
    """

    url: URL
    host: str
    port: int
    addresses: tuple[Address, ...]


def check_url(
    url: str,
    allowed_networks: Iterable[Network] = (),
    allow_http: bool = False,
    *,
    allowed_hosts: Iterable[str] | None = None,
) -> None:
    """Refuse a URL that can be told to be wrong without asking the network, such as when somebody types it in.

    A name that passes may still lead to a private address: that is found out at each call.

    Args:
        url: What somebody wrote.
        allowed_networks: Networks that may be called although they are not public.
        allow_http: Whether a URL without TLS is good enough.
        allowed_hosts: The only hosts that may be called: names in lower case, or `*.example.com` for all names below
            `example.com`, which itself is not meant; none for any.

    Raises:
        AddressRefused: It is no URL, or none that may be called; the message says why.
    """
    networks = tuple(allowed_networks)
    target = read_target(url, networks, allow_http=allow_http)
    refuse_unlisted(target, allowed_hosts)
    refuse_private(target, networks)


def read_target(url: str | URL, allowed_networks: Sequence[Network] = (), *, allow_http: bool) -> Target:
    """Read a URL and refuse it if its form is wrong.

    What is written as an address in an allowed network needs no TLS: whoever allowed the network runs it.

    Raises:
        AddressRefused: It is.
    """
    try:
        parsed = URL(url)
    except InvalidURL as error:
        raise AddressRefused("is not a URL", field="url") from error
    if parsed.scheme not in _PORTS:
        raise AddressRefused("must be an HTTP URL" if allow_http else "must begin with https://", field="url")
    if parsed.userinfo:
        raise AddressRefused("must not hold a user name or password", field="url")
    host = parsed.raw_host.decode("ascii")
    port = _PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if not 0 < port <= _LAST_PORT:
        raise AddressRefused("has a port that does not exist", field="url")
    addresses = _addresses(host)
    known = bool(addresses) and all(_is_in(address, allowed_networks) for address in addresses)
    if parsed.scheme == "http" and not (allow_http or known):
        raise AddressRefused("must begin with https://", field="url")
    return Target(parsed, host.removesuffix("."), port, addresses)


def refuse_unlisted(target: Target, allowed_hosts: Iterable[str] | None) -> None:
    """Refuse a target whose host is not among those that the operator lists, if there is a list.

    Raises:
        AddressRefused: It is not.
    """
    if allowed_hosts is not None and not any(_fits(target.host, host) for host in allowed_hosts):
        raise AddressRefused("must name a host that the operator allows", field="url", host=target.host)


def refuse_private(target: Target, allowed_networks: Iterable[Network]) -> None:
    """Refuse a target whose own addresses must not be called.

    Raises:
        AddressRefused: One must not.
    """
    networks = tuple(allowed_networks)
    if any(is_refused(address, networks) for address in target.addresses):
        raise AddressRefused("must not point to a private address", field="url", host=target.host)


def _fits(host: str, pattern: str) -> bool:
    return host.endswith(pattern[1:]) if pattern.startswith("*.") else host == pattern


def _is_in(address: Address, networks: Iterable[Network]) -> bool:
    return any(address in network for network in networks)


def _addresses(host: str) -> tuple[Address, ...]:
    if ":" in host or _NUMBER_LAST.fullmatch(host):
        try:
            address = ip_address(host)
        except ValueError:
            raise AddressRefused("must write an address in its usual form", field="url", host=host) from None
        if isinstance(address, IPv6Address) and address.scope_id is not None:
            raise AddressRefused("must not name a network interface", field="url", host=host)
        return (address,)
    if not _NAME.fullmatch(host):
        raise AddressRefused("must name a host", field="url")
    name = host.removesuffix(".")
    return (_LOOPBACK,) if name == "localhost" or name.endswith(".localhost") else ()  # RFC 6761, section 6.3
