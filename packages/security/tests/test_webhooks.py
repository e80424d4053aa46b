"""Webhooks are taken from who sent them, as they were sent, in time, and once."""

from base64 import b64decode, b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import ColonnadeError, Invalid
from colonnade.security.webhooks import (
    SignatureRefused,
    VerifiedRequest,
    WebhookSigner,
    WebhookVerifier,
    generate_key_pair,
    generate_secret,
)

from .clock import MovableClock

BODY = '{"type":"task.assigned","data":{"title":"Zoë"}}'.encode()
SECRET = generate_secret()
KEYS = generate_key_pair()
EACH_SCHEME = pytest.mark.parametrize(
    ("signing", "verifying"), [(SECRET, SECRET), (KEYS.private, KEYS.public)], ids=["v1", "v1a"]
)


@pytest.fixture
def clock() -> MovableClock:
    """Time as the receiver sees it."""
    return MovableClock()


def reason(verifier: WebhookVerifier, headers: dict[str, str], body: bytes = BODY) -> object:
    """Return why a request is refused."""
    with pytest.raises(SignatureRefused) as refused:
        verifier.verify(headers, body)
    return refused.value.facts["reason"]


class TestASignedRequest:
    @EACH_SCHEME
    def test_is_taken_with_its_id_and_the_time_of_the_attempt(
        self, clock: MovableClock, signing: str, verifying: str
    ) -> None:
        headers = WebhookSigner([signing]).headers("msg_1", BODY, clock.now())

        assert WebhookVerifier([verifying], clock).verify(headers, BODY) == VerifiedRequest("msg_1", clock.now())

    def test_has_the_headers_of_the_standard_and_one_signature_for_each_secret(self, clock: MovableClock) -> None:
        headers = WebhookSigner([SECRET, generate_secret(), KEYS.private]).headers("msg_1", BODY, clock.now())

        assert set(headers) == {"webhook-id", "webhook-timestamp", "webhook-signature"}
        assert headers["webhook-timestamp"] == str(int(clock.now().timestamp()))
        assert [part.partition(",")[0] for part in headers["webhook-signature"].split(" ")] == ["v1", "v1", "v1a"]

    def test_is_taken_whatever_the_case_of_its_headers_names(self, clock: MovableClock) -> None:
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())

        assert WebhookVerifier([SECRET], clock).verify({name.title(): text for name, text in headers.items()}, BODY)

    @given(body=st.binary(max_size=300), webhook_id=st.from_regex(r"[!-\-/-~]{1,256}", fullmatch=True))
    def test_is_taken_whatever_its_body_and_id(self, body: bytes, webhook_id: str) -> None:
        clock = MovableClock()
        headers = WebhookSigner([SECRET]).headers(webhook_id, body, clock.now())

        assert WebhookVerifier([SECRET], clock).verify(headers, body).id == webhook_id


class TestDuringARotation:
    @pytest.mark.parametrize("new", [generate_secret(), KEYS.private], ids=["v1", "v1a"])
    def test_the_receiver_may_have_the_old_secret_or_the_new_one(self, clock: MovableClock, new: str) -> None:
        headers = WebhookSigner([new, SECRET]).headers("msg_1", BODY, clock.now())

        for known in (KEYS.public if new is KEYS.private else new, SECRET):
            assert WebhookVerifier([known], clock).verify(headers, BODY)

    def test_the_receiver_may_know_both_while_the_sender_uses_one(self, clock: MovableClock) -> None:
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())

        assert WebhookVerifier([generate_secret(), KEYS.public, SECRET], clock).verify(headers, BODY)

    def test_a_secret_that_was_withdrawn_signs_nothing_any_more(self, clock: MovableClock) -> None:
        headers = WebhookSigner([SECRET, KEYS.private]).headers("msg_1", BODY, clock.now())
        verifier = WebhookVerifier([generate_secret(), generate_key_pair().public], clock)

        assert reason(verifier, headers) == "no_good_signature"


