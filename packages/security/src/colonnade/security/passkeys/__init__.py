"""Passkeys (WebAuthn level 3): keys of people's devices that sign in on our pages and on no others."""

from colonnade.core.extras import require_extra

require_extra("colonnade-security", "passkeys", "webauthn")

from colonnade.security.passkeys.ceremonies import Passkeys, RelyingParty
from colonnade.security.passkeys.challenges import Challenges, SpentChallenge
from colonnade.security.passkeys.errors import PasskeyReason, PasskeyRefused
from colonnade.security.passkeys.reading import credential_id_of
from colonnade.security.passkeys.records import Assertion, JsonObject, KnownPasskey, NewPasskey, Owner

__all__ = [
    "Assertion",
    "Challenges",
    "JsonObject",
    "KnownPasskey",
    "NewPasskey",
    "Owner",
    "PasskeyReason",
    "PasskeyRefused",
    "Passkeys",
    "RelyingParty",
    "SpentChallenge",
    "credential_id_of",
]
