"""Paths and methods."""

import httpx2
import pytest

from ..library import Book, Service, talking_to


async def test_an_operation_answers(client: httpx2.AsyncClient, book: Book) -> None:
    """A message goes in, its answer comes out."""
    answer = await client.get(f"/books/{book.id}")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["title"] == "Notes"


async def test_what_was_made_says_where_it_is(client: httpx2.AsyncClient) -> None:
    """The Location header leads to it."""
    answer = await client.post("/books", json={"title": "Sketch"})
    assert answer.status_code == 201
    found = await client.get(f"http://library{answer.headers['location']}")
    assert found.json() == answer.json()


async def test_nothing_is_answered_with_nothing(client: httpx2.AsyncClient, book: Book) -> None:
    """A message without an answer has a response without a body."""
    answer = await client.delete(f"/books/{book.id}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert "content-type" not in answer.headers


async def test_an_unknown_path_is_a_problem(client: httpx2.AsyncClient) -> None:
    """Whatever the method."""
    for method in ("GET", "POST", "DELETE", "OPTIONS", "BREW"):
        answer = await client.request(method, "/nowhere")
        assert answer.status_code == 404
        assert answer.json()["code"] == "no_such_path"


async def test_a_slash_at_the_end_is_another_path(client: httpx2.AsyncClient) -> None:
    """There are no redirects, which would lose the body of a POST."""
    assert (await client.get("/books/")).status_code == 404


async def test_another_method_is_told_which_there_are(client: httpx2.AsyncClient, book: Book) -> None:
    """In the Allow header and in the problem."""
    answer = await client.post(f"/books/{book.id}", json={})
    assert answer.status_code == 405
    assert answer.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
    assert answer.json()["allowed"] == ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "PUT"]


async def test_options_lists_the_methods(client: httpx2.AsyncClient) -> None:
    """It needs no token and no body."""
    answer = await client.options("/books")
    assert (answer.status_code, answer.headers["allow"], answer.content) == (204, "GET, HEAD, OPTIONS, POST", b"")


async def test_head_has_the_headers_of_get(client: httpx2.AsyncClient, book: Book) -> None:
    """The entity tag and the length among them."""
    head, get = await client.head(f"/books/{book.id}"), await client.get(f"/books/{book.id}")
    assert head.status_code == 200
    assert head.headers["etag"] == get.headers["etag"]
    assert head.headers["content-length"] == get.headers["content-length"]


async def test_a_literal_path_goes_before_a_parameter(client: httpx2.AsyncClient, book: Book) -> None:
    """`/books/count` is not a book called count, though its row stands below."""
    answer = await client.get("/books/count")
    assert (answer.status_code, answer.json()) == (200, 1)


@pytest.mark.parametrize("header", [None, "Basic Zm9v", "Bearer", "Bearer ", "bearer bad", "good"])
async def test_a_stranger_is_asked_to_sign_in(service: Service, header: str | None) -> None:
    """The answer says by which scheme (RFC 6750)."""
    async with talking_to(service.application, token=None) as stranger:
        answer = await stranger.get("/books", headers={"authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert answer.json()["code"] == "unauthenticated"


async def test_whoever_has_no_token_learns_nothing_of_the_rules(service: Service) -> None:
    """The token is checked before the body is read."""
    async with talking_to(service.application, token=None) as stranger:
        assert (await stranger.post("/books", json={"pages": 1})).status_code == 401
        assert (await stranger.get("/books?limit=0")).status_code == 401


async def test_a_public_operation_needs_no_token_and_cares_for_none(service: Service) -> None:
    """A bad one does not make it fail."""
    async with talking_to(service.application, token="bad") as stranger:
        answer = await stranger.get("/greeting?name=Ada")
    assert answer.json() == {"text": "Hello, Ada"}