@EACH_SCHEME
class TestATamperedRequest:
    def test_is_refused_for_another_body(self, clock: MovableClock, signing: str, verifying: str) -> None:
        headers = WebhookSigner([signing]).headers("msg_1", BODY, clock.now())

        for body in (BODY + b" ", BODY[:-1], b"", BODY.replace(b"task", b"tusk")):
            assert reason(WebhookVerifier([verifying], clock), headers, body) == "no_good_signature"

    def test_is_refused_for_another_id(self, clock: MovableClock, signing: str, verifying: str) -> None:
        headers = WebhookSigner([signing]).headers("msg_1", BODY, clock.now()) | {"webhook-id": "msg_2"}

        assert reason(WebhookVerifier([verifying], clock), headers) == "no_good_signature"

    @pytest.mark.parametrize("change", [lambda text: str(int(text) + 1), lambda text: "0" + text])
    def test_is_refused_for_another_timestamp(
        self, clock: MovableClock, signing: str, verifying: str, change: Callable[[str], str]
    ) -> None:
        headers = WebhookSigner([signing]).headers("msg_1", BODY, clock.now())
        headers["webhook-timestamp"] = change(headers["webhook-timestamp"])

        assert reason(WebhookVerifier([verifying], clock), headers) == "no_good_signature"

    @given(data=st.data())
    def test_is_refused_for_a_single_bit_of_its_signature(
        self, signing: str, verifying: str, data: st.DataObject
    ) -> None:
        clock = MovableClock()
        headers = WebhookSigner([signing]).headers("msg_1", BODY, clock.now())
        version, _, text = headers["webhook-signature"].partition(",")
        signature = bytearray(b64decode(text))
        signature[data.draw(st.integers(0, len(signature) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        headers["webhook-signature"] = f"{version},{b64encode(signature).decode()}"

        assert reason(WebhookVerifier([verifying], clock), headers) == "no_good_signature"

    @given(length=st.integers(0, 63))
    def test_is_refused_for_a_signature_that_was_cut_off(self, signing: str, verifying: str, length: int) -> None:
        clock = MovableClock()
        headers = WebhookSigner([signing]).headers("msg_1", BODY, clock.now())
        version, _, text = headers["webhook-signature"].partition(",")
        headers["webhook-signature"] = (
            f"{version},{b64encode(b64decode(text)[: length % len(b64decode(text))]).decode()}"
        )

        assert reason(WebhookVerifier([verifying], clock), headers) == "no_good_signature"

    def test_is_refused_when_its_signature_claims_another_version(
        self, clock: MovableClock, signing: str, verifying: str
    ) -> None:
        headers = WebhookSigner([signing]).headers("msg_1", BODY, clock.now())
        version, _, text = headers["webhook-signature"].partition(",")

        for other in {"v1", "v1a", "v2", "", "V1"} - {version}:
            assert (
                reason(WebhookVerifier([verifying], clock), headers | {"webhook-signature": f"{other},{text}"})
                == "no_good_signature"
            )


class TestTime:
    @pytest.mark.parametrize("seconds", [-300, 0, 300])
    def test_a_request_within_the_tolerance_is_taken(self, clock: MovableClock, seconds: int) -> None:
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())
        clock.advance(seconds)

        assert WebhookVerifier([SECRET], clock).verify(headers, BODY)

    @pytest.mark.parametrize(("seconds", "why"), [(300.5, "too_old"), (1e6, "too_old"), (-300.5, "too_new")])
    def test_a_late_or_future_request_is_refused(self, clock: MovableClock, seconds: float, why: str) -> None:
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())
        clock.advance(seconds)

        assert reason(WebhookVerifier([SECRET], clock), headers) == why

    def test_the_tolerance_can_be_chosen(self, clock: MovableClock) -> None:
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())
        clock.advance(11)

        assert reason(WebhookVerifier([SECRET], clock, tolerance_seconds=10), headers) == "too_old"


class TestHeaders:
    @pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
    def test_a_missing_or_empty_one_is_refused_and_named(self, clock: MovableClock, name: str) -> None:
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())
        for broken in ({key: text for key, text in headers.items() if key != name}, headers | {name: ""}):
            with pytest.raises(SignatureRefused, match=name) as refused:
                WebhookVerifier([SECRET], clock).verify(broken, BODY)
            assert refused.value.facts == {"reason": "missing_header"}

    @pytest.mark.parametrize(
        "broken",
        [
            *(
                {"webhook-timestamp": text}
                for text in ("now", "1.5", "-1", "+1767603600", " 1767603600", "١", "9" * 5000)
            ),
            *({"webhook-id": text} for text in ("msg.1", "msg 1", "msg_1\n", "Zoë", "m" * 257)),
            {"webhook-signature": "v1,AAAA " * 1000},
        ],
        ids=repr,
    )
    def test_one_that_is_not_well_formed_is_refused(self, clock: MovableClock, broken: dict[str, str]) -> None:
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now()) | broken

        assert reason(WebhookVerifier([SECRET], clock), headers) == "malformed"

    @pytest.mark.parametrize("noise", ["v1", "v1,", "v1,%%%", "v1,é", "v2,AAAA", ",", "", "v1,AAAA,AAAA", "garbage"])
    def test_a_signature_that_is_not_well_formed_hides_no_good_one(self, clock: MovableClock, noise: str) -> None:
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())
        good = headers["webhook-signature"]

        for text in (f"{noise} {good}", f"{good} {noise}"):
            assert WebhookVerifier([SECRET], clock).verify(headers | {"webhook-signature": text}, BODY)
        assert reason(WebhookVerifier([SECRET], clock), headers | {"webhook-signature": noise or " "}) == (
            "no_good_signature"
        )

    @pytest.mark.parametrize("webhook_id", ["", "msg.1", "msg 1", "msg\r\nx: y", "Zoë", "m" * 257])
    def test_the_sender_makes_none_that_would_be_refused(self, clock: MovableClock, webhook_id: str) -> None:
        with pytest.raises(Invalid, match="webhook id"):
            WebhookSigner([SECRET]).headers(webhook_id, BODY, clock.now())


