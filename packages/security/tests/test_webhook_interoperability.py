"""Others verify what we sign, and we verify what others sign: Standard Webhooks' own library, and Svix's."""

import json
from datetime import UTC, datetime, timedelta

import pytest
import standardwebhooks
import svix.webhooks

from colonnade.core import SystemClock
from colonnade.security.webhooks import (
    SignatureRefused,
    WebhookSigner,
    WebhookVerifier,
    generate_key_pair,
    generate_secret,
    public_key_of,
)

from .clock import MovableClock

BODY = '{"type": "task.assigned", "data": {"title": "Zoë"}}'
LIBRARIES = pytest.mark.parametrize("library", [standardwebhooks.Webhook, svix.webhooks.Webhook])

# The vector of the libraries of Standard Webhooks (test_sign_function), and that of Svix's server for Ed25519
# (test_asymmetric_key_signing), whose signature the specification shows.
VECTOR_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
VECTOR_KEY = "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="
VECTOR_ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
VECTOR_AT = datetime.fromtimestamp(1614265330, UTC)
VECTOR_BODY = b'{"test": 2432232314}'
VECTOR_SIGNATURES = (
    "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= "
    "v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=="
)


def test_we_sign_the_published_vectors_as_published() -> None:
    headers = WebhookSigner([VECTOR_SECRET, VECTOR_KEY]).headers(VECTOR_ID, VECTOR_BODY, VECTOR_AT)

    assert headers == {
        "webhook-id": VECTOR_ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": VECTOR_SIGNATURES,
    }


@pytest.mark.parametrize("trusted", [VECTOR_SECRET, public_key_of(VECTOR_KEY)])
def test_we_verify_the_published_vectors(trusted: str) -> None:
    clock = MovableClock()
    clock.moment = VECTOR_AT
    headers = {
        "webhook-id": VECTOR_ID,
        "webhook-timestamp": "1614265330",
        "webhook-signature": VECTOR_SIGNATURES,
    }

    assert WebhookVerifier([trusted], clock).verify(headers, VECTOR_BODY).id == VECTOR_ID


@LIBRARIES
@pytest.mark.parametrize("length", [24, 25, 26, 32, 64])
def test_they_verify_what_we_sign(library: type[svix.webhooks.Webhook], length: int) -> None:
    secret = generate_secret(length)
    headers = WebhookSigner([secret]).headers("msg_1", BODY.encode(), SystemClock().now())

    assert library(secret).verify(BODY, headers) in (json.loads(BODY), None)


@LIBRARIES
def test_they_verify_with_either_secret_during_a_rotation(library: type[svix.webhooks.Webhook]) -> None:
    """Beside an Ed25519 signature, too, which they leave aside."""
    old, new = generate_secret(), generate_secret()
    signer = WebhookSigner([generate_key_pair().private, new, old])
    headers = signer.headers("msg_1", BODY.encode(), SystemClock().now())

    for secret in (old, new):
        library(secret).verify(BODY, headers)


@LIBRARIES
def test_they_refuse_what_was_tampered_with_or_is_late(library: type[svix.webhooks.Webhook]) -> None:
    """So that their consent above means something."""
    secret = generate_secret()
    now = SystemClock().now()
    headers = WebhookSigner([secret]).headers("msg_1", BODY.encode(), now)
    late = WebhookSigner([secret]).headers("msg_1", BODY.encode(), now - timedelta(minutes=6))

    for body, sent in ((BODY + " ", headers), (BODY, headers | {"webhook-id": "msg_2"}), (BODY, late)):
        with pytest.raises(standardwebhooks.WebhookVerificationError):
            library(secret).verify(body, sent)


@LIBRARIES
@pytest.mark.parametrize("length", [24, 25, 26, 32, 64])
def test_we_verify_what_they_sign(library: type[svix.webhooks.Webhook], length: int) -> None:
    """And refuse it tampered with, late, and a second time."""
    clock, secret = MovableClock(), generate_secret(length)
    sent = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(clock.now().timestamp())),
        "webhook-signature": library(secret).sign("msg_1", clock.now(), BODY),
    }
    verifier = WebhookVerifier([secret], clock)

    assert verifier.verify(sent, BODY.encode()).id == "msg_1"
    with pytest.raises(SignatureRefused, match="there already"):
        verifier.verify(sent, BODY.encode())
    with pytest.raises(SignatureRefused, match="no good signature"):
        verifier.verify(sent, BODY.encode() + b" ")
    clock.advance(301)
    with pytest.raises(SignatureRefused, match="too long ago"):
        verifier.verify(sent, BODY.encode())
