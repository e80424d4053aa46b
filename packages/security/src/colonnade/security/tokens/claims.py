"""What a token says (RFC 9068, section 2.2), read from a payload whose signature is good."""

from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

from colonnade.core import Unauthenticated


class TokenRefused(Unauthenticated):
    """The token is not one of ours, or not good any more."""

    code = "token_refused"


class Claims(NamedTuple):
    """What a good token says.

    Attributes:
        subject: Who (`sub`).
        session: In which session (`sid`).
        expires_at: Until when (`exp`).
        proved_at: When they last proved who they are (`auth_time`), to the second, rounded down.
        methods: How (`amr`, RFC 8176).
        client: With what program (`client_id`).
        scopes: What it is limited to (`scope`); empty means that it says nothing about that.
        kid: Name of the key that signed it.
    """

    subject: UUID
    session: UUID
    expires_at: datetime
    proved_at: datetime | None = None
    methods: frozenset[str] = frozenset()
    client: str = "colonnade"
    scopes: frozenset[str] = frozenset()
    kid: str = ""


class Statement(NamedTuple):
    """A payload, read with its types.

    Attributes:
        claims: What callers learn.
        issuer: Who says so.
        audience: To whom.
        issued_at: When.
        not_before: From when on, if that is later.
    """

    claims: Claims
    issuer: str
    audience: str
    issued_at: datetime
    not_before: datetime | None

    @classmethod
    def read(cls, payload: dict[str, object]) -> "Statement":
        """Read a payload.

        Raises:
            ValueError: A claim is missing or of another type.
        """
        _text(payload, "jti")
        claims = Claims(
            _identifier(payload, "sub"),
            _identifier(payload, "sid"),
            _moment(payload, "exp"),
            _moment(payload, "auth_time") if "auth_time" in payload else None,
            _names(payload.get("amr", [])),
            _text(payload, "client_id"),
            _names(_text(payload, "scope").split(" ")) if "scope" in payload else frozenset(),
        )
        not_before = _moment(payload, "nbf") if "nbf" in payload else None
        return cls(claims, _text(payload, "iss"), _text(payload, "aud"), _moment(payload, "iat"), not_before)


def _text(payload: dict[str, object], name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str) or not value:
        raise ValueError(f"{name} is not a text")
    return value


def _identifier(payload: dict[str, object], name: str) -> UUID:
    text = _text(payload, name)
    identifier = UUID(text)
    if str(identifier) != text:
        raise ValueError(f"{name} is not in its one form")
    return identifier


def _moment(payload: dict[str, object], name: str) -> datetime:
    value = payload.get(name)
    if type(value) is not int or value < 0:
        raise ValueError(f"{name} is not a time")
    try:
        return datetime.fromtimestamp(value, UTC)
    except (OverflowError, OSError) as error:
        raise ValueError(f"{name} is not a time") from error


def _names(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        raise ValueError("not a list of names")  # noqa: TRY004 - whatever is wrong with a token is one kind of error
    names = [name for name in value if isinstance(name, str) and name]
    if len(names) != len(value):
        raise ValueError("not a list of names")
    return frozenset(names)
