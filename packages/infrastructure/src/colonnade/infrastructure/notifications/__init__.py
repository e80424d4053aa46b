"""The rows, repositories, queries, templates and senders of the notifications context."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "work", "colonnade.domain", "sqlmodel")

__all__: list[str] = []
