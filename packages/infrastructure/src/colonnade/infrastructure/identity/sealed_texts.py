"""Texts that must not be read where they are kept: sealed, and written so that JSON and text columns hold them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from colonnade.core import Invalid
from colonnade.security.sealing import Sealer


class SealerOfTexts:
    """Seals texts with a key of its own: `Sealer(secret, "identity")`."""

    def __init__(self, sealer: Sealer) -> None:
        self._sealer = sealer

    def seal(self, text: str, place: str) -> str:
        """Return a text sealed, so that it can be opened for this place only."""
        return urlsafe_b64encode(self._sealer.seal(text.encode(), place.encode())).decode()

    def unseal(self, sealed: str, place: str) -> str:
        """Return a text that was sealed.

        Raises:
            Invalid: It was altered, is another place's, or was sealed by another installation.
        """
        try:
            content = urlsafe_b64decode(sealed.encode())
        except ValueError as error:
            raise Invalid("the sealed value cannot be opened") from error
        return self._sealer.unseal(content, place.encode()).decode()
