"""Where messages came from is sealed with the key of whoever sent them."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest

from colonnade.infrastructure.protection import Circumstances
from colonnade.infrastructure.protection.circumstances import MARK

from .registry import CitizenCounted, Registry

CIRCUMSTANCES = Circumstances()
ABOUT = {"address": "192.0.2.7", "agent": "Firefox", "message": "registry.count"}


async def stored(registry: Registry, about: dict[str, str], events: Any = ()) -> tuple[UUID, dict[str, str]]:
    """Return the id of an event and its metadata as they are stored."""
    event_id, owner = uuid4(), CIRCUMSTANCES.owner(events, about)
    keys = await registry.keys.ensure([] if owner is None else [owner])
    return event_id, CIRCUMSTANCES.seal(about, event_id, owner, keys)


async def shown(registry: Registry, event_id: UUID, kept: dict[str, str]) -> dict[str, str | None]:
    """Return metadata as they are shown."""
    (opened,) = await CIRCUMSTANCES.opened(registry.keys, [(event_id, kept)])
    return opened


async def test_they_are_opened_until_the_key_is_destroyed(registry: Registry) -> None:
    ada = await registry.register()
    event_id, kept = await stored(registry, {**ABOUT, "caller": str(ada)})
    assert kept["message"] == ABOUT["message"]
    assert all(kept[name].startswith(MARK) for name in ("address", "agent"))
    assert await shown(registry, event_id, kept) == {**ABOUT, "caller": str(ada)}
    await registry.keys.destroy(ada)
    assert await shown(registry, event_id, kept) == {**kept, "address": "erased", "agent": "erased"}


async def test_whoever_is_not_signed_in_yet_is_known_by_the_event(registry: Registry) -> None:
    """A sign-in says whose it is."""
    ada = await registry.register()
    event_id, kept = await stored(registry, ABOUT, [SimpleNamespace(user_id=ada)])
    assert kept["address"].startswith(MARK)
    assert await shown(registry, event_id, kept) == ABOUT


async def test_of_an_erased_person_nothing_new_is_kept(registry: Registry) -> None:
    ada = await registry.register()
    await registry.keys.destroy(ada)
    _, kept = await stored(registry, {**ABOUT, "caller": str(ada)})
    assert kept == {"message": ABOUT["message"], "caller": str(ada)}


async def test_a_stranger_cannot_pretend_that_something_is_sealed(registry: Registry) -> None:
    """What programs say of themselves can be anything, even what was copied from elsewhere."""
    ada = await registry.register()
    _, kept = await stored(registry, {**ABOUT, "caller": str(ada)})
    event_id, false = await stored(registry, {"agent": kept["agent"]})
    assert not false["agent"].startswith(MARK)
    assert await shown(registry, event_id, false) == false


@pytest.mark.parametrize("text", ["no base64", "AAAA", ""])
async def test_what_cannot_be_opened_is_shown_as_it_lies(registry: Registry, text: str) -> None:
    """The audit is read all the same; whoever verifies it finds the alteration."""
    assert await shown(registry, uuid4(), {"agent": MARK + text}) == {"agent": MARK + text}


async def test_what_was_moved_to_another_event_is_not_opened(registry: Registry) -> None:
    ada = await registry.register()
    _, kept = await stored(registry, {**ABOUT, "caller": str(ada)})
    assert await shown(registry, uuid4(), kept) == kept


async def test_the_log_holds_them_sealed(registry: Registry) -> None:
    """Of events about nobody as well."""
    ada = await registry.register()
    sealing = await registry.protection.sealing([CitizenCounted(number=1)], {**ABOUT, "caller": str(ada)})
    assert sealing is not None
    written = sealing.about_to_json(uuid4()).decode()
    assert not any(ABOUT[name] in written for name in ("address", "agent"))
