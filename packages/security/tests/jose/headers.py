"""Cases of trust: a header that chooses the algorithm, brings its own key, or names one that is not there.

The attacks of RFC 8725, sections 2 and 3, and of `testvectors_v1/json_web_signature_test.json` in
github.com/C2SP/wycheproof (AlgIsNone, WrongPrimitive, rejectsSymmetryConfusionAttacks,
rejectsAttackerProvidedEmbeddedJwk).
"""

import hmac
import json
from functools import partial

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from colonnade.security.keys import SigningKey

from .forging import Case, Workshop, encoded


def _unsigned(shop: Workshop, algorithm: str) -> str:
    return f"{shop.start(shop.header | {'alg': algorithm})}."


def _with_good_signature(shop: Workshop, algorithm: str) -> str:
    return f"{shop.start(shop.header | {'alg': algorithm})}.{shop.parts()[2]}"


def _confused(shop: Workshop, algorithm: str, form: str) -> str:
    """Sign by HMAC with what everybody may know."""
    key = shop.key.public
    forms = {
        "PEM": key.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "PEM without its last line break": key.key.public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
        ).strip(),
        "DER": key.key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "x": key.jwk()["x"].encode(),
        "JWK": json.dumps(key.jwk()).encode(),
        "kid": key.kid.encode(),
        "nothing": b"",
    }
    start = shop.start(shop.header | {"alg": algorithm})
    return f"{start}.{encoded(hmac.digest(forms[form], start.encode(), f'sha{algorithm[2:]}'))}"


def _other_primitive(shop: Workshop, algorithm: str) -> str:
    """Sign properly with a key of the other algorithm, under the name of ours."""
    other = SigningKey.generate("ES256" if shop.algorithm == "EdDSA" else "EdDSA")
    return shop.signed(shop.header | {"alg": algorithm}, key=other)


def _own_key(shop: Workshop, header: dict[str, object], *, jwk: bool) -> str:
    """Sign with a key of the attacker's, and bring it or say where it is."""
    place = {"jwk": shop.stranger.public.jwk()} if jwk else {"jku": "https://example.com/jwks.json"}
    return shop.signed(header | place, key=shop.stranger)


def _no_kid(shop: Workshop, *, jwk: bool) -> str:
    return _own_key(shop, {"typ": "at+jwt", "alg": shop.algorithm}, jwk=jwk)


def _our_kid(shop: Workshop, *, jwk: bool) -> str:
    return _own_key(shop, shop.header, jwk=jwk)


def _their_kid(shop: Workshop, *, jwk: bool) -> str:
    return _own_key(shop, shop.header | {"kid": shop.stranger.kid}, jwk=jwk)


def _jwk_under_our_name(shop: Workshop) -> str:
    jwk = shop.stranger.public.jwk() | {"kid": shop.key.kid}
    return shop.signed(shop.header | {"jwk": jwk}, key=shop.stranger)


def _named(shop: Workshop, kid: object) -> str:
    """Name another key: an attacker hopes that the name is opened, run or asked for."""
    return shop.signed(shop.header | {"kid": kid}, key=shop.stranger)


def _named_for_content(shop: Workshop, kid: str, content: bytes) -> str:
    """Sign by HMAC with what a careless lookup of the name would find."""
    start = shop.start(shop.header | {"alg": "HS256", "kid": kid})
    return f"{start}.{encoded(hmac.digest(content, start.encode(), 'sha256'))}"


def _with(shop: Workshop, extra: dict[str, object]) -> str:
    return shop.signed(shop.header | extra)


def _without(shop: Workshop, name: str) -> str:
    return shop.signed({key: value for key, value in shop.header.items() if key != name})


