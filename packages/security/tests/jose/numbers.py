"""Cases of arithmetic: signatures whose numbers are special, out of range, or written in another form.

After two files of github.com/C2SP/wycheproof, made anew for our own keys: `testvectors_v1/ed25519_test.json` (its flags
InvalidSignature, SignatureMalleability, SignatureWithGarbage, TruncatedSignature, InvalidEncoding) and
`testvectors_v1/ecdsa_secp256r1_sha256_p1363_test.json` (InvalidSignature, RangeCheck, IntegerOverflow, ModifiedInteger,
SignatureSize).
"""

import hashlib
from collections.abc import Callable
from functools import partial

from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from .forging import Case, Workshop, encoded

ED_ORDER = 2**252 + 27742317777372353535851937790883648493
ED_FIELD = 2**255 - 19
EC_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
EC_FIELD = 2**256 - 2**224 + 2**192 + 2**96 - 1

Change = Callable[[int], int]


def _little(number: int) -> bytes:
    return number.to_bytes(32, "little")


def _signature(name: str, change: Callable[[bytes], bytes], *, good: bool = False) -> Case:
    return Case(name, lambda shop: shop.with_signature(change), good)


def _special_ed(r: int, s: int) -> Case:
    name = " and ".join(f"{number.hex()[:6]}…{number.hex()[-2:]}" for number in (_little(r), _little(s)))
    return _signature(f"special values for r and s: {name}", lambda _: _little(r) + _little(s))


def _changed_s(name: str, change: Change) -> Case:
    def altered(signature: bytes) -> bytes:
        return signature[:32] + _little(change(int.from_bytes(signature[32:], "little")) % 2**256)

    return _signature(name, altered)


def _truncated(signature: bytes, size: int) -> bytes:
    return signature[:size]


def _longer(signature: bytes, more: int) -> bytes:
    return signature + bytes(more)


_OF_ANOTHER_LENGTH = (
    *(_signature(f"truncated to {size} bytes", partial(_truncated, size=size)) for size in (0, 1, 32, 48, 63)),
    *(_signature(f"garbage after it: {more} bytes", partial(_longer, more=more)) for more in (1, 32, 64)),
    _signature("garbage before it", lambda signature: b"\x00" + signature),
    _signature("without its first byte", lambda signature: signature[1:]),
    _signature("twice", lambda signature: signature + signature),
    _signature("its halves exchanged", lambda signature: signature[32:] + signature[:32]),
)


def _other_encoding_of_r(shop: Workshop) -> str:
    """Sign with r = 0 and write R, the neutral element, as its ordinate plus the field's prime.

    S fits the hash of that R, so that only a verifier that compares encodings refuses it.
    """
    start = shop.start()
    raw_seed = shop.key.private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    digest = hashlib.sha512(raw_seed).digest()
    scalar = int.from_bytes(digest[:32], "little") & (2**254 - 8) | 2**254
    point = shop.key.public.key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    r = _little(ED_FIELD + 1)
    k = int.from_bytes(hashlib.sha512(r + point + start.encode()).digest(), "little")
    return f"{start}.{encoded(r + _little(k * scalar % ED_ORDER))}"


_ED_SPECIAL = (0, 1, ED_ORDER - 1, ED_ORDER, ED_FIELD - 1, ED_FIELD, ED_FIELD + 1)

EDDSA = (
    *(_special_ed(r, s) for r in _ED_SPECIAL for s in _ED_SPECIAL),
    *(_changed_s(f"S plus {times} times the order", partial(int.__add__, times * ED_ORDER)) for times in (1, 2, 8, 15)),
    _changed_s("S negated", lambda s: ED_ORDER - s),
    _changed_s("S negated modulo 2 to the power of 256", lambda s: -s),
    *(_changed_s(f"bit {bit} of S set", partial(int.__or__, 1 << bit)) for bit in (253, 254, 255)),
    _signature(
        "R with its sign turned", lambda signature: signature[:31] + bytes([signature[31] ^ 0x80]) + signature[32:]
    ),
    Case("R in another encoding", _other_encoding_of_r),
    *_OF_ANOTHER_LENGTH,
)


def _pair(signature: bytes) -> tuple[int, int]:
    return int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")


def _written(r: int, s: int) -> bytes:
    """Write two numbers side by side, each as long as the longer one needs, and no shorter than 32 bytes."""
    size = max(32, (max(r, s).bit_length() + 7) // 8)
    return r.to_bytes(size, "big") + s.to_bytes(size, "big")


def _numbers(name: str, change: Callable[[int, int], tuple[int, int]], *, good: bool = False) -> Case:
    return _signature(name, lambda signature: _written(*change(*_pair(signature))), good=good)


def _special_ec(r: int, s: int) -> Case:
    return _numbers(f"special case values r={r:#x} and s={s:#x}", lambda *_: (r, s))


def _short(shop: Workshop) -> str:
    """Leave out a byte of r and one of s which are zero; sign until there are such."""
    start = shop.start()
    while True:
        r, s = _pair(shop.sign(start))
        if r < 2**248:
            return f"{start}.{encoded(r.to_bytes(31, 'big') + s.to_bytes(32, 'big'))}"


_EC_SPECIAL = (0, 1, EC_ORDER - 1, EC_ORDER, EC_ORDER + 1, EC_FIELD, EC_FIELD + 1)

ES256 = (
    _numbers("signature malleability: n - s is as good", lambda r, s: (r, EC_ORDER - s), good=True),
    *(_special_ec(r, s) for r in _EC_SPECIAL for s in _EC_SPECIAL),
    _numbers("replaced r by r + n", lambda r, s: (r + EC_ORDER, s)),
    _numbers("replaced r by r + 256 * n", lambda r, s: (r + 256 * EC_ORDER, s)),
    _numbers("replaced r by n - r", lambda r, s: (EC_ORDER - r, s)),
    _numbers("replaced r by r + 2**256", lambda r, s: (r + 2**256, s)),
    _numbers("replaced r by r + 2**320", lambda r, s: (r + 2**320, s)),
    _numbers("replaced s by s + n", lambda r, s: (r, s + EC_ORDER)),
    _numbers("replaced s by s + 256 * n", lambda r, s: (r, s + 256 * EC_ORDER)),
    _numbers("replaced s by s + 2**256", lambda r, s: (r, s + 2**256)),
    _numbers("replaced s by s + 2**320", lambda r, s: (r, s + 2**320)),
    _signature("in DER", lambda signature: encode_dss_signature(*_pair(signature))),
    Case("with a byte of r that is zero left out", _short),
    _signature("zeros before both", lambda signature: b"\x00" + signature[:32] + b"\x00" + signature[32:]),
    *_OF_ANOTHER_LENGTH,
)
