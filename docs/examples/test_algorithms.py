"""The table of algorithms in what is decided has every algorithm that the code uses, and where the weak ones are."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "docs" / "security" / "policies.md"
SOURCES = [file for pattern in ("packages/*/src", "apps/*/src") for file in sorted(ROOT.glob(f"{pattern}/**/*.py"))]

JOSE = re.compile(
    r"(HS|RS|PS|ES)(256|384|512)K?|EdDSA|Ed(25519|448)|RSA1_5|RSA-OAEP\S*|ECDH-ES\S*|A(128|192|256)[\w-]+"
)
"""Names of algorithms in tokens (RFC 7518, RFC 9864)."""
HARMLESS = ("cryptography.exceptions", "cryptography.hazmat.primitives.serialization")


def used_in(module: ast.Module) -> Iterator[str]:
    """Yield the algorithms of a module, by the names that they have in code."""
    for node in ast.walk(module):
        match node:
            case ast.ImportFrom(module="hashlib", names=names):
                yield from (f"hashlib.{name.name}" for name in names)
            case ast.ImportFrom(module=str(source), names=names) if _is_cryptography(source):
                yield from (name.name for name in names)
            case ast.Import(names=names):
                yield from (name.name for name in names if _is_cryptography(name.name))
            case ast.Attribute(value=ast.Name(id="hashlib" | "pyotp" as source), attr=name) if name != "random_base32":
                yield f"{source}.{name}"
            case ast.Attribute(value=ast.Name(id="COSEAlgorithmIdentifier"), attr=name):
                yield name
            case ast.Call(func=ast.Attribute(value=ast.Name(id="hmac"), attr="new" | "digest"), args=args):
                yield "hmac"
                yield from (f"hashlib.{arg.value}" for arg in args if _is_text(arg))
            case ast.Constant(value=str(text)) if JOSE.fullmatch(text):
                yield text


def _is_cryptography(module: str) -> bool:
    return module.startswith(("cryptography", "pwdlib.hashers")) and not module.startswith(HARMLESS)


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def used() -> dict[str, set[str]]:
    """Return the files that use each algorithm."""
    found = defaultdict(set)
    for file in SOURCES:
        for name in used_in(ast.parse(file.read_text(encoding="utf-8"))):
            found[name].add(file.name)
    return dict(found)


def listed() -> dict[str, set[str]]:
    """Return for each algorithm in the table the only files that may use it; none if all may."""
    table = POLICIES.read_text(encoding="utf-8").partition("| algorithm | in the code |")[2].partition("\n\n")[0]
    rows = [line.split("|") for line in table.splitlines()[2:]]
    return {name: set(re.findall(r"`([^`]+)`", row[4])) for row in rows for name in re.findall(r"`([^`]+)`", row[2])}


def test_every_algorithm_that_is_used_is_listed_and_every_one_that_is_listed_is_used() -> None:
    assert len(used()) > 10
    assert set(used()) == set(listed())


def test_an_algorithm_with_a_place_is_used_nowhere_else() -> None:
    files = {name: places for name, places in listed().items() if places}
    assert {"hashlib.md5", "hashlib.sha1"} <= set(files)
    assert {name: used()[name] - places for name, places in files.items() if used()[name] - places} == {}


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import hashlib; hashlib.sha512()", {"hashlib.sha512"}),
        ("from hashlib import sha3_256", {"hashlib.sha3_256"}),
        ("import hmac; hmac.digest(b'', b'', 'sha512')", {"hmac", "hashlib.sha512"}),
        ("import hmac; hmac.new(b'', b'', 'md5')", {"hmac", "hashlib.md5"}),
        ("import hmac; hmac.compare_digest('a', 'b')", set()),
        ("from cryptography.hazmat.primitives.ciphers.modes import ECB", {"ECB"}),
        (
            "from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes",
            {"Cipher", "algorithms", "modes"},
        ),
        ("from cryptography.hazmat.primitives.asymmetric import padding", {"padding"}),
        ("from cryptography.fernet import Fernet", {"Fernet"}),
        ("import cryptography.fernet", {"cryptography.fernet"}),
        ("from cryptography.exceptions import InvalidTag", set()),
        ("from pwdlib.hashers.bcrypt import BcryptHasher", {"BcryptHasher"}),
        ("allowed = ['HS256', 'RSA1_5', 'A128CBC-HS256', 'people']", {"HS256", "RSA1_5", "A128CBC-HS256"}),
    ],
)
def test_what_would_be_new_is_noticed(code: str, found: set[str]) -> None:
    assert set(used_in(ast.parse(code))) == found
