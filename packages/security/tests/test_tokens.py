"""Access tokens: every part is checked, and nothing that a token says is believed before its signature."""

import json
from base64 import urlsafe_b64encode
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import example, given
from hypothesis import strategies as st

from colonnade.core import Unauthenticated
from colonnade.security.keys import KeyRing, KeySet, SigningKey, jwks_document
from colonnade.security.tokens import MAX_LENGTH, TOKEN_TYPE, AccessTokens, TokenRefused, TokenVerifier

from .clock import MovableClock

SUBJECT, SESSION = uuid4(), uuid4()
KEY = SigningKey.generate()


@pytest.fixture
def clock() -> MovableClock:
    """A clock of the test's own."""
    return MovableClock()


@pytest.fixture
def tokens(clock: MovableClock) -> AccessTokens:
    """What the service has."""
    return service(clock)


def service(clock: MovableClock, ring: KeyRing | None = None, **settings: Any) -> AccessTokens:
    return AccessTokens(ring or KeyRing(KEY), clock, **({"issuer": "us", "audience": "api"} | settings))


def encoded(value: object) -> str:
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def claims_of(clock: MovableClock, **changes: object) -> dict[str, object]:
    now = int(clock.now().timestamp())
    claims = {
        "iss": "us", "aud": "api", "sub": str(SUBJECT), "sid": str(SESSION), "client_id": "web",
        "iat": now, "exp": now + 600, "jti": "1",
    }  # fmt: skip
    return {name: value for name, value in (claims | changes).items() if value is not None}


def signed(claims: dict[str, Any], key: SigningKey = KEY, **header: object) -> str:
    headers = {"kid": key.kid, "typ": TOKEN_TYPE} | header
    return jwt.encode(claims, key.private, "EdDSA", headers=headers)


def test_a_token_says_who_in_which_session_until_when(tokens: AccessTokens, clock: MovableClock) -> None:
    """What was issued is what is verified."""
    issued = tokens.issue(SUBJECT, SESSION, clock.now())
    claims = tokens.verify(issued.text)
    assert (claims.subject, claims.session) == (SUBJECT, SESSION)
    assert (claims.expires_at - clock.now()).total_seconds() == issued.expires_in_seconds == 600


def test_its_header_is_of_one_type_algorithm_and_key(tokens: AccessTokens, clock: MovableClock) -> None:
    """RFC 9068 and RFC 8037."""
    header = jwt.get_unverified_header(tokens.issue(SUBJECT, SESSION, clock.now()).text)
    assert header == {"alg": "EdDSA", "typ": "at+jwt", "kid": KEY.kid}


def test_no_two_tokens_are_equal(tokens: AccessTokens, clock: MovableClock) -> None:
    """Not even in the same second."""
    assert tokens.issue(SUBJECT, SESSION, clock.now()).text != tokens.issue(SUBJECT, SESSION, clock.now()).text


def test_it_expires_by_the_clock_with_a_little_leeway(tokens: AccessTokens, clock: MovableClock) -> None:
    """Two machines' clocks may be a few seconds apart, no more."""
    text = tokens.issue(SUBJECT, SESSION, clock.now()).text
    clock.advance(604.9)
    assert tokens.verify(text).subject == SUBJECT
    clock.advance(0.1)
    with pytest.raises(TokenRefused, match="expired"):
        tokens.verify(text)


@pytest.mark.parametrize("claim", ["iat", "nbf", "auth_time"])
def test_what_begins_in_the_future_is_refused_with_the_same_leeway(
    tokens: AccessTokens, clock: MovableClock, claim: str
) -> None:
    """Issued, good from, or proved at a time that has not come."""
    now = int(clock.now().timestamp())
    assert tokens.verify(signed(claims_of(clock, **{claim: now + 5}))).subject == SUBJECT
    text = signed(claims_of(clock, **{claim: now + 6}))
    with pytest.raises(TokenRefused, match="not valid"):
        tokens.verify(text)
    clock.advance(1)
    assert tokens.verify(text).subject == SUBJECT


