"""Keys that sign tokens: bound to one algorithm, named by thumbprint, rotated in an encrypted file, published."""

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "tokens", "jwt", "cryptography")

from colonnade.security.keys.algorithms import Algorithm
from colonnade.security.keys.published import KeySet, jwks_document
from colonnade.security.keys.ring import KeyRing, KeySource, VerifyingKeys
from colonnade.security.keys.rotation import KeyState, RingKey
from colonnade.security.keys.signing import SigningKey
from colonnade.security.keys.stored import SigningKeys
from colonnade.security.keys.verifying import VerifyingKey

__all__ = [
    "Algorithm",
    "KeyRing",
    "KeySet",
    "KeySource",
    "KeyState",
    "RingKey",
    "SigningKey",
    "SigningKeys",
    "VerifyingKey",
    "VerifyingKeys",
    "jwks_document",
]
