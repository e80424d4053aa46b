"""Recovery codes: for somebody whose phone is gone, each good once."""

import hashlib
import hmac
import secrets

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's Base32: nothing that is mistaken for something else
_GROUPS, _GROUP = 6, 4
_LOOKALIKES = str.maketrans({"o": "0", "i": "1", "l": "1", "u": "v", "-": None, " ": None})


class RecoveryCodes:
    """Makes codes of 120 random bits and the hashes that are kept of them.

    Args:
        key: Secret of the installation for this purpose, so that a stolen table alone tests no guess.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def new(self, count: int = 10) -> tuple[str, ...]:
        """Return fresh codes, such as `7k2m-x0qd-9t4b-hw3c-5v8n-e1rz`."""
        return tuple(self._code() for _ in range(count))

    def hash(self, code: str, owner: bytes) -> str:
        """Return what is kept of a code: HMAC-SHA-256, bound to whose code it is.

        Args:
            code: As somebody typed it: in any letter case, with or without hyphens, with `O` for `0`.
            owner: Whose.
        """
        typed = code.strip().lower().translate(_LOOKALIKES)
        return hmac.new(self._key, owner + b"\x00" + typed.encode(), hashlib.sha256).hexdigest()

    @staticmethod
    def _code() -> str:
        groups = ("".join(secrets.choice(_ALPHABET) for _ in range(_GROUP)) for _ in range(_GROUPS))
        return "-".join(groups)
