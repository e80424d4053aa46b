"""TLS to other servers: their certificates and names are verified."""

import ssl
from pathlib import Path

from colonnade.core import Invalid


def verifying_context(ca_file: Path | None = None) -> ssl.SSLContext:
    """Return a context that asks who vouches for a server, and whether it is the one that was asked for.

    Args:
        ca_file: Certificates in PEM to trust instead of the system's.

    Raises:
        Invalid: The file holds no certificates.
    """
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise Invalid(f"{ca_file} holds no certificates in PEM", field="tls_ca_file") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 9325, section 3.1.1
    return context
