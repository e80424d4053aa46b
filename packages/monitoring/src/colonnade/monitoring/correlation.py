"""What every log line of one request or message has in common."""

from collections.abc import Mapping
from contextvars import ContextVar
from types import MappingProxyType

_NOTHING: Mapping[str, str] = MappingProxyType({})
_present: ContextVar[Mapping[str, str]] = ContextVar("colonnade_correlation", default=_NOTHING)


def correlate(**names: str) -> None:
    """Put these names into every log line from here on in this task, instead of those before."""
    _present.set(names)


def also_correlate(**names: str) -> None:
    """Put these names into every log line from here on in this task, beside those before."""
    _present.set({**_present.get(), **names})


def correlation() -> Mapping[str, str]:
    """Return the names that log lines have now."""
    return _present.get()
