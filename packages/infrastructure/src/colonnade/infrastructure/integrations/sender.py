"""Sending webhooks: signed by Standard Webhooks, to addresses that strangers chose."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from time import perf_counter
from uuid import UUID

from colonnade.application.integrations.records import AttemptOutcome
from colonnade.core import Clock
from colonnade.domain.integrations import WebhookUrl
from colonnade.infrastructure.outbound import (
    AddressRefused,
    OutboundFailed,
    OutboundHttp,
    OutboundResponse,
    OutboundSettings,
    check_url,
    retry_after_seconds,
)
from colonnade.security.webhooks import WebhookSigner

_PUTS_OFF = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_UNKEPT = {"set-cookie"}
_KEPT_FIELDS = 50
_KEPT_CHARACTERS = 500


class OutboundAddressRule:
    """Refuses addresses that can be told to be wrong as they are written; the rest shows at each request."""

    def __init__(self, settings: OutboundSettings) -> None:
        self._settings = settings

    def check(self, url: WebhookUrl) -> None:
        """Return if nothing is wrong with an address as it is written.

        Raises:
            AddressRefused: It must not be called.
        """
        settings = self._settings
        check_url(url, settings.allowed_networks, settings.allow_http, allowed_hosts=settings.allowed_hosts)


class OutboundWebhookSender:
    """Sends signed requests; how much of an answer is kept is up to the settings of the client.

    Args:
        http: Calls strangers.
        clock: Says when each request is made, which is signed too.
    """

    def __init__(self, http: OutboundHttp, clock: Clock) -> None:
        self._http = http
        self._clock = clock

    async def send(self, url: WebhookUrl, event_id: UUID, body: bytes, secrets: Sequence[str]) -> AttemptOutcome:
        """Sign a body, send it once, and say what came of it, whatever that is.

        Args:
            url: Where to.
            event_id: Identity of the event that is told.
            body: What is signed and sent, byte by byte.
            secrets: What to sign with, the newest first.
        """
        at, began = self._clock.now(), perf_counter()
        headers = {"content-type": "application/json", **WebhookSigner(secrets).headers(str(event_id), body, at)}
        try:
            answer = await self._http.request("POST", url, content=body, headers=headers)
        except (AddressRefused, OutboundFailed) as error:
            milliseconds = round((perf_counter() - began) * 1000)
            return AttemptOutcome(at=at, request_headers=headers, milliseconds=milliseconds, error=_said(error))
        return AttemptOutcome(
            at=at,
            request_headers=headers,
            status=answer.status,
            response_headers=_kept(answer.headers),
            response_body=_text(answer.body),
            milliseconds=round(answer.seconds * 1000),
            retry_after_seconds=self._asked_pause(answer),
        )

    def _asked_pause(self, answer: OutboundResponse) -> float | None:
        if answer.status not in _PUTS_OFF:
            return None
        return retry_after_seconds(answer.headers.get("retry-after"), self._clock.now())


def _said(error: AddressRefused | OutboundFailed) -> str:
    step = error.reason.value if isinstance(error, OutboundFailed) else "refused"
    return f"{step}: {error.message}"


def _kept(headers: Mapping[str, str]) -> dict[str, str]:
    """Return what is kept of an answer's head: no cookies, and no more than a log can bear."""
    named = [(name, _text(value.encode())) for name, value in headers.items() if name not in _UNKEPT]
    return {name: value[:_KEPT_CHARACTERS] for name, value in named[:_KEPT_FIELDS]}


def _text(raw: bytes) -> str:
    """Return bytes as text that every engine can store."""
    return raw.decode("utf-8", "replace").replace("\x00", "�")
