"""An authenticator in software, and the browser around it: real keys, real bytes, and a few ways to misbehave."""

import hashlib
import json
import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

PRESENT, VERIFIED, ELIGIBLE, BACKED_UP, ATTESTED = 0x01, 0x04, 0x08, 0x10, 0x40
ES256, EDDSA = -7, -8


def encoded(raw: bytes) -> str:
    """Return bytes as browsers write them."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Return what browsers wrote."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class SoftwarePasskey:
    """One key of an authenticator."""

    credential_id: bytes
    key: Ed25519PrivateKey | EllipticCurvePrivateKey
    handle: bytes
    sign_count: int = 0

    def cose(self) -> bytes:
        """Return the public key (RFC 9052)."""
        if isinstance(self.key, Ed25519PrivateKey):
            raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
            return cbor2.dumps({1: 1, 3: EDDSA, -1: 6, -2: raw})
        numbers = self.key.public_key().public_numbers()
        return cbor2.dumps(
            {1: 2, 3: ES256, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )

    def sign(self, message: bytes) -> bytes:
        """Sign."""
        if isinstance(self.key, Ed25519PrivateKey):
            return self.key.sign(message)
        return self.key.sign(message, ECDSA(SHA256()))


@dataclass
class Browser:
    """A browser on a page, with an authenticator.

    Attributes:
        origin: Where the page says that it is; browsers do not let it lie, attackers are asked for it.
        rp_id: The domain that the authenticator signs for; the one asked for unless it is set.
        framed: Whether the page stands in another one.
        verifies: Whether it makes sure who is there.
        counts: Whether it counts signatures.
        synced: Whether its passkeys are copied to other devices.
        algorithm: What kind of keys it makes.
    """

    origin: str = "https://app.example.com"
    rp_id: str | None = None
    framed: bool = False
    verifies: bool = True
    counts: bool = True
    synced: bool = False
    algorithm: int = ES256
    passkeys: list[SoftwarePasskey] = field(default_factory=list)

    def create(self, options: dict[str, Any], **said: Any) -> dict[str, Any]:
        """Make a passkey, as `navigator.credentials.create(…)` and `toJSON()` do; `said` is put over client data."""
        key = Ed25519PrivateKey.generate() if self.algorithm == EDDSA else generate_private_key(SECP256R1())
        passkey = SoftwarePasskey(os.urandom(32), key, decoded(options["user"]["id"]))
        self.passkeys.append(passkey)
        attested = bytes(16) + len(passkey.credential_id).to_bytes(2, "big") + passkey.credential_id + passkey.cose()
        data = self._data(options["rp"]["id"], 0, ATTESTED) + attested
        statement = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        response = {
            "clientDataJSON": encoded(self._client_data("webauthn.create", options["challenge"], said)),
            "attestationObject": encoded(statement),
            "transports": ["internal", "telepathy"],
        }
        return _credential(passkey, response)

    def get(self, options: dict[str, Any], passkey: SoftwarePasskey | None = None, **said: Any) -> dict[str, Any]:
        """Use a passkey, the newest unless said, as `navigator.credentials.get(…)` and `toJSON()` do."""
        passkey = passkey or self.passkeys[-1]
        if self.counts:
            passkey.sign_count += 1
        data = self._data(options["rpId"], passkey.sign_count)
        client_data = self._client_data("webauthn.get", options["challenge"], said)
        response = {
            "clientDataJSON": encoded(client_data),
            "authenticatorData": encoded(data),
            "signature": encoded(passkey.sign(data + hashlib.sha256(client_data).digest())),
            "userHandle": encoded(passkey.handle),
        }
        return _credential(passkey, response)

    def _data(self, rp_id: str, count: int, flags: int = 0) -> bytes:
        flags |= PRESENT | (VERIFIED if self.verifies else 0) | (ELIGIBLE | BACKED_UP if self.synced else 0)
        return hashlib.sha256((self.rp_id or rp_id).encode()).digest() + bytes([flags]) + count.to_bytes(4, "big")

    def _client_data(self, kind: str, challenge: str, said: dict[str, Any]) -> bytes:
        data = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": self.framed, **said}
        return json.dumps(data).encode()


def _credential(passkey: SoftwarePasskey, response: dict[str, Any]) -> dict[str, Any]:
    name = encoded(passkey.credential_id)
    return {"id": name, "rawId": name, "type": "public-key", "response": response, "clientExtensionResults": {}}
