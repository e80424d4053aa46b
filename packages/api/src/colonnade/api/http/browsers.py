"""Rows that open, refresh or close the sign-in of a browser: tokens come from the cookie and go into it."""

from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json
from starlette.types import Scope

from colonnade.api.contract import Row
from colonnade.api.contract.sessions import MODE_HEADER
from colonnade.api.http.bodies import Headers
from colonnade.api.http.cookies import CookieSessions
from colonnade.api.http.responses import answer_headers

_MODE, _BY_COOKIE = MODE_HEADER.lower().encode(), b"cookie"


class BrowserSignIn:
    """What the cookie has to do with one row."""

    def __init__(self, row: Row, cookies: CookieSessions) -> None:
        self._use = row.session
        self._cookies = cookies
        self._dump = TypeAdapter(row.message.result).dump_python

    def given(self, headers: Headers) -> dict[str, str] | None:
        """Return the fields of the message that come from the cookie.

        Raises:
            CrossSiteRefused: A page of somebody else made the browser ask.
            Unauthenticated: The cookie is not as we write it.
        """
        if self._use == "refreshes" and b"authorization" not in headers:
            session = self._cookies.session_of(headers)
            if session is not None:
                self._cookies.require_proof(headers, session)
                return {"refresh_token": session.refresh_token}
        if self._wants_cookie(headers):
            self._cookies.require_own_page(headers)
        return None

    def kept(self, scope: Scope, headers: Headers, answer: Any) -> bytes | None:  # of the row's result
        """Put the tokens of an answer into cookies, and return the body that is left, if they belong there."""
        if self._use == "closes":
            if b"cookie" in headers:
                answer_headers(scope).extend(self._cookies.closed())
            return None
        if getattr(answer, "access_token", None) is None:
            return None
        by_cookie = self._use == "refreshes" and self._cookies.session_of(headers) is not None
        if not by_cookie and not self._wants_cookie(headers):
            return None
        body, cookies = self._cookies.opened(self._dump(answer, mode="json"))
        answer_headers(scope).extend(cookies)
        return to_json(body)

    def _wants_cookie(self, headers: Headers) -> bool:
        return self._use in {"opens", "refreshes"} and headers.get(_MODE, b"").strip().lower() == _BY_COOKIE
