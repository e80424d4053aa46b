"""What people are told when something went wrong that they can do otherwise."""

from typing import Final, NamedTuple

from pydantic import ValidationError
from starlette.responses import Response

from colonnade.core import ColonnadeError, Conflict, Forbidden, Invalid, NotFound, Unauthenticated, Unavailable
from colonnade.core.errors import LimitExceeded

MISSING: Final = "Something is missing or too long."

_STATUS: tuple[tuple[type[ColonnadeError], int], ...] = (
    (LimitExceeded, 429),
    (Unauthenticated, 403),
    (Forbidden, 403),
    (NotFound, 404),
    (Conflict, 409),
    (Invalid, 422),
    (Unavailable, 503),
)


class Refusal(NamedTuple):
    """What a page says, and the status that it is answered with."""

    problem: str
    status: int


def with_pause(response: Response, error: Exception) -> Response:
    """Return an answer that says how long to wait, if that is what an error asks for (RFC 9110, section 10.2.3)."""
    if isinstance(error, ColonnadeError) and error.retryable:
        response.headers["retry-after"] = str(error.facts.get("retry_after_seconds", 1))
    return response


def refusal_of(error: ValidationError | ColonnadeError, *, missing: str = MISSING) -> Refusal:
    """Return what to say of an error.

    Args:
        error: The error.
        missing: What to say of fields that no message is made of.

    Raises:
        ColonnadeError: It is nothing that somebody could type otherwise.
    """
    if isinstance(error, ValidationError):
        return Refusal(missing, 422)
    status = next((status for kind, status in _STATUS if isinstance(error, kind)), None)
    if status is None:
        raise error
    return Refusal(error.message, status)
