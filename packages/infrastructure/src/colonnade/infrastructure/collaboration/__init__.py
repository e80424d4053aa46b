"""The read models and queries of the collaboration context."""

from colonnade.core.extras import require_extra

require_extra("colonnade-infrastructure", "work", "colonnade.domain", "sqlmodel")

__all__: list[str] = []
