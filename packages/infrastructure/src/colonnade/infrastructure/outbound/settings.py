"""How far calls to strangers' addresses may go."""

from dataclasses import dataclass

from colonnade.infrastructure.outbound.addresses import Network


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundSettings:
    """What strangers' addresses may be and how much of our time and memory they get.

    Attributes:
        allowed_hosts: The only hosts that may be called: names, or `*.example.com` for all below one; none for any.
        allowed_networks: Networks that may be called although they are not public.
        allow_http: Whether a URL without TLS is good enough.
        allowed_ports: The only ports that may be called; empty for any.
        redirect_limit: How many redirects are followed; the answer after them is returned whatever it is.
        timeout_seconds: The most that a whole call may take, from look-up to the last byte.
        resolve_timeout_seconds: The most that one look-up may take.
        connect_timeout_seconds: The most that one connection may take, TLS included.
        body_limit_bytes: How much of an answer's body is read; the rest is left unread.
        user_agent: Who we say we are.
    """

    allowed_hosts: tuple[str, ...] | None = None
    allowed_networks: tuple[Network, ...] = ()
    allow_http: bool = False
    allowed_ports: frozenset[int] = frozenset()
    redirect_limit: int = 0
    timeout_seconds: float = 15.0
    resolve_timeout_seconds: float = 5.0
    connect_timeout_seconds: float = 5.0
    body_limit_bytes: int = 65_536
    user_agent: str = "Colonnade"
