"""One row as an ASGI endpoint: request to message, message to bus, answer to response. Compiled at start-up."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json
from starlette.types import Receive, Scope, Send

from colonnade.api.contract import Binding, Row
from colonnade.api.contract.binding import VERSION_FIELD
from colonnade.api.contract.table import fields_of_path
from colonnade.api.http.addresses import ClientAddresses
from colonnade.api.http.bodies import Headers, read_json
from colonnade.api.http.browsers import BrowserSignIn
from colonnade.api.http.cookies import CookieSessions
from colonnade.api.http.preconditions import expected_version, is_known, tag_of
from colonnade.api.http.proofs import Authenticator, Proofs
from colonnade.api.http.rates import RateLimiter
from colonnade.api.http.requests import REQUEST_ID
from colonnade.api.http.responses import send_empty, send_json
from colonnade.api.http.settings import HttpSettings
from colonnade.api.problems import HttpError, MissingKey, invalid_message
from colonnade.application.messaging import Bus, Context, Message

MAX_KEY_LENGTH = 200
MAX_QUERY_FIELDS = 50


class Operation:
    """An endpoint for one row."""

    def __init__(
        self,
        row: Row,
        bus: Bus,
        authenticator: Authenticator,
        settings: HttpSettings,
        *,
        addresses: ClientAddresses,
        limiter: RateLimiter | None = None,
        cookies: CookieSessions | None = None,
    ) -> None:
        self._row = row
        self._binding = Binding.of(row)
        self._send_message = bus.send
        self._proofs = Proofs(row, authenticator, addresses, limiter, cookies, factor=settings.rate_factor)
        self._body_limits = settings.body
        self._prefix = settings.prefix
        self._validate = _strictly(row.message) if self._binding.body else row.message.model_validate
        self._serialise = TypeAdapter(row.message.result).serializer.to_json
        self._browsers = BrowserSignIn(row, cookies) if cookies is not None and row.session is not None else None
        self._is_get = row.method == "GET"
        self._location_fields = fields_of_path(row.location or "")
        self._caller_key = row.idempotency is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            ColonnadeError: The request was refused; the application around makes a problem document of it.
        """
        headers: Headers = dict(scope["headers"])
        caller, origin = await self._proofs.check(scope, headers)
        given = self._browsers.given(headers) if self._browsers is not None else None
        message = await self._message(scope, headers, receive, given)
        context = Context(
            caller=caller,
            correlation_id=scope[REQUEST_ID],
            idempotency_key=self._idempotency_key(headers) if self._caller_key else None,
            origin=origin,
        )
        answer = await self._send_message(message, context)
        if self._browsers is not None:
            body = self._browsers.kept(scope, headers, answer)
            if body is not None:
                await send_json(send, self._row.status, body)
                return
        if answer is None:
            await send_empty(send, self._row.status)
            return
        await self._respond(scope, headers, answer, send)

    async def _message(
        self, scope: Scope, headers: Headers, receive: Receive, given: dict[str, str] | None
    ) -> Any:  # of the row's class
        binding = self._binding
        values: dict[str, Any]  # JSON of any shape
        in_query = self._row.method in {"GET", "DELETE"}
        if in_query:
            values = _query_values(scope["query_string"]) if scope["query_string"] else {}
        else:
            needed = binding.needs_body and not given
            values = await read_json(headers, receive, limits=self._body_limits, needed=needed)
        if given:
            values = given | values
        for name in (*binding.path, VERSION_FIELD):
            if name in values:
                raise HttpError(f"{name} does not belong into the {'query' if in_query else 'body'}", field=name)
        values.update(scope["path_params"])
        if binding.versioned:
            version = expected_version(headers.get(b"if-match"), required=self._row.if_match == "required")
            if version is not None:
                values[VERSION_FIELD] = version
        try:
            return self._validate(values)
        except ValidationError as error:
            raise invalid_message(error, values) from error

    def _idempotency_key(self, headers: Headers) -> str | None:
        raw = headers.get(b"idempotency-key")
        if raw is None:
            if self._row.idempotency == "required":
                raise MissingKey("send an Idempotency-Key, so that a repetition is recognised", field="Idempotency-Key")
            return None
        key = raw.decode("latin-1").strip(' \t"')
        if not key or len(key) > MAX_KEY_LENGTH or not key.isascii() or not key.isprintable():
            raise HttpError(
                f"an idempotency key has 1 to {MAX_KEY_LENGTH} printable ASCII characters", field="Idempotency-Key"
            )
        return key

    async def _respond(self, scope: Scope, headers: Headers, answer: Any, send: Send) -> None:  # of the row's result
        row, extra = self._row, list[tuple[bytes, bytes]]()
        if row.etag:
            tag = tag_of(answer.version)
            extra.append((b"etag", tag))
            if self._is_get and is_known(headers.get(b"if-none-match"), tag):
                await send_empty(send, 304, extra)
                return
        if self._binding.paged and answer.next is not None:
            extra.append((b"link", _next_link(scope, answer.next)))
        if row.location is not None:
            fields = {name: quote(str(getattr(answer, name))) for name in self._location_fields}
            extra.append((b"location", (self._prefix + row.location.format_map(fields)).encode()))
        await send_json(send, row.status, self._serialise(answer), extra)


def _strictly(kind: type[Message[Any]]) -> Callable[[Any], Message[Any]]:
    """Return what validates JSON as such: 0 is not false, 86400 is not a date, "1" is not a number."""
    return lambda values: kind.model_validate_json(to_json(values), strict=True)


def _query_values(query: bytes) -> dict[str, Any]:
    try:
        pairs = parse_qsl(
            query.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=MAX_QUERY_FIELDS
        )
    except ValueError as error:
        raise HttpError("the query string cannot be read") from error
    values = dict(pairs)
    if len(values) < len(pairs):
        raise HttpError("a query parameter occurs twice")
    return values


def _next_link(scope: Scope, cursor: str) -> bytes:
    pairs = [pair for pair in parse_qsl(scope["query_string"].decode("ascii")) if pair[0] != "cursor"]
    query = urlencode([*pairs, ("cursor", cursor)])
    return f'<{quote(scope["path"])}?{query}>; rel="next"'.encode()
