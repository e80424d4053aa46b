"""The frameworks alone: one answer, no database; `ours_watched` adds what the server observes of each request."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from pydantic import BaseModel
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from colonnade.api.contract import Contract
from colonnade.api.http import HttpSettings, create_application
from colonnade.application.messaging import PUBLIC, Caller, Handlers, LocalBus, Query, StaticResolver
from colonnade.application.views import View
from colonnade.core import Unauthenticated
from colonnade.monitoring.logs import configure_logs
from colonnade.monitoring.metrics import Metrics
from colonnade.monitoring.observers import RequestTelemetry
from peers.place import Place

ANSWER = {"id": 7, "title": "Measure the loading time of the board", "labels": ["performance", "design"], "done": False}


class Note(View):
    id: int
    title: str
    labels: tuple[str, ...]
    done: bool


class ReadNote(Query[Note], name="bench.read_note", requires=PUBLIC): ...


handlers = Handlers()


@handlers.handles(ReadNote)
async def read_note(query: ReadNote) -> Note:
    return Note(id=7, title="Measure the loading time of the board", labels=("performance", "design"), done=False)


class Nobody:
    async def authenticate(self, token: str) -> Caller:
        raise Unauthenticated("nobody is known here")


async def _ours(*observers: RequestTelemetry) -> ASGIApp:
    contract = Contract("notes")
    contract.get("/plain", ReadNote)
    bus = await LocalBus.start(handlers=[handlers], resolver=StaticResolver({}), messages=contract.messages())
    return create_application(contract, bus, Nobody(), settings=HttpSettings(prefix=""), observers=observers)


@asynccontextmanager
async def ours(place: Place) -> AsyncIterator[ASGIApp]:
    yield await _ours()


@asynccontextmanager
async def ours_watched(place: Place) -> AsyncIterator[ASGIApp]:
    configure_logs(level="WARNING")
    yield await _ours(RequestTelemetry(Metrics()))


@asynccontextmanager
async def starlette(place: Place) -> AsyncIterator[ASGIApp]:
    async def read(request: Request) -> JSONResponse:
        return JSONResponse(ANSWER)

    yield Starlette(routes=[Route("/plain", read)])


class NoteModel(BaseModel):
    id: int
    title: str
    labels: list[str]
    done: bool


@asynccontextmanager
async def fastapi(place: Place) -> AsyncIterator[ASGIApp]:
    app = FastAPI()

    @app.get("/plain")
    async def read() -> NoteModel:
        return NoteModel(
            id=7, title="Measure the loading time of the board", labels=["performance", "design"], done=False
        )

    yield app
