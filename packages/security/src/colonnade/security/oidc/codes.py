"""Exchange a code for tokens (RFC 6749, section 4.1.3; RFC 7636, section 4.5)."""

from base64 import b64encode
from urllib.parse import quote_plus

from authlib.oauth2.rfc6749.parameters import prepare_token_request  # type: ignore[import-untyped]

from colonnade.security.oidc.errors import OidcReason, OidcRefused, ProviderUnavailable
from colonnade.security.oidc.id_tokens import Tokens
from colonnade.security.oidc.metadata import ProviderMetadata, read_object
from colonnade.security.oidc.records import ProviderSettings, Transaction
from colonnade.security.oidc.transport import Transport

_OK = 200
_SERVER_ERROR = 500


async def exchange(
    code: str,
    transaction: Transaction,
    settings: ProviderSettings,
    metadata: ProviderMetadata,
    transport: Transport,
) -> Tokens:
    """Return the tokens for a code.

    Raises:
        OidcRefused: The provider does not take it, or gives no tokens for it.
        ProviderUnavailable: The provider does not answer.
    """
    headers = {"accept": "application/json", "content-type": "application/x-www-form-urlencoded"}
    credentials = {"client_id": settings.client_id}
    if settings.client_secret is not None and metadata.takes_basic:
        credentials = {}
        headers["authorization"] = _basic(settings.client_id, settings.client_secret)
    elif settings.client_secret is not None:
        credentials["client_secret"] = settings.client_secret
    body: str = prepare_token_request(
        "authorization_code",
        redirect_uri=transaction.redirect_uri,
        code=code,
        code_verifier=transaction.verifier,
        **credentials,
    )
    answer = await transport.request("POST", metadata.token_endpoint, headers=headers, content=body.encode())
    if answer.status >= _SERVER_ERROR:
        raise ProviderUnavailable("the identity provider does not answer")
    if answer.status != _OK:
        raise OidcRefused("the identity provider did not take its own code", reason=OidcReason.CODE)
    return _tokens(answer.body)


def _basic(client_id: str, client_secret: str) -> str:
    """Return the credentials as RFC 6749 wants them: encoded as in forms first (section 2.3.1)."""
    pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
    return f"Basic {b64encode(pair.encode()).decode()}"


def _tokens(body: bytes) -> Tokens:
    said = read_object(body)
    access_token, id_token = said.get("access_token"), said.get("id_token")
    is_bearer = str(said.get("token_type", "")).lower() == "bearer"
    if not isinstance(access_token, str) or not isinstance(id_token, str) or not is_bearer:
        raise OidcRefused("the identity provider gave no tokens", reason=OidcReason.CODE)
    return Tokens(access_token, id_token)
