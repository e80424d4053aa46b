"""TLS to PostgreSQL: verified for every machine but this one, unless it is said otherwise."""

import ssl
from enum import StrEnum
from ipaddress import ip_address
from pathlib import Path

from sqlalchemy import URL

from colonnade.infrastructure.tls import verifying_context


class Tls(StrEnum):
    """How a connection is protected.

    `VERIFY` checks the server's certificate and name (libpq's `verify-full`), `REQUIRE` encrypts without asking who is
    at the other end, `NONE` sends in the clear.
    """

    VERIFY = "verify"
    REQUIRE = "require"
    NONE = "none"


def tls_argument(url: URL, mode: Tls | None, ca_file: Path | None) -> dict[str, ssl.SSLContext | bool]:
    """Return what the driver is told of TLS; nothing if the address itself says it (`?ssl=…`, `?sslmode=…`).

    Args:
        url: The database's address.
        mode: How the connection is protected; if not said, verified unless the server is on this machine.
        ca_file: Certificates in PEM to trust instead of the system's.

    Raises:
        Invalid: The file holds no certificates.
    """
    if {"ssl", "sslmode"} & set(url.query):
        return {}
    chosen = mode or (Tls.NONE if is_here(url) else Tls.VERIFY)
    if chosen is Tls.NONE:
        return {"ssl": False}
    context = verifying_context(ca_file)
    if chosen is Tls.REQUIRE:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return {"ssl": context}


def is_here(url: URL) -> bool:
    """Tell whether the server is on this machine: at a socket in the file system or a loopback address."""
    host = url.host or _first(url.query.get("host"))
    if host is None or host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _first(value: str | tuple[str, ...] | None) -> str | None:
    return value[0] if isinstance(value, tuple) else value
