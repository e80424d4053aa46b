"""Posting to the webhook of a room that somebody chose."""

from colonnade.core import Clock, ColonnadeError, Unavailable
from colonnade.infrastructure.chat.message import ChatMessage
from colonnade.infrastructure.outbound import OutboundHttp, OutboundResponse, answer_facts

_HEADERS = {"Content-Type": "application/json; charset=utf-8"}
_NOT_NOW = {408, 425, 429}
_SERVER_ERROR = 500


class ChatMessageRefused(ColonnadeError):
    """The room will never take the message: it is gone, or the webhook is revoked.

    The facts hold the `status` and the `answer`.
    """

    code = "chat.refused"


class ChatWebhook:
    """Posts messages to rooms."""

    def __init__(self, http: OutboundHttp, *, clock: Clock) -> None:
        self._http = http
        self._clock = clock

    async def post(self, url: str, message: ChatMessage) -> None:
        """Say something in a room.

        Args:
            url: The room's webhook.
            message: What to say.

        Raises:
            AddressRefused: The URL may not be called.
            ChatMessageRefused: The room will never take it.
            Unavailable: The room does not take it now; if it says when it will, `retry_after_seconds` is in the facts.
        """
        response = await self._http.request("POST", url, content=message.to_json(), headers=_HEADERS)
        if not response.is_success:
            raise self._failure(response)

    def _failure(self, response: OutboundResponse) -> ChatMessageRefused | Unavailable:
        facts = answer_facts(
            status=response.status,
            answer=response.body.decode(errors="replace"),
            retry_after=response.headers.get("retry-after"),
            now=self._clock.now(),
        )
        if response.status in _NOT_NOW or response.status >= _SERVER_ERROR:
            return Unavailable(f"the room does not take the message now: {response.status}", **facts)
        return ChatMessageRefused(f"the room refuses the message: {response.status}", **facts)
