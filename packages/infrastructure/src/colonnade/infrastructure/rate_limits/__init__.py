"""Counting requests, in this process or for all of them."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "rate-limits", "limits", "valkey")

from colonnade.infrastructure.rate_limits.memory import MemoryRateLimiter
from colonnade.infrastructure.rate_limits.valkey import ValkeyRateLimiter
from colonnade.infrastructure.rate_limits.windows import Hits

__all__ = ["Hits", "MemoryRateLimiter", "ValkeyRateLimiter"]
