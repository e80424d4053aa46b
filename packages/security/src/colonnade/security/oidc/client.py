"""The two halves of a sign-in through a provider: send somebody there, and take them back."""

import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from authlib.oauth2.rfc6749.parameters import prepare_grant_uri  # type: ignore[import-untyped]
from authlib.oauth2.rfc7636 import create_s256_code_challenge  # type: ignore[import-untyped]

from colonnade.core import Clock
from colonnade.security.oidc.codes import exchange
from colonnade.security.oidc.errors import OidcReason, OidcRefused
from colonnade.security.oidc.id_tokens import IdTokens, Tokens
from colonnade.security.oidc.keys import ProviderKeys
from colonnade.security.oidc.metadata import Discovery, ProviderMetadata, fetch_json
from colonnade.security.oidc.records import ExternalPerson, ProviderSettings, Transaction
from colonnade.security.oidc.transport import Transport

_MAX_SUBJECT = 255  # OpenID Connect Core, section 2
_LATEST = 2**40  # seconds


class OidcClient:
    """Signs people in through one provider; remembers its metadata and keys.

    Whoever uses it keeps the transaction in the browser that began, sealed, and takes each back once.

    Args:
        settings: The provider, and who we are to it.
        transport: Calls it.
        clock: Time.
    """

    def __init__(self, settings: ProviderSettings, transport: Transport, clock: Clock) -> None:
        self._settings = settings
        self._transport = transport
        self._discovery = Discovery(settings.issuer, transport, clock, cache_seconds=settings.cache_seconds)
        keys = ProviderKeys(
            self._discovery,
            transport,
            clock,
            cache_seconds=settings.cache_seconds,
            pause_seconds=settings.key_pause_seconds,
        )
        self._id_tokens = IdTokens(settings, keys, clock)

    async def begin(self, redirect_uri: str, *, anew: bool = False) -> tuple[str, Transaction]:
        """Return where to send the browser, and what to keep meanwhile.

        Args:
            redirect_uri: Where the provider sends it back; it must know this very URL, and no other provider may
                send anybody there (RFC 9700, section 4.4.2.2).
            anew: Whether the provider is to ask who they are although they are signed in there.

        Raises:
            ProviderUnavailable: The provider does not answer.
            OidcRefused: It says what it must not.
        """
        metadata = await self._discovery.metadata()
        transaction = Transaction(
            issuer=self._settings.issuer,
            redirect_uri=redirect_uri,
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
        )
        url: str = prepare_grant_uri(
            metadata.authorization_endpoint,
            self._settings.client_id,
            "code",
            redirect_uri=redirect_uri,
            scope=list(self._settings.scopes),
            state=transaction.state,
            nonce=transaction.nonce,
            code_challenge=create_s256_code_challenge(transaction.verifier),
            code_challenge_method="S256",
            acr_values=" ".join(self._settings.acr_values) or None,
            **({"prompt": "login", "max_age": "0"} if anew else {}),
        )
        return url, transaction

    async def finish(self, transaction: Transaction, answer: Mapping[str, str]) -> ExternalPerson:
        """Return whom the provider says the browser's owner is.

        Args:
            transaction: What was kept.
            answer: The query of the URL that the browser was sent back to; each parameter once.

        Raises:
            OidcRefused: The answer is another browser's, another provider's, a refusal, or not good.
            ProviderUnavailable: The provider does not answer.
        """
        metadata = await self._discovery.metadata()
        code = self._code(transaction, answer, metadata)
        tokens = await exchange(code, transaction, self._settings, metadata, self._transport)
        claims = await self._id_tokens.verify(tokens, transaction.nonce)
        if metadata.userinfo_endpoint is not None and "email" in self._settings.scopes and "email" not in claims:
            claims = {**claims, **await self._user_info(metadata.userinfo_endpoint, tokens, str(claims["sub"]))}
        return self._person(claims)

    def _code(self, transaction: Transaction, answer: Mapping[str, str], metadata: ProviderMetadata) -> str:
        if not hmac.compare_digest(answer.get("state", "").encode(), transaction.state.encode()):
            raise OidcRefused("this answers no question of this browser: begin again", reason=OidcReason.STATE)
        issuer = answer.get("iss")
        if transaction.issuer != self._settings.issuer or (issuer is None and metadata.names_itself):
            raise OidcRefused("the answer does not say whose it is", reason=OidcReason.ISSUER)
        if issuer is not None and issuer != self._settings.issuer:
            raise OidcRefused("the answer is another identity provider's", reason=OidcReason.ISSUER)
        if "error" in answer or not answer.get("code"):
            raise OidcRefused("the identity provider did not sign you in", reason=OidcReason.DENIED)
        return answer["code"]

    async def _user_info(self, url: str, tokens: Tokens, subject: str) -> dict[str, Any]:  # JSON values
        """Return what more the provider tells, if it tells it of the same person (section 5.3.2)."""
        said = await fetch_json(self._transport, url, bearer=tokens.access_token)
        if said.get("sub") != subject:
            raise OidcRefused("the identity provider speaks of somebody else", reason=OidcReason.USER_INFO)
        return {name: said[name] for name in ("email", "email_verified", "name") if name in said}

    def _person(self, claims: Mapping[str, Any]) -> ExternalPerson:  # JSON values
        subject, email, name = claims["sub"], claims.get("email"), claims.get("name")
        if not isinstance(subject, str) or not 0 < len(subject) <= _MAX_SUBJECT:
            raise OidcRefused("the identity provider does not say who you are", reason=OidcReason.ID_TOKEN)
        if self._settings.acr_values and claims.get("acr") not in self._settings.acr_values:
            raise OidcRefused("sign in at the identity provider in a stronger way", reason=OidcReason.CONTEXT)
        return ExternalPerson(
            issuer=self._settings.issuer,
            subject=subject,
            email=email if isinstance(email, str) else None,
            email_verified=isinstance(email, str) and claims.get("email_verified") is True,
            name=name if isinstance(name, str) and name else None,
            signed_in_at=_moment(claims.get("auth_time")),
            methods=_texts(claims.get("amr")),
        )


def _moment(seconds: object) -> datetime | None:
    return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int) and 0 < seconds < _LATEST else None


def _texts(value: object) -> tuple[str, ...]:
    return tuple(part for part in value if isinstance(part, str)) if isinstance(value, list) else ()
