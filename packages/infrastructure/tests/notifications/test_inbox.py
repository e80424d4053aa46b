"""Looking through what one was told, and choosing what to hear of."""

from typing import Any

import pytest
from pydantic import ValidationError

from colonnade.application.notifications import (
    ArchiveNotifications,
    CountUnread,
    EditPreferences,
    EditSettings,
    GetPreferences,
    GetSettings,
    ListNotificationDeliveries,
    ListNotifications,
    MarkRead,
)
from colonnade.core import Conflict, Invalid, NotFound, Page
from colonnade.core.errors import StaleVersion
from colonnade.domain.notifications import USUAL, Channel, Kind, PreferenceChanged, Preferences, SettingsChanged, Timing
from colonnade.domain.workspaces import WorkspaceId
from colonnade.infrastructure.notifications.repository import SqlPreferencesRepository

from .desk import Desk


@pytest.fixture
async def told(desk: Desk) -> Desk:
    """A desk that told Ben of five tasks, a second apart."""
    for number in range(1, 6):
        await desk.task(desk.ada, assignee=desk.ben, number=number, title=f"Task {number}")
        await desk.later(seconds=1)
    return desk


def keys(page: Page[Any]) -> list[str]:
    return [item.facts["key"] for item in page.items]


async def test_the_newest_comes_first_page_by_page(told: Desk) -> None:
    first = await told.ask(told.ben, ListNotifications(limit=2))
    second = await told.ask(told.ben, ListNotifications(limit=2, cursor=first.next))
    third = await told.ask(told.ben, ListNotifications(limit=2, cursor=second.next))
    assert [keys(page) for page in (first, second, third)] == [["WEB-5", "WEB-4"], ["WEB-3", "WEB-2"], ["WEB-1"]]
    assert third.next is None


async def test_a_cursor_is_good_for_its_list_alone(told: Desk) -> None:
    page = await told.ask(told.ben, ListNotifications(limit=2))
    for person, query in (
        (told.ada, ListNotifications(limit=2, cursor=page.next)),
        (told.ben, ListNotifications(limit=2, cursor=page.next, unread=True)),
    ):
        with pytest.raises(Invalid):
            await told.ask(person, query)


async def test_what_was_read_is_counted_no_more(told: Desk) -> None:
    newest = (await told.ask(told.ben, ListNotifications(limit=2))).items
    for _ in range(2):
        await told.ask(told.ben, MarkRead(ids=[one.id for one in newest]))
        told.clock.advance(seconds=1)
    assert (await told.ask(told.ben, CountUnread())).count == 3
    assert keys(await told.ask(told.ben, ListNotifications(unread=True))) == ["WEB-3", "WEB-2", "WEB-1"]
    read = (await told.ask(told.ben, ListNotifications(limit=2))).items
    assert {one.read_at for one in read} == {told.clock.now().replace(second=5)}
    await told.ask(told.ben, MarkRead(everything=True))
    assert (await told.ask(told.ben, CountUnread())).count == 0


async def test_what_is_archived_is_gone_and_read(told: Desk) -> None:
    [newest] = (await told.ask(told.ben, ListNotifications(limit=1))).items
    await told.ask(told.ben, ArchiveNotifications(ids=[newest.id]))
    assert (await told.ask(told.ben, CountUnread())).count == 4
    assert "WEB-5" not in keys(await told.ask(told.ben, ListNotifications()))


async def test_nobody_sees_or_changes_what_others_were_told(told: Desk) -> None:
    [newest] = (await told.ask(told.ben, ListNotifications(limit=1))).items
    assert (await told.ask(told.cy, ListNotifications())).items == ()
    await told.ask(told.cy, MarkRead(everything=True))
    await told.ask(told.cy, MarkRead(ids=[newest.id]))
    await told.ask(told.cy, ArchiveNotifications(ids=[newest.id]))
    assert (await told.ask(told.ben, CountUnread())).count == 5
    with pytest.raises(NotFound):
        await told.ask(told.cy, ListNotificationDeliveries(notification_id=newest.id))


