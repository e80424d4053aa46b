"""OpenID Connect against a real provider process that can be told to lie."""

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from colonnade.core import Invalid
from colonnade.security.oidc import (
    Answer,
    ExternalPerson,
    OidcClient,
    OidcReason,
    OidcRefused,
    ProviderSettings,
    Transaction,
)

from .clients import CALLBACK, NowClock, client_of, refused, signed_in
from .running import CLIENT, RunningProvider


async def test_somebody_signs_in(provider: RunningProvider, clock: NowClock) -> None:
    """With a code, a proof of who asked for it, a state and a nonce, each of which is new each time."""
    client = client_of(provider, clock)
    url, transaction = await client.begin(CALLBACK)
    asked = dict(parse_qsl(urlsplit(url).query))

    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == CALLBACK
    assert asked["scope"] == "openid email profile"
    assert asked["code_challenge_method"] == "S256"
    assert transaction.verifier not in url
    assert {transaction.state, transaction.nonce}.isdisjoint({(await client.begin(CALLBACK))[1].state})
    assert await client.finish(transaction, provider.visit(url)) == ExternalPerson(
        issuer=provider.issuer, subject="ada", email="ada@example.com", email_verified=True, name="Ada Lovelace"
    )


@pytest.mark.parametrize("methods", [["client_secret_post"], ["client_secret_basic", "client_secret_post"]])
async def test_the_secret_is_sent_as_the_provider_wants_it(
    provider: RunningProvider, clock: NowClock, methods: list[str]
) -> None:
    """In the form or by HTTP Basic."""
    provider.behave(discovery={"token_endpoint_auth_methods_supported": methods})
    assert await signed_in(provider, client_of(provider, clock))


@pytest.mark.parametrize("algorithm", ["RS256", "Ed25519"])
async def test_other_keys_are_taken(provider: RunningProvider, clock: NowClock, algorithm: str) -> None:
    """Of every kind that is allowed, named or alone."""
    provider.rotate(algorithm)
    for nameless in (False, True):
        provider.behave(alg=algorithm, nameless=nameless)
        assert await signed_in(provider, client_of(provider, clock))


async def test_what_the_id_token_does_not_tell_is_asked_for(provider: RunningProvider, clock: NowClock) -> None:
    """And believed of the same person only."""
    provider.behave(missing=["email", "email_verified"])
    person = await signed_in(provider, client_of(provider, clock))
    assert (person.email, person.email_verified) == ("ada@example.com", True)

    provider.behave(missing=["email", "email_verified"], userinfo={"sub": "eve"})
    assert await refused(provider, client_of(provider, clock)) == OidcReason.USER_INFO


@pytest.mark.parametrize("said", [False, None, "true", 1])
async def test_an_address_is_verified_only_if_the_provider_says_so(
    provider: RunningProvider, clock: NowClock, said: object
) -> None:
    """In the one way that the standard has."""
    provider.behave(claims={"email_verified": said})
    assert not (await signed_in(provider, client_of(provider, clock))).email_verified


async def test_when_and_how_somebody_signed_in_there_is_told(provider: RunningProvider, clock: NowClock) -> None:
    """As far as the provider says it (`auth_time`, `amr`)."""
    provider.behave(claims={"auth_time": 1_700_000_000, "amr": ["pwd", "mfa"]})
    person = await signed_in(provider, client_of(provider, clock))
    assert person.signed_in_at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)
    assert person.methods == ("pwd", "mfa")

    provider.behave()
    person = await signed_in(provider, client_of(provider, clock))
    assert (person.signed_in_at, person.methods) == (None, ())


@pytest.mark.parametrize(
    "nonsense",
    [
        {"auth_time": "yesterday"},
        {"auth_time": -1},
        {"auth_time": 2**60},
        {"auth_time": None},
        {"amr": "mfa"},
        {"amr": {"mfa": True}},
        {"amr": [["mfa"], 7]},
    ],
    ids=repr,
)
async def test_a_moment_or_a_way_that_is_none_is_refused_or_not_told(
    provider: RunningProvider, clock: NowClock, nonsense: dict[str, Any]
) -> None:
    """It makes no proof fresher or stronger."""
    provider.behave(claims=nonsense)
    with suppress(OidcRefused):
        person = await signed_in(provider, client_of(provider, clock))
        assert (person.signed_in_at, person.methods) == (None, ())


