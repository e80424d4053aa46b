"""The sender's side: headers that prove who sent a webhook, when, and what."""

from base64 import b64encode
from collections.abc import Sequence
from datetime import datetime

from colonnade.core import Invalid
from colonnade.security.webhooks.content import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    is_webhook_id,
    signed_content,
)
from colonnade.security.webhooks.keys import parse_signing


class WebhookSigner:
    """Signs with every secret that is valid now, so that a receiver may change over at any moment of a rotation.

    Args:
        secrets: `whsec_` secrets and `whsk_` private keys, the newest first.

    Raises:
        Invalid: There is none, or one is not well formed.
    """

    def __init__(self, secrets: Sequence[str]) -> None:
        if not secrets:
            raise Invalid("a webhook is signed with at least one secret")
        self._keys = tuple(parse_signing(secret) for secret in secrets)

    def headers(self, webhook_id: str, body: bytes, at: datetime) -> dict[str, str]:
        """Return the three headers of one attempt.

        Args:
            webhook_id: Names the event that is told; the same for each attempt to tell it.
            body: The request's body, byte by byte as it is sent.
            at: When this attempt is made, aware.

        Raises:
            Invalid: The id is empty, above 256 characters, not visible ASCII, or has a full stop.
        """
        if not is_webhook_id(webhook_id):
            raise Invalid("a webhook id has 1 to 256 visible ASCII characters and no full stop")
        timestamp = str(int(at.timestamp()))
        content = signed_content(webhook_id, timestamp, body)
        signatures = (f"{key.version},{b64encode(key.sign(content)).decode()}" for key in self._keys)
        return {ID_HEADER: webhook_id, TIMESTAMP_HEADER: timestamp, SIGNATURE_HEADER: " ".join(signatures)}
