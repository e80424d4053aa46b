"""Sign-ins that a browser keeps in a cookie, and the proof that a page of ours made a request (CSRF)."""

import hmac
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from colonnade.api.contract.sessions import COOKIE, PROOF_COOKIE, PROOF_HEADER
from colonnade.api.http.settings import origin_of
from colonnade.api.problems import CrossSiteRefused
from colonnade.core import Unauthenticated

TOKEN_FIELDS = ("access_token", "refresh_token", "token_type")
"""What an answer does not say if the cookie says it."""

_NAME, _PROOF, _BETWEEN = COOKIE.encode(), PROOF_HEADER.lower().encode(), "|"
_TOKEN = re.compile(r"[A-Za-z0-9._~+/=-]{1,2000}")  # RFC 6750, section 2.1
_ATTRIBUTES = "Path=/; Secure; SameSite=Lax"

Headers = Mapping[bytes, bytes]
Pair = tuple[bytes, bytes]


class CookieSession(NamedTuple):
    """What a request's cookie holds.

    Attributes:
        value: All of it, to which the proof is bound.
        access_token: Says who asks.
        refresh_token: Gets the next access token.
    """

    value: bytes
    access_token: str
    refresh_token: str


class CookieSessions:
    """Keeps both tokens of a sign-in in one cookie that no script reads.

    A request that changes something must prove that a page of ours made it, in two ways: the browser says so itself
    (`Sec-Fetch-Site`, `Origin`), and the page shows a token that is an HMAC of the cookie (signed double submit, OWASP
    Cross-Site Request Forgery Prevention). A sign-in makes a new cookie and with it a new proof, so a cookie that
    somebody planted before is worth nothing afterwards.
    """

    def __init__(self, key: bytes, *, public_url: str, cors_origins: Collection[str] = (), keep_seconds: int) -> None:
        """Prepare.

        Args:
            key: Key of the proofs, for this purpose alone.
            public_url: Where our own pages are.
            cors_origins: Origins of other sites whose pages may do what ours may.
            keep_seconds: How long browsers keep the cookie, as long as a refresh token is good.
        """
        self._key = key
        self._origins = frozenset(origin_of(url).encode() for url in (public_url, *cors_origins))
        self._attributes = f"{_ATTRIBUTES}; Max-Age={keep_seconds}"

    def session_of(self, headers: Headers) -> CookieSession | None:
        """Return what a request's cookie holds, or none if it has none.

        Raises:
            Unauthenticated: There are several, or it is not as we write it.
        """
        line = headers.get(b"cookie")
        if line is None or _NAME not in line:
            return None
        values = [value for name, value in _cookies(line) if name == _NAME]
        if not values:
            return None
        access, between, refresh = values[0].decode("latin-1").partition(_BETWEEN)
        if len(values) > 1 or not (between and _TOKEN.fullmatch(access) and _TOKEN.fullmatch(refresh)):
            raise Unauthenticated("the cookie is not one of ours: sign in again")
        return CookieSession(values[0], access, refresh)

    def proof_of(self, value: bytes) -> str:
        """Return the token that a page of ours shows beside a cookie."""
        return hmac.digest(self._key, value, "sha256").hex()

    def require_own_page(self, headers: Headers) -> None:
        """Return if the browser says that a page of ours made the request.

        Raises:
            CrossSiteRefused: It says otherwise, or nothing.
        """
        if headers.get(b"sec-fetch-site") != b"same-origin" and headers.get(b"origin") not in self._origins:
            raise CrossSiteRefused("this request did not come from a page of this service")

    def require_proof(self, headers: Headers, session: CookieSession) -> None:
        """Return if a page of ours made a request that came with a cookie.

        Args:
            headers: The request's.
            session: Its cookie.

        Raises:
            CrossSiteRefused: It is not shown.
        """
        self.require_own_page(headers)
        if not hmac.compare_digest(headers.get(_PROOF, b""), self.proof_of(session.value).encode()):
            raise CrossSiteRefused(f"send the cookie {PROOF_COOKIE} as the header {PROOF_HEADER}")

    def opened(self, answer: dict[str, Any]) -> tuple[dict[str, Any], list[Pair]]:
        """Return an answer without its tokens, and the headers that put them into cookies.

        Args:
            answer: The JSON of an answer with `access_token` and `refresh_token`.

        Raises:
            ValueError: A token has characters that no token has.
        """
        headers = self.cookies_for(answer["access_token"], answer["refresh_token"])
        proof = headers[1][1].partition(b"=")[2].partition(b";")[0].decode()
        rest = {name: value for name, value in answer.items() if name not in TOKEN_FIELDS}
        return {**rest, "csrf_token": proof}, headers

    def cookies_for(self, access_token: str, refresh_token: str) -> list[Pair]:
        """Return the headers that put the tokens of a sign-in, and their proof, into cookies.

        Raises:
            ValueError: A token has characters that no token has.
        """
        if not (_TOKEN.fullmatch(access_token) and _TOKEN.fullmatch(refresh_token)):
            raise ValueError("a token has characters that no token has")
        value = f"{access_token}{_BETWEEN}{refresh_token}"
        return [
            _set_cookie(f"{COOKIE}={value}; HttpOnly; {self._attributes}"),
            _set_cookie(f"{PROOF_COOKIE}={self.proof_of(value.encode())}; {self._attributes}"),
        ]

    def closed(self) -> list[Pair]:
        """Return the headers that make a browser forget a sign-in."""
        return [
            _set_cookie(f"{COOKIE}=; HttpOnly; {_ATTRIBUTES}; Max-Age=0"),
            _set_cookie(f"{PROOF_COOKIE}=; {_ATTRIBUTES}; Max-Age=0"),
        ]


def _cookies(line: bytes) -> Iterator[tuple[bytes, bytes]]:
    for part in line.split(b";"):
        name, _, value = part.strip().partition(b"=")
        yield name, value


def _set_cookie(text: str) -> Pair:
    return b"set-cookie", text.encode("ascii")