async def test_a_demanded_way_to_sign_in_is_asked_for(provider: RunningProvider, clock: NowClock) -> None:
    """The best first, and a new sign-in where that is wanted; nothing is asked for otherwise."""

    async def asked(*, anew: bool = False, **settings: Any) -> dict[str, str]:
        url, _ = await client_of(provider, clock, **settings).begin(CALLBACK, anew=anew)
        return dict(parse_qsl(urlsplit(url).query))

    assert (await asked(acr_values=("phrh", "phr")))["acr_values"] == "phrh phr"
    assert (await asked(anew=True)).items() >= {"prompt": "login", "max_age": "0"}.items()
    assert {"acr_values", "prompt", "max_age"}.isdisjoint(await asked())


@pytest.mark.parametrize("said", [None, "0", "", "phrh phr", ["phr"], 1])
async def test_a_weaker_way_to_sign_in_than_was_demanded_is_refused(
    provider: RunningProvider, clock: NowClock, said: object
) -> None:
    """A provider need not heed what it was asked for, so what it says is what counts (`acr`)."""
    demanding = client_of(provider, clock, acr_values=("phrh", "phr"))
    provider.behave(**({"missing": ["acr"]} if said is None else {"claims": {"acr": said}}))
    assert await refused(provider, demanding) == OidcReason.CONTEXT
    assert await signed_in(provider, client_of(provider, clock))

    provider.behave(claims={"acr": "phr"})
    assert await signed_in(provider, demanding)


@pytest.mark.parametrize(
    ("behaviour", "reason"),
    [
        ({"answer": {"state": None}}, OidcReason.STATE),
        ({"answer": {"state": "another browser's"}}, OidcReason.STATE),
        ({"answer": {"iss": None}}, OidcReason.ISSUER),
        ({"answer": {"iss": "https://evil.example"}}, OidcReason.ISSUER),
        ({"answer": {"error": "access_denied", "code": None}}, OidcReason.DENIED),
        ({"answer": {"code": None}}, OidcReason.DENIED),
        ({"answer": {"code": "another one"}}, OidcReason.CODE),
        ({"token": {"id_token": None}}, OidcReason.CODE),
        ({"token": {"token_type": "mac"}}, OidcReason.CODE),
        ({"token": {"access_token": "another one"}}, OidcReason.ID_TOKEN),
        ({"token": {"id_token": "x.y.z"}}, OidcReason.ID_TOKEN),
        ({"alg": "none"}, OidcReason.ID_TOKEN),
        ({"alg": "HS256", "hmac": "secret"}, OidcReason.ID_TOKEN),
        ({"alg": "HS256", "hmac": "key"}, OidcReason.ID_TOKEN),
        ({"hidden_key": True}, OidcReason.ID_TOKEN),
        ({"forged": True}, OidcReason.ID_TOKEN),
        ({"claims": {"iss": "https://evil.example"}}, OidcReason.ID_TOKEN),
        ({"claims": {"aud": "another client"}}, OidcReason.ID_TOKEN),
        ({"claims": {"aud": "another client", "azp": "colonnade"}}, OidcReason.ID_TOKEN),
        ({"claims": {"aud": ["colonnade", "another"]}}, OidcReason.ID_TOKEN),
        ({"claims": {"azp": "another client"}}, OidcReason.ID_TOKEN),
        ({"claims": {"exp": 1_700_000_000}}, OidcReason.ID_TOKEN),
        ({"claims": {"exp": "soon"}}, OidcReason.ID_TOKEN),
        ({"claims": {"iat": 4_000_000_000}}, OidcReason.ID_TOKEN),
        ({"claims": {"nbf": 4_000_000_000}}, OidcReason.ID_TOKEN),
        ({"claims": {"nonce": "of another request"}}, OidcReason.ID_TOKEN),
        ({"claims": {"sub": ""}}, OidcReason.ID_TOKEN),
        ({"claims": {"sub": "x" * 256}}, OidcReason.ID_TOKEN),
        ({"claims": {"sub": 7}}, OidcReason.ID_TOKEN),
        *(({"missing": [name]}, OidcReason.ID_TOKEN) for name in ("iss", "aud", "sub", "exp", "iat", "nonce")),
        ({"discovery": {"issuer": "https://evil.example"}}, OidcReason.ISSUER),
        ({"discovery": {"jwks_uri": "file:///etc/passwd"}}, OidcReason.PROVIDER),
        ({"discovery": {"token_endpoint": "gopher://127.0.0.1:25/"}}, OidcReason.PROVIDER),
        ({"discovery": {"authorization_endpoint": "javascript:alert(1)"}}, OidcReason.PROVIDER),
        ({"discovery": {"userinfo_endpoint": "http://[::1"}}, OidcReason.PROVIDER),
        ({"discovery": {"token_endpoint": None}}, OidcReason.PROVIDER),
        ({"padding": 65_536}, OidcReason.PROVIDER),
        ({"jwks": {"keys": "none"}}, OidcReason.PROVIDER),
        ({"jwks": {"keys": [7, {}, {"kty": "oct", "k": "c2VjcmV0"}]}}, OidcReason.ID_TOKEN),
        ({"redirect": {"/.well-known/openid-configuration": "http://127.0.0.1:1/"}}, OidcReason.PROVIDER),
        ({"redirect": {"/token": "http://127.0.0.1:1/"}}, OidcReason.CODE),
        ({"redirect": {"/jwks": "http://127.0.0.1:1/"}}, OidcReason.PROVIDER),
    ],
    ids=repr,
)
async def test_a_lie_is_refused(
    provider: RunningProvider, clock: NowClock, behaviour: dict[str, Any], reason: OidcReason
) -> None:
    """At the step at which it is told."""
    provider.behave(**behaviour)
    assert await refused(provider, client_of(provider, clock)) == reason


