"""Rows and the table of them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from colonnade.api.contract.rates import UNLIMITED, Rate, default_rate
from colonnade.application.messaging import INTERNAL, Errand, Message

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
Need = Literal["optional", "required"]
Use = Literal["opens", "refreshes", "closes"]
RowRate = Rate | Literal["unlimited"]

_PARAMETER = re.compile(r"{(\w+)}")


def fields_of_path(path: str) -> tuple[str, ...]:
    """Return the names in braces in a path."""
    return tuple(_PARAMETER.findall(path))


@dataclass(frozen=True, slots=True)
class Row:
    """One operation of the API.

    Attributes:
        method: HTTP method.
        path: Path with the message's fields in braces, below the API's prefix.
        message: What is sent.
        status: Status of a good answer.
        tag: The group that it is documented in.
        etag: Whether the answer has a version that is its entity tag, so that `If-None-Match` gives 304.
        if_match: Whether the sender may or must name the version that it saw.
        idempotency: Whether the sender may or must name an `Idempotency-Key`.
        location: Path of what was made, with the answer's fields in braces.
        rate: How often it may be used; by the kind of message if none is named.
        session: What it does to a sign-in that a browser keeps in a cookie. What opens or refreshes one answers with
            `access_token`, `refresh_token` and `expires_in`; what refreshes one takes `refresh_token`.
    """

    method: Method
    path: str
    message: type[Message[Any]]
    status: int
    tag: str
    etag: bool = False
    if_match: Need | None = None
    idempotency: Need | None = None
    location: str | None = None
    rate: RowRate | None = None
    session: Use | None = None

    @property
    def limited_by(self) -> Rate | None:
        """The rate that counts, or none if nothing is counted."""
        if self.rate == UNLIMITED:
            return None
        return self.rate or default_rate(self.method, self.message.access)

    @property
    def path_fields(self) -> tuple[str, ...]:
        """The message's fields in the path."""
        return fields_of_path(self.path)


class Contract:
    """A table of rows; each context has its own, and `including` makes one of several.

    Example:
        >>> tasks = Contract("tasks", prefix="/workspaces/{workspace_id}")
        >>> tasks.post("/projects/{project_id}/tasks", CreateTask, status=201)
        >>> tasks.get("/tasks/{task_id}", GetTask, etag=True)
    """

    def __init__(self, tag: str, *, prefix: str = "") -> None:
        self._tag = tag
        self._prefix = prefix
        self._rows: list[Row] = []

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows)

    @classmethod
    def including(cls, contracts: "Iterable[Contract]") -> "Contract":
        """Return one table with the rows of several.

        Raises:
            TypeError: Two rows are in each other's way.
        """
        whole = cls("")
        for row in (row for contract in contracts for row in contract):
            whole._add(row)
        return whole

    def messages(self) -> list[type[Message[Any]]]:
        """Return every message of the table."""
        return [row.message for row in self._rows]

    def row_of(self, message: type[Message[Any]]) -> Row:
        """Return the row of a message.

        Raises:
            KeyError: It has none.
        """
        for row in self._rows:
            if row.message is message:
                return row
        raise KeyError(f"{message.__name__} has no row in the contract: add one, such as contract.get('/…', …)")

    def get(self, path: str, message: type[Message[Any]], *, etag: bool = False, rate: RowRate | None = None) -> None:
        """Read something."""
        self._add(Row("GET", self._prefix + path, message, 200, self._tag, etag=etag, rate=rate))

    def post(
        self,
        path: str,
        message: type[Message[Any]],
        *,
        status: int = 200,
        idempotency: Need | None = "optional",
        if_match: Need | None = None,
        location: str | None = None,
        rate: RowRate | None = None,
        session: Use | None = None,
    ) -> None:
        """Make something, or do something with it."""
        self._add(
            Row(
                "POST",
                self._prefix + path,
                message,
                status,
                self._tag,
                etag=_has_version(message),
                if_match=if_match or _versioned(message),
                idempotency=idempotency,
                location=location,
                rate=rate,
                session=session,
            )
        )

    def patch(
        self, path: str, message: type[Message[Any]], *, if_match: Need | None = None, rate: RowRate | None = None
    ) -> None:
        """Change parts of something (RFC 7396)."""
        need, has_tag = if_match or _versioned(message), _has_version(message)
        self._add(Row("PATCH", self._prefix + path, message, 200, self._tag, etag=has_tag, if_match=need, rate=rate))

    def put(
        self, path: str, message: type[Message[Any]], *, if_match: Need | None = None, rate: RowRate | None = None
    ) -> None:
        """Replace something."""
        need, has_tag = if_match or _versioned(message), _has_version(message)
        self._add(Row("PUT", self._prefix + path, message, 200, self._tag, etag=has_tag, if_match=need, rate=rate))

    def delete(
        self, path: str, message: type[Message[Any]], *, if_match: Need | None = None, rate: RowRate | None = None
    ) -> None:
        """Remove something."""
        need = if_match or _versioned(message)
        self._add(Row("DELETE", self._prefix + path, message, 204, self._tag, if_match=need, rate=rate))

    def _add(self, row: Row) -> None:
        if row.message.access is INTERNAL or issubclass(row.message, Errand):
            raise TypeError(f"{row.message.__name__} is sent by the service itself, so it has no row")
        unknown = [name for name in row.path_fields if name not in row.message.model_fields]
        if unknown:
            raise TypeError(f"{row.path}: {row.message.__name__} has no field {', '.join(unknown)}")
        if row.if_match and "expected_version" not in row.message.model_fields:
            raise TypeError(f"{row.message.__name__} takes no expected_version: derive it from VersionedCommand")
        if row.session == "refreshes" and "refresh_token" not in row.message.model_fields:
            raise TypeError(f"{row.message.__name__} takes no refresh_token, so it cannot refresh a session")
        for other in self._rows:
            if (other.method, other.path) == (row.method, row.path) or other.message is row.message:
                raise TypeError(f"{row.message.__name__} and {other.message.__name__} share {row.method} {row.path}")
        self._rows.append(row)


def _versioned(message: type[Message[Any]]) -> Need | None:
    return "optional" if "expected_version" in message.model_fields else None


def _has_version(message: type[Message[Any]]) -> bool:
    return "version" in getattr(message.result, "model_fields", {})
