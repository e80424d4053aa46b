"""`HttpBus`: a bus whose other end is a server that has the same contract."""

import json
from collections.abc import Callable, Iterable
from typing import Any, TypeVar
from urllib.parse import quote

import httpx2
from pydantic import TypeAdapter, ValidationError

from colonnade.api.client.credentials import Credentials, MemoryCredentials, Tokens
from colonnade.api.client.retries import RetrySettings, Unanswered, retrying
from colonnade.api.contract import Binding, Contract, Row
from colonnade.api.contract.binding import VERSION_FIELD
from colonnade.api.problems import ProblemReader, UnexpectedFault
from colonnade.application.messaging import PUBLIC, Context, Message, changes_of
from colonnade.application.messaging.bus import NOBODY
from colonnade.core import ColonnadeError, Unauthenticated, Unavailable, new_id
from colonnade.core.events import EventId

Result = TypeVar("Result")

_ERROR = 400
_TOKEN_REFUSALS = frozenset({Unauthenticated.code, "token_refused"})
"""What is said of a token that another one may mend; a wrong password, or a proof that is too old, is not."""


class _Plan:
    """How one message travels, worked out once."""

    def __init__(self, row: Row, prefix: str) -> None:
        self.row = row
        self.binding = Binding.of(row)
        self.path = prefix + row.path
        self.load: TypeAdapter[Any] = TypeAdapter(row.message.result)  # an answer of the message's own type


