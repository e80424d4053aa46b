"""The public half of a key: a name, an algorithm, and its form in JSON (RFC 7517), which is read with suspicion."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicNumbers
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from colonnade.core import Invalid
from colonnade.security.keys.algorithms import PublicKey, algorithm_of

_COORDINATE_BYTES = 32
_FIELD = 2**255 - 19
_LOW_ORDER = frozenset(
    int.from_bytes(bytes.fromhex(y), "little")
    for y in (
        f"{'00' * 32}",
        f"01{'00' * 31}",
        f"ec{'ff' * 30}7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    )
)
"""The y of all points of edwards25519 whose order divides eight: signatures for such keys can be made by anybody."""


class VerifyingKey:
    """A public key with its name.

    Attributes:
        key: The key itself.
        algorithm: The only algorithm that it verifies; what a token says about that is compared with it.
        kid: Its thumbprint (RFC 7638).
    """

    def __init__(self, key: PublicKey) -> None:
        self.key = key
        self.algorithm = algorithm_of(key)
        self.kid = _thumbprint(_members(key))

    @classmethod
    def from_jwk(cls, jwk: Mapping[str, object]) -> "VerifyingKey":
        """Read a key that somebody published.

        Raises:
            Invalid: It is of another kind, private, for another use or under another name than its own, or weak: not on
                its curve, of low order, or not in its one encoding.
        """
        if "d" in jwk or "k" in jwk:
            raise Invalid("a published key must not be a private one")
        match jwk:
            case {"kty": "OKP", "crv": "Ed25519", "x": str(x)}:
                key = cls(_ed25519(_coordinate(x)))
            case {"kty": "EC", "crv": "P-256", "x": str(x), "y": str(y)}:
                key = cls(_p256(_coordinate(x), _coordinate(y)))
            case _:
                raise Invalid("a key that signs tokens is one of Ed25519 or P-256")
        own = key.jwk()
        if any(jwk.get(name, own[name]) != own[name] for name in ("use", "alg", "kid")):
            raise Invalid("a published key says of itself what it is not")
        return key

    def jwk(self) -> dict[str, str]:
        """Return its public form for a key set."""
        return {**_members(self.key), "use": "sig", "alg": self.algorithm, "kid": self.kid}

    def __repr__(self) -> str:
        return f"VerifyingKey(kid={self.kid!r}, algorithm={self.algorithm!r})"


def _members(key: PublicKey) -> dict[str, str]:
    """Return what a key is, and what its thumbprint is made of."""
    if isinstance(key, Ed25519PublicKey):
        return {"crv": "Ed25519", "kty": "OKP", "x": _base64(key.public_bytes(Encoding.Raw, PublicFormat.Raw))}
    point = key.public_numbers()
    x, y = (_base64(number.to_bytes(_COORDINATE_BYTES, "big")) for number in (point.x, point.y))
    return {"crv": "P-256", "kty": "EC", "x": x, "y": y}


def _ed25519(raw: bytes) -> Ed25519PublicKey:
    y = int.from_bytes(raw, "little") & (2**255 - 1)
    if y >= _FIELD or y in _LOW_ORDER:
        raise Invalid("an Ed25519 key must be a point of high order in its one encoding")
    return Ed25519PublicKey.from_public_bytes(raw)


def _p256(x: bytes, y: bytes) -> PublicKey:
    try:
        return EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), SECP256R1()).public_key()
    except ValueError as error:
        raise Invalid("a P-256 key must be a point on its curve") from error


def _coordinate(text: str) -> bytes:
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError as error:
        raise Invalid("a coordinate is 32 bytes in base64url") from error
    if len(raw) != _COORDINATE_BYTES or _base64(raw) != text:
        raise Invalid("a coordinate is 32 bytes in base64url")
    return raw


def _thumbprint(members: dict[str, str]) -> str:
    return _base64(hashlib.sha256(json.dumps(members, separators=(",", ":"), sort_keys=True).encode()).digest())


def _base64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
