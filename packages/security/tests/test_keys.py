"""Signing keys are made once and kept where only their owner reads them."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256K1, SECP256R1, SECP384R1, EllipticCurve
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from colonnade.core import Invalid
from colonnade.security.keys import Algorithm, KeyRing, SigningKey


def test_a_key_is_made_when_there_is_none(tmp_path: Path) -> None:
    """The next start finds the same one."""
    file = tmp_path / "key.pem"
    assert SigningKey.from_file(file).kid == SigningKey.from_file(file).kid
    assert file.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    """Whatever the umask."""
    before = os.umask(0)
    try:
        SigningKey.from_file(tmp_path / "key.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600


def test_processes_that_start_together_have_one_key(tmp_path: Path) -> None:
    """The one that comes second waits or reads the whole file, never half of one."""
    together = 8
    for number in range(60):
        file, barrier = tmp_path / f"{number}.pem", Barrier(together)

        def start(file: Path = file, barrier: Barrier = barrier) -> str:
            barrier.wait()
            return SigningKey.from_file(file).kid

        with ThreadPoolExecutor(together) as threads:
            kids = {future.result() for future in [threads.submit(start) for _ in range(together)]}
        assert len(kids) == 1


def test_nothing_is_left_beside_the_key(tmp_path: Path) -> None:
    """A folder of secrets holds what it should and no more."""
    SigningKey.from_file(tmp_path / "key.pem")
    assert [file.name for file in tmp_path.iterdir()] == ["key.pem"]


@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"\xff\x00", b"-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n"]
)
def test_a_file_of_something_else_is_refused_by_its_name(tmp_path: Path, content: bytes) -> None:
    """The operator reads which file it is; it is not overwritten."""
    file = tmp_path / "key.pem"
    file.write_bytes(content)
    with pytest.raises(Invalid, match=r"key\.pem"):
        SigningKey.from_file(file)
    assert file.read_bytes() == content


def test_a_key_of_another_kind_is_refused(tmp_path: Path) -> None:
    """RSA and public keys are keys, but not such."""
    rsa = generate_private_key(65537, 2048).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = Ed25519PrivateKey.generate().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for content in (rsa, public):
        file = tmp_path / "key.pem"
        file.write_bytes(content)
        with pytest.raises(Invalid):
            SigningKey.from_file(file)


def test_a_key_under_a_password_is_refused_with_a_sentence(tmp_path: Path) -> None:
    """There is nobody to ask for it."""
    locked = BestAvailableEncryption(b"password")
    file = tmp_path / "key.pem"
    file.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked))
    with pytest.raises(Invalid, match=r"key\.pem"):
        SigningKey.from_file(file)


def test_a_key_is_named_by_its_thumbprint() -> None:
    """The example of RFC 8037, appendix A.3."""
    raw = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    assert SigningKey(Ed25519PrivateKey.from_private_bytes(raw)).kid == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"


def test_a_ring_knows_its_keys_and_no_others() -> None:
    """Older keys verify, the current one signs."""
    current, older, stranger = (SigningKey.generate() for _ in range(3))
    ring = KeyRing(current, [older])
    assert ring.current is current
    assert ring.public(current.kid) == current.public
    assert ring.public(older.kid) == older.public
    assert ring.public(stranger.kid) is None


@pytest.mark.parametrize("algorithm", ["EdDSA", "ES256"])
def test_a_key_is_not_printed(algorithm: Algorithm) -> None:
    """Its name is enough for a log."""
    key = SigningKey.generate(algorithm)
    assert repr(key) == f"SigningKey(kid='{key.kid}')"
    assert repr(key.public) == f"VerifyingKey(kid='{key.kid}', algorithm='{algorithm}')"


def test_a_key_on_p256_is_read_from_a_file_as_well(tmp_path: Path) -> None:
    """Whoever wants ES256 brings such a key."""
    private = generate_ec_key(SECP256R1())
    (tmp_path / "key.pem").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    assert SigningKey.from_file(tmp_path / "key.pem").algorithm == "ES256"


@pytest.mark.parametrize("curve", [SECP384R1(), SECP256K1()], ids=lambda curve: str(curve.name))
def test_a_key_on_another_curve_is_refused(tmp_path: Path, curve: EllipticCurve) -> None:
    """ES256 is P-256 and no other."""
    private = generate_ec_key(curve)
    (tmp_path / "key.pem").write_bytes(private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    with pytest.raises(Invalid, match=r"key\.pem"):
        SigningKey.from_file(tmp_path / "key.pem")