class TestReplays:
    def test_a_request_is_taken_once(self, clock: MovableClock) -> None:
        verifier = WebhookVerifier([SECRET], clock)
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())
        verifier.verify(headers, BODY)

        assert reason(verifier, headers) == "replayed"

    def test_another_attempt_has_the_same_id_and_is_a_replay_too(self, clock: MovableClock) -> None:
        verifier, signer = WebhookVerifier([SECRET], clock), WebhookSigner([SECRET])
        verifier.verify(signer.headers("msg_1", BODY, clock.now()), BODY)
        clock.advance(5)

        assert reason(verifier, signer.headers("msg_1", BODY, clock.now())) == "replayed"

    @given(st.integers(-300, 300), st.integers(0, 1200))
    def test_never_is_one_taken_twice_however_far_its_clock_is_off(self, off: int, later: int) -> None:
        clock = MovableClock()
        verifier = WebhookVerifier([SECRET], clock)
        headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now() + timedelta(seconds=off))
        verifier.verify(headers, BODY)
        clock.advance(later)

        assert reason(verifier, headers) in {"replayed", "too_old"}

    def test_what_is_refused_is_not_remembered(self, clock: MovableClock) -> None:
        asked: list[str] = []
        verifier = WebhookVerifier([SECRET], clock, seen=lambda webhook_id: bool(asked.append(webhook_id)))
        forged = WebhookSigner([generate_secret()]).headers("msg_1", BODY, clock.now())
        assert reason(verifier, forged) == "no_good_signature"
        verifier.verify(WebhookSigner([SECRET]).headers("msg_2", BODY, clock.now()), BODY)

        assert asked == ["msg_2"]

    def test_the_memory_can_be_somebody_elses(self, clock: MovableClock) -> None:
        verifier = WebhookVerifier([SECRET], clock, seen=lambda webhook_id: webhook_id == "msg_1")

        assert reason(verifier, WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())) == "replayed"


def test_a_refusal_is_an_error_of_ours_with_a_code_that_stays() -> None:
    assert issubclass(SignatureRefused, ColonnadeError)
    assert SignatureRefused.code == "webhooks.signature_refused"
    assert not SignatureRefused.retryable


def test_without_a_secret_nothing_is_signed_or_verified(clock: MovableClock) -> None:
    with pytest.raises(Invalid):
        WebhookSigner([])
    with pytest.raises(Invalid):
        WebhookVerifier([], clock)


def test_symmetric_signatures_are_compared_in_constant_time(
    clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the one function that promises it, over the whole signature."""
    import hmac

    compared: list[tuple[bytes, bytes]] = []
    real = hmac.compare_digest
    monkeypatch.setattr(hmac, "compare_digest", lambda a, b: compared.append((a, b)) or real(a, b))
    headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())
    WebhookVerifier([SECRET], clock).verify(headers, BODY)

    assert [(len(ours), len(theirs)) for ours, theirs in compared] == [(32, 32)]


def test_the_time_of_an_attempt_is_in_utc(clock: MovableClock) -> None:
    clock.moment = datetime(2026, 7, 1, 12, 0, 0, 900_000, tzinfo=UTC)
    headers = WebhookSigner([SECRET]).headers("msg_1", BODY, clock.now())

    assert WebhookVerifier([SECRET], clock).verify(headers, BODY).sent_at == datetime(2026, 7, 1, 12, tzinfo=UTC)
