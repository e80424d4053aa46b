"""What is known of a passkey, and what its answers say."""

from typing import Any, NamedTuple

JsonObject = dict[str, Any]  # JSON values, as browsers give and take them (`toJSON`, `parse…FromJSON`)


class Owner(NamedTuple):
    """Whose passkey it is to be.

    Attributes:
        handle: Up to 64 bytes that stand for the person and tell nothing of them (WebAuthn, section 14.6.1).
        name: What the authenticator shows to tell accounts apart, such as an address.
        display_name: What the person is called.
    """

    handle: bytes
    name: str
    display_name: str


class NewPasskey(NamedTuple):
    """A passkey as it was made.

    Attributes:
        credential_id: What the authenticator calls it, up to 1023 bytes.
        public_key: The key, in COSE form (RFC 9052).
        sign_count: How often it signed, if its authenticator counts; else 0.
        aaguid: Which model of authenticator holds it; zeros if that is not told.
        transports: How to reach the authenticator, such as `internal`, `usb`.
        backup_eligible: Whether it may be copied to other devices.
        backed_up: Whether it was.
    """

    credential_id: bytes
    public_key: bytes
    sign_count: int
    aaguid: str
    transports: tuple[str, ...]
    backup_eligible: bool
    backed_up: bool


class KnownPasskey(NamedTuple):
    """What was kept of a passkey, to check an answer against.

    Attributes:
        handle: Its owner's.
    """

    credential_id: bytes
    public_key: bytes
    sign_count: int
    handle: bytes


class Assertion(NamedTuple):
    """A good answer: its owner was there, was verified, and meant to sign in here.

    Attributes:
        sign_count: How often the passkey signed, as it says.
        backed_up: Whether it was copied to other devices.
        is_cloned: Whether the count went back, so that there are two of what should be one (section 6.1.1). The
            caller must refuse the answer then, and distrust the passkey.
    """

    sign_count: int
    backed_up: bool
    is_cloned: bool
