"""The contract inside somebody else's application."""

import httpx2
from fastapi import FastAPI
from starlette.applications import Starlette

from colonnade.api.http import BodyLimits, HttpSettings, create_routes

from ..library import BODY_LIMIT_BYTES, CONTRACT, Book, Service, talking_to

SETTINGS = HttpSettings(prefix="/api", body=BodyLimits(BODY_LIMIT_BYTES))


def inside_fastapi(service: Service) -> FastAPI:
    application = FastAPI()

    @application.get("/own")
    async def own() -> dict[str, bool]:
        return {"own": True}

    application.router.routes.extend(create_routes(CONTRACT, service.bus, service.porter, SETTINGS))
    return application


async def test_fastapi_takes_the_routes(service: Service) -> None:
    """Its own routes go on, and ours answer as they do alone."""
    async with talking_to(inside_fastapi(service)) as client:
        assert (await client.get("http://library/own")).json() == {"own": True}
        made = await client.post("/books", json={"title": "Sketch"})
        assert made.status_code == 201
        book = Book.model_validate_json(made.content)
        changed = await client.patch(f"/books/{book.id}", json={"subtitle": "b"}, headers={"if-match": '"1"'})
        assert changed.headers["etag"] == '"2"'
        assert (await client.delete(f"/books/{book.id}")).status_code == 204


async def test_problems_are_ours_there_as_well(service: Service) -> None:
    """The host knows nothing of our errors and needs not."""
    async with talking_to(inside_fastapi(service)) as client:
        answers: list[httpx2.Response] = [
            await client.get("/books/7"),
            await client.put("/books"),
            await client.post("/books", content=b"{", headers={"content-type": "application/json"}),
            await client.get("/books", headers={"authorization": "Bearer bad"}),
        ]
    assert [answer.status_code for answer in answers] == [422, 405, 400, 401]
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


async def test_starlette_takes_them_under_a_prefix_of_its_own(service: Service) -> None:
    """They are plain routes."""
    application = Starlette(routes=create_routes(CONTRACT, service.bus, service.porter, SETTINGS))
    async with talking_to(application, token=None) as client:
        assert (await client.get("/greeting")).json() == {"text": "Hello, you"}
