"""Text messages by one POST of a form, as Twilio and those who copy it take them."""

import asyncio
import json
from dataclasses import dataclass

import httpx2
from pydantic import SecretStr

from colonnade.core import Clock, Unavailable
from colonnade.infrastructure.outbound import answer_facts
from colonnade.infrastructure.sms.message import TextMessage
from colonnade.infrastructure.sms.sender import TextMessageRefused

_REFUSALS = {400, 413, 422}


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSmsSettings:
    """One provider.

    Attributes:
        url: Where the form goes.
        username: Who signs in (basic authentication, RFC 7617).
        password: With what.
        sender: The number or name that the message comes from.
        to_field: The form's name for the receiver.
        sender_field: The form's name for the sender.
        text_field: The form's name for the text.
        id_field: The name of the message's id in the JSON answer.
        timeout_seconds: The most that handing over one message may take.
    """

    url: str
    username: str
    password: SecretStr
    sender: str
    to_field: str = "To"
    sender_field: str = "From"
    text_field: str = "Body"
    id_field: str = "sid"
    timeout_seconds: float = 10.0


class HttpSmsSender:
    """Sends text messages by a provider that the operator chose."""

    def __init__(self, settings: HttpSmsSettings, client: httpx2.AsyncClient, *, clock: Clock) -> None:
        """Make a sender.

        Args:
            settings: The provider.
            client: Makes the calls; whoever made it closes it.
            clock: Tells how far off a `Retry-After` is.
        """
        self._settings = settings
        self._client = client
        self._clock = clock

    async def send(self, message: TextMessage) -> str | None:
        """Hand a message over to the provider and return the provider's id of it.

        Raises:
            TextMessageRefused: The provider will never take this message or this number.
            Unavailable: The provider does not answer, says "not now", or will not have us as a client.
        """
        settings = self._settings
        form = {
            settings.to_field: message.to,
            settings.sender_field: settings.sender,
            settings.text_field: message.text,
        }
        try:
            async with asyncio.timeout(settings.timeout_seconds):
                response = await self._client.post(
                    settings.url,
                    data=form,
                    auth=(settings.username, settings.password.get_secret_value()),
                    timeout=settings.timeout_seconds,
                )
        except (httpx2.TransportError, TimeoutError) as error:
            raise Unavailable("the SMS provider does not answer") from error
        if response.is_success:
            return self._id_in(response)
        raise self._failure(response)

    def _id_in(self, response: httpx2.Response) -> str | None:
        try:
            answer = response.json()
        except (json.JSONDecodeError, UnicodeDecodeError):
            return None
        told = answer.get(self._settings.id_field) if isinstance(answer, dict) else None
        return str(told) if told is not None else None

    def _failure(self, response: httpx2.Response) -> TextMessageRefused | Unavailable:
        facts = answer_facts(
            status=response.status_code,
            answer=response.text,
            retry_after=response.headers.get("retry-after"),
            now=self._clock.now(),
        )
        if response.status_code in _REFUSALS:
            return TextMessageRefused(f"the message is refused: {response.status_code}", **facts)
        return Unavailable(f"the SMS provider does not serve us: {response.status_code}", **facts)
