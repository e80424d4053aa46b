"""Connections without TLS: on this machine they are fine; elsewhere the operator has to say so."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, SecretStr, ValidationInfo

from colonnade.core import Invalid

_WITH_TLS = frozenset({"tls", "rediss", "valkeys", "amqps", "kafkas", "https"})


def _is_protected(address: str, info: ValidationInfo) -> str:
    if not info.data.get("allow_plaintext") and _leads_elsewhere_in_clear(address):
        way_out = ", or say allow_plaintext = true beside it" if "allow_plaintext" in info.data else ""
        raise Invalid(f"leads to another machine without TLS: choose a scheme with TLS{way_out}")
    return address


def _is_protected_secret(address: SecretStr, info: ValidationInfo) -> SecretStr:
    _is_protected(address.get_secret_value(), info)
    return address


ProtectedAddress = Annotated[str, AfterValidator(_is_protected)]
"""An address with TLS or on this machine, unless `allow_plaintext`, a field above it, is true."""

ProtectedSecretAddress = Annotated[SecretStr, AfterValidator(_is_protected_secret)]
"""The same for an address that may hold a password."""


def is_this_machine(host: str) -> bool:
    """Tell whether a host is loopback, by its name or its address."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _leads_elsewhere_in_clear(addresses: str) -> bool:
    """Look at each address of a cluster; one without a scheme has that of the first."""
    first_scheme = addresses.partition("://")[0]
    for address in addresses.split(","):
        try:
            parts = urlsplit(address if "://" in address else f"{first_scheme}://{address}")
        except ValueError as error:
            raise Invalid("is no address") from error
        if parts.scheme not in _WITH_TLS and parts.hostname and not is_this_machine(parts.hostname):
            return True
    return False
