"""Text messages over a provider's HTTP interface."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "messages", "httpx2", "tenacity")

from colonnade.infrastructure.sms.http import HttpSmsSender, HttpSmsSettings
from colonnade.infrastructure.sms.message import TextMessage
from colonnade.infrastructure.sms.sender import ResilientSmsSender, SmsSender, TextMessageRefused

__all__ = [
    "HttpSmsSender",
    "HttpSmsSettings",
    "ResilientSmsSender",
    "SmsSender",
    "TextMessage",
    "TextMessageRefused",
]