def test_a_token_that_ends_before_it_begins_is_refused(tokens: AccessTokens, clock: MovableClock) -> None:
    """No clock makes it good."""
    now = int(clock.now().timestamp())
    with pytest.raises(TokenRefused):
        tokens.verify(signed(claims_of(clock, iat=now + 3, exp=now + 3)))


def test_it_says_when_and_how_somebody_proved_who_they_are(tokens: AccessTokens, clock: MovableClock) -> None:
    """RFC 9068, section 2.2.1; a fraction of a second is cut off."""
    proved_at = clock.now()
    clock.advance(60.5)
    issued = tokens.issue(SUBJECT, SESSION, clock.now(), proved_at=clock.now(), methods={"pwd", "otp"}, client="cli")
    claims = tokens.verify(issued.text)
    assert claims.proved_at == proved_at + timedelta(seconds=60)
    assert (claims.methods, claims.client) == ({"pwd", "otp"}, "cli")


def test_it_says_nothing_of_what_it_does_not_know(tokens: AccessTokens, clock: MovableClock) -> None:
    """The claims of RFC 9068 that are always there, and the session."""
    text = tokens.issue(SUBJECT, SESSION, clock.now()).text
    assert set(jwt.decode(text, options={"verify_signature": False})) == {
        "iss", "aud", "sub", "sid", "client_id", "iat", "exp", "jti",
    }  # fmt: skip
    claims = tokens.verify(text)
    assert (claims.proved_at, claims.methods, claims.scopes) == (None, frozenset(), frozenset())


def test_somebody_who_has_the_published_keys_verifies_and_cannot_sign(clock: MovableClock) -> None:
    """Another service reads the document of ours."""
    ring = KeyRing(SigningKey.generate("ES256"), [KEY])
    keys = KeySet.from_document(json.loads(json.dumps(jwks_document(ring.published()))))
    verifier = TokenVerifier(keys, clock, issuer="us", audience="api")
    for text in (service(clock, ring).issue(SUBJECT, SESSION, clock.now()).text, signed(claims_of(clock))):
        assert verifier.verify(text).subject == SUBJECT
    with pytest.raises(TokenRefused):
        verifier.verify(signed(claims_of(clock), SigningKey.generate()))


def test_an_older_key_on_the_ring_is_good(clock: MovableClock) -> None:
    """Keys can be changed without signing everybody out."""
    older, newer = SigningKey.generate(), SigningKey.generate()
    text = service(clock, KeyRing(older)).issue(SUBJECT, SESSION, clock.now()).text
    assert service(clock, KeyRing(newer, [older])).verify(text).subject == SUBJECT
    with pytest.raises(TokenRefused):
        service(clock, KeyRing(newer)).verify(text)


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "nOnE"])
def test_an_unsigned_token_is_refused(tokens: AccessTokens, clock: MovableClock, algorithm: str) -> None:
    """With an empty signature and with the good one of another token."""
    header = encoded({"alg": algorithm, "typ": TOKEN_TYPE, "kid": KEY.kid})
    good = tokens.issue(SUBJECT, SESSION, clock.now()).text.rsplit(".", 1)[1]
    for signature in ("", good):
        with pytest.raises(TokenRefused):
            tokens.verify(f"{header}.{encoded(claims_of(clock))}.{signature}")


@pytest.mark.parametrize("algorithm", ["HS256", "HS384", "HS512"])
def test_the_public_key_is_no_shared_secret(tokens: AccessTokens, clock: MovableClock, algorithm: str) -> None:
    """The classic confusion: what everybody may know must not sign (RFC 8725, section 2.1)."""
    import hmac

    raw = KEY.public.key.public_bytes(Encoding.Raw, PublicFormat.Raw)
    pem = KEY.public.key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for secret in (raw, pem):
        start = f"{encoded({'alg': algorithm, 'typ': TOKEN_TYPE, 'kid': KEY.kid})}.{encoded(claims_of(clock))}"
        signature = hmac.digest(secret, start.encode(), f"sha{algorithm[2:]}")
        with pytest.raises(TokenRefused):
            tokens.verify(f"{start}.{encoded(signature)}")


