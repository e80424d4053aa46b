"""`two-factor`: codes of an app, set up, used up and put away at a terminal."""

import re
from datetime import UTC, datetime, timedelta

import pyotp

from ..terminal import PASSWORD, Terminal, the_sentence


def code_of(secret: str, step: int = 0) -> str:
    """The code of a step of half a minute; each is good once."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) + step * timedelta(seconds=30))
