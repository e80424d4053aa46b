"""What can go wrong with a call to a stranger's address."""

from enum import StrEnum

from colonnade.core import Invalid, Unavailable


class Reason(StrEnum):
    """At which step a call failed."""

    RESOLVE = "resolve"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"


class AddressRefused(Invalid):
    """The address is not one that may be called, or not one at all. The facts never say what it resolves to."""

    code = "outbound.address_refused"


class OutboundFailed(Unavailable):
    """The other side gave no answer; `reason` in the facts says at which step that was, `host` who it is."""

    code = "outbound.failed"

    def __init__(self, message: str, *, reason: Reason, **facts: object) -> None:
        super().__init__(message, reason=reason.value, **facts)

    @property
    def reason(self) -> Reason:
        """At which step it was."""
        return Reason(str(self.facts["reason"]))
