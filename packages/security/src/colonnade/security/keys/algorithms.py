"""The algorithms that sign, each bound to one kind of key: EdDSA to Ed25519 (RFC 8037), ES256 to P-256 (RFC 7518)."""

from typing import Literal

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from colonnade.core import Invalid

Algorithm = Literal["EdDSA", "ES256"]
PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey
PublicKey = Ed25519PublicKey | EllipticCurvePublicKey

ALGORITHMS: tuple[Algorithm, ...] = ("EdDSA", "ES256")


def generate(algorithm: Algorithm) -> PrivateKey:
    """Make a private key for an algorithm."""
    return Ed25519PrivateKey.generate() if algorithm == "EdDSA" else generate_private_key(SECP256R1())


def algorithm_of(key: object) -> Algorithm:
    """Return the one algorithm that a public or private key is for.

    Raises:
        Invalid: It is for none of ours.
    """
    if isinstance(key, Ed25519PublicKey | Ed25519PrivateKey):
        return "EdDSA"
    if isinstance(key, EllipticCurvePublicKey | EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1):
        return "ES256"
    raise Invalid("a key that signs tokens is one of Ed25519 or P-256")
