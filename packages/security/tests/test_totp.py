"""Codes of apps, as RFC 6238 has them."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from colonnade.security.totp import TotpCodes

SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
CODES = TotpCodes("Colonnade: Work")


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(1111111111, "050471"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, in six digits."""
    at = datetime.fromtimestamp(seconds, UTC)
    assert CODES.step_of(SECRET, code, at=at) == seconds // 30
    for off in (-30, 30):
        assert CODES.step_of(SECRET, code, at=at + timedelta(seconds=off)) == seconds // 30
    assert CODES.step_of(SECRET, code, at=at + timedelta(seconds=60)) is None


@pytest.mark.parametrize("code", ["", "28708", "2870820", "28708a", "٢٨٧٠٨٢", "287082\n", " 287082"])
def test_what_is_no_code_is_refused(code: str) -> None:
    assert CODES.step_of(SECRET, code, at=datetime.fromtimestamp(59, UTC)) is None


def test_secrets_are_random_and_apps_can_read_them() -> None:
    """160 bits; an issuer's colon would be taken for the end of its name."""
    first, second = CODES.new_secret(), CODES.new_secret()
    assert first != second
    assert len(first) * 5 == 160
    uri = urlsplit(CODES.uri(first, "ada@example.com"))
    assert (uri.scheme, uri.netloc) == ("otpauth", "totp")
    assert parse_qs(uri.query)["secret"] == [first]
    read = pyotp.parse_uri(uri.geturl())
    assert isinstance(read, pyotp.TOTP)
    assert read.issuer == "Colonnade  Work"
