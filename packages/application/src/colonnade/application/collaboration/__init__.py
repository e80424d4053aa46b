"""Working together: what was done, by whom."""

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "work", "colonnade.domain")

from colonnade.application.collaboration.activity import ActivityView, ListActivity

__all__ = ["ActivityView", "ListActivity"]