@pytest.mark.parametrize("fields", [{}, {"everything": True, "ids": ["01890a5d-ac96-7000-8000-000000000001"]}])
def test_what_is_read_is_named_or_everything(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        MarkRead.model_validate(fields)


async def test_who_chose_nothing_hears_what_is_usual(desk: Desk) -> None:
    view = await desk.ask(desk.ben, GetPreferences(workspace_id=desk.workspace.id))
    assert {(kind, channel): view.timings[kind][channel] for kind, channel in USUAL} == USUAL
    assert (view.chosen, view.version) == ({}, 0)


async def test_what_is_chosen_in_a_workspace_goes_before_what_is_chosen_for_all(desk: Desk) -> None:
    here = desk.workspace.id
    await desk.prefer(desk.ben, "assigned", "mail", "digest")
    await desk.prefer(desk.ben, "assigned", "chat", "at_once")
    await desk.prefer(desk.ben, "assigned", "mail", "off", workspace_id=here)
    view = await desk.ask(desk.ben, GetPreferences(workspace_id=here))
    assert view.chosen == {Kind.ASSIGNED: {Channel.MAIL: Timing.OFF}}
    assert view.timings[Kind.ASSIGNED] == {"in_app": "at_once", "mail": "off", "sms": "off", "chat": "at_once"}
    await desk.prefer(desk.ben, "assigned", "mail", None, workspace_id=here)
    view = await desk.ask(desk.ben, GetPreferences(workspace_id=here))
    assert view.timings[Kind.ASSIGNED][Channel.MAIL] is Timing.DIGEST
    assert view.version == 2
    kinds = [type(recorded.event) for recorded in await desk._log()]
    assert kinds.count(PreferenceChanged) == 4


async def test_a_choice_that_is_the_present_one_changes_nothing(desk: Desk) -> None:
    await desk.prefer(desk.ben, "assigned", "mail", None)
    assert (await desk.ask(desk.ben, GetPreferences())).version == 0
    await desk.prefer(desk.ben, "assigned", "mail", "off")
    await desk.prefer(desk.ben, "assigned", "mail", "off")
    assert (await desk.ask(desk.ben, GetPreferences())).version == 1


async def test_who_saw_an_older_version_does_not_overwrite(desk: Desk) -> None:
    await desk.prefer(desk.ben, "assigned", "mail", "off", expected_version=0)
    with pytest.raises(StaleVersion):
        await desk.prefer(desk.ben, "assigned", "mail", "digest", expected_version=0)
    await desk.set(desk.ben, phone="+4915112345678", expected_version=0)
    with pytest.raises(StaleVersion):
        await desk.set(desk.ben, phone=None, expected_version=0)


async def test_of_two_first_choices_at_the_same_moment_one_is_asked_to_repeat(desk: Desk) -> None:
    """The other one made the row meanwhile."""
    made = [Preferences.untouched(desk.ben, None) for _ in range(2)]
    first, second = desk.house.unit_of_work(), desk.house.unit_of_work()
    for preferences, work in zip(made, (first, second), strict=True):
        preferences.choose(Kind.ASSIGNED, Channel.MAIL, Timing.OFF)
        await SqlPreferencesRepository(work).add(preferences)
    await first.commit()
    with pytest.raises(Conflict):
        await second.commit()


@pytest.mark.parametrize("message", [GetPreferences, EditPreferences])
async def test_to_who_does_not_belong_there_is_no_workspace(desk: Desk, message: Any) -> None:
    stranger = await desk.house.person()
    fields: dict[str, Any] = {"choices": {}} if message is EditPreferences else {}
    for place in (desk.workspace.id, WorkspaceId(desk.ben)):
        with pytest.raises(NotFound):
            await desk.ask(stranger, message(workspace_id=place, **fields))


async def test_settings_stay_as_they_are_unless_they_are_sent(desk: Desk) -> None:
    usual = await desk.ask(desk.ben, GetSettings())
    assert (usual.timezone, usual.quiet_hours, usual.digest_hours, usual.version) == ("UTC", None, (8,), 0)
    await desk.set(desk.ben, timezone="Europe/Berlin", quiet_hours={"start": "22:00", "end": "07:00"})
    await desk.set(desk.ben, phone="+4915112345678", digest_hours=[18, 8])
    changed = await desk.ask(desk.ben, EditSettings(quiet_hours=None))
    assert changed == await desk.ask(desk.ben, GetSettings())
    assert changed.model_dump(exclude={"version"}) == {
        "timezone": "Europe/Berlin",
        "quiet_hours": None,
        "digest_hours": (8, 18),
        "phone": "+4915112345678",
        "chat_url": None,
    }
    changes = [recorded.event.changed for recorded in await desk._log() if type(recorded.event) is SettingsChanged]
    assert changes == [("timezone", "quiet_hours"), ("digest_hours", "phone"), ("quiet_hours",)]


@pytest.mark.parametrize(
    "fields",
    [
        {"timezone": None},
        {"timezone": "Europe/Atlantis"},
        {"digest_hours": []},
        {"digest_hours": [24]},
        {"quiet_hours": {"start": "22:00"}},
        {"phone": "0151"},
        {"chat_url": "chat.example.com"},
        {"colour": "red"},
    ],
)
def test_settings_that_make_no_sense_are_refused(fields: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        EditSettings.model_validate(fields)


def test_where_a_room_is_is_not_shown_in_logs() -> None:
    assert "x7k2" not in repr(EditSettings.model_validate({"chat_url": "https://chat.example.com/hooks/x7k2"}))