async def test_a_provider_with_tls_leads_nowhere_without() -> None:
    """Neither its users nor our secret."""

    class Metadata:
        async def request(self, method: str, url: str, **_: Any) -> Answer:
            body = b'{"issuer": "https://id.example", "authorization_endpoint": "http://id.example/a"}'
            return Answer(200, body)

    settings = ProviderSettings(issuer="https://id.example", client_id=CLIENT)
    with pytest.raises(OidcRefused):
        await OidcClient(settings, Metadata(), NowClock()).begin(CALLBACK)


async def test_a_code_is_good_once(provider: RunningProvider, clock: NowClock) -> None:
    """The provider does not take it again."""
    client = client_of(provider, clock)
    url, transaction = await client.begin(CALLBACK)
    answer = provider.visit(url)
    await client.finish(transaction, answer)
    with pytest.raises(OidcRefused) as error:
        await client.finish(transaction, answer)
    assert error.value.facts["reason"] == OidcReason.CODE


async def test_a_code_of_another_request_is_refused(provider: RunningProvider, clock: NowClock) -> None:
    """It was asked for with another proof: whoever injects a stolen code cannot use it."""
    client = client_of(provider, clock)
    (url, _), (_, mine) = await client.begin(CALLBACK), await client.begin(CALLBACK)
    stolen = provider.visit(url)
    with pytest.raises(OidcRefused) as error:
        await client.finish(mine, {**stolen, "state": mine.state})
    assert error.value.facts["reason"] == OidcReason.CODE


async def test_a_transaction_with_another_provider_is_refused(provider: RunningProvider, clock: NowClock) -> None:
    """A browser that was sent to one provider is not taken back from another (mix-up)."""
    client = client_of(provider, clock)
    url, ours = await client.begin(CALLBACK)
    fields = {name: getattr(ours, name) for name in ("redirect_uri", "state", "nonce", "verifier")}
    theirs = Transaction(issuer="https://evil.example", **fields)
    with pytest.raises(OidcRefused) as error:
        await client.finish(theirs, provider.visit(url))
    assert error.value.facts["reason"] == OidcReason.ISSUER


@pytest.mark.parametrize(
    "wrong",
    [{"algorithms": frozenset({"none"})}, {"algorithms": frozenset({"HS256", "RS256"})}, {"scopes": ("email",)}],
    ids=["none", "shared secret", "no openid"],
)
def test_settings_that_would_open_the_door_are_refused(wrong: dict[str, Any]) -> None:
    """No setting makes a token without a signature good, or one that is signed with the client's secret."""
    with pytest.raises(Invalid):
        ProviderSettings(issuer="https://id.example", client_id=CLIENT, **wrong)


def test_secrets_are_not_shown() -> None:
    """Neither what the provider gave us nor what is kept for the browser."""
    settings = ProviderSettings(issuer="https://id.example", client_id=CLIENT, client_secret="sesame")
    kept = Transaction(issuer="i", redirect_uri="r", state="sesame", nonce="sesame", verifier="sesame")
    assert "sesame" not in f"{settings!r} {kept!r}"


async def test_a_redirect_uri_that_the_provider_does_not_know_is_its_own_refusal(
    provider: RunningProvider, clock: NowClock
) -> None:
    """What is sent is exactly what was given, and sent once more with the code."""
    provider.behave(redirect_uris=[CALLBACK])
    client = client_of(provider, clock)
    assert await signed_in(provider, client)
    url, _ = await client.begin(f"{CALLBACK}/..")
    with pytest.raises(AssertionError):
        provider.visit(url)
    url, transaction = await client.begin(CALLBACK)
    moved = replace(transaction, redirect_uri="https://evil.example")
    with pytest.raises(OidcRefused) as error:
        await client.finish(moved, provider.visit(url))
    assert error.value.facts["reason"] == OidcReason.CODE
