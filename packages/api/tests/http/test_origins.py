"""Pages of other sites may call if their origin is listed, exactly as it is (CORS)."""

import httpx2
import pytest

from colonnade.api.http import HttpSettings
from colonnade.api.http.origins import CrossOrigin
from colonnade.core import Invalid

from .porch import built

LISTED = "https://app.example.com"
BEARER = {"authorization": "Bearer bearer"}


async def answered(
    method: str,
    origin: str | None,
    *,
    origins: frozenset[str] = frozenset({LISTED}),
    path: str = "/look",
    **headers: str,
) -> httpx2.Response:
    house = await built(HttpSettings(cors_origins=origins))
    named = {"origin": origin} if origin is not None else {}
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    async with house.visited() as client:
        return await client.request(method, path, headers={**BEARER, **named, **given})


async def test_a_listed_page_reads_the_answer() -> None:
    """With its cookies, and the headers that are worth reading; caches tell origins apart."""
    answer = await answered("GET", LISTED)
    assert answer.headers["access-control-allow-origin"] == LISTED
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert "etag" in answer.headers["access-control-expose-headers"]
    assert answer.headers["vary"] == "Origin"


async def test_a_listed_page_reads_problems_too() -> None:
    """Or it could not tell its user what is wrong."""
    answer = await answered("GET", LISTED, path="/nowhere")
    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == LISTED


async def test_a_listed_page_may_ask_first() -> None:
    """A preflight is answered without anybody being signed in."""
    answer = await answered("OPTIONS", LISTED, path="/paint", access_control_request_method="POST", authorization="")
    assert answer.status_code == 204
    assert "POST" in answer.headers["access-control-allow-methods"]
    assert "x-csrf-token" in answer.headers["access-control-allow-headers"]
    assert answer.headers["access-control-allow-origin"] == LISTED


@pytest.mark.parametrize(
    "origin",
    ["null", "*", "https://evil.test", "http://app.example.com", "https://app.example.com.evil.test",
     "https://app.example.com:8443", "https://xapp.example.com", "https://APP.example.com", "", None],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
async def test_no_other_page_does(origin: str | None, method: str) -> None:
    """Not one that begins, ends or looks like it, and none without an origin."""
    asked = {"access_control_request_method": "POST"} if method == "OPTIONS" else {}
    answer = await answered(method, origin, **asked)
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert answer.headers["vary"] == "Origin"


async def test_without_a_list_nobody_does() -> None:
    """And answers vary by nothing."""
    answer = await answered("GET", LISTED, origins=frozenset())
    assert not [name for name in answer.headers if name.startswith("access-control-")]
    assert "vary" not in answer.headers


@pytest.mark.parametrize("origin", ["*", "null", "https://*.example.com", "example.com", "file:///", "https://", "a b"])
def test_a_pattern_cannot_be_listed(origin: str) -> None:
    """Anybody, together with cookies, would be everybody's session."""
    with pytest.raises(Invalid):
        CrossOrigin([origin])


@pytest.mark.parametrize(
    ("listed", "sent"),
    [("https://App.Example.com/", b"https://app.example.com"), ("https://app.example.com:443", b"https://app.example.com"),
     ("http://localhost:5173", b"http://localhost:5173"), ("http://[::1]:80/path", b"http://[::1]")],
)  # fmt: skip
def test_an_origin_is_listed_in_any_spelling(listed: str, sent: bytes) -> None:
    """Browsers have one."""
    assert (b"access-control-allow-origin", sent) in CrossOrigin([listed]).headers_for(sent, preflight=False)
