"""Codes that an app on a phone shows (TOTP, RFC 6238): six digits, a new one every thirty seconds."""

import hmac
import re
from datetime import datetime

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "totp", "pyotp")

import pyotp

_CODE = re.compile(r"[0-9]{6}")
_SECRET_LENGTH = 32


class TotpCodes:
    """Makes secrets for apps and tells which code they show when.

    Args:
        issuer: Whose accounts these are, shown in the app.
        window: How many steps a phone's clock may be early or late.
    """

    def __init__(self, issuer: str, *, window: int = 1) -> None:
        self._issuer = issuer.replace(":", " ")
        self._offsets = range(-window, window + 1)

    def new_secret(self) -> str:
        """Return a secret of 160 bits (RFC 4226, section 4), in Base32 as apps take it."""
        return pyotp.random_base32(_SECRET_LENGTH)

    def uri(self, secret: str, account: str) -> str:
        """Return what an app reads from a QR code: `otpauth://totp/…`."""
        return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name=self._issuer)

    def step_of(self, secret: str, code: str, *, at: datetime) -> int | None:
        """Return the time step whose code this is, or none.

        A code is good once (RFC 6238, section 5.2): whoever takes one keeps its step, and takes none of that step or
        an earlier one again. All steps are compared, whichever is right, so that the time tells nothing.
        """
        if _CODE.fullmatch(code) is None:
            return None
        app = pyotp.TOTP(secret)
        now, found = app.timecode(at), None
        for offset in self._offsets:
            if hmac.compare_digest(app.generate_otp(now + offset), code):
                found = now + offset
        return found
