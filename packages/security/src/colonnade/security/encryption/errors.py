"""What goes wrong with keys and with what they seal."""

from colonnade.core import ColonnadeError, Invalid


class CiphertextRefused(Invalid):
    """Sealed bytes were altered, moved to another place, or sealed with another key."""

    code = "encryption.ciphertext_refused"


class KeyMissing(ColonnadeError):
    """There is no key of this name here."""

    code = "encryption.key_missing"


class KeyRefused(ColonnadeError):
    """A key-encryption key does not do what it is asked: it is another one, disabled, or not ours to use."""

    code = "encryption.key_refused"
