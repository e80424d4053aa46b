"""Pages for people: HTML whose scripts and styles are ours alone (CSP level 3, nonces)."""

import secrets
from collections.abc import Callable

from starlette.responses import HTMLResponse

_POLICY = (
    "default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self' data:; "
    "font-src 'self'; connect-src {connect}; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def page(html: Callable[[str], str], *, status: int = 200, calls_api: bool = False) -> HTMLResponse:
    """Return a page with a policy of its own, which nobody stores.

    Args:
        html: Returns the page when it is given the nonce; each `<script>` and `<style>` needs it as `nonce="…"`, and
            neither `style` attributes nor event handlers in attributes work.
        status: Status of the answer.
        calls_api: Whether its script may send requests, to this server alone.
    """
    nonce = secrets.token_urlsafe(16)
    policy = _POLICY.format(nonce=nonce, connect="'self'" if calls_api else "'none'")
    return HTMLResponse(html(nonce), status, {"cache-control": "no-store", "content-security-policy": policy})
