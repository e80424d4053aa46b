"""TLS to brokers: verified, unless the address itself says how."""

import ssl
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from colonnade.infrastructure.tls import verifying_context

_SCHEMES = frozenset({"tls", "rediss", "valkeys", "amqps", "kafkas"})
_SAID_BY_THE_ADDRESS = frozenset({"cafile", "capath", "cadata", "certfile", "keyfile", "no_verify_ssl"})


def tls_context(url: str, ca_file: Path | None) -> ssl.SSLContext | None:
    """Return how a broker is verified; none without TLS, or if the address says it (`?cafile=…`, `?ssl_ca_certs=…`).

    Args:
        url: The broker's address.
        ca_file: Certificates in PEM to trust instead of the system's.

    Raises:
        Invalid: The file holds no certificates.
    """
    address = urlsplit(url)
    if address.scheme not in _SCHEMES:
        return None
    said = parse_qs(address.query)
    if any(name in _SAID_BY_THE_ADDRESS or name.startswith("ssl_") for name in said):
        return None
    return verifying_context(ca_file)
