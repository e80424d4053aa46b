"""A workshop for tokens: a good one, and everything that is needed to make bad ones of it by hand."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from typing import NamedTuple
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from colonnade.security.keys import Algorithm, KeyRing, SigningKey
from colonnade.security.tokens import AccessTokens

from ..clock import MovableClock

SUBJECT, SESSION = UUID(int=7), UUID(int=8)


class Case(NamedTuple):
    """A token, and whether it is good.

    Attributes:
        name: What is the matter with it, in Wycheproof's words where it has them.
        make: Makes it in a workshop.
        good: Whether it must be accepted; if not, it must be refused.
    """

    name: str
    make: Callable[["Workshop"], str]
    good: bool = False


class Workshop:
    """Keys of one algorithm, a service that trusts one of them, and tools."""

    def __init__(self, algorithm: Algorithm) -> None:
        self.algorithm: Algorithm = algorithm
        self.key = SigningKey.generate(algorithm)
        self.stranger = SigningKey.generate(algorithm)
        self.clock = MovableClock()
        self.tokens = AccessTokens(KeyRing(self.key), self.clock, issuer="us", audience="api")
        self.header: dict[str, object] = {"alg": algorithm, "typ": "at+jwt", "kid": self.key.kid}
        self.claims: dict[str, object] = jwt.decode(self.good(), options={"verify_signature": False})

    def good(self) -> str:
        """Return a token that is good."""
        return self.tokens.issue(SUBJECT, SESSION, self.clock.now()).text

    def parts(self) -> list[str]:
        """Return the three parts of a good token."""
        return self.good().split(".")

    def start(self, header: object = None, claims: object = None) -> str:
        """Return header and payload, to be signed; bytes are taken as they are."""
        return f"{encoded(self.header if header is None else header)}.{encoded(claims or self.claims)}"

    def sign(self, start: str, key: SigningKey | None = None) -> bytes:
        """Return a signature in the form that its algorithm has in tokens."""
        private = (key or self.key).private
        if isinstance(private, EllipticCurvePrivateKey):
            r, s = decode_dss_signature(private.sign(start.encode(), ECDSA(SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return private.sign(start.encode())

    def signed(self, header: object = None, claims: object = None, key: SigningKey | None = None) -> str:
        """Return a token whose signature is good, whatever it says."""
        start = self.start(header, claims)
        return f"{start}.{encoded(self.sign(start, key))}"

    def with_signature(self, change: Callable[[bytes], bytes]) -> str:
        """Return a good token with another signature."""
        header, payload, signature = self.parts()
        return f"{header}.{payload}.{encoded(change(decoded(signature)))}"


def encoded(value: object) -> str:
    """Return bytes, or the JSON of anything else, in base64url without padding."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(part: str) -> bytes:
    """Return the bytes of a part."""
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))
