"""Cases of form: what is missing, what is too much, what is encoded in another way than the one.

After the group that Wycheproof repeats for each algorithm in `testvectors_v1/json_web_signature_test.json`
(github.com/C2SP/wycheproof); its names are kept.
"""

import json

from .forging import Case, Workshop, encoded

_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def _json_serialization(shop: Workshop) -> str:
    header, payload, signature = shop.parts()
    return json.dumps({"payload": payload, "signatures": [{"protected": header, "signature": signature}]})


def _flattened(shop: Workshop) -> str:
    header, payload, signature = shop.parts()
    return json.dumps({"payload": payload, "protected": header, "signature": signature})


def _other_bits(shop: Workshop) -> str:
    """Set one of the bits at the end of a signature of 64 bytes that stand for nothing (RFC 4648, section 3.5)."""
    text = shop.good()
    return text[:-1] + _ALPHABET[_ALPHABET.index(text[-1]) | 1]


def _other_alphabet(shop: Workshop) -> str:
    """Write a token that has one of the two letters in which the alphabets differ in the other one."""
    while True:
        text = shop.good()
        other = text.replace("-", "+").replace("_", "/")
        if other != text:
            return other


def _modified_payload(shop: Workshop) -> str:
    header, payload, signature = shop.parts()
    return f"{header}.X{payload[1:]}.{signature}"


def _encrypted(shop: Workshop, header: dict[str, object]) -> str:
    parts = (header, b"\x01" * 40, b"\x02" * 12, shop.good().encode(), b"\x03" * 16)
    return ".".join(encoded(part) for part in parts)


def _repeated(shop: Workshop, where: str) -> str:
    """Say one name twice: the good value first or last, whichever a reader prefers."""
    header, claims = json.dumps(shop.header), json.dumps(shop.claims)
    match where:
        case "header":
            header = header[:-1] + ', "alg": "none"}'
        case "header first":
            header = '{"alg": "none", ' + header[1:]
        case "payload":
            claims = claims[:-1] + f', "sub": "{shop.claims["sid"]}"}}'
        case _:
            claims = f'{{"sub": "{shop.claims["sid"]}", ' + claims[1:]
    return shop.signed(header.encode(), claims.encode())


_NONE = {"alg": "dir", "enc": "A256GCM"}

CASES = (
    Case("acceptsValid", Workshop.good, good=True),
    Case("acceptsValid, made by hand", Workshop.signed, good=True),
    Case("rejectsModifiedSignature", lambda shop: shop.with_signature(lambda s: bytes([s[0] ^ 0x80]) + s[1:])),
    Case("rejectsMissingSignature", lambda shop: ".".join([*shop.parts()[:2], ""])),
    Case("rejectsMissingSignatureAndSeparator", lambda shop: ".".join(shop.parts()[:2])),
    Case("rejectsModifiedPayload", _modified_payload),
    Case("rejectsMissingPayload", lambda shop: "..".join(shop.parts()[::2])),
    Case("rejectsMissingPayloadAndSeparator", lambda shop: ".".join(shop.parts()[::2])),
    Case("rejectsMissingHeader", lambda shop: "." + ".".join(shop.parts()[1:])),
    Case("rejectsMissingHeaderAndSeparator", lambda shop: ".".join(shop.parts()[1:])),
    Case("rejectsMissingHeaderAndSignature", lambda shop: f".{shop.parts()[1]}."),
    Case("rejectsMissingHeaderSignatureAndSeparators", lambda shop: shop.parts()[1]),
    Case("rejectsEmptyString", lambda shop: ""),
    Case("rejectsExtraEmptyComponent", lambda shop: shop.good() + "."),
    Case("rejectsExtraEmptyComponent, in front", lambda shop: "." + shop.good()),
    Case("rejectsExtraComponent", lambda shop: shop.good() + ".foo"),
    Case("rejectsValidJsonSerialization", _json_serialization),
    Case("rejectsValidJsonSerialization, flattened", _flattened),
    Case("an encrypted token: direct", lambda shop: _encrypted(shop, _NONE)),
    Case("an encrypted token: RSA1_5", lambda shop: _encrypted(shop, {"alg": "RSA1_5", "enc": "A128CBC-HS256"})),
    Case("an encrypted token: by password", lambda shop: _encrypted(shop, {"alg": "PBES2-HS256+A128KW", "p2c": 10**9})),
    Case("an encrypted token: compressed", lambda shop: _encrypted(shop, _NONE | {"zip": "DEF"})),
    Case("an encrypted token: that says it is signed", lambda shop: _encrypted(shop, shop.header)),
    Case("padding", lambda shop: shop.good() + "=="),
    Case("padding of the header", lambda shop: ".".join([shop.parts()[0] + "=", *shop.parts()[1:]])),
    Case("bits that stand for nothing", _other_bits),
    Case("the other alphabet", _other_alphabet),
    Case("a line break after it", lambda shop: shop.good() + "\n"),
    Case("a line break in it", lambda shop: shop.good()[:76] + "\r\n" + shop.good()[76:]),
    Case("a blank before it", lambda shop: " " + shop.good()),
    Case("a zero after it", lambda shop: shop.good() + "\x00"),
    Case("letters that look alike", lambda shop: shop.good().replace("e", "е", 1)),
    Case("digits of another script", lambda shop: shop.good()[:-2] + "١١"),
    Case("a name twice in the header", lambda shop: _repeated(shop, "header")),
    Case("a name twice in the header, the good one last", lambda shop: _repeated(shop, "header first")),
    Case("a name twice in the payload", lambda shop: _repeated(shop, "payload")),
    Case("a name twice in the payload, the good one last", lambda shop: _repeated(shop, "payload first")),
    Case("a payload in UTF-16", lambda shop: shop.signed(claims=json.dumps(shop.claims).encode("utf-16"))),
    Case("a payload with a mark of its byte order", lambda shop: shop.signed(claims=b"\xef\xbb\xbf" + b"{}")),
    Case("a number that is none", lambda shop: shop.signed(claims=shop.claims | {"x": float("nan")})),
    Case("a number without end", lambda shop: shop.signed(claims=shop.claims | {"x": float("inf")})),
    Case("text after the payload", lambda shop: shop.signed(claims=json.dumps(shop.claims).encode() + b"{}")),
    Case("a token in a token", lambda shop: shop.signed(claims=shop.good().encode())),
)
