"""Problem details (RFC 9457): how an error of any package reads over HTTP, and back."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar

from pydantic import ValidationError
from pydantic_core import to_json

from colonnade.application.messaging import Unset
from colonnade.application.messaging.behaviours import KeyMismatch
from colonnade.core import (
    ColonnadeError,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    Unauthenticated,
    Unavailable,
)
from colonnade.core.errors import DeadlineExceeded, LimitExceeded, StaleVersion, error_kinds

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:colonnade:problem:"


class HttpError(ColonnadeError):
    """A request that is wrong as HTTP, before any message is made of it."""

    code = "bad_request"
    status: ClassVar[int] = 400


class MalformedBody(HttpError):
    """The body is not the JSON that it claims to be."""

    code = "malformed_body"


class MissingKey(HttpError):
    """The operation wants an idempotency key."""

    code = "idempotency_key_missing"


class NoSuchPath(HttpError):
    """The API has no such path."""

    code = "no_such_path"
    status = 404


class MethodNotAllowed(HttpError):
    """The path has other methods."""

    code = "method_not_allowed"
    status = 405


class BodyTooLarge(HttpError):
    """The body is larger than the server takes."""

    code = "body_too_large"
    status = 413


class UnsupportedMedia(HttpError):
    """The body is of a type that the operation does not take."""

    code = "unsupported_media_type"
    status = 415


class CrossSiteRefused(HttpError):
    """A browser sent the cookie of a sign-in, and nothing shows that a page of ours made it (CSRF)."""

    code = "cross_site_refused"
    status = 403


class BodyTooSlow(HttpError):
    """The body did not come in time."""

    code = "body_too_slow"
    status = 408
    retryable = True


class TargetTooLong(HttpError):
    """The path or the query is longer than the server takes."""

    code = "target_too_long"
    status = 414


class HeadersTooLarge(HttpError):
    """The headers are more, or longer, than the server takes (RFC 6585)."""

    code = "headers_too_large"
    status = 431


class PreconditionRequired(HttpError):
    """The operation wants to know which version the sender saw (RFC 6585)."""

    code = "precondition_required"
    status = 428


class UnexpectedFault(ColonnadeError):
    """Something broke that should not; the log of the server says what, under the request's id."""

    code = "internal"
    retryable = True


class InvalidMessage(Invalid):
    """One or more fields of a message are wrong; `errors` in the facts names each."""

    code = "invalid_message"


_STATUS: Mapping[type[ColonnadeError], int] = {
    Invalid: 422,
    KeyMismatch: 422,
    Unauthenticated: 401,
    Forbidden: 403,
    NotFound: 404,
    Conflict: 409,
    StaleVersion: 412,
    LimitExceeded: 429,
    Unavailable: 503,
    DeadlineExceeded: 504,
}
"""The status of each kind of error; an error has that of its nearest ancestor here."""

_TITLES = {
    400: "Bad request",
    401: "Sign in first",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    408: "Too slow",
    409: "Conflict",
    412: "Changed meanwhile",
    413: "Too large",
    414: "Too long",
    415: "Unsupported media type",
    422: "Invalid",
    428: "Version required",
    429: "Too many requests",
    431: "Headers too large",
    500: "Internal error",
    503: "Not available now",
    504: "Too late",
}


def status_of(kind: type[ColonnadeError]) -> int:
    """Return the HTTP status of a kind of error."""
    if issubclass(kind, HttpError):
        return kind.status
    return next((_STATUS[ancestor] for ancestor in kind.__mro__ if ancestor in _STATUS), 500)


def problem_of(error: ColonnadeError, request_id: str | None = None) -> bytes:
    """Return the problem document of an error, as JSON."""
    status = status_of(type(error))
    document: dict[str, Any] = {  # JSON of any shape
        **error.facts,
        "type": TYPE_PREFIX + error.code,
        "title": _TITLES[status],
        "status": status,
        "detail": error.message,
        "code": error.code,
    }
    if request_id:
        document["instance"] = f"urn:request:{request_id}"
    if "field" in error.facts and "errors" not in document:
        document["errors"] = [{"field": error.facts["field"], "message": error.message, "code": error.code}]
    return to_json(document, fallback=str)


def invalid_message(error: ValidationError, values: object) -> InvalidMessage:
    """Return the error that says which fields of a message are wrong, without repeating their values.

    Args:
        error: What pydantic found.
        values: What it looked at, to tell fields from the members of unions, which pydantic names alike.
    """
    faults = error.errors(include_url=False, include_input=False)
    parts = {fault["loc"][:-1] for fault in faults if fault["loc"]}
    errors = [
        {"field": _field(fault, values), "message": _sentence(fault), "code": fault["type"]}
        for fault in faults
        if fault["type"] != "needs_python_object"
        and fault.get("ctx", {}).get("class") != Unset.__name__
        and not (fault["type"] == "too_short" and fault["loc"] in parts)  # it counts only the items that are good
    ]
    summary = "; ".join(f"{fault['field']}: {fault['message']}" for fault in errors[:3])
    return InvalidMessage(summary, errors=errors)


def _field(fault: Any, here: object) -> str:  # pydantic's ErrorDetails
    """Return the dotted path of a field, without the members of unions that pydantic tells apart in it."""
    path, places = [], fault["loc"]
    for depth, part in enumerate(places, start=1):
        is_missing = fault["type"] == "missing" and depth == len(places)
        if isinstance(here, Mapping) and (part in here or is_missing):
            here = here.get(part)
        elif isinstance(here, Sequence) and not isinstance(here, str) and isinstance(part, int):
            here = here[part] if part < len(here) else None
        else:
            continue
        path.append(str(part))
    return ".".join(path) or "body"


def _sentence(fault: Any) -> str:  # pydantic's ErrorDetails
    cause = fault.get("ctx", {}).get("error")
    if isinstance(cause, ColonnadeError):
        return cause.message
    if fault["type"] == "extra_forbidden":
        return "is not a field of this message"
    if fault["type"] == "missing":
        return "is missing"
    message: str = fault["msg"]
    return message[0].lower() + message[1:]


class ProblemReader:
    """Turns problem documents back into the errors that they were made of."""

    def __init__(self, extra: Iterable[type[ColonnadeError]] = ()) -> None:
        self._kinds = {kind.code: kind for kind in (*error_kinds(), *extra)}
        self._by_status = {status: kind for kind, status in _STATUS.items() if kind is not KeyMismatch}

    def error_of(self, status: int, document: Mapping[str, Any]) -> ColonnadeError:
        """Return the error that a document stands for: of its own class if this process knows it, else of its kind."""
        code = str(document.get("code", ""))
        kind = self._kinds.get(code) or self._by_status.get(status) or UnexpectedFault
        known = {"type", "title", "status", "detail", "code", "instance"}
        facts = {name: value for name, value in document.items() if name not in known and name.isidentifier()}
        message = str(document.get("detail") or document.get("title") or f"the server answered {status}")
        error = kind.__new__(kind)
        ColonnadeError.__init__(error, message, **facts)
        return error
