"""Messages into chat rooms, by the webhooks that Slack, Mattermost, Rocket.Chat and others understand."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "messages", "httpx2", "tenacity")

from colonnade.infrastructure.chat.message import ChatMessage
from colonnade.infrastructure.chat.webhook import ChatMessageRefused, ChatWebhook

__all__ = ["ChatMessage", "ChatMessageRefused", "ChatWebhook"]
