"""Secrets of webhooks, sealed where they are kept."""

from colonnade.application.integrations.ports import MadeSecret
from colonnade.domain.integrations import SignatureKind, WebhookId
from colonnade.security.sealing import Sealer
from colonnade.security.webhooks import generate_key_pair, generate_secret


class SealedSecretBox:
    """Makes secrets that can be opened for one endpoint, by one installation.

    Args:
        sealer: Seals with a key of its own: `Sealer(secret, "webhook secrets")`.
    """

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def make(self, webhook_id: WebhookId, signature: SignatureKind) -> MadeSecret:
        """Return a fresh secret; of a key pair, the private key is sealed and the public one shown."""
        if signature is SignatureKind.ASYMMETRIC:
            pair = generate_key_pair()
            return MadeSecret(self._sealed(webhook_id, pair.private), pair.public)
        secret = generate_secret()
        return MadeSecret(self._sealed(webhook_id, secret), secret)

    def unseal(self, webhook_id: WebhookId, sealed: bytes) -> str:
        """Return what requests of an endpoint are signed with.

        Raises:
            Invalid: It was altered, is another endpoint's, or was sealed by another installation.
        """
        return self._sealer.unseal(sealed, webhook_id.bytes).decode()

    def _sealed(self, webhook_id: WebhookId, text: str) -> bytes:
        return self._sealer.seal(text.encode(), webhook_id.bytes)
