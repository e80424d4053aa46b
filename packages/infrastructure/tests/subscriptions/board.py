"""A projection to be rebuilt, and what its readers see."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import Context
from colonnade.application.subscriptions import Generation, Subscriptions
from colonnade.core import RecordedEvent
from colonnade.infrastructure.database import SqlUnitOfWork
from colonnade.infrastructure.subscriptions import Checkpoints, Generations, active_generation
from colonnade.infrastructure.subscriptions.tables import subscription_generations

from ..waiting import eventually
from .lab import Lab
from .processes import Process
from .scripted import Script
from .words import Act, Effects, Noted, effects

NAME = "lab.board"


class Board:
    """A projection that can be held up and made to fail; it sends a job for each event, too."""

    def __init__(self, subscriptions: Subscriptions) -> None:
        self.script = Script()
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.replaying: dict[int, list[bool]] = {}
        self.forgotten = list[int]()

        async def forget(generation: Generation, work: SqlUnitOfWork) -> None:
            work.at_commit(delete(effects).where(effects.c.generation == generation), {})
            self.forgotten.append(generation)

        @subscriptions.projection(NAME, Noted, forget=forget, partitions=2)
        async def project(
            events: Sequence[RecordedEvent],
            generation: Generation,
            context: Context,
            left: Effects,
            scheduler: Scheduler,
        ) -> None:
            if generation > 1:
                await self.go_on.wait()
            for recorded in events:
                assert isinstance(recorded.event, Noted)
                if generation > 1:
                    self.script.play(recorded.event.text)
                self.replaying.setdefault(generation, []).append(context.replaying)
                left.leave(recorded, generation)
                scheduler.send_later(Act(text=recorded.event.text))


async def rebuild(lab: Lab, process: Process, since: datetime | int | None = None) -> Generation:
    """Begin a new edition, and let the process know."""
    generations = Generations(lab.database, Checkpoints(lab.database, lab.clock), process.resolver)
    (projection,) = process.subscriptions
    async with process.resolver.scope({Context: Context()}) as scope:
        work = await scope.get(SqlUnitOfWork)
        generation = await generations.rebuild(work, projection, since)
        await work.commit()
    lab.wake()
    return generation


async def until_active(lab: Lab, generation: int) -> None:
    """Wait until an edition is the one that is read, and the others are forgotten."""
    of = subscription_generations.c

    async def active() -> bool:
        lab.wake()
        rows = await lab.database.fetch(select(of.generation, of.state).where(of.subscription == NAME))
        return [tuple(row) for row in rows] == [(generation, "active")]

    await eventually(active)


async def shown(lab: Lab) -> list[str]:
    """Return what a reader of the projection sees."""
    statement = select(effects.c.text).where(effects.c.generation == active_generation(NAME)).order_by(effects.c.id)
    return [row[0] for row in await lab.database.fetch(statement)]
