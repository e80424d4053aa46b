"""What answers tell browsers not to do, and that no answer is split."""

import re

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from colonnade.api.http import HttpSettings, create_application, page

from ..library import CONTRACT, Book, Service, talking_to

EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}


async def test_every_answer_is_hardened(client: httpx2.AsyncClient, book: Book) -> None:
    """Good ones, empty ones, problems, and what is nobody's."""
    for answer in (
        await client.get(f"/books/{book.id}"),
        await client.get(f"/books/{book.id}", headers={"if-none-match": "*"}),
        await client.request("OPTIONS", "/books"),
        await client.get("/nowhere"),
        await client.post("/fail"),
    ):
        assert {name: answer.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]
        assert "geolocation=()" in answer.headers["permissions-policy"]
        assert "strict-transport-security" not in answer.headers
        assert "server" not in answer.headers


@pytest.mark.parametrize(("url", "is_strict"), [("https://a.test", True), ("http://localhost:8000", False)])
async def test_where_there_is_tls_there_must_always_be(service: Service, url: str, is_strict: bool) -> None:
    """For two years (RFC 6797); over plain HTTP it would mean nothing."""
    application = create_application(CONTRACT, service.bus, service.porter, settings=HttpSettings(public_url=url))
    async with talking_to(application) as client:
        answer = await client.get("http://library/nowhere")
    assert ("strict-transport-security" in answer.headers) == is_strict


async def test_a_page_runs_only_its_own_scripts(service: Service) -> None:
    """Its policy names a nonce, another one each time, and the page keeps that policy."""

    async def show(request: Request) -> Response:
        return page(lambda nonce: f'<script nonce="{nonce}">go()</script>', status=418)

    application = create_application(CONTRACT, service.bus, service.porter, routes=[Route("/page", show)])
    nonces = []
    async with talking_to(application) as client:
        for _ in range(2):
            answer = await client.get("http://library/page")
            nonces += re.findall(r'nonce="([\w-]{20,})"', answer.text)
            policy = answer.headers.get_list("content-security-policy")
            assert len(policy) == 1
            assert f"script-src 'nonce-{nonces[-1]}'" in policy[0]
            assert "unsafe" not in policy[0]
            assert answer.status_code == 418
            assert answer.headers["cache-control"] == "no-store"
    assert len(set(nonces)) == 2


@pytest.mark.parametrize("given", ["a%0D%0Aset-cookie:%20x=1", "a%0Ax-evil:%201", "a%0D", "a%00b"])
async def test_an_answer_cannot_be_split(service: Service, given: str) -> None:
    """Even a page that puts what it was sent into a header sends nothing of it (header injection)."""

    async def echo(request: Request) -> Response:
        return PlainTextResponse("", headers={"x-name": request.query_params["name"]})

    application = create_application(CONTRACT, service.bus, service.porter, routes=[Route("/echo", echo)])
    async with talking_to(application) as client:
        answer = await client.get(f"http://library/echo?name={given}")
    assert answer.status_code == 500
    assert not {"set-cookie", "x-evil", "x-name"} & set(answer.headers)


async def test_nothing_that_is_sent_gets_into_a_header_as_it_is(client: httpx2.AsyncClient, book: Book) -> None:
    """Links and ids are written anew."""
    for _ in range(3):
        await client.post("/books", json={"title": "a"})
    answer = await client.get("/books?limit=1&newest=true", headers={"x-request-id": "a\x0bb"})
    assert answer.status_code == 200
    assert all("\n" not in value and "\r" not in value for value in answer.headers.values())