_FORMS = ("PEM", "PEM without its last line break", "DER", "x", "JWK", "kid", "nothing")
_DEV_NULL = "../../../../../../dev/null"
_KNOWN_FILE = "/proc/sys/kernel/randomize_va_space"
_SELECT = "x' UNION SELECT 'AAAA"
_KIDS: dict[str, object] = {
    "a path": _DEV_NULL,
    "an absolute path": _KNOWN_FILE,
    "a path with a zero": "key\x00.pem",
    "SQL": "' OR '1'='1' --",
    "SQL that brings a key": _SELECT,
    "a command": "key|id",
    "an address": "https://example.com/key",
    "very long": "k" * 3000,
    "too long to look at": "k" * 100_000,
    "empty": "",
    "a number": 0,
    "a list": ["key"],
    "an object": {"$ne": ""},
    "nothing": None,
    "true": True,
}
_EXTRAS: dict[str, dict[str, object]] = {
    "crit that is not known": {"crit": ["exp"], "exp": 9_999_999_999},
    "crit of b64": {"crit": ["b64"], "b64": True},
    "crit of b64 false": {"crit": ["b64"], "b64": False},
    "crit that is empty": {"crit": []},
    "crit that is no list": {"crit": "typ"},
    "crit of a known name": {"crit": ["alg"]},
    "b64 without crit": {"b64": True},
    "compressed": {"zip": "DEF"},
    "its own jwk": {"jwk": {"kty": "OKP"}},
    "its own jku": {"jku": "https://example.com/jwks.json"},
    "its own x5u": {"x5u": "https://example.com/chain.pem"},
    "its own x5c": {"x5c": ["MIIB"]},
    "content of another type": {"cty": "JWT"},
}
_TYPES = (
    *("JWT", "jwt", "at+JWT", "AT+JWT", "application/at+jwt", "at+jwt ", "rt+jwt", "logout+jwt", ""),
    *(None, 7, ["at+jwt"]),
)
_ALGORITHMS = (
    *("Ed25519", "Ed448", "ES256K", "ES384", "RS256", "PS256", "eddsa", "es256", " EdDSA", ""),
    *(None, 7, ["EdDSA", "ES256"]),
)
_NONE = ("none", "None", "NONE", "nOnE", "none ")
_HMAC = ("HS256", "HS384", "HS512")

CASES = (
    *(Case(f"alg {name!r} without a signature", partial(_unsigned, algorithm=name)) for name in _NONE),
    *(Case(f"alg {name!r} with a good signature", partial(_with_good_signature, algorithm=name)) for name in _NONE),
    *(
        Case(f"{name} with the public key as {form}", partial(_confused, algorithm=name, form=form))
        for name in _HMAC
        for form in _FORMS
    ),
    *(
        Case(f"another kind of key that says {name}", partial(_other_primitive, algorithm=name))
        for name in ("EdDSA", "ES256")
    ),
    *(Case(f"signed by us, by {name!r}", partial(_with, extra={"alg": name})) for name in _ALGORITHMS),
    *(Case(f"signed by us, without {name}", partial(_without, name=name)) for name in ("alg", "kid", "typ")),
    *(Case(f"signed by us, with {name}", partial(_with, extra=extra)) for name, extra in _EXTRAS.items()),
    *(Case(f"signed by us, of type {kind!r}", partial(_with, extra={"typ": kind})) for kind in _TYPES),
    Case("a header that is a list", lambda shop: shop.signed([shop.header])),
    Case("somebody else's signature under our name", lambda shop: shop.signed(key=shop.stranger)),
    *(
        Case(f"{whose} and an attacker's {name}", partial(make, jwk=jwk))
        for whose, make in (("no kid", _no_kid), ("our kid", _our_kid), ("their kid", _their_kid))
        for name, jwk in (("jwk", True), ("jku", False))
    ),
    Case("an attacker's jwk that calls itself ours", _jwk_under_our_name),
    *(Case(f"a kid that is {name}", partial(_named, kid=kid)) for name, kid in _KIDS.items()),
    Case("a kid whose file is empty", partial(_named_for_content, kid=_DEV_NULL, content=b"")),
    Case("a kid whose file is known", partial(_named_for_content, kid=_KNOWN_FILE, content=b"2\n")),
    Case("a kid that selects a key", partial(_named_for_content, kid=_SELECT, content=b"AAAA")),
)
