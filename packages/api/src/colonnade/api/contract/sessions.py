"""Names that a browser's sign-in has on the wire."""

from typing import Final

COOKIE: Final = "__Host-colonnade"
"""The cookie of a sign-in; for its prefix, browsers take it from this host alone, over TLS or on localhost."""

PROOF_COOKIE: Final = "__Host-colonnade-csrf"
"""The cookie with the proof that a page of ours made a request, which scripts of our pages read."""

PROOF_HEADER: Final = "X-CSRF-Token"
"""The header in which they show it."""

MODE_HEADER: Final = "Colonnade-Session"
"""The header by which a browser asks for cookies."""
