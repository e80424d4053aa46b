"""What somebody chose goes before what is usual, here before everywhere."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.core import Invalid, UserId, new_id
from colonnade.domain.notifications import (
    OUTSIDE,
    USUAL,
    Channel,
    ChatUrl,
    Kind,
    PersonalSettings,
    PhoneNumber,
    PreferenceChanged,
    Preferences,
    SettingsChanged,
    TimeZone,
    Timing,
    preferences_id,
    timing_of,
)
from colonnade.domain.workspaces import WorkspaceId

ADA, HERE = new_id(UserId), new_id(WorkspaceId)
cells = st.tuples(st.sampled_from(Kind), st.sampled_from(OUTSIDE))
choices = st.dictionaries(cells, st.sampled_from(Timing))


def preferences(workspace_id: WorkspaceId | None, chosen: dict[tuple[Kind, Channel], Timing]) -> Preferences:
    made = Preferences.untouched(ADA, workspace_id)
    for (kind, channel), timing in chosen.items():
        made.choose(kind, channel, timing)
    return made


@given(choices, choices, cells)
def test_the_nearest_choice_counts(
    here: dict[tuple[Kind, Channel], Timing],
    everywhere: dict[tuple[Kind, Channel], Timing],
    cell: tuple[Kind, Channel],
) -> None:
    layers = (preferences(HERE, here), preferences(None, everywhere))
    assert timing_of(*cell, layers) == here.get(cell, everywhere.get(cell, USUAL[cell]))


@given(choices)
def test_every_choice_can_be_taken_back(chosen: dict[tuple[Kind, Channel], Timing]) -> None:
    made = preferences(HERE, chosen)
    for cell in chosen:
        made.choose(*cell, None)
    assert made.choices == {}
    assert len(made.recorded_events) == 2 * len(chosen)


def test_by_default_the_app_tells_all_and_text_messages_nothing() -> None:
    assert {USUAL[kind, Channel.IN_APP] for kind in Kind} == {Timing.AT_ONCE}
    assert {USUAL[kind, channel] for kind, channel in product(Kind, (Channel.SMS, Channel.CHAT))} == {Timing.OFF}
    assert USUAL[Kind.DUE_SOON, Channel.MAIL] is Timing.DIGEST


def test_the_same_choice_again_changes_nothing() -> None:
    made = Preferences.untouched(ADA, HERE)
    made.choose(Kind.OVERDUE, Channel.MAIL, Timing.OFF)
    made.choose(Kind.OVERDUE, Channel.MAIL, Timing.OFF)
    made.choose(Kind.ASSIGNED, Channel.MAIL, None)
    assert made.release_events() == (
        PreferenceChanged(user_id=ADA, workspace_id=HERE, kind=Kind.OVERDUE, channel=Channel.MAIL, timing=Timing.OFF),
    )


def test_the_app_has_no_digest_but_can_be_silent() -> None:
    made = Preferences.untouched(ADA, HERE)
    with pytest.raises(Invalid):
        made.choose(Kind.ASSIGNED, Channel.IN_APP, Timing.DIGEST)
    made.choose(Kind.ASSIGNED, Channel.IN_APP, Timing.OFF)
    assert timing_of(Kind.ASSIGNED, Channel.IN_APP, [made]) is Timing.OFF


def test_there_is_one_set_of_preferences_for_each_person_and_place() -> None:
    ben, there = new_id(UserId), new_id(WorkspaceId)
    ids = {preferences_id(user, place) for user in (ADA, ben) for place in (HERE, there, None)}
    assert len(ids) == 6
    assert preferences_id(ADA, HERE) in ids


def test_settings_say_what_changed_and_not_to_what() -> None:
    made = PersonalSettings.untouched(ADA)
    made.change(phone=PhoneNumber("+4915112345678"), digest_hours=(18, 8, 8), timezone=TimeZone("UTC"))
    made.change(digest_hours=(8, 18))
    assert made.digest_hours == (8, 18)
    assert made.release_events() == (SettingsChanged(user_id=ADA, changed=("digest_hours", "phone")),)


def test_an_unknown_setting_is_a_mistake_of_the_programmer() -> None:
    with pytest.raises(TypeError, match="colour"):
        PersonalSettings.untouched(ADA).change(colour="red")


def test_who_gave_no_number_cannot_get_a_text() -> None:
    made = PersonalSettings.untouched(ADA)
    assert [channel for channel in Channel if made.reaches(channel)] == [Channel.IN_APP, Channel.MAIL]
    made.change(phone=PhoneNumber("+4915112345678"), chat_url=ChatUrl("https://chat.example.com/hooks/1"))
    assert all(made.reaches(channel) for channel in Channel)


@pytest.mark.parametrize(
    "name", ["Europe/Atlantis", "Europe", "../etc/passwd", "/etc/localtime", "", "UTC+99", "x" * 90]
)
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(Invalid):
        TimeZone(name)


@pytest.mark.parametrize("number", ["015112345678", "+0151", "+49 151 123", "+1234567890123456", "tel:+4915112345678"])
def test_a_number_that_is_none_is_refused(number: str) -> None:
    with pytest.raises(Invalid):
        PhoneNumber(number)


@pytest.mark.parametrize("url", ["ftp://x.example", "https://", "https://u:p@x.example/h", "https://x.example/#f"])
def test_a_room_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(Invalid):
        ChatUrl(url)
