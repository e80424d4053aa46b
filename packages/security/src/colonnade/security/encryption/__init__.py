"""Envelope encryption: a key-encryption key wraps data keys, which seal values bound to the place they are kept at.

Key management follows NIST SP 800-57 (keys by purpose, rotation), the cipher is AES-256-GCM (NIST SP 800-38D). Amazon's
KMS is in `colonnade.security.encryption.aws_kms`, with an extra of its own.
"""

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "encryption", "cryptography", "pydantic")

from colonnade.security.encryption.blind_index import BlindIndex
from colonnade.security.encryption.data_keys import DataKey, DataKeys
from colonnade.security.encryption.envelope import Envelope, KeyEncryptionKey, WrappedKey
from colonnade.security.encryption.errors import CiphertextRefused, KeyMissing, KeyRefused
from colonnade.security.encryption.local import LocalKey
from colonnade.security.encryption.places import Place

__all__ = [
    "BlindIndex",
    "CiphertextRefused",
    "DataKey",
    "DataKeys",
    "Envelope",
    "KeyEncryptionKey",
    "KeyMissing",
    "KeyRefused",
    "LocalKey",
    "Place",
    "WrappedKey",
]
