"""What is around every request, as the settings have it: limits, cookies, addresses, TLS."""

import ssl
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from dishka import Provider, Scope, provide

from colonnade.api.http import BodyLimits, ClientAddresses, CookieSessions, HeadLimits, HttpSettings, RateLimiter
from colonnade.core import Clock
from colonnade.infrastructure.rate_limits import MemoryRateLimiter, ValkeyRateLimiter
from colonnade.security.sealing import derive_key
from colonnade.server.connections import guarded_protocol
from colonnade.server.pages.visitors import Visitors
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings


class RequestLimits(NamedTuple):
    """Who counts requests, if anybody does."""

    limiter: RateLimiter | None


class Pipeline(Provider):
    """What lives as long as the process."""

    scope = Scope.APP

    @provide
    async def limits(self, settings: Settings, clock: Clock) -> AsyncIterator[RequestLimits]:
        """Counts requests, in Valkey for several processes."""
        section = settings.rates
        if not section.enabled:
            yield RequestLimits(None)
            return
        limiter: MemoryRateLimiter | ValkeyRateLimiter
        if section.url is None:
            limiter = MemoryRateLimiter(clock, keys=section.keys)
        else:
            limiter = ValkeyRateLimiter(
                section.url.get_secret_value(),
                clock,
                timeout_seconds=section.timeout_seconds,
                recovery_seconds=section.recovery_seconds,
                tls_ca_file=section.tls_ca_file,
            )
        yield RequestLimits(limiter)
        await limiter.close()

    @provide
    def cookies(self, settings: Settings, secret: Secret) -> CookieSessions:
        """Keeps the sign-ins of browsers."""
        return CookieSessions(
            derive_key(secret, "cross-site proofs"),
            public_url=settings.public_url,
            cors_origins=settings.http.cors_origins,
            keep_seconds=settings.identity.refresh_token_seconds,
        )

    @provide
    def visitors(self, settings: Settings, limits: RequestLimits) -> Visitors:
        """Knows who comes to our pages."""
        http = http_settings(settings)
        addresses = ClientAddresses(http.trusted_proxies)
        return Visitors(addresses, limits.limiter, http.body, rate_factor=http.rate_factor)


def http_settings(settings: Settings) -> HttpSettings:
    """Return the bounds and addresses of the API."""
    section = settings.http
    return HttpSettings(
        body=BodyLimits(section.body_limit_bytes, section.body_seconds, section.body_idle_seconds),
        head=HeadLimits(
            path_bytes=section.path_limit_bytes,
            query_bytes=section.query_limit_bytes,
            header_bytes=section.header_limit_bytes,
            header_count=section.header_count,
        ),
        trusted_proxies=section.trusted_proxies,
        cors_origins=frozenset(section.cors_origins),
        public_url=settings.public_url,
        rate_factor=settings.rates.factor,
    )


def uvicorn_options(settings: Settings) -> dict[str, Any]:  # what uvicorn.Config takes, of many types
    """Return how connections are served: bounded heads, TLS, and no word about who we are.

    uvicorn's own reading of `X-Forwarded-For` is off: it would trust this machine unasked.
    """
    section = settings.http
    head_bytes = section.path_limit_bytes + section.query_limit_bytes + section.header_limit_bytes
    options: dict[str, Any] = {  # see above
        "http": guarded_protocol(head_seconds=section.head_seconds, head_bytes=head_bytes),
        "proxy_headers": False,
        "server_header": False,
        "limit_concurrency": section.connections,
        "timeout_keep_alive": section.keep_alive_seconds,
        "timeout_graceful_shutdown": section.shutdown_seconds,
    }
    if section.tls_certificate is not None:
        options |= {
            "ssl_certfile": section.tls_certificate,
            "ssl_keyfile": section.tls_key,
            "ssl_context_factory": _modern,
        }
    return options


def _modern(config: object, default: Any) -> ssl.SSLContext:  # uvicorn's factory of contexts
    context: ssl.SSLContext = default()
    context.minimum_version = ssl.TLSVersion.TLSv1_2  # RFC 9325, section 3.1.1
    context.set_ciphers("ECDHE+AESGCM:ECDHE+CHACHA20")  # RFC 9325, section 4.2; those of TLS 1.3 stay as they are
    return context