@pytest.mark.parametrize("kind", ["JWT", "jwt", "refresh+jwt", "AT+JWT ", "", None, ["at+jwt"]])
def test_a_token_of_another_type_is_refused(tokens: AccessTokens, clock: MovableClock, kind: object) -> None:
    """Whatever else is signed with the same key one day is no access token."""
    header = {"alg": "EdDSA", "typ": kind, "kid": KEY.kid}
    start = f"{encoded(header)}.{encoded(claims_of(clock))}"
    with pytest.raises(TokenRefused):
        tokens.verify(f"{start}.{encoded(KEY.private.sign(start.encode()))}")


@pytest.mark.parametrize(
    "kid",
    [
        "",
        "unknown",
        None,
        "../../../../dev/null",
        "/etc/passwd",
        "' OR '1'='1",
        "x' UNION SELECT 'a' --",
        7,
        {"a": 1},
        [KEY.kid],
    ],
    ids=lambda kid: type(kid).__name__,
)
def test_a_key_that_is_not_on_the_ring_is_no_key(tokens: AccessTokens, clock: MovableClock, kid: object) -> None:
    """A name is looked up and nothing else: no file, no statement."""
    stranger = SigningKey.generate()
    start = f"{encoded({'alg': 'EdDSA', 'typ': TOKEN_TYPE, 'kid': kid})}.{encoded(claims_of(clock))}"
    with pytest.raises(TokenRefused):
        tokens.verify(f"{start}.{encoded(stranger.private.sign(start.encode()))}")


def test_somebody_elses_signature_under_our_name_is_refused(tokens: AccessTokens, clock: MovableClock) -> None:
    """The name of the key is not the key."""
    with pytest.raises(TokenRefused):
        tokens.verify(signed(claims_of(clock), SigningKey.generate(), kid=KEY.kid))


def test_a_key_that_comes_with_the_token_is_not_believed(tokens: AccessTokens, clock: MovableClock) -> None:
    """Neither inside nor at an address (RFC 8725, section 3.10)."""
    stranger = SigningKey.generate()
    x = encoded(stranger.public.key.public_bytes(Encoding.Raw, PublicFormat.Raw))
    jwk = {"kty": "OKP", "crv": "Ed25519", "x": x}
    for header in ({"jwk": jwk}, {"jku": "https://example.com/keys"}, {"x5u": "https://example.com/chain"}):
        with pytest.raises(TokenRefused):
            tokens.verify(signed(claims_of(clock), stranger, **header))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "them"}, {"iss": ""}, {"aud": "other"}, {"aud": ["other", "more"]}, {"aud": ""}, {"sub": "ada"},
        {"sub": ""},
        {"sub": 7}, {"sid": "none"}, {"sid": 7}, {"exp": "tomorrow"}, {"exp": 1e40}, {"exp": -1}, {"exp": True},
        {"exp": [9e9]}, {"exp": 1.9e9}, {"exp": 10**30}, {"exp": "1900000000"}, {"iat": True}, {"iat": "now"},
        {"jti": 7},
        {"jti": ""}, {"client_id": 7}, {"client_id": ""}, {"nbf": "now"}, {"auth_time": "now"}, {"auth_time": 1.5},
        {"amr": "pwd"}, {"amr": [7]}, {"amr": [""]}, {"amr": {"pwd": 1}}, {"scope": ["a"]}, {"scope": "a  b"},
        {"scope": ""},
        {"aud": ["api"]}, {"sub": SUBJECT.hex}, {"sub": str(SUBJECT).upper()}, {"sub": f"{{{SUBJECT}}}"},
        {"sid": f"urn:uuid:{SESSION}"},
    ],
    ids=repr,
)  # fmt: skip
def test_a_wrong_claim_is_refused_though_it_is_signed(
    tokens: AccessTokens, clock: MovableClock, changes: dict[str, object]
) -> None:
    """Another issuer, another audience, somebody who is nobody, a time that is none."""
    with pytest.raises(TokenRefused):
        tokens.verify(signed(claims_of(clock, **changes)))


