"""The contract as a typed client: the same messages, the same answers, the same errors, over HTTP."""

from colonnade.core.extras import require_extra

require_extra("colonnade-api", "client", "httpx2", "tenacity")

from colonnade.api.client.credentials import Credentials, MemoryCredentials, Tokens
from colonnade.api.client.http_bus import HttpBus
from colonnade.api.client.retries import RetrySettings

__all__ = ["Credentials", "HttpBus", "MemoryCredentials", "RetrySettings", "Tokens"]
