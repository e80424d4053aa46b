"""Webhooks that prove where they come from: signed and verified requests (Standard Webhooks 1.0.0)."""

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "webhooks", "cryptography")

from colonnade.security.webhooks.keys import KeyPair, generate_key_pair, generate_secret, public_key_of
from colonnade.security.webhooks.replays import SeenIds
from colonnade.security.webhooks.signing import WebhookSigner
from colonnade.security.webhooks.verification import SignatureRefused, VerifiedRequest, WebhookVerifier

__all__ = [
    "KeyPair",
    "SeenIds",
    "SignatureRefused",
    "VerifiedRequest",
    "WebhookSigner",
    "WebhookVerifier",
    "generate_key_pair",
    "generate_secret",
    "public_key_of",
]
