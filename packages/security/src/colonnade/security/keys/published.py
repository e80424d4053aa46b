"""Key sets in JSON (JWKS, RFC 7517): what a service publishes, and what others verify its tokens with."""

from collections.abc import Iterable, Mapping

from colonnade.core import Invalid
from colonnade.security.keys.verifying import VerifyingKey


def jwks_document(keys: Iterable[VerifyingKey]) -> dict[str, list[dict[str, str]]]:
    """Return the document for `/.well-known/jwks.json`."""
    return {"keys": [key.jwk() for key in keys]}


class KeySet:
    """The published keys of somebody else, to verify tokens without being able to sign any."""

    def __init__(self, keys: Iterable[VerifyingKey]) -> None:
        self._keys = {key.kid: key for key in keys}

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> "KeySet":
        """Read what `jwks_document` wrote.

        Raises:
            Invalid: It is no such document, or a key in it is not one to trust.
        """
        entries = document.get("keys")
        if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
            raise Invalid("this is not a JSON Web Key Set")
        return cls(VerifyingKey.from_jwk(entry) for entry in entries)

    def public(self, kid: str) -> VerifyingKey | None:
        """Return the key with this name, if it was published."""
        return self._keys.get(kid)
