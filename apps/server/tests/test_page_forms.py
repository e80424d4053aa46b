"""Reading forms: within bounds, whatever is sent."""

from collections.abc import AsyncIterator

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from colonnade.api.http import BodyLimits, ClientAddresses
from colonnade.api.problems import BodyTooLarge
from colonnade.server.pages.visitors import LONGEST_FORM_BYTES, MOST_FIELDS, Visitors


@pytest.fixture
def http() -> httpx2.AsyncClient:
    """A browser, and a server that says what it read."""

    visitors = Visitors(ClientAddresses(), None, BodyLimits())

    async def read(request: Request) -> Response:
        return JSONResponse(dict(await visitors.typed(request)))

    application = Starlette(routes=[Route("/", read, methods=["POST"])])
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(application), base_url="http://work.test")


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"name=Ada+Lovelace&mail=ada%40example.com", {"name": "Ada Lovelace", "mail": "ada@example.com"}),
        (b"name=first&name=second", {"name": "first"}),
        (b"name=&other=1", {"other": "1"}),
        (b"a=" + b"x" * (LONGEST_FORM_BYTES - 2), {"a": "x" * (LONGEST_FORM_BYTES - 2)}),
        (b"&".join(b"%d=1" % number for number in range(MOST_FIELDS)), {str(n): "1" for n in range(MOST_FIELDS)}),
        (b"&".join(b"%d=1" % number for number in range(MOST_FIELDS + 1)), {}),
        (b"\xff\xfe", {}),
        (b"", {}),
    ],
    ids=["text", "twice", "empty", "longest", "most fields", "too many fields", "no text", "nothing"],
)
async def test_a_form_is_read_within_bounds(http: httpx2.AsyncClient, body: bytes, read: dict[str, str]) -> None:
    """Of what is no form, or too much, nothing is read."""
    assert (await http.post("/", content=body)).json() == read


async def test_of_an_endless_form_no_more_is_read_than_it_may_have(http: httpx2.AsyncClient) -> None:
    """So that nobody fills the memory."""
    sent = []

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(1000):
            sent.append(1024)
            yield b"x" * 1024

    with pytest.raises(BodyTooLarge):
        await http.post("/", content=endless())
    assert sum(sent) <= LONGEST_FORM_BYTES + 2 * 1024
