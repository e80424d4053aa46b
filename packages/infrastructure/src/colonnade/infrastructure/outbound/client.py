"""HTTP calls to strangers' addresses that cannot be turned against our own network.

Server-side request forgery (OWASP Top 10 2021, A10): the address is looked up once, each of its answers is checked, and
the connection goes to the very address that was checked, so that a name that answers differently the next time (DNS
rebinding) gains nothing. Each redirect is checked like the first address. There are no proxies and no cookies.
"""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from ipaddress import ip_address
from time import perf_counter

import httpx2

from colonnade.infrastructure.outbound.addresses import Address
from colonnade.infrastructure.outbound.errors import AddressRefused, OutboundFailed, Reason
from colonnade.infrastructure.outbound.exchange import Answer, exchange
from colonnade.infrastructure.outbound.requests import OutboundRequest, OutboundResponse
from colonnade.infrastructure.outbound.resolving import Resolve, SystemResolver
from colonnade.infrastructure.outbound.settings import OutboundSettings
from colonnade.infrastructure.outbound.urls import Target, read_target, refuse_private, refuse_unlisted

_GIVES_WAY = {Reason.CONNECT, Reason.TIMEOUT}


class OutboundHttp:
    """Calls addresses that strangers chose; holds no connection between calls."""

    def __init__(
        self,
        settings: OutboundSettings,
        *,
        resolve: Resolve | None = None,
        context: ssl.SSLContext | None = None,
    ) -> None:
        """Make a client.

        Args:
            settings: What may be called, and the limits.
            resolve: Looks names up; the operating system does unless given.
            context: Whom TLS trusts; the operating system's authorities unless given.
        """
        self._settings = settings
        self._resolve = resolve or SystemResolver()
        self._context = context or httpx2.create_ssl_context(trust_env=False)

    async def request(
        self, method: str, url: str, *, content: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> OutboundResponse:
        """Send a request and return the answer, whatever its status.

        Args:
            method: The HTTP method.
            url: The stranger's URL.
            content: The body; the caller sets its `Content-Type`.
            headers: Fields to send.

        Raises:
            AddressRefused: The URL, what it resolves to, or what it redirects to may not be called.
            OutboundFailed: There was no answer in time.
            Invalid: A header cannot be sent.
        """
        began = perf_counter()
        request = OutboundRequest(method, url, headers or {}, content).checked()
        try:
            async with asyncio.timeout(self._settings.timeout_seconds):
                answer, target = await self._follow(request)
        except TimeoutError as error:
            raise OutboundFailed("did not answer in time", reason=Reason.TIMEOUT) from error
        return OutboundResponse(*answer, seconds=perf_counter() - began, url=str(target.url))

    async def _follow(self, request: OutboundRequest) -> tuple[Answer, Target]:
        following = 0
        while True:
            target = read_target(request.url, self._settings.allowed_networks, allow_http=self._settings.allow_http)
            answer = await self._send(request, target, await self._checked_addresses(target))
            redirected = request.redirected(target.url, answer.status, answer.headers.get("location"))
            if redirected is None or following == self._settings.redirect_limit:
                return answer, target
            request = redirected
            following += 1

    async def _checked_addresses(self, target: Target) -> Sequence[Address]:
        refuse_unlisted(target, self._settings.allowed_hosts)
        if self._settings.allowed_ports and target.port not in self._settings.allowed_ports:
            raise AddressRefused("must not name this port", field="url", port=target.port)
        if not target.addresses:
            target = target._replace(addresses=await self._look_up(target))
        refuse_private(target, self._settings.allowed_networks)
        return target.addresses

    async def _look_up(self, target: Target) -> tuple[Address, ...]:
        try:
            async with asyncio.timeout(self._settings.resolve_timeout_seconds):
                found = await self._resolve(target.host, target.port)
        except OSError as error:
            raise OutboundFailed("could not be looked up", reason=Reason.RESOLVE, host=target.host) from error
        if not found:
            raise OutboundFailed("has no address", reason=Reason.RESOLVE, host=target.host)
        return tuple(ip_address(address) for address in found)

    async def _send(self, request: OutboundRequest, target: Target, addresses: Sequence[Address]) -> Answer:
        *others, last = addresses
        for address in others:
            try:
                return await exchange(request, target, address, self._context, self._settings)
            except OutboundFailed as error:
                if error.reason not in _GIVES_WAY:
                    raise
        return await exchange(request, target, last, self._context, self._settings)
