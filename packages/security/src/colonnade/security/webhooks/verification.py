"""The receiver's side: a webhook is taken if it comes from who it should, as it was sent, now, and once."""

import binascii
import re
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from colonnade.core import Clock, ColonnadeError, Invalid
from colonnade.security.webhooks.content import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    is_webhook_id,
    signed_content,
)
from colonnade.security.webhooks.keys import parse_verifying
from colonnade.security.webhooks.replays import SeenIds

MAX_SIGNATURE_HEADER_LENGTH = 4096
_TIMESTAMP = re.compile(r"[0-9]{1,11}")


class SignatureRefused(ColonnadeError):
    """A request is not a webhook to act upon.

    The fact `reason` says why: `missing_header`, `malformed`, `too_old`, `too_new`, `no_good_signature`, or `replayed`;
    the last one is best answered like the first time, or the sender goes on trying.
    """

    code = "webhooks.signature_refused"


class VerifiedRequest(NamedTuple):
    """What a good request says of itself: its id, the same for each attempt, and when this attempt was made (UTC)."""

    id: str
    sent_at: datetime


class WebhookVerifier:
    """Verifies requests against every secret that is valid now.

    Args:
        secrets: `whsec_` secrets and `whpk_` public keys that are trusted.
        clock: Time.
        tolerance_seconds: How far the time of the attempt may be from now, before or after.
        seen: Remembers an id and tells whether it was there already, asked after all else is good; for at least twice
            the tolerance. By default the memory of this verifier.

    Raises:
        Invalid: There is no secret, or one is not well formed.
    """

    def __init__(
        self,
        secrets: Sequence[str],
        clock: Clock,
        *,
        tolerance_seconds: int = 300,
        seen: Callable[[str], bool] | None = None,
    ) -> None:
        if not secrets:
            raise Invalid("a webhook is verified with at least one secret")
        self._keys = tuple(parse_verifying(secret) for secret in secrets)
        self._clock = clock
        self._tolerance_seconds = tolerance_seconds
        self._seen = SeenIds(clock, remember_seconds=2 * tolerance_seconds) if seen is None else seen

    def verify(self, headers: Mapping[str, str], body: bytes) -> VerifiedRequest:
        """Return what a good request says of itself; another with its id is refused from now on.

        Args:
            headers: The request's, with names in any case.
            body: The request's, byte by byte as it came.

        Raises:
            SignatureRefused: It is not good.
        """
        named = {name.lower(): value for name, value in headers.items()}
        missing = [name for name in (ID_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER) if not named.get(name)]
        if missing:
            raise _refused("the webhook lacks " + ", ".join(missing), "missing_header")
        webhook_id, timestamp, signatures = named[ID_HEADER], named[TIMESTAMP_HEADER], named[SIGNATURE_HEADER]
        if not (
            is_webhook_id(webhook_id)
            and _TIMESTAMP.fullmatch(timestamp)
            and len(signatures) <= MAX_SIGNATURE_HEADER_LENGTH
        ):
            raise _refused("the webhook's headers are not well formed", "malformed")
        self._check_age(int(timestamp))
        if not self._is_signed(signed_content(webhook_id, timestamp, body), signatures):
            raise _refused("the webhook has no good signature", "no_good_signature")
        if self._seen(webhook_id):
            raise _refused("the webhook was there already", "replayed")
        return VerifiedRequest(webhook_id, datetime.fromtimestamp(int(timestamp), UTC))

    def _check_age(self, timestamp: int) -> None:
        age_seconds = self._clock.now().timestamp() - timestamp
        if age_seconds > self._tolerance_seconds:
            raise _refused("the webhook was sent too long ago", "too_old")
        if age_seconds < -self._tolerance_seconds:
            raise _refused("the webhook was sent in the future", "too_new")

    def _is_signed(self, content: bytes, signatures: str) -> bool:
        return any(
            key.version == version and key.verify(content, signature)
            for version, signature in _signatures(signatures)
            for key in self._keys
        )


def _signatures(header: str) -> Iterator[tuple[str, bytes]]:
    """Yield version and bytes of each signature; what is not well formed hides no good one."""
    for part in header.split(" "):
        version, _, text = part.partition(",")
        try:
            yield version, b64decode(text, validate=True)
        except (binascii.Error, ValueError):
            continue


def _refused(message: str, reason: str) -> SignatureRefused:
    return SignatureRefused(message, reason=reason)
