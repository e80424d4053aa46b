"""Where brokers are, as the document says it: hosts and protocols, and no passwords."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]  # JSON of any shape

_PROTOCOLS = {"tls": "nats", "valkey": "redis", "valkeys": "rediss", "kafkas": "kafka-secure"}
_IN_PROCESS = "memory"


def servers_of(brokers: Mapping[str, str]) -> Json:
    """Return the server objects of brokers; the addresses of a cluster become several.

    Args:
        brokers: URLs by name.
    """
    servers: Json = {}
    for name, url in brokers.items():
        addresses = [address for address in url.split(",") if urlsplit(address).scheme != _IN_PROCESS]
        scheme = urlsplit(url).scheme
        for number, address in enumerate(addresses, start=1):
            place = urlsplit(address if "://" in address else f"{scheme}://{address}")
            key = name if len(addresses) == 1 else f"{name}-{number}"
            host = place.netloc.rpartition("@")[2]
            servers[key] = {"host": host, "protocol": _PROTOCOLS.get(scheme, scheme)}
    return servers
