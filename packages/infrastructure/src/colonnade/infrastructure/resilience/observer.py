"""What calls to outside services tell to metrics."""

from typing import Protocol

from colonnade.infrastructure.resilience.circuit import CircuitState


class CallObserver(Protocol):
    """Is told of every attempt and every change of a circuit; must return at once and never raise."""

    def attempted(self, provider: str, seconds: float, error: Exception | None) -> None:
        """Note that a provider was asked, how long it took, and what went wrong if anything did."""
        ...

    def circuit_changed(self, provider: str, state: CircuitState) -> None:
        """Note that a provider's circuit went into another state."""
        ...


class SilentObserver:
    """Observes nothing."""

    def attempted(self, provider: str, seconds: float, error: Exception | None) -> None:
        """Do nothing."""

    def circuit_changed(self, provider: str, state: CircuitState) -> None:
        """Do nothing."""
