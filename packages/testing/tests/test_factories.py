"""Factories make valid things, and the same ones again."""

import pytest

from colonnade.application.messaging import Message
from colonnade.application.tasks import CreateTask
from colonnade.core import UserId
from colonnade.testing.factories import MESSAGES, EntityFactory, MessageFactory


@pytest.mark.parametrize("kind", MESSAGES)
def test_every_message_can_be_made(kind: type[Message[object]]) -> None:
    """Each message of the product is made valid: what goes over the wire makes it again."""
    made = MessageFactory(seed=3)(kind)
    assert kind.model_validate_json(made.model_dump_json(exclude_unset=True)) == made


def test_the_same_seed_makes_the_same() -> None:
    """Two factories with one seed agree on everything; with another seed they do not."""

    def everything(seed: int) -> list[object]:
        entities, messages = EntityFactory(seed), MessageFactory(seed)
        people = [entities.user(confirmed=True), entities.session(), entities.secret()]
        machines = [entities.personal_token(), entities.device_grant()]
        work = [entities.workspace(), entities.own_role("task.read"), entities.project(), entities.task()]
        return [*map(repr, (*people, *machines, *work)), *(messages(kind) for kind in MESSAGES)]

    assert everything(5) == everything(5) != everything(6)


def test_given_fields_are_kept() -> None:
    """What a test cares about is given; the rest is drawn."""
    entities = EntityFactory()
    project, owner = entities.project(key="WEB"), entities.id(UserId)
    assert entities.task(project, number=12, by=owner).key == "WEB-12"
    assert MessageFactory()(CreateTask, project_id=project.id, title="Ship it").title == "Ship it"


def test_ids_sort_by_their_making() -> None:
    """Identifiers are UUIDv7, later ones after earlier ones."""
    entities = EntityFactory()
    made = [entities.id(UserId) for _ in range(20)]
    assert made == sorted(made)
    assert {value.version for value in made} == {7}
