"""Who sends a request, from where, how often, and whether a page of ours made it: all before its body is read."""

from typing import Protocol

from starlette.types import Scope

from colonnade.api.contract import Row
from colonnade.api.contract.rates import REFUSALS
from colonnade.api.http.addresses import ClientAddresses, origin_of_request
from colonnade.api.http.bodies import Headers
from colonnade.api.http.cookies import CookieSessions
from colonnade.api.http.rates import Admission, RateLimiter
from colonnade.application.messaging import PUBLIC, Caller
from colonnade.application.messaging.context import Origin
from colonnade.core import Unauthenticated


class Authenticator(Protocol):
    """Knows who a bearer token stands for."""

    async def authenticate(self, token: str) -> Caller:
        """Return the caller.

        Raises:
            Unauthenticated: The token is not good.
        """
        ...


class Proofs:
    """Checks the requests of one row."""

    def __init__(
        self,
        row: Row,
        authenticator: Authenticator,
        addresses: ClientAddresses,
        limiter: RateLimiter | None,
        cookies: CookieSessions | None,
        *,
        factor: float,
    ) -> None:
        self._address_of = addresses.of
        self._authenticate = authenticator.authenticate
        self._cookies = cookies
        self._is_public = row.message.access is PUBLIC
        self._is_safe = row.method == "GET"
        self._admission = self._refusals = None
        if limiter is not None:
            self._refusals = Admission(REFUSALS, limiter, factor=factor)
            if row.limited_by is not None:
                self._admission = Admission(row.limited_by, limiter, factor=factor)

    async def check(self, scope: Scope, headers: Headers) -> tuple[Caller | None, Origin]:
        """Return who sends a request, and from where.

        Raises:
            Unauthenticated: Nobody whom we know, and the row wants somebody.
            CrossSiteRefused: A page of somebody else made the browser send it.
            LimitExceeded: They have sent enough for now.
            Unavailable: Nobody can count, and the row guards secrets.
        """
        address = self._address_of(scope)
        caller = None if self._is_public else await self._caller(scope, headers, address)
        if self._admission is not None:
            await self._admission.admit(scope, address=address, caller=caller)
        return caller, origin_of_request(address, headers.get(b"user-agent"))

    async def _caller(self, scope: Scope, headers: Headers, address: str | None) -> Caller:
        try:
            return await self._authenticate(self._token(headers))
        except Unauthenticated:
            if self._refusals is not None:
                await self._refusals.admit(scope, address=address)
            raise

    def _token(self, headers: Headers) -> str:
        """Return the access token: of the header, which no browser sends by itself, or else of the cookie."""
        authorization = headers.get(b"authorization")
        if authorization is None and self._cookies is not None:
            session = self._cookies.session_of(headers)
            if session is not None:
                if not self._is_safe:
                    self._cookies.require_proof(headers, session)
                return session.access_token
        scheme, _, token = (authorization or b"").partition(b" ")
        if scheme.lower() != b"bearer" or not token:
            raise Unauthenticated("sign in first, and send the access token as 'Authorization: Bearer …'")
        return token.decode("latin-1")
