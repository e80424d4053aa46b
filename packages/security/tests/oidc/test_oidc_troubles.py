"""Providers that change their keys, have another time, are slow, or are gone."""

import asyncio
from datetime import timedelta

import pytest

from colonnade.security.oidc import HttpTransport, OidcClient, OidcReason, ProviderSettings, ProviderUnavailable

from .clients import CALLBACK, NowClock, client_of, refused, signed_in
from .running import CLIENT, RunningProvider


async def test_changed_keys_are_read_again_but_not_for_everybody_who_names_one(
    provider: RunningProvider, clock: NowClock
) -> None:
    """An unknown key makes us ask once in a while, not each time."""
    client = client_of(provider, clock)
    await signed_in(provider, client)
    clock.ahead = timedelta(seconds=100)
    provider.rotate()
    provider.behave(claims={"exp": 4_000_000_000})
    await signed_in(provider, client)
    asked = provider.seen("/jwks")
    provider.behave(hidden_key=True)
    for _ in range(3):
        assert await refused(provider, client) == OidcReason.ID_TOKEN
    assert provider.seen("/jwks") == asked


async def test_a_clock_may_be_a_little_ahead(provider: RunningProvider, clock: NowClock) -> None:
    """But an old token is old."""
    provider.behave(claims={"exp": int(clock.now().timestamp()) - 30})
    assert await signed_in(provider, client_of(provider, clock))
    assert await refused(provider, client_of(provider, clock, leeway_seconds=10)) == OidcReason.ID_TOKEN


async def test_a_provider_that_does_not_answer_is_not_waited_for(provider: RunningProvider, clock: NowClock) -> None:
    """Whether it is silent, broken or gone; and once it is back all is well."""
    discovery = "/.well-known/openid-configuration"
    client = client_of(provider, clock, timeout_seconds=0.2)
    for behaviour in ({"mute": [discovery]}, {"status": {discovery: 503}}):
        provider.behave(**behaviour)
        with pytest.raises(ProviderUnavailable):
            await client.begin(CALLBACK)
    provider.behave()
    url, transaction = await client.begin(CALLBACK)
    answer = provider.visit(url)
    provider.behave(mute=["/token"])
    with pytest.raises(ProviderUnavailable):
        await client.finish(transaction, answer)

    gone = OidcClient(ProviderSettings(issuer="http://127.0.0.1:1", client_id=CLIENT), HttpTransport(), clock)
    with pytest.raises(ProviderUnavailable):
        await gone.begin(CALLBACK)


async def test_many_who_come_at_once_ask_once_and_wait_no_longer_than_one(
    provider: RunningProvider, clock: NowClock
) -> None:
    """Whether the provider answers or not."""
    asked = provider.seen("/.well-known/openid-configuration")
    await asyncio.gather(*(client.begin(CALLBACK) for client in [client_of(provider, clock)] * 20))
    assert provider.seen("/.well-known/openid-configuration") == asked + 1

    provider.behave(mute=["/.well-known/openid-configuration"])
    client = client_of(provider, clock, timeout_seconds=0.2)
    async with asyncio.timeout(2):
        failures = await asyncio.gather(*(client.begin(CALLBACK) for _ in range(20)), return_exceptions=True)
    assert {type(failure) for failure in failures} == {ProviderUnavailable}
