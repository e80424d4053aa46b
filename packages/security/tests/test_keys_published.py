"""Published keys say all that verifiers need and nothing private; what others publish is read with suspicion."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from colonnade.core import Invalid
from colonnade.security.keys import Algorithm, KeyRing, KeySet, SigningKey, VerifyingKey, jwks_document

EACH_ALGORITHM = pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
IDENTITY = "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
"""The neutral element of edwards25519."""
OFF_CURVE = "0" * 42 + "4"


def test_an_ed25519_key_is_published_as_rfc_8037_has_it() -> None:
    """Appendix A.2 and A.3."""
    raw = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert SigningKey(Ed25519PrivateKey.from_private_bytes(raw)).public.jwk() == {
        "kty": "OKP",
        "crv": "Ed25519",
        "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        "use": "sig",
        "alg": "EdDSA",
        "kid": "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k",
    }


def test_a_p256_key_is_published_with_coordinates_of_full_length() -> None:
    """The key of RFC 7515, appendix A.3, and one whose x begins with zeros."""
    number = int.from_bytes(_raw("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI"), "big")
    jwk = SigningKey(derive_private_key(number, SECP256R1())).public.jwk()
    assert jwk.pop("kid")
    assert jwk == {
        "kty": "EC",
        "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
        "use": "sig",
        "alg": "ES256",
    }
    for number in range(1, 600):
        jwk = SigningKey(derive_private_key(number, SECP256R1())).public.jwk()
        assert (len(jwk["x"]), len(jwk["y"])) == (43, 43)


@EACH_ALGORITHM
def test_a_key_set_holds_nothing_private(algorithm: Algorithm) -> None:
    """Neither `d` nor anything that the private key's bytes are in."""
    ring = KeyRing(SigningKey.generate(algorithm), [SigningKey.generate(algorithm)])
    document = jwks_document(ring.published())
    assert len(document["keys"]) == 2
    for jwk in document["keys"]:
        assert set(jwk) <= {"kty", "crv", "x", "y", "use", "alg", "kid"}


@EACH_ALGORITHM
def test_what_is_published_is_read_as_it_was(algorithm: Algorithm) -> None:
    key = SigningKey.generate(algorithm).public
    read = VerifyingKey.from_jwk(json.loads(json.dumps(key.jwk())))
    assert (read.kid, read.algorithm, read.key) == (key.kid, key.algorithm, key.key)
    keys = KeySet.from_document({"keys": [key.jwk()]})
    assert keys.public("another") is None
    found = keys.public(key.kid)
    assert found is not None
    assert found.key == key.key


def test_anybody_can_sign_for_a_key_of_low_order() -> None:
    """Why such keys are refused: one signature that is good for every message, made without a private key."""
    key = Ed25519PublicKey.from_public_bytes(_raw(IDENTITY))
    key.verify(_raw(IDENTITY) + bytes(32), b"whatever is said")


@pytest.mark.parametrize("sign_bit", [0, 0x80], ids=["x even", "x odd"])
@pytest.mark.parametrize(
    "y",
    [
        "00" * 32,
        "01" + "00" * 31,
        "ec" + "ff" * 30 + "7f",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ed" + "ff" * 30 + "7f",
        "ee" + "ff" * 30 + "7f",
        "ef" + "ff" * 30 + "7f",
        "ff" * 31 + "7f",
    ],
)
def test_an_ed25519_key_of_low_order_or_with_another_encoding_is_refused(y: str, sign_bit: int) -> None:
    """All five ordinates of the eight points, and ordinates that are not below the field's prime (RFC 8032, 5.1.3)."""
    raw = bytes.fromhex(y)
    with pytest.raises(Invalid, match="high order"):
        VerifyingKey.from_jwk({"kty": "OKP", "crv": "Ed25519", "x": _text(raw[:-1] + bytes([raw[-1] | sign_bit]))})


ED, EC = SigningKey.generate().public.jwk(), SigningKey.generate("ES256").public.jwk()


@pytest.mark.parametrize(
    "jwk",
    [
        {},
        ED | {"d": "AAAA"},
        EC | {"d": "AAAA"},
        {"kty": "oct", "k": "AAAA"},
        {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        ED | {"crv": "X25519"},
        ED | {"kty": "EC"},
        ED | {"alg": "ES256"},
        ED | {"alg": "HS256"},
        ED | {"alg": "none"},
        ED | {"use": "enc"},
        ED | {"kid": "../../key"},
        ED | {"kid": EC["kid"]},
        ED | {"x": ""},
        ED | {"x": 7},
        ED | {"x": ED["x"] + "="},
        ED | {"x": ED["x"][:-1]},
        ED | {"x": ED["x"] + "AAAA"},
        ED | {"x": "%" * 43},
        ED | {"x": "é" * 43},
        EC | {"crv": "P-384"},
        EC | {"crv": "secp256k1"},
        EC | {"y": EC["x"]},
        EC | {"x": OFF_CURVE, "y": OFF_CURVE},
        EC | {"x": "A" * 43, "y": "A" * 43},
        EC | {"x": "_" * 42 + "8"},
        {name: value for name, value in EC.items() if name != "y"},
    ],
    ids=str,
)
def test_a_key_that_is_not_one_to_trust_is_refused(jwk: dict[str, Any]) -> None:
    """Private, symmetric, of another kind or use, under another name, not on its curve, not in its one form."""
    with pytest.raises(Invalid):
        VerifyingKey.from_jwk(jwk)


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {}}, {"keys": ["x"]}, {"keys": [{}]}], ids=str)
def test_what_is_no_key_set_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        KeySet.from_document(document)


def _raw(text: str) -> bytes:
    from base64 import urlsafe_b64decode

    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(raw: bytes) -> str:
    from base64 import urlsafe_b64encode

    return urlsafe_b64encode(raw).rstrip(b"=").decode()
