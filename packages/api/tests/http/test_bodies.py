"""What can be wrong with a body or a query."""

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from colonnade.api.http.bodies import read_json
from colonnade.api.http.settings import BodyLimits
from colonnade.api.problems import MalformedBody

from ..library import BODY_LIMIT_BYTES, Book

JSON = {"content-type": "application/json"}


async def problem(answer: httpx2.Response, status: int) -> dict[str, Any]:
    """Check that an answer is a problem, and return its document."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["status"] == status
    return document


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"nonsense", b'{"title": "a",}', b"{'title': 'a'}", b'{"title": "\xff\xfe"}', b"\xff",
            b'{"title": "\\ud800"}',
        b'{"title": "a"} {}', b'{"title": "a", "weight": NaN}', b'{"title": "a", "weight": Infinity}',
        b"[" * 1_900, b'{"a":' * 380, b"\x00", b'"title"', b"[]", b"null", b"7", b"",
    ],
    ids=lambda body: repr(body[:20]),
)  # fmt: skip
async def test_what_is_no_json_object_is_malformed(client: httpx2.AsyncClient, body: bytes) -> None:
    """Syntax, encoding, depth, numbers that are none, and values that are no objects."""
    document = await problem(await client.post("/books", content=body, headers=JSON), 400)
    assert document["code"] == "malformed_body"


async def test_a_number_beyond_all_bounds_is_refused(client: httpx2.AsyncClient) -> None:
    """It must not become infinity on the way."""
    answer = await client.post("/books", content=b'{"title": "a", "weight": 1e999}', headers=JSON)
    assert answer.status_code in {400, 422}


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "multipart/form-data", "application/jsonp", None])
async def test_another_media_type_is_not_taken(client: httpx2.AsyncClient, kind: str | None) -> None:
    """Not even if the bytes would be JSON; the answer names what is taken."""
    headers = {"content-type": kind} if kind else {}
    document = await problem(await client.post("/books", content=b'{"title": "a"}', headers=headers), 415)
    assert document["accepted"] == ["application/json"]


@pytest.mark.parametrize(
    "kind",
    ["application/json", "APPLICATION/JSON; charset=utf-8", "application/merge-patch+json", "application/vnd.a+json"],
)
async def test_every_kind_of_json_is_taken(client: httpx2.AsyncClient, kind: str) -> None:
    """Parameters and structured suffixes (RFC 6839) do not matter."""
    answer = await client.post("/books", content=b'{"title": "a"}', headers={"content-type": kind})
    assert answer.status_code == 201


async def test_a_body_that_says_to_be_too_large_is_not_read(client: httpx2.AsyncClient) -> None:
    """Its length alone is enough."""
    body = b'{"title": "' + b"a" * BODY_LIMIT_BYTES + b'"}'
    document = await problem(await client.post("/books", content=body, headers=JSON), 413)
    assert document["limit_bytes"] == BODY_LIMIT_BYTES


async def test_a_body_that_grows_too_large_is_read_no_further(client: httpx2.AsyncClient) -> None:
    """Chunks have no length beforehand."""
    sent = 0

    async def chunks() -> AsyncIterator[bytes]:
        nonlocal sent
        while True:
            sent += 1
            yield b"a" * 500

    await problem(await client.post("/books", content=chunks(), headers=JSON), 413)
    assert sent <= BODY_LIMIT_BYTES / 500 + 3


async def test_a_body_in_chunks_is_put_together(client: httpx2.AsyncClient) -> None:
    """A character may be split between two of them."""

    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"title": "Gr\xc3'
        yield b""
        yield b'\xbc\xc3\x9fe"}'

    answer = await client.post("/books", content=chunks(), headers=JSON)
    assert answer.json()["title"] == "Grüße"


@pytest.mark.parametrize("length", ["-1", "many", "1" * 40, "0x10"])
async def test_a_length_that_is_no_number_is_refused(client: httpx2.AsyncClient, length: str) -> None:
    """Rather than trusted."""
    headers = {**JSON, "content-length": length}
    await problem(await client.post("/books", content=b'{"title": "a"}', headers=headers), 400)


async def test_an_unknown_field_is_named(client: httpx2.AsyncClient) -> None:
    """A misspelt field is never ignored."""
    document = await problem(await client.post("/books", json={"title": "a", "tittle": "b"}), 422)
    assert document["errors"] == [
        {"field": "tittle", "message": "is not a field of this message", "code": "extra_forbidden"}
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "title"), ({"title": 5}, "title"), ({"title": None}, "title"), ({"title": ["a"]}, "title"),
        ({"title": "a", "tags": "b"}, "tags"), ({"title": "a", "tags": ["b", 1]}, "tags.1"),
        ({"title": "a", "weight": "heavy"}, "weight"), ({"title": "a", "subtitle": {}}, "subtitle"),
    ],
)  # fmt: skip
async def test_a_wrong_type_names_the_field(client: httpx2.AsyncClient, body: dict[str, Any], field: str) -> None:
    """By its dotted path, as the sender wrote it."""
    document = await problem(await client.post("/books", json=body), 422)
    assert [fault["field"] for fault in document["errors"]] == [field]


async def test_every_fault_is_told_at_once(client: httpx2.AsyncClient) -> None:
    """A form can mark them all."""
    document = await problem(await client.post("/books", json={"tags": [""], "pages": 1}), 422)
    assert {fault["field"] for fault in document["errors"]} == {"title", "tags.0", "pages"}


@pytest.mark.parametrize("field", ["book_id", "expected_version"])
async def test_what_travels_elsewhere_does_not_belong_into_the_body(
    client: httpx2.AsyncClient, book: Book, field: str
) -> None:
    """Two places for one value would be an invitation to trick the access check."""
    document = await problem(await client.patch(f"/books/{book.id}", json={"title": "b", field: str(book.id)}), 400)
    assert document["field"] == field


async def test_what_travels_elsewhere_does_not_belong_into_the_query(client: httpx2.AsyncClient, book: Book) -> None:
    """Likewise for reads."""
    document = await problem(await client.get(f"/books/{book.id}?book_id={book.id}"), 400)
    assert document["field"] == "book_id"


async def test_an_empty_patch_changes_nothing(client: httpx2.AsyncClient, book: Book) -> None:
    """No body and an empty object are the same where nothing is required."""
    for answer in (await client.patch(f"/books/{book.id}"), await client.patch(f"/books/{book.id}", json={})):
        assert answer.json()["title"] == "Notes"
        assert answer.json()["subtitle"] == "By the translator"


async def test_null_clears_and_silence_keeps(client: httpx2.AsyncClient, book: Book) -> None:
    """A merge patch (RFC 7396)."""
    answer = await client.patch(
        f"/books/{book.id}", content=b'{"subtitle": null}', headers={"content-type": "application/merge-patch+json"}
    )
    assert (answer.json()["title"], answer.json()["subtitle"]) == ("Notes", None)
    refused = await problem(await client.patch(f"/books/{book.id}", json={"title": None}), 422)
    assert [fault["field"] for fault in refused["errors"]] == ["title"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("limit=1&limit=2", 400), ("limit=%ff", 400), ("&".join(f"x{n}=1" for n in range(60)), 400),
        ("limit=0", 422), ("limit=many", 422), ("limit=", 422), ("newest=perhaps", 422), ("pages=1", 422),
        ("limit=1.5", 422),
    ],
)  # fmt: skip
async def test_a_query_is_checked_like_a_body(client: httpx2.AsyncClient, query: str, status: int) -> None:
    """Doubled, unreadable, too many, out of bounds, of a wrong type, unknown."""
    await problem(await client.get(f"/books?{query}"), status)


async def test_a_query_is_read_by_its_types(client: httpx2.AsyncClient, book: Book) -> None:
    """Numbers and truth values are written as in JSON."""
    assert (await client.get("/books?limit=1&newest=true")).status_code == 200


async def test_an_identifier_that_is_none_names_the_field(client: httpx2.AsyncClient) -> None:
    """Whatever stands in the path."""
    for place in ("7", "%00", "not-a-book", "é" * 50):
        document = await problem(await client.get(f"/books/{place}"), 422)
        assert document["errors"][0]["field"] == "book_id"


@pytest.mark.parametrize(
    "body", [{"title": "a", "weight": "1"}, {"title": "a", "weight": True}, {"title": 1}, {"title": "a", "tags": {}}]
)
async def test_a_value_of_another_type_is_refused(client: httpx2.AsyncClient, body: dict[str, object]) -> None:
    """JSON has types of its own: "1" is no number, and true is not one either."""
    await problem(await client.post("/books", json=body), 422)


async def test_pages_are_linked(client: httpx2.AsyncClient) -> None:
    """The Link header leads to the next page, with the query that was asked, until there is none (RFC 8288)."""
    for number in range(5):
        await client.post("/books", json={"title": f"Volume {number}"})
    titles, url = [], "/books?limit=2&newest=true"
    while True:
        answer = await client.get(url)
        titles += [book["title"] for book in answer.json()["items"]]
        if "next" not in answer.links:
            break
        assert "newest=true" in answer.links["next"]["url"]
        url = f"http://library{answer.links['next']['url']}"
    assert titles == [f"Volume {number}" for number in (4, 3, 2, 1, 0)]
    assert answer.json()["next"] is None


@pytest.mark.parametrize("key", ["", '""', '" "', "a" * 201, "naïve", "tab\there"])
async def test_a_key_that_is_none_is_refused(client: httpx2.AsyncClient, book: Book, key: str) -> None:
    """Keys are short and printable."""
    headers = [(b"idempotency-key", key.encode())]
    document = await problem(await client.post(f"/books/{book.id}/lend", headers=headers), 400)
    assert document["field"] == "Idempotency-Key"


async def test_a_key_that_is_demanded_must_be_there(client: httpx2.AsyncClient, book: Book) -> None:
    """The row says so, and the problem has a code of its own."""
    document = await problem(await client.post(f"/books/{book.id}/lend"), 400)
    assert document["code"] == "idempotency_key_missing"
    assert (await client.post(f"/books/{book.id}/lend", headers={"idempotency-key": "1"})).status_code == 200


@pytest.mark.parametrize("announced", [{b"content-length": b"20"}, {b"transfer-encoding": b"chunked"}])
async def test_a_body_that_never_comes_is_not_an_empty_one(announced: dict[bytes, bytes]) -> None:
    """Else a change whose fields all have defaults would be made without what its sender wanted to say."""

    async def gone() -> dict[str, str]:
        return {"type": "http.disconnect"}

    with pytest.raises(MalformedBody, match="ended before"):
        await read_json(announced, gone, limits=BodyLimits(), needed=False)
    assert await read_json({}, gone, limits=BodyLimits(), needed=False) == {}
