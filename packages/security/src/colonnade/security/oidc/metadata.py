"""What a provider says of itself (OpenID Connect Discovery 1.0, RFC 8414), of which no more is believed than needed."""

import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from authlib.oidc.discovery import get_well_known_url  # type: ignore[import-untyped]

from colonnade.core import Clock
from colonnade.security.oidc.errors import OidcReason, OidcRefused, ProviderUnavailable
from colonnade.security.oidc.single import Remembered
from colonnade.security.oidc.transport import Transport

JsonObject = dict[str, Any]  # JSON values
_OK = 200
_SERVER_ERROR = 500


class ProviderMetadata(NamedTuple):
    """Where a provider is called, and how.

    Attributes:
        names_itself: Whether it says in each answer who answers (RFC 9207).
        takes_basic: Whether the client's secret may be sent by HTTP Basic; in the form if not.
    """

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    names_itself: bool
    takes_basic: bool


class Discovery:
    """Reads a provider's metadata, and remembers it for a while."""

    def __init__(self, issuer: str, transport: Transport, clock: Clock, *, cache_seconds: int) -> None:
        self._issuer = issuer
        self._transport = transport
        self._remembered = Remembered(self._read, clock, seconds=cache_seconds)

    async def metadata(self) -> ProviderMetadata:
        """Return the metadata.

        Raises:
            ProviderUnavailable: There is no answer.
            OidcRefused: It is the metadata of somebody else, or leads where it must not.
        """
        return await self._remembered.get()

    async def _read(self) -> ProviderMetadata:
        return _metadata(
            await fetch_json(self._transport, get_well_known_url(self._issuer, external=True)), self._issuer
        )


async def fetch_json(transport: Transport, url: str, *, bearer: str | None = None) -> JsonObject:
    """Return the JSON object at a URL, which is asked for with an access token if there is one.

    Raises:
        ProviderUnavailable: There is no answer.
        OidcRefused: There is something else, or nothing.
    """
    credentials = {} if bearer is None else {"authorization": f"Bearer {bearer}"}
    answer = await transport.request("GET", url, headers={"accept": "application/json", **credentials})
    if answer.status >= _SERVER_ERROR:
        raise ProviderUnavailable("the identity provider does not answer")
    if answer.status != _OK:
        raise OidcRefused("the identity provider has not what is needed", reason=OidcReason.PROVIDER)
    return read_object(answer.body)


def read_object(body: bytes) -> JsonObject:
    """Return a JSON object.

    Raises:
        OidcRefused: It is none.
    """
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise OidcRefused("the identity provider does not speak JSON", reason=OidcReason.PROVIDER) from error
    if not isinstance(read, dict):
        raise OidcRefused("the identity provider does not speak JSON", reason=OidcReason.PROVIDER)
    return read


def _metadata(said: JsonObject, issuer: str) -> ProviderMetadata:
    if said.get("issuer") != issuer:
        raise OidcRefused("the identity provider calls itself otherwise", reason=OidcReason.ISSUER)
    userinfo = said.get("userinfo_endpoint")
    methods = said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    return ProviderMetadata(
        authorization_endpoint=_endpoint(said.get("authorization_endpoint"), issuer),
        token_endpoint=_endpoint(said.get("token_endpoint"), issuer),
        jwks_uri=_endpoint(said.get("jwks_uri"), issuer),
        userinfo_endpoint=None if userinfo is None else _endpoint(userinfo, issuer),
        names_itself=said.get("authorization_response_iss_parameter_supported") is True,
        takes_basic=isinstance(methods, list) and "client_secret_basic" in methods,
    )


def _endpoint(url: object, issuer: str) -> str:
    """Return an endpoint that may be called: over TLS, unless the operator's own address of the provider has none."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
    except ValueError:
        parts = None
    if parts is None or not parts.hostname or parts.scheme not in {"https", urlsplit(issuer).scheme}:
        raise OidcRefused("the identity provider leads where it must not", reason=OidcReason.PROVIDER)
    return parts.geturl()
