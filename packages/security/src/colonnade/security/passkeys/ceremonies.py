"""The two ceremonies, each of a question and an answer: make a passkey, and prove that one has it."""

import hmac
from collections.abc import Sequence
from typing import NamedTuple

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import base64url_to_bytes, options_to_json_dict, parse_attestation_object
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.structs import (
    AttestationFormat,
    AuthenticatorSelectionCriteria,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from colonnade.security.passkeys.challenges import Challenges
from colonnade.security.passkeys.errors import PasskeyReason, PasskeyRefused
from colonnade.security.passkeys.reading import client_data_of, credential_id_of, refusals
from colonnade.security.passkeys.records import Assertion, JsonObject, KnownPasskey, NewPasskey, Owner

ALGORITHMS = [
    COSEAlgorithmIdentifier.EDDSA,
    COSEAlgorithmIdentifier.ECDSA_SHA_256,
    COSEAlgorithmIdentifier.RSASSA_PKCS1_v1_5_SHA_256,
]
_TRANSPORTS = frozenset({"ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"})
_STATEMENTS = frozenset({AttestationFormat.NONE, AttestationFormat.PACKED})


class RelyingParty(NamedTuple):
    """Who we are to authenticators.

    Attributes:
        id: Our domain; passkeys are bound to it for ever.
        name: What people call us.
        origins: Where our pages are, such as `https://app.example.com`.
    """

    id: str
    name: str
    origins: tuple[str, ...]


class Passkeys:
    """Asks for passkeys and checks the answers. The person is always verified, by PIN or by what they are.

    No attestation is asked for: who made the authenticator is nobody's business (section 14.4.1).

    Args:
        party: Who we are.
        challenges: Makes challenges, and takes each back once.
    """

    def __init__(self, party: RelyingParty, challenges: Challenges) -> None:
        self._party = party
        self._challenges = challenges

    def registration(self, owner: Owner, purpose: str, *, known: Sequence[bytes] = ()) -> JsonObject:
        """Return what `navigator.credentials.create` is to be asked.

        Args:
            owner: Whose it is to be.
            purpose: Binds the answer, as to the account and the session.
            known: Credential ids of the owner's other passkeys; their authenticators make no second one.
        """
        options = generate_registration_options(
            rp_id=self._party.id,
            rp_name=self._party.name,
            user_id=owner.handle,
            user_name=owner.name,
            user_display_name=owner.display_name,
            challenge=self._challenges.issue(purpose),
            timeout=self._challenges.lifetime_seconds * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=UserVerificationRequirement.REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(credential_id) for credential_id in known],
            supported_pub_key_algs=ALGORITHMS,
        )
        return options_to_json_dict(options)

    async def register(self, credential: JsonObject, purpose: str) -> NewPasskey:
        """Check what `create` answered, and return the passkey.

        Raises:
            PasskeyRefused: It was made for others, by others, elsewhere, or is damaged.
        """
        challenge = await self._spend(credential, purpose)
        with refusals():
            attested = parse_attestation_object(base64url_to_bytes(credential["response"]["attestationObject"]))
            if attested.fmt not in _STATEMENTS:
                raise ValueError("an attestation that nobody asked for")
            made = verify_registration_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._party.id,
                expected_origin=list(self._party.origins),
                require_user_verification=True,
                supported_pub_key_algs=ALGORITHMS,
            )
            if made.credential_id != credential_id_of(credential):
                raise ValueError("two names of one passkey")
            told = credential["response"].get("transports") or ()
            return NewPasskey(
                credential_id=made.credential_id,
                public_key=made.credential_public_key,
                sign_count=made.sign_count,
                aaguid=made.aaguid,
                transports=tuple(sorted(_TRANSPORTS.intersection(told))),
                backup_eligible=made.credential_device_type is CredentialDeviceType.MULTI_DEVICE,
                backed_up=made.credential_backed_up,
            )

    def request(self, purpose: str, *, allowed: Sequence[bytes] = ()) -> JsonObject:
        """Return what `navigator.credentials.get` is to be asked.

        Args:
            purpose: Binds the answer, as to the session that is to be proved.
            allowed: Credential ids to choose from; without any, people choose among all that they have for us, and
                need not say who they are.
        """
        options = generate_authentication_options(
            rp_id=self._party.id,
            challenge=self._challenges.issue(purpose),
            timeout=self._challenges.lifetime_seconds * 1000,
            allow_credentials=[PublicKeyCredentialDescriptor(credential_id) for credential_id in allowed],
            user_verification=UserVerificationRequirement.REQUIRED,
        )
        return options_to_json_dict(options)

    async def assertion(
        self, credential: JsonObject, known: KnownPasskey, purpose: str, *, named: bool = False
    ) -> Assertion:
        """Check what `get` answered.

        Args:
            credential: The answer.
            known: The passkey that it names (`credential_id_of`).
            purpose: What the question was bound to.
            named: Whether it was known who is asked, so that the answer need not say it.

        Raises:
            PasskeyRefused: It is not the passkey's, not of its owner, was made elsewhere, or is damaged.
        """
        challenge = await self._spend(credential, purpose)
        with refusals():
            self._require_owner(credential, known, named=named)
            if credential_id_of(credential) != known.credential_id:
                raise ValueError("another passkey")
            answered = verify_authentication_response(
                credential=credential,
                expected_challenge=challenge,
                expected_rp_id=self._party.id,
                expected_origin=list(self._party.origins),
                credential_public_key=known.public_key,
                # the library would judge the count before the signature: anybody could have a passkey distrusted
                credential_current_sign_count=0,
                require_user_verification=True,
            )
            counts = answered.new_sign_count > 0 or known.sign_count > 0
            return Assertion(
                sign_count=answered.new_sign_count,
                backed_up=answered.credential_backed_up,
                is_cloned=counts and answered.new_sign_count <= known.sign_count,
            )

    @staticmethod
    def _require_owner(credential: JsonObject, known: KnownPasskey, *, named: bool) -> None:
        """Check whom the authenticator keeps the passkey for (section 7.2, step 6)."""
        handle = credential["response"].get("userHandle")
        if handle is None and named:
            return
        if handle is None or not hmac.compare_digest(base64url_to_bytes(handle), known.handle):
            raise PasskeyRefused("this passkey is somebody else's", reason=PasskeyReason.OWNER)

    async def _spend(self, credential: JsonObject, purpose: str) -> bytes:
        said = client_data_of(credential)
        await self._challenges.spend(said.challenge, purpose)
        if said.is_framed:
            raise PasskeyRefused("passkeys are not for pages inside other pages", reason=PasskeyReason.FRAME)
        return said.challenge
