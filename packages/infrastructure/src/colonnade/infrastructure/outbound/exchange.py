"""One HTTP exchange with one address that was checked before."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import aclosing, contextmanager
from typing import NamedTuple

import httpx2

from colonnade.infrastructure.outbound.addresses import Address
from colonnade.infrastructure.outbound.errors import OutboundFailed, Reason
from colonnade.infrastructure.outbound.requests import OutboundRequest
from colonnade.infrastructure.outbound.settings import OutboundSettings
from colonnade.infrastructure.outbound.urls import Target


class Answer(NamedTuple):
    """What one server said."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    truncated: bool


async def exchange(
    request: OutboundRequest,
    target: Target,
    address: Address,
    context: ssl.SSLContext,
    settings: OutboundSettings,
) -> Answer:
    """Send a request over a connection of its own.

    The connection goes to the address and to nothing else, while the `Host` field, SNI and the name in the certificate
    are the URL's host: nobody is asked again where that is. A connection is never used twice, since another host's
    request must not travel under this one's certificate.

    Raises:
        OutboundFailed: There was no answer, or none that is HTTP.
    """
    headers = {
        "User-Agent": settings.user_agent,
        "Host": target.url.netloc.decode("ascii"),
        "Connection": "close",
        "Accept-Encoding": "identity",
        **request.headers,
    }
    pinned = httpx2.Request(
        request.method,
        target.url.copy_with(host=str(address)),
        headers=headers,
        content=request.content,
        extensions={"sni_hostname": target.host, "timeout": {"connect": settings.connect_timeout_seconds}},
    )
    with _translated(target.host):
        async with httpx2.AsyncHTTPTransport(verify=context) as transport:
            response = await transport.handle_async_request(pinned)
            try:
                body, truncated = await _read(response, settings.body_limit_bytes)
            finally:
                await response.aclose()
    return Answer(response.status_code, dict(response.headers), body, truncated)


async def _read(response: httpx2.Response, limit: int) -> tuple[bytes, bool]:
    body = bytearray()
    async with aclosing(response.aiter_raw()) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > limit:
                return bytes(body[:limit]), True
    return bytes(body), False


@contextmanager
def _translated(host: str) -> Iterator[None]:
    try:
        yield
    except httpx2.ConnectTimeout as error:
        raise OutboundFailed("did not accept a connection in time", reason=Reason.TIMEOUT, host=host) from error
    except httpx2.ConnectError as error:
        if _is_tls(error):
            raise OutboundFailed(f"failed the TLS handshake: {error}", reason=Reason.TLS, host=host) from error
        raise OutboundFailed("did not accept a connection", reason=Reason.CONNECT, host=host) from error
    except httpx2.TransportError as error:
        raise OutboundFailed("broke off or did not speak HTTP", reason=Reason.PROTOCOL, host=host) from error


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
