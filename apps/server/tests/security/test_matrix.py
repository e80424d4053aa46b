"""Every operation, asked for by everybody, everywhere: what must happen is worked out from the policy as data."""

from collections.abc import AsyncIterator, Iterator
from enum import StrEnum
from typing import Any, NamedTuple

import httpx2
import pytest

from colonnade.api.contract import Row
from colonnade.api.work import CONTRACT
from colonnade.application.messaging import PUBLIC, Command, Message, OpenTo
from colonnade.application.operations import OperationsPermission
from colonnade.domain.projects import ProjectId
from colonnade.domain.tasks import TaskId
from colonnade.domain.workspaces import Condition, Permission
from colonnade.domain.workspaces.permissions import OF_THE_WHOLE
from colonnade.testing.databases import SqliteTemplate

from ..requests import ROWS, body_of, name_of, path_of
from .scene import Place, Scene, Somebody, Theatre, meets

UNTRIED: dict[str, str] = {}
"""Messages that the matrix cannot try, and why not."""


EVERY_PROJECT = 2
"""So many projects are in the scene's workspace."""


class Outcome(StrEnum):
    """What the gate says."""

    UNKNOWN = "not signed in"
    FORBIDDEN = "may not"
    NO_WORKSPACE = "there is no such workspace"
    NO_RESOURCE = "there is no such project or task"
    THROUGH = "let through"


def expected(message: Message[Any], who: Somebody, place: Place) -> Outcome:
    """Work out what must happen from the rule of a message, the grants of a role and the limits of a token."""
    rule = message.access
    if rule is PUBLIC:
        return Outcome.THROUGH
    if not who.signed_in:
        return Outcome.UNKNOWN
    if who.carried is not None and not message.open_to_tokens:
        return Outcome.FORBIDDEN
    if isinstance(rule, OpenTo):
        return Outcome.THROUGH
    if who.carried is not None and (rule not in who.carried or message.step_up):
        return Outcome.FORBIDDEN if rule not in who.carried else _permitted(message, who, place, refused_later=True)
    if isinstance(rule, OperationsPermission):
        return Outcome.THROUGH if who.is_operator else Outcome.FORBIDDEN
    return _permitted(message, who, place)


def _permitted(message: Message[Any], who: Somebody, place: Place, *, refused_later: bool = False) -> Outcome:
    if who.grants is None or not place.belongs:
        return Outcome.NO_WORKSPACE
    condition = who.grants.get(Permission(message.access))
    if condition is None:
        return Outcome.FORBIDDEN
    if len(who.sees) < EVERY_PROJECT and message.access in OF_THE_WHOLE:
        return Outcome.FORBIDDEN
    if place.project not in who.sees and _names_some(message, place):
        return Outcome.NO_RESOURCE
    if condition is not Condition.ALWAYS and not (
        "task_id" in type(message).model_fields and meets(condition, who, place)
    ):
        return Outcome.FORBIDDEN
    return Outcome.FORBIDDEN if refused_later else Outcome.THROUGH


def _names_some(message: Message[Any], place: Place) -> bool:
    """Tell whether a message names the project or the task of a place, by whatever field."""
    things = {place.known["project_id"], place.known["task_id"]}
    values = (getattr(message, name) for name in type(message).model_fields)
    return any(str(value) in things for value in values)


def observed(answer: httpx2.Response, row: Row) -> Outcome:
    """Tell what the gate said; what a handler refuses was let through."""
    document = answer.json() if answer.status_code >= 400 else {}
    code, field = document.get("code", ""), document.get("field")
    assert answer.status_code < 500, answer.text
    if answer.status_code == 401:
        return Outcome.UNKNOWN if code in {"unauthenticated", "token_refused", "step_up_required"} else Outcome.THROUGH
    if answer.status_code == 403:
        return Outcome.FORBIDDEN
    if answer.status_code == 404 and field == "workspace_id":
        return Outcome.NO_WORKSPACE
    if answer.status_code == 404 and document["detail"] in {"there is no such project", "there is no such task"}:
        return Outcome.NO_RESOURCE
    return Outcome.THROUGH


@pytest.fixture(scope="module")
async def theatre(sqlite_template: SqliteTemplate, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Theatre]:
    """The scene, prepared."""
    theatre = Theatre(tmp_path_factory.mktemp("theatre"))
    async with sqlite_template.copy() as url:
        await theatre.prepare(url)
    yield theatre
    await theatre.close()


@pytest.fixture
async def scene(theatre: Theatre) -> Scene:
    """The scene, as nobody has changed it yet."""
    return await theatre.scene()


def sample(row: Row, place: Place) -> tuple[str, dict[str, Any] | None, Message[Any]]:
    """Return path, body and message of a row's request at a place."""
    body = body_of(row)
    for name, kind in (("project_id", ProjectId), ("task_id", TaskId)):
        for given in body or {}:
            if row.message.model_fields[given].annotation is kind:
                body = {**(body or {}), given: place.known[name]}
    path = path_of(row, **place.known)
    values = dict(zip(row.path_fields, _parts(row, path), strict=True))
    return path, body, row.message.model_validate({**(body or {}), **values})


def _parts(row: Row, path: str) -> list[str]:
    pairs = zip(row.path.split("/"), path.split("/"), strict=True)
    return [given for template, given in pairs if template.startswith("{")]


@pytest.mark.parametrize("row", [row for row in ROWS if row.message.wire_name not in UNTRIED], ids=name_of)
async def test_everybody_gets_what_the_policy_says(scene: Scene, row: Row) -> None:
    """Own, private, foreign and missing workspaces; whoever is refused changes nothing, and is asked first."""
    cells = list(_cells(scene, row))
    before = await scene.changes()
    wrong = [await _tried(row, cell) for cell in cells if cell.should is not Outcome.THROUGH]
    assert await scene.changes() == before, "somebody who was refused changed something"
    wrong += [await _tried(row, cell) for cell in cells if cell.should is Outcome.THROUGH]
    assert not any(wrong), "\n".join(filter(None, wrong))


class Cell(NamedTuple):
    """Somebody who asks for something somewhere."""

    label: str
    who: Somebody
    path: str
    body: dict[str, Any] | None
    should: Outcome


def _cells(scene: Scene, row: Row) -> Iterator[Cell]:
    for where, place in scene.places.items():
        path, body, message = sample(row, place)
        if where != "own" and ("workspace_id" not in row.message.model_fields):
            continue
        if where == "closed" and not _names_some(message, place):
            continue
        for name, who in scene.everybody.items():
            yield Cell(f"{name} at {where}", who, path, body, expected(message, who, place))


async def _tried(row: Row, cell: Cell) -> str | None:
    """Send the request and return what is wrong with the answer, if anything is.

    Whoever was let through before may have taken the task away, so one that is let through may find it gone.
    """
    answer = await cell.who.person.send(row.method, cell.path, cell.body)
    did = observed(answer, row)
    gone = issubclass(row.message, Command) and cell.should is Outcome.THROUGH and did is Outcome.NO_RESOURCE
    if did is cell.should or gone:
        return None
    return f"{cell.label}: {cell.should} expected, got {did}: {answer.status_code} {answer.text}"


def test_every_row_is_tried_or_said_why_not() -> None:
    """A new operation is in the matrix as soon as it is in the table, or its name and a reason stand above."""
    names = {row.message.wire_name for row in CONTRACT}
    assert names >= UNTRIED.keys()
    assert all(len(reason.split()) > 3 for reason in UNTRIED.values())
