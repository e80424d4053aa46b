"""A provider's public keys (RFC 7517), remembered, and read again when it has changed them."""

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, OKPKey, RSAKey, import_key

from colonnade.core import Clock
from colonnade.security.oidc.errors import OidcReason, OidcRefused
from colonnade.security.oidc.metadata import Discovery, fetch_json
from colonnade.security.oidc.single import Remembered
from colonnade.security.oidc.transport import Transport

_MAX_KEYS = 50
_PUBLIC = frozenset({"RSA", "EC", "OKP"})
_KINDS: dict[str, type[RSAKey | ECKey | OKPKey]] = {"RS": RSAKey, "PS": RSAKey, "ES": ECKey, "Ed": OKPKey}


class ProviderKeys:
    """Finds the key that signed a token.

    Args:
        discovery: Says where the keys are.
        transport: Calls the provider.
        clock: Time.
        cache_seconds: How long keys are remembered.
        pause_seconds: How long an unknown key, which anybody can name, does not make us ask again.
    """

    def __init__(
        self, discovery: Discovery, transport: Transport, clock: Clock, *, cache_seconds: int, pause_seconds: int
    ) -> None:
        self._discovery = discovery
        self._transport = transport
        self._pause_seconds = pause_seconds
        self._remembered = Remembered(self._read, clock, seconds=cache_seconds)

    async def find(self, kid: str | None, algorithm: str) -> Key:
        """Return the key.

        Args:
            kid: Which one the token names; it may be left out if the provider has one of the kind.
            algorithm: What the token is signed with.

        Raises:
            OidcRefused: There is none.
            ProviderUnavailable: There is no answer.
        """
        found = _choose(await self._remembered.get(), kid, algorithm)
        if found is None:
            found = _choose(await self._remembered.get(younger_than_seconds=self._pause_seconds), kid, algorithm)
        if found is None:
            raise OidcRefused("the ID token is signed with an unknown key", reason=OidcReason.ID_TOKEN)
        return found

    async def _read(self) -> tuple[Key, ...]:
        metadata = await self._discovery.metadata()
        listed = (await fetch_json(self._transport, metadata.jwks_uri)).get("keys")
        if not isinstance(listed, list):
            raise OidcRefused("the identity provider has no keys", reason=OidcReason.PROVIDER)
        imported = (_imported(one) for one in listed[:_MAX_KEYS])
        return tuple(key for key in imported if key is not None)


def _imported(listed: object) -> Key | None:
    """Return a public key for signatures; what is of another kind, or damaged, is passed over (RFC 7517, section 5)."""
    if not isinstance(listed, dict) or listed.get("use", "sig") != "sig" or listed.get("kty") not in _PUBLIC:
        return None
    try:
        return import_key(listed)
    except (JoseError, ValueError, TypeError, LookupError, AttributeError):
        return None


def _choose(keys: tuple[Key, ...], kid: str | None, algorithm: str) -> Key | None:
    kind = _KINDS[algorithm[:2]]
    fitting = [key for key in keys if isinstance(key, kind) and (key.alg is None or key.alg == algorithm)]
    if kid is None:
        return fitting[0] if len(fitting) == 1 else None
    return next((key for key in fitting if key.kid == kid), None)
