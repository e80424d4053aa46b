"""Entity tags: read only what changed, change only what was seen."""

import httpx2
import pytest

from ..library import Book


async def test_a_read_has_an_entity_tag(client: httpx2.AsyncClient, book: Book) -> None:
    """It is the version."""
    assert (await client.get(f"/books/{book.id}")).headers["etag"] == '"1"'


async def test_what_is_known_is_not_sent_again(client: httpx2.AsyncClient, book: Book) -> None:
    """Also among several tags, as a weak one, and for any."""
    for known in ('"1"', '"7", "1"', 'W/"1"', "*"):
        answer = await client.get(f"/books/{book.id}", headers={"if-none-match": known})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", '"1"')


@pytest.mark.parametrize("known", ['"2"', '"11"', "1", '""', "nonsense"])
async def test_what_is_not_known_is_sent(client: httpx2.AsyncClient, book: Book, known: str) -> None:
    """Another tag, and whatever is no tag at all."""
    answer = await client.get(f"/books/{book.id}", headers={"if-none-match": known})
    assert (answer.status_code, answer.json()["title"]) == (200, "Notes")


async def test_a_change_of_what_was_seen_goes_through_and_has_the_next_tag(
    client: httpx2.AsyncClient, book: Book
) -> None:
    """The sender can go on from there."""
    answer = await client.patch(f"/books/{book.id}", json={"title": "b"}, headers={"if-match": '"1"'})
    assert (answer.status_code, answer.headers["etag"]) == (200, '"2"')


@pytest.mark.parametrize("tag", ['"2"', '"0"', 'W/"1"', '"one"', '"' + "9" * 30 + '"'])
@pytest.mark.parametrize("method", ["PATCH", "PUT", "DELETE"])
async def test_a_change_of_what_is_no_more_is_refused(
    client: httpx2.AsyncClient, book: Book, tag: str, method: str
) -> None:
    """A tag of another version, a weak one, and one that was never ours."""
    body = {} if method == "DELETE" else {"json": {"title": "b"}}
    answer = await client.request(method, f"/books/{book.id}", headers={"if-match": tag}, **body)
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_version")


async def test_any_version_will_do_if_one_says_so(client: httpx2.AsyncClient, book: Book) -> None:
    """A star satisfies even a row that wants a version."""
    answer = await client.put(f"/books/{book.id}", json={"title": "b"}, headers={"if-match": "*"})
    assert answer.status_code == 200


async def test_a_row_may_want_a_version(client: httpx2.AsyncClient, book: Book) -> None:
    """Without one nothing changes (RFC 6585)."""
    answer = await client.put(f"/books/{book.id}", json={"title": "b"})
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")
    assert (await client.get(f"/books/{book.id}")).json()["title"] == "Notes"


@pytest.mark.parametrize("header", ["1", '"1', '"1", "2"', 'x"1"', '"1" x', ""])
async def test_a_header_that_cannot_be_read_is_said_to_be_so(
    client: httpx2.AsyncClient, book: Book, header: str
) -> None:
    """It is not taken for a missing one."""
    answer = await client.put(f"/books/{book.id}", json={"title": "b"}, headers={"if-match": header})
    assert (answer.status_code, answer.json()["field"]) == (400, "If-Match")


async def test_a_tag_is_not_needed_where_the_row_does_not_want_one(client: httpx2.AsyncClient, book: Book) -> None:
    """The last one wins."""
    assert (await client.patch(f"/books/{book.id}", json={"title": "b"})).status_code == 200
    assert (await client.delete(f"/books/{book.id}")).status_code == 204