@pytest.mark.parametrize("name", ["iss", "aud", "sub", "sid", "client_id", "iat", "exp", "jti"])
def test_every_claim_must_be_there(tokens: AccessTokens, clock: MovableClock, name: str) -> None:
    """None has a default."""
    with pytest.raises(TokenRefused):
        tokens.verify(signed(claims_of(clock, **{name: None})))


def test_claims_cannot_be_exchanged_under_a_signature(tokens: AccessTokens, clock: MovableClock) -> None:
    """Somebody else's identity under one's own signature."""
    header, _, signature = tokens.issue(SUBJECT, SESSION, clock.now()).text.split(".")
    claims = encoded(claims_of(clock, sub=str(uuid4())))
    with pytest.raises(TokenRefused):
        tokens.verify(f"{header}.{claims}.{signature}")


@pytest.mark.parametrize("size", [MAX_LENGTH + 1, 1_000_000])
def test_a_huge_token_is_not_even_looked_at(tokens: AccessTokens, clock: MovableClock, size: int) -> None:
    """Though it were signed."""
    text = signed(claims_of(clock, padding="a" * size))
    with pytest.raises(TokenRefused):
        tokens.verify(text)


@given(st.text(max_size=60) | st.from_regex(r"[\w-]{0,30}\.[\w-]{0,30}\.[\w-]{0,30}", fullmatch=True))
@example("")
@example("..")
@example("e30.e30.")
@example("\x00.\x00.\x00")
@example(encoded(b"[" * 3_000) + ".e30.e30")
@example(encoded(b'{"a":' * 600) + ".e30.e30")
@example(encoded(b"1" * 3_000) + ".e30.e30")
@example(encoded([]) + "." + encoded([]) + ".")
@example(encoded({"alg": "EdDSA", "typ": TOKEN_TYPE, "kid": KEY.kid}) + ".e30." + encoded(b"x" * 64))
@example(encoded({"alg": "EdDSA", "typ": TOKEN_TYPE, "kid": KEY.kid, "crit": ["b64"], "b64": False}) + "..")
def test_nonsense_is_refused_and_nothing_breaks(text: str) -> None:
    """Whatever stands in the header of a request."""
    with pytest.raises(TokenRefused):
        service(MovableClock()).verify(text)


def test_the_payload_may_be_nonsense_too(tokens: AccessTokens) -> None:
    """Signed by us, and no claims: lists, numbers, and brackets without end."""
    for payload in (b"[]", b"7", b"null", b"", b"\xff", b"[" * 2_000, b"{" * 2_000):
        start = f"{encoded({'alg': 'EdDSA', 'typ': TOKEN_TYPE, 'kid': KEY.kid})}.{encoded(payload)}"
        with pytest.raises(TokenRefused):
            tokens.verify(f"{start}.{encoded(KEY.private.sign(start.encode()))}")


def test_a_refusal_does_not_say_why(tokens: AccessTokens, clock: MovableClock) -> None:
    """Who tries does not learn how far they came; it is one kind of error for callers."""
    sentences = set()
    for text in ("x", signed(claims_of(clock, iss="them")), signed(claims_of(clock), SigningKey.generate())):
        with pytest.raises(Unauthenticated) as caught:
            tokens.verify(text)
        sentences.add(caught.value.message)
    assert len(sentences) == 1


def test_identifiers_come_back_as_they_went_in(tokens: AccessTokens, clock: MovableClock) -> None:
    """The smallest and the largest."""
    for number in (0, 2**128 - 1):
        claims = tokens.verify(tokens.issue(UUID(int=number), UUID(int=number), clock.now()).text)
        assert claims.subject == claims.session == UUID(int=number)
