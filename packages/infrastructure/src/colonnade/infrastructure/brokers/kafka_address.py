"""Where a Kafka cluster is: its servers, TLS, and who signs in how."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

from faststream.security import BaseSecurity, SASLPlaintext, SASLScram256, SASLScram512

from colonnade.core import Invalid

_MECHANISMS: Mapping[str, type[SASLPlaintext | SASLScram256 | SASLScram512]] = {
    "PLAIN": SASLPlaintext,
    "SCRAM-SHA-256": SASLScram256,
    "SCRAM-SHA-512": SASLScram512,
}


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """A cluster.

    Attributes:
        servers: `host:port` of those that are asked for all others.
        security: TLS and SASL.
    """

    servers: tuple[str, ...]
    security: BaseSecurity = field(repr=False)

    @classmethod
    def read(cls, url: str, tls: ssl.SSLContext | None) -> "KafkaAddress":
        """Read an address.

        Args:
            url: `kafka://host:port`, or `kafkas://user:password@host:port?mechanism=SCRAM-SHA-512` with TLS and SASL;
                several servers of a cluster have commas between them. User and password are percent-encoded; the
                mechanism is PLAIN (RFC 4616) unless it is said, and may be SCRAM (RFC 5802).
            tls: How servers are verified; none without TLS.

        Raises:
            Invalid: The servers differ in TLS, or nobody signs in like that.
        """
        places, _, query = url.partition("?")
        scheme = places.partition("://")[0]
        servers, credentials = [], ""
        for part in places.split(","):
            place = urlsplit(part if "://" in part else f"{scheme}://{part}")
            if place.scheme != scheme:
                raise Invalid("all servers of a cluster are reached with TLS, or none", field="url")
            found, _, server = place.netloc.rpartition("@")
            servers.append(server)
            credentials = credentials or found
        return cls(tuple(servers), _security(credentials, query, tls))


def _security(credentials: str, query: str, tls: ssl.SSLContext | None) -> BaseSecurity:
    said = dict(parse_qsl(query, keep_blank_values=True))
    if said.keys() - {"mechanism"}:
        raise Invalid("only `mechanism` can be said of Kafka after the question mark", field="url")
    mechanism = said.get("mechanism", "PLAIN")
    if mechanism not in _MECHANISMS:
        raise Invalid(f"the mechanism must be one of {', '.join(_MECHANISMS)}", field="url")
    if not credentials:
        if said:
            raise Invalid("a mechanism needs user:password@ before the first host", field="url")
        return BaseSecurity(ssl_context=tls)
    user, _, password = credentials.partition(":")
    return _MECHANISMS[mechanism](unquote(user), unquote(password), ssl_context=tls)
