"""Names of objects, the same in every kind of storage."""

import re

from colonnade.core import Invalid

_SEGMENT = r"(?!\.{1,2}(?:/|$))[A-Za-z0-9_.=@+-]{1,200}"  # file systems take 255, the store adds to names of its own
_KEY = re.compile(f"{_SEGMENT}(?:/{_SEGMENT})*")
_LONGEST_KEY = 1024  # the most that S3 takes


def checked_key(key: str) -> str:
    """Return the key if it means the same everywhere and leads nowhere else.

    A key is segments of ASCII letters, digits and `_.=@+-`, with slashes between them. What people call a file does not
    belong in it.

    Raises:
        Invalid: It is none.
    """
    if len(key) > _LONGEST_KEY or not _KEY.fullmatch(key):
        raise Invalid("is not a key for an object", field="key")
    return key