class HttpBus:
    """Sends messages over HTTP; use it as an asynchronous context manager, or call `close`.

    Reads and commands are tried again while the server cannot be reached or is busy: commands travel with an
    idempotency key, so that none is done twice. An access token that has expired is refreshed, once for all requests
    that are under way.
    """

    def __init__(
        self,
        server: str,
        contract: Contract,
        *,
        credentials: Credentials | None = None,
        refresh_with: Callable[[Tokens], Message[Any]] | None = None,
        prefix: str = "/api/v1",
        timeout_seconds: float = 30.0,
        retries: RetrySettings | None = None,
        errors: Iterable[type[ColonnadeError]] = (),
        transport: httpx2.AsyncBaseTransport | None = None,
        agent: str | None = None,
    ) -> None:
        """Prepare a client; nothing is sent yet.

        Args:
            server: Address of the server, such as `https://work.example.com`.
            contract: The table that both sides know.
            credentials: Where the tokens are; in memory if not said.
            refresh_with: Makes the message that exchanges expired tokens; its answer has the fields of `Tokens`.
            prefix: What stands before every path.
            timeout_seconds: How long one attempt may take.
            retries: How often a request is tried.
            errors: Error classes to raise beside those of the packages in use.
            transport: How requests travel, if not over the network.
            agent: What the program calls itself, as devices are listed; the HTTP library if unset.
        """
        self._plans = {row.message: _Plan(row, prefix) for row in contract}
        self._credentials = credentials or MemoryCredentials()
        self._refresh_with = refresh_with
        self._retries = retries or RetrySettings()
        self._problems = ProblemReader(errors)
        encrypted = not server.startswith("http://")
        self._http = httpx2.AsyncClient(
            base_url=server,
            timeout=timeout_seconds,
            transport=transport,
            verify=encrypted,
            headers=None if agent is None else {"user-agent": agent},
        )

    async def __aenter__(self) -> "HttpBus":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def send(self, message: Message[Result], context: Context = NOBODY) -> Result:
        """Send a message and return its answer.

        Raises:
            ColonnadeError: The server refused it or failed; of the same class as in the server.
            Unavailable: The server cannot be reached.
        """
        try:
            plan = self._plans[type(message)]
        except KeyError:
            raise TypeError(f"{type(message).__name__} has no row in the contract") from None
        takes_key = plan.row.idempotency is not None
        key = (context.idempotency_key or str(new_id(EventId))) if takes_key else None
        repeatable = key is not None or plan.row.method in {"GET", "PUT", "DELETE"}
        try:
            async for attempt in retrying(self._retries, repeatable=repeatable):
                with attempt:
                    response = await self._authorised(plan, message, context, key)
        except Unanswered as error:
            raise Unavailable(f"the server at {self._http.base_url} does not answer: {error}") from error
        answer: Result = _answer(plan, response)
        return answer

    def sign_in(self, tokens: Tokens | None) -> None:
        """Send with these tokens from now on, or with none."""
        self._credentials.save(tokens)

    async def _authorised(
        self, plan: _Plan, message: Message[Any], context: Context, key: str | None
    ) -> httpx2.Response:
        tokens = self._credentials.load()
        try:
            return await self._request(plan, message, context, key, tokens)
        except Unauthenticated as error:
            if tokens is None or plan.row.message.access is PUBLIC or error.code not in _TOKEN_REFUSALS:
                raise
            return await self._request(plan, message, context, key, await self._refreshed(tokens))

    async def _request(
        self, plan: _Plan, message: Message[Any], context: Context, key: str | None, tokens: Tokens | None
    ) -> httpx2.Response:
        values = changes_of(message)
        headers = {"accept": "application/json"}
        if tokens is not None:
            headers["authorization"] = f"Bearer {tokens.access_token}"
        if key is not None:
            headers["idempotency-key"] = key
        if context.correlation_id:
            headers["x-request-id"] = context.correlation_id
        if plan.binding.versioned and values.get(VERSION_FIELD) is not None:
            headers["if-match"] = f'"{values[VERSION_FIELD]}"'
        path = plan.path.format(**{name: quote(str(values[name]), safe="") for name in plan.binding.path})
        query = {name: _query_text(values[name]) for name in plan.binding.query if values.get(name) is not None}
        body = None
        if plan.binding.body:
            headers["content-type"] = "application/json"
            body = json.dumps({name: values[name] for name in plan.binding.body if name in values}).encode()
        return await self._exchange(plan.row.method, path, query, headers, body)

    async def _exchange(
        self, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes | None
    ) -> httpx2.Response:
        try:
            response = await self._http.request(method, path, params=query, headers=headers, content=body)
        except httpx2.TransportError as error:
            raise Unanswered(error) from error
        if response.status_code < _ERROR:
            return response
        raise self._error_of(response)

    def _error_of(self, response: httpx2.Response) -> ColonnadeError:
        try:
            document = response.json()
        except ValueError:
            document = None
        if not isinstance(document, dict):
            return UnexpectedFault(f"the server answered {response.status_code} without saying why")
        error = self._problems.error_of(response.status_code, document)
        wait = response.headers.get("retry-after", "")
        if wait.isdigit():
            error.retry_after_seconds = float(wait)  # type: ignore[attr-defined]  # read by the retry policy
        return error

    async def _refreshed(self, stale: Tokens) -> Tokens:
        """Return fresh tokens; of several requests that find theirs expired, one refreshes for all."""
        async with self._credentials.exclusive():
            present = self._credentials.load()
            if present is None:
                raise Unauthenticated("this sign-in has ended: sign in again")
            if present != stale:
                return present
            if self._refresh_with is None:
                raise Unauthenticated("the access token has expired, and this client has no way to refresh it")
            message = self._refresh_with(stale)
            plan = self._plans[type(message)]
            try:
                response = await self._request(plan, message, NOBODY, None, None)
            except Unauthenticated:
                self._credentials.save(None)
                raise
            answer = _answer(plan, response)
            tokens = Tokens(answer.access_token, answer.refresh_token)
            self._credentials.save(tokens)
            return tokens


def _answer(plan: _Plan, response: httpx2.Response) -> Any:  # of the type that the plan's message has
    try:
        return plan.load.validate_json(response.content or b"null")
    except ValidationError as error:
        raise UnexpectedFault("what answered is not the server that this client knows") from error


def _query_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
