"""The pages that links in mails lead to: to look changes nothing, tokens stay out of logs, and nobody frames them."""

import re
from typing import Any

import httpx2
import pytest
from starlette.applications import Starlette

from colonnade.api.http import BodyLimits, ClientAddresses
from colonnade.application.identity.email_change import ConfirmEmailChange
from colonnade.application.identity.reset import ResetPassword
from colonnade.application.identity.verification import ConfirmEmail
from colonnade.application.messaging import Context
from colonnade.core import ColonnadeError, Invalid
from colonnade.core.errors import LimitExceeded
from colonnade.domain.identity import SecretRefused
from colonnade.server.pages.account import account_page_routes
from colonnade.server.pages.visitors import Visitors

PATHS = {"/verify": ConfirmEmail, "/reset": ResetPassword, "/change-email": ConfirmEmailChange}
TYPED = {"token": "id.secret", "password": "quite another engine"}


class Inbox:
    """Takes messages, or refuses them."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.error: ColonnadeError | None = None

    async def send(self, message: Any, context: Context | None = None) -> Any:
        """Keep a message."""
        self.sent.append(message)
        if self.error is not None:
            raise self.error


@pytest.fixture
def inbox() -> Inbox:
    """Where what is posted arrives."""
    return Inbox()


@pytest.fixture
def http(inbox: Inbox) -> httpx2.AsyncClient:
    """A browser."""
    application = Starlette(routes=list(account_page_routes(inbox, Visitors(ClientAddresses(), None, BodyLimits()))))
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(application), base_url="http://work.test")


@pytest.mark.parametrize("path", PATHS)
async def test_to_look_changes_nothing(http: httpx2.AsyncClient, inbox: Inbox, path: str) -> None:
    """Mail scanners follow links; what is behind the `#` never leaves the browser, so the page itself reads it."""
    page = await http.get(path)
    assert page.status_code == 200
    assert f'action="{path}"' in page.text
    assert "location.hash" in page.text
    assert page.text.count('type="password"') == (path == "/reset")
    assert inbox.sent == []
    assert (await http.head(path)).status_code == 200
    assert inbox.sent == []


@pytest.mark.parametrize("path", PATHS)
async def test_to_post_does_it(http: httpx2.AsyncClient, inbox: Inbox, path: str) -> None:
    done = await http.post(path, data=TYPED)
    assert done.status_code == 200
    (message,) = inbox.sent
    assert type(message) is PATHS[path]
    assert message.token.get_secret_value() == "id.secret"
    assert "id.secret" not in done.text + repr(message)


@pytest.mark.parametrize("path", PATHS)
async def test_a_page_is_not_kept_not_framed_and_runs_its_own_script_alone(http: httpx2.AsyncClient, path: str) -> None:
    for page in (await http.get(path), await http.post(path, data=TYPED), await http.post(path)):
        policy = page.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert page.headers["cache-control"] == "no-store"
        assert page.headers["referrer-policy"] == "no-referrer"
        assert "connect-src 'none'" in policy
        (nonce,) = set(re.findall(r'<(?:script|style) nonce="([\w-]{20,})">', page.text))
        assert f"script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'" in policy
        assert page.text.count("<script") == page.text.count("<form")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (Invalid("too easy to guess", field="password"), 422),
        (SecretRefused("not good any more"), 404),
        (LimitExceeded("later", retry_after_seconds=1), 429),
    ],
)
async def test_who_is_refused_may_try_again(
    http: httpx2.AsyncClient, inbox: Inbox, error: ColonnadeError, status: int
) -> None:
    """With the token that they have, which is only text there; never with the password filled in."""
    inbox.error = error
    page = await http.post("/reset", data=TYPED | {"token": '"><script>alert(1)</script>'})
    assert page.status_code == status
    assert error.message in page.text
    assert "<script>alert(1)" not in page.text
    assert "alert(1)" in page.text
    assert TYPED["password"] not in page.text


@pytest.mark.parametrize(
    "body", [b"", b"\xff\xfe", b"token=" + b"x" * 10_000, b"&".join([b"a=1"] * 100), b"token=a&password=short"]
)
async def test_what_is_no_form_of_ours_reaches_nobody(http: httpx2.AsyncClient, inbox: Inbox, body: bytes) -> None:
    answer = await http.post("/reset", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status_code == 422
    assert inbox.sent == []
