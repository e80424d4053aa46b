"""Recovery codes are random, bound to their owner, and read as people type them."""

from colonnade.security.recovery import RecoveryCodes

CODES = RecoveryCodes(b"key of the installation")


def test_codes_are_long_enough_and_all_different() -> None:
    """24 digits of five bits: long enough for a hash that is not slow (OWASP ASVS 5.0, 6.5.2)."""
    fresh = CODES.new()
    assert len(set(fresh)) == 10
    assert all(len(code.replace("-", "")) == 24 for code in fresh)
    assert not set("".join(fresh)) & set("ilou")


def test_a_code_is_read_as_people_type_it() -> None:
    kept = CODES.hash("0a1b-2c3d-4e5f-6g7v", b"ada")
    for typed in ("0A1B2C3D4E5F6G7V", " oalb 2c3d 4e5f 6g7u ", "OaIb-2c3d-4e5f-6g7v"):
        assert CODES.hash(typed, b"ada") == kept


def test_a_hash_is_its_owners_and_its_installations() -> None:
    """A stolen table tests no guess without the key."""
    code = CODES.new(1)[0]
    hashes = {CODES.hash(code, b"ada"), CODES.hash(code, b"ben"), RecoveryCodes(b"another").hash(code, b"ada")}
    assert len(hashes) == 3
    assert all(code not in kept for kept in hashes)
