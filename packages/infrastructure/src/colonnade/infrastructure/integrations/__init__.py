"""The rows, repositories and queries of the integrations context, and what sends its webhooks."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "work", "colonnade.domain", "sqlmodel")

__all__: list[str] = []
