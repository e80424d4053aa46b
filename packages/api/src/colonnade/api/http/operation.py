"""One row as an ASGI endpoint: request to message, message to bus, answer to response. Compiled at start-up."""

from collections.abc import Callable
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote, urlencode

from pydantic import TypeAdapter, ValidationError
from starlette.types import Receive, Scope, Send

from colonnade.api.contract import Binding, Row
from colonnade.api.contract.binding import VERSION_FIELD
from colonnade.api.contract.table import fields_of_path
from colonnade.api.http.bodies import Headers, read_json
from colonnade.api.http.preconditions import expected_version, is_known, tag_of
from colonnade.api.http.requests import REQUEST_ID
from colonnade.api.http.responses import send_empty, send_json
from colonnade.api.problems import HttpError, MissingKey, invalid_message
from colonnade.application.messaging import PUBLIC, Bus, Caller, Context
from colonnade.core import Unauthenticated

MAX_KEY_LENGTH = 200
MAX_QUERY_FIELDS = 50


class Authenticator(Protocol):
    """Knows who a bearer token stands for."""

    async def authenticate(self, token: str) -> Caller:
        """Return the caller.

        Raises:
            Unauthenticated: The token is not good.
        """
        ...


class Operation:
    """An endpoint for one row."""

    def __init__(self, row: Row, bus: Bus, authenticator: Authenticator, *, body_limit_bytes: int, prefix: str) -> None:
        self._row = row
        self._binding = Binding.of(row)
        self._send_message = bus.send
        self._authenticate = authenticator.authenticate
        self._body_limit_bytes = body_limit_bytes
        self._prefix = prefix
        self._validate: Callable[[Any], Any] = row.message.model_validate  # a message of the row's own class
        self._serialise = TypeAdapter(row.message.result).serializer.to_json
        self._is_public = row.message.access is PUBLIC
        self._is_get = row.method == "GET"
        self._location_fields = fields_of_path(row.location or "")
        self._caller_key = row.idempotency is not None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request.

        Raises:
            ColonnadeError: The request was refused; the application around makes a problem document of it.
        """
        headers: Headers = dict(scope["headers"])
        caller = None if self._is_public else await self._caller(headers)
        message = await self._message(scope, headers, receive)
        context = Context(
            caller=caller,
            correlation_id=scope[REQUEST_ID],
            idempotency_key=self._idempotency_key(headers) if self._caller_key else None,
        )
        answer = await self._send_message(message, context)
        if answer is None:
            await send_empty(send, self._row.status)
            return
        await self._respond(scope, headers, answer, send)

    async def _caller(self, headers: Headers) -> Caller:
        scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
        if scheme.lower() != b"bearer" or not token:
            raise Unauthenticated("sign in first, and send the access token as 'Authorization: Bearer …'")
        return await self._authenticate(token.decode("latin-1"))

    async def _message(self, scope: Scope, headers: Headers, receive: Receive) -> Any:  # of the row's class
        binding = self._binding
        values: dict[str, Any]  # JSON of any shape
        if self._is_get or self._row.method == "DELETE":
            values = _query_values(scope["query_string"]) if scope["query_string"] else {}
        else:
            values = await read_json(headers, receive, limit_bytes=self._body_limit_bytes, needed=binding.needs_body)
        for name in (*binding.path, VERSION_FIELD):
            if name in values:
                raise HttpError(f"{name} does not belong into the {'query' if self._is_get else 'body'}", field=name)
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
        key = raw.decode("latin-1").strip().strip('"')
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
