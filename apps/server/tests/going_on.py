"""What goes on after a request was answered: processes, notifications."""

from colonnade.application.messaging import Context
from colonnade.application.operations import JobState, ListJobs, ListSubscriptions
from colonnade.server.product import SUBSCRIPTIONS

from .house import House, Json, Person
from .waiting import eventually, found

OVER = ("completed", "undone", "stuck")


async def process_at(person: Person, workspace: str, process_id: str, *statuses: str, step: str | None = None) -> Json:
    """Wait until a process stands as is wanted, by default at its end, and return it."""

    async def look() -> Json | None:
        process = await person.get(f"{workspace}/processes/{process_id}")
        there = process["status"] in (statuses or OVER)
        return process if there and (step is None or process["step"] == step) else None

    process: Json = await found(look, f"the process is {' or '.join(statuses or OVER)}")
    return process


async def told(person: Person, kind: str) -> Json:
    """Wait until somebody was told of something, and return the newest notification of it."""

    async def look() -> Json | None:
        items: list[Json] = (await person.get("/notifications"))["items"]
        return next((item for item in items if item["kind"] == kind), None)

    notification: Json = await found(look, f"{person.email} is told: {kind}")
    return notification


def steps_of(process: Json) -> list[str]:
    """Return what happened to a process, without the ids of jobs."""
    return [entry["what"].partition(" (job ")[0] for entry in process["history"]]


async def caught_up(house: House) -> None:
    """Wait until every subscription has handled every event, and nothing that is due is left to run."""
    console = Context(console="tests")

    async def done() -> bool:
        listed = (await house.server.bus.send(ListSubscriptions(), console)).items
        if {each.name for each in listed} != {each.name for each in SUBSCRIPTIONS}:
            return False
        if any(each.behind or each.retrying or each.waiting for each in listed):
            return False
        busy = [
            (await house.server.bus.send(ListJobs(state=state), console)).items
            for state in (JobState.WAITING, JobState.RUNNING)
        ]
        return not any(busy)

    await eventually(done, "everything is handled")
