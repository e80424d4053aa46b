"""What is around every request."""

import logging
import re
from uuid import uuid4

import httpx2
import pytest

from ..library import Book, start, talking_to

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")


async def test_every_answer_has_an_id_and_a_trace(client: httpx2.AsyncClient, book: Book) -> None:
    """Good answers, empty ones and problems alike; each has another."""
    answers = [
        await client.get(f"/books/{book.id}"),
        await client.get(f"/books/{book.id}", headers={"if-none-match": "*"}),
        await client.get("/books/7"),
        await client.get("/nowhere"),
        await client.post("/fail"),
    ]
    assert len({answer.headers["x-request-id"] for answer in answers}) == len(answers)
    assert all(TRACEPARENT.fullmatch(answer.headers["traceparent"]) for answer in answers)


async def test_the_id_of_the_sender_is_kept(client: httpx2.AsyncClient) -> None:
    """It is in the header and in the problem."""
    given = str(uuid4())
    answer = await client.get("/nowhere", headers={"x-request-id": given})
    assert answer.headers["x-request-id"] == given
    assert answer.json()["instance"] == f"urn:request:{given}"


@pytest.mark.parametrize("given", ["", "a b", "x" * 129, "<script>", "a\tb", "ünique", "a;b"])
async def test_an_id_that_could_do_harm_is_replaced(client: httpx2.AsyncClient, given: str) -> None:
    """It would stand in logs and headers."""
    answer = await client.get("/greeting", headers=[(b"x-request-id", given.encode())])
    assert answer.headers["x-request-id"] != given
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-request-id"])


async def test_the_trace_of_the_sender_goes_on(client: httpx2.AsyncClient) -> None:
    """The same trace and flags, and a span of our own (W3C Trace Context)."""
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = await client.get("/greeting", headers={"traceparent": given})
    trace, span, flags = TRACEPARENT.fullmatch(answer.headers["traceparent"]).groups()  # type: ignore[union-attr]
    assert (trace, flags) == ("4bf92f3577b34da6a3ce929d0e0e4736", "01")
    assert span != "00f067aa0ba902b7"


@pytest.mark.parametrize(
    "given",
    [
        "nonsense", "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-more",
    ],
)  # fmt: skip
async def test_a_trace_that_is_none_is_replaced(client: httpx2.AsyncClient, given: str) -> None:
    """A fresh one begins."""
    answer = await client.get("/greeting", headers={"traceparent": given})
    assert TRACEPARENT.fullmatch(answer.headers["traceparent"])
    assert "4bf92f3577b34da6a3ce929d0e0e4736" not in answer.headers["traceparent"].lower()


async def test_what_breaks_is_said_to_the_log_and_not_to_the_sender(
    client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture
) -> None:
    """The problem has the request's id, by which the operator finds the cause."""
    with caplog.at_level(logging.ERROR, "colonnade.api"):
        answer = await client.post("/fail", json={"how": "unexpectedly"}, headers={"x-request-id": "r-1"})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "1815" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "Traceback" not in answer.text
    assert "r-1" in caplog.text
    assert "1815" in caplog.text


async def test_an_outage_says_when_to_come_back(client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    """In the header that clients and proxies know."""
    answer = await client.post("/fail", json={"how": "outage"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
    assert answer.json()["code"] == "unavailable"


async def test_a_refusal_is_no_fault(client: httpx2.AsyncClient, caplog: pytest.LogCaptureFixture) -> None:
    """What the sender did wrong is not logged as an error; its facts are in the problem."""
    answer = await client.post("/fail", json={"how": "forbidden"})
    assert (answer.status_code, answer.json()["role"]) == (403, "guest")
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_an_answer_is_for_its_caller_alone(client: httpx2.AsyncClient, book: Book) -> None:
    """No shared cache keeps what has an entity tag, and nobody keeps the rest, problems included."""
    assert (await client.get(f"/books/{book.id}")).headers["cache-control"] == "private, no-cache"
    for path in ("/books", "/books/7"):
        assert (await client.get(path)).headers["cache-control"] == "no-store"


class Listener:
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[object, ...]] = []

    def started(self, method: str, path: str, request_id: str, traceparent: str | None) -> object:
        """Note the beginning."""
        self.heard.append(("started", method, path, request_id))
        return len(self.heard)

    def traceparent(self, token: object) -> str | None:
        """Begin no span."""

    def finished(self, token: object, method: str, route: str, status: int, seconds: float) -> None:
        """Note the end."""
        self.heard.append(("finished", token, method, route, status))


async def test_observers_hear_of_every_request_by_its_route() -> None:
    """Routes are templates, so that there are few; what matched none is called other."""
    listener = Listener()
    service = await start(listener)
    async with talking_to(service.application) as client:
        await client.get("/books/7", headers={"x-request-id": "a"})
        await client.get("/nowhere", headers={"x-request-id": "b"})
    assert listener.heard == [
        ("started", "GET", "/api/books/7", "a"),
        ("finished", 1, "GET", "/api/books/{book_id}", 422),
        ("started", "GET", "/api/nowhere", "b"),
        ("finished", 3, "GET", "other", 404),
    ]
