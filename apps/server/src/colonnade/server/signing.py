"""The keys that sign access tokens: one ring for all processes of an installation, encrypted with its secret."""

from dishka import Provider, Scope, provide

from colonnade.core import Clock
from colonnade.security.keys import SigningKeys
from colonnade.security.sealing import Sealer
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings

_PLAIN_FILE = "signing-key.pem"
"""Where installations used to keep the one key that they had, in clear."""


def signing_keys(settings: Settings, secret: bytes, clock: Clock) -> SigningKeys:
    """Open the ring, or make it.

    The first key to sign is the one that the operator gives, or the one that a former version left in the data folder,
    which is deleted there since the ring keeps it encrypted.

    Raises:
        Invalid: A file holds something else, or what another secret encrypted, or the key that the operator gives is
            missing.
    """
    section, plain = settings.identity, settings.data_dir / _PLAIN_FILE
    keys = SigningKeys(
        section.signing_keys_file or settings.data_dir / "signing-keys.json",
        Sealer(secret, "signing keys"),
        clock,
        algorithm=section.signing_algorithm,
        announce_seconds=section.key_announced_seconds,
        retire_seconds=section.key_retired_seconds,
        adopt=section.signing_key_file or (plain if plain.exists() else None),
    )
    if section.signing_key_file is None:
        plain.unlink(missing_ok=True)
    return keys


class Signing(Provider):
    """What signs access tokens."""

    scope = Scope.APP

    @provide
    def keys(self, settings: Settings, secret: Secret, clock: Clock) -> SigningKeys:
        """The key ring."""
        return signing_keys(settings, secret, clock)
