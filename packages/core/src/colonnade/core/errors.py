"""The error root: every failure a Colonnade package raises is data that an edge can map."""

from collections.abc import Iterator
from typing import ClassVar


class ColonnadeError(Exception):
    """A failure with a stable code, a sentence fit for people, and the facts.

    Subclasses declare what kind of failure they are; they know no transport. An edge (HTTP, command line) maps the
    nearest declared class to its own terms.

    Attributes:
        code: Stable, dotted or snake_case name that clients may switch on. Never renamed.
        retryable: Whether the same request may succeed later without a change.
        keeps_changes: Whether the unit of work commits although this is raised, because the refusal itself was
            recorded (a revoked session, a counted attempt).
        facts: JSON-ready details, part of the public answer.
    """

    code: ClassVar[str] = "error"
    retryable: ClassVar[bool] = False
    keeps_changes: ClassVar[bool] = False

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.facts))


def _rebuild(kind: type[ColonnadeError], message: str, facts: dict[str, object]) -> ColonnadeError:
    error = kind.__new__(kind)
    ColonnadeError.__init__(error, message, **facts)
    return error


def error_kinds(root: type[ColonnadeError] = ColonnadeError) -> Iterator[type[ColonnadeError]]:
    """Yield `root` and every class below it, parents first."""
    yield root
    for kind in root.__subclasses__():
        yield from error_kinds(kind)


class Invalid(ColonnadeError, ValueError):
    """A value breaks a rule. `field` in the facts names the one at fault where there is one."""

    code = "invalid"


class Unauthenticated(ColonnadeError):
    """Nobody is signed in, or the proof of it is not good."""

    code = "unauthenticated"


class Forbidden(ColonnadeError):
    """The caller is known and may not do this."""

    code = "forbidden"


class NotFound(ColonnadeError):
    """There is no such thing, or none that the caller may know of."""

    code = "not_found"


class Conflict(ColonnadeError):
    """The request contradicts the present state."""

    code = "conflict"


class AlreadyExists(Conflict):
    """Something else already has this name."""

    code = "already_exists"


class VersionConflict(Conflict):
    """Somebody else changed the aggregate since it was read (optimistic locking)."""

    code = "version_conflict"
    retryable = True


class StaleVersion(ColonnadeError):
    """The caller named the version that it saw, and it is no longer the present one (RFC 9110, `If-Match`)."""

    code = "stale_version"


class LimitExceeded(ColonnadeError):
    """Too much was asked for in too short a time. `retry_after_seconds` in the facts says when to come again."""

    code = "limit_exceeded"
    retryable = True


class Unavailable(ColonnadeError):
    """Something that is needed does not answer now."""

    code = "unavailable"
    retryable = True


class DeadlineExceeded(ColonnadeError):
    """The caller's deadline passed before the answer was there; what was begun may or may not have been done."""

    code = "deadline_exceeded"
    retryable = True
