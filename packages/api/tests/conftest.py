"""The small service that most tests talk to."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from .library import Book, Service, start, talking_to


@pytest.fixture
async def service() -> Service:
    """A service with an empty shelf."""
    return await start()


@pytest.fixture
async def client(service: Service) -> AsyncIterator[httpx2.AsyncClient]:
    """A reader's client."""
    async with talking_to(service.application) as client:
        yield client


@pytest.fixture
async def book(client: httpx2.AsyncClient) -> Book:
    """A book on the shelf."""
    answer = await client.post("/books", json={"title": "Notes", "subtitle": "By the translator"})
    return Book.model_validate_json(answer.content)
