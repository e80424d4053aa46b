"""What is counted beside the audit, so that alerts can be made of it."""

from typing import Protocol


class AuditObserver(Protocol):
    """Counts; `colonnade.server.audit` has one that makes metrics of it."""

    def refused(self, message: str, code: str, *, known: bool) -> None:
        """Count a message that its access rule refused.

        Args:
            message: Its wire name.
            code: The code of the refusal.
            known: Whether somebody was signed in, so that it is in the audit too.
        """
        ...

    def security_event(self, kind: str, severity: str) -> None:
        """Count a security event."""
        ...
