"""The numbers by which calls to an outside service are made."""

from dataclasses import dataclass

from colonnade.core import Invalid


@dataclass(frozen=True, slots=True, kw_only=True)
class ResiliencePolicy:
    """How long to wait for a service, how often to try, and when to leave it alone.

    Attributes:
        timeout_seconds: The most that one attempt may take.
        attempts: How often one provider is tried in one call, at least once.
        pause_seconds: Pause before the second attempt; it doubles before each one after.
        longest_pause_seconds: The most that a pause may last, jitter included.
        jitter_seconds: The most that chance adds to a pause, so that callers do not come back together.
        failure_threshold: After how many failures in a row a provider's circuit opens.
        recovery_seconds: How long an open circuit lets nobody through before one call may try again.

    Raises:
        Invalid: A number is out of its range.
    """

    timeout_seconds: float = 10.0
    attempts: int = 3
    pause_seconds: float = 0.5
    longest_pause_seconds: float = 10.0
    jitter_seconds: float = 0.5
    failure_threshold: int = 5
    recovery_seconds: float = 30.0

    def __post_init__(self) -> None:
        """Refuse numbers that make no sense."""
        for name in ("timeout_seconds", "attempts", "failure_threshold"):
            if getattr(self, name) <= 0:
                raise Invalid("must be above zero", field=name)
        for name in ("pause_seconds", "longest_pause_seconds", "jitter_seconds", "recovery_seconds"):
            if getattr(self, name) < 0:
                raise Invalid("must not be below zero", field=name)
