"""A house with a door: signing in, staying in, going out, and things to do inside."""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Literal
from uuid import UUID

import httpx2
from pydantic import BaseModel

from colonnade.api import Contract
from colonnade.api.contract import Rate
from colonnade.api.http import CookieSessions, HttpSettings, RateLimiter, create_application
from colonnade.application import PUBLIC, SIGNED_IN, Caller, Command, Handlers, LocalBus, Query
from colonnade.application.messaging import Context, StaticResolver
from colonnade.application.messaging.context import Limits
from colonnade.core import Unauthenticated, Unavailable, UserId, new_id

PUBLIC_URL = "https://house.test"
OWN_PAGE = {"sec-fetch-site": "same-origin", "origin": PUBLIC_URL}
RESIDENT = Caller(new_id(UserId), session_id=UUID(int=1))
WINDOW_SECONDS = 42


class Tokens(BaseModel):
    """The answer to whoever comes in."""

    access_token: str
    refresh_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = 600


class Seen(BaseModel):
    """What the house noticed about a request."""

    user_id: UUID | None
    address: str | None
    user_agent: str | None


class ComeIn(Command[Tokens], name="house.come_in", requires=PUBLIC):
    """Open a sign-in."""

    password: str


class Stay(Command[Tokens], name="house.stay", requires=PUBLIC):
    """Go on with one."""

    refresh_token: str


class GoOut(Command[None], name="house.go_out", requires=SIGNED_IN):
    """End it."""


class Look(Query[Seen], name="house.look", requires=SIGNED_IN):
    """Only look."""


class Paint(Command[Seen], name="house.paint", requires=SIGNED_IN):
    """Change something."""


class Peek(Query[Seen], name="house.peek", requires=PUBLIC):
    """Look in from the street."""


CONTRACT = Contract("house")
CONTRACT.post(
    "/door", ComeIn, status=201, session="opens", rate=Rate("door", per_address="3/minute", guards_secrets=True)
)
CONTRACT.post("/door/stay", Stay, session="refreshes", rate="unlimited")
CONTRACT.post("/door/out", GoOut, status=204, session="closes")
CONTRACT.get("/look", Look, rate=Rate("look", per_person="3/minute", per_token="2/minute"))
CONTRACT.post("/paint", Paint)
CONTRACT.get("/peek", Peek)

handlers = Handlers()


class Door:
    """Gives tokens out, each of them once."""

    def __init__(self) -> None:
        self.good: dict[str, Caller] = {"bearer": RESIDENT}
        self.given = 0
        self.shown: list[str] = []

    def open(self) -> Tokens:
        """Give tokens."""
        self.given += 1
        self.good[f"access.{self.given}"] = RESIDENT
        return Tokens(access_token=f"access.{self.given}", refresh_token=f"refresh.{self.given}")

    async def authenticate(self, token: str) -> Caller:
        """Return the resident."""
        self.shown.append(token)
        if token not in self.good:
            raise Unauthenticated("this token is not good")
        return self.good[token]


@handlers.handles(ComeIn)
async def come_in(command: ComeIn, door: Door) -> Tokens:
    """Ask for the password."""
    if command.password != "sesame":
        raise Unauthenticated("the password is wrong")
    return door.open()


@handlers.handles(Stay)
async def stay(command: Stay, door: Door) -> Tokens:
    """Take the newest token only."""
    if command.refresh_token != f"refresh.{door.given}":
        raise Unauthenticated("this is not a refresh token of ours")
    return door.open()


@handlers.handles(GoOut)
async def go_out(command: GoOut, door: Door) -> None:
    """Forget all that came in."""
    door.good = {"bearer": RESIDENT}


@handlers.handles(Look)
async def look(query: Look, context: Context) -> Seen:
    """Tell."""
    return _seen(context)


@handlers.handles(Paint)
async def paint(command: Paint, context: Context) -> Seen:
    """Tell."""
    return _seen(context)


@handlers.handles(Peek)
async def peek(query: Peek, context: Context) -> Seen:
    """Tell."""
    return _seen(context)


def _seen(context: Context) -> Seen:
    origin = context.origin
    return Seen(
        user_id=context.caller.user_id if context.caller else None,
        address=origin.address if origin else None,
        user_agent=origin.user_agent if origin else None,
    )


class Counting:
    """A limiter whose window never ends, and which can break."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.is_broken = False

    async def hit(self, key: str, window_seconds: int) -> tuple[int, int]:
        """Count."""
        if self.is_broken:
            raise Unavailable("nobody counts")
        self.hits[key] += 1
        return self.hits[key], WINDOW_SECONDS


class House:
    """The running service."""

    def __init__(self, door: Door, limiter: Counting, cookies: CookieSessions, app: Callable[..., object]) -> None:
        self.door = door
        self.limiter = limiter
        self.cookies = cookies
        self.app = app

    @asynccontextmanager
    async def visited(self, address: str = "192.0.2.1", **headers: str) -> AsyncIterator[httpx2.AsyncClient]:
        """Open a client at an address, without a cookie jar of its own making."""
        transport = httpx2.ASGITransport(self.app, client=(address, 1234))
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        async with httpx2.AsyncClient(transport=transport, base_url=f"{PUBLIC_URL}/api/v1", headers=given) as client:
            yield client


async def built(settings: HttpSettings | None = None) -> House:
    """Build the house."""
    door, limiter = Door(), Counting()
    settings = (settings or HttpSettings())._replace(public_url=PUBLIC_URL)
    cookies = CookieSessions(b"k" * 32, public_url=PUBLIC_URL, cors_origins=settings.cors_origins, keep_seconds=86_400)
    bus = await LocalBus.start(handlers=[handlers], resolver=StaticResolver({Door: door}), messages=CONTRACT.messages())
    counting: RateLimiter = limiter
    app = create_application(CONTRACT, bus, door, settings=settings, limiter=counting, cookies=cookies)
    return House(door, limiter, cookies, app)


def holder_of_a_token(token_id: UUID) -> Caller:
    """Return the resident, by a personal token."""
    return Caller(RESIDENT.user_id, limits=Limits(token_id, frozenset()))
