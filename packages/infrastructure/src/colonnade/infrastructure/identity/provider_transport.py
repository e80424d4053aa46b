"""Calls to identity providers that cannot be turned against our own network, whatever their metadata names."""

from collections.abc import Mapping

from colonnade.core import Invalid
from colonnade.infrastructure.outbound import OutboundFailed, OutboundHttp
from colonnade.security.oidc import Answer, OidcReason, OidcRefused, ProviderUnavailable


class OutboundTransport:
    """Calls a provider; the settings of the client say how far it may go, and it follows no redirect."""

    def __init__(self, http: OutboundHttp) -> None:
        self._http = http

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, content: bytes = b""
    ) -> Answer:
        """Send a request.

        Raises:
            ProviderUnavailable: There is no answer in time.
            OidcRefused: The URL may not be called, or the answer is too long.
        """
        try:
            answer = await self._http.request(method, url, content=content, headers=headers)
        except OutboundFailed as error:
            raise ProviderUnavailable("the identity provider does not answer") from error
        except Invalid as error:
            raise OidcRefused("the identity provider leads where it must not", reason=OidcReason.PROVIDER) from error
        if answer.truncated:
            raise OidcRefused("the identity provider's answer is too long", reason=OidcReason.PROVIDER)
        return Answer(answer.status, answer.body)
