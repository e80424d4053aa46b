"""Calls to providers over HTTP, for services whose operator trusts each of them with the URLs that it names."""

import asyncio
from collections.abc import Mapping

import httpx2

from colonnade.security.oidc.errors import OidcReason, OidcRefused, ProviderUnavailable
from colonnade.security.oidc.transport import Answer


class HttpTransport:
    """Calls a provider wherever its metadata says, over connections of its own: no proxies, cookies or redirects.

    It does not tell private addresses from public ones.

    Args:
        timeout_seconds: How long a whole call may take.
        body_limit_bytes: How long an answer may be.
    """

    def __init__(self, *, timeout_seconds: float = 10.0, body_limit_bytes: int = 262_144) -> None:
        self._timeout_seconds = timeout_seconds
        self._body_limit_bytes = body_limit_bytes
        self._context = httpx2.create_ssl_context(trust_env=False)

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> Answer:
        """Send a request.

        Raises:
            ProviderUnavailable: There is no answer in time.
            OidcRefused: The URL is none, or the answer is too long.
        """
        try:
            async with (
                asyncio.timeout(self._timeout_seconds),
                httpx2.AsyncClient(verify=self._context, trust_env=False, follow_redirects=False) as client,
                client.stream(method, url, headers=headers, content=content) as response,
            ):
                return Answer(response.status_code, await self._read(response))
        except (TimeoutError, httpx2.TransportError) as error:
            raise ProviderUnavailable("the identity provider does not answer") from error
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise OidcRefused("the identity provider cannot be called", reason=OidcReason.PROVIDER) from error

    async def _read(self, response: httpx2.Response) -> bytes:
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > self._body_limit_bytes:
                raise OidcRefused("the identity provider's answer is too long", reason=OidcReason.PROVIDER)
        return bytes(body)
