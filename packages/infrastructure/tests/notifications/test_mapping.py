"""Preferences and settings survive the way into their rows and back, whatever is in them."""

from datetime import time
from types import SimpleNamespace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from colonnade.domain.notifications import (
    Channel,
    ChatUrl,
    Kind,
    PersonalSettings,
    PhoneNumber,
    Preferences,
    QuietHours,
    TimeZone,
    Timing,
)
from colonnade.infrastructure.database.aggregates import AggregateTable, Values
from colonnade.infrastructure.notifications.repository import PREFERENCES, SETTINGS

EXAMPLES = settings(max_examples=40, deadline=None, derandomize=True)


walls = st.builds(time, st.integers(0, 23), st.integers(0, 59))
quiet_hours = st.tuples(walls, walls).filter(lambda pair: pair[0] != pair[1])
cells = st.tuples(st.sampled_from(Kind), st.sampled_from(Channel))
preferences = st.builds(
    Preferences,
    id=st.uuids(),
    version=st.integers(1, 2**31 - 1),
    user_id=st.uuids(),
    workspace_id=st.none() | st.uuids(),
    choices=st.dictionaries(cells, st.sampled_from(Timing)),
)
personal = st.builds(
    PersonalSettings,
    id=st.uuids(),
    version=st.integers(1, 2**31 - 1),
    timezone=st.sampled_from(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires"]).map(TimeZone),
    quiet_hours=st.none() | quiet_hours.map(lambda pair: QuietHours(start=pair[0], end=pair[1])),
    digest_hours=st.lists(st.integers(0, 23), min_size=1, max_size=4).map(tuple),
    phone=st.none() | st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True).map(PhoneNumber),
    chat_url=st.none() | st.from_regex(r"https://[a-z]{1,9}/[a-z0-9]{0,9}", fullmatch=True).map(ChatUrl),
)


def stored(kind: AggregateTable[Any], row: Values) -> SimpleNamespace:
    """Return a row as the database gives it back."""
    dialect = sqlite.dialect()
    back = {}
    for name, value in row.items():
        type_ = kind.table.c[name].type
        bind = type_.dialect_impl(dialect).bind_processor(dialect)
        load = type_.dialect_impl(dialect).result_processor(dialect, None)
        driver = bind(value) if bind else value
        back[name] = load(driver) if load else driver
    return SimpleNamespace(**back)


@EXAMPLES
@given(preferences)
def test_preferences_come_back_as_they_went(made: Preferences) -> None:
    row = PREFERENCES.to_row(made)
    back = PREFERENCES.to_domain(stored(PREFERENCES, row), ())
    assert (back.id, back.version, back.user_id, back.workspace_id) == (
        made.id,
        made.version,
        made.user_id,
        made.workspace_id,
    )
    assert back.choices == made.choices
    assert PREFERENCES.to_row(back) == row


@EXAMPLES
@given(personal)
def test_settings_come_back_as_they_went(made: PersonalSettings) -> None:
    row = SETTINGS.to_row(made)
    back = SETTINGS.to_domain(stored(SETTINGS, row), ())
    assert SETTINGS.to_row(back) == row
    assert (back.timezone.rules, back.quiet_hours, back.digest_hours) == (
        made.timezone.rules,
        made.quiet_hours,
        made.digest_hours,
    )
    assert (back.phone, back.chat_url) == (made.phone, made.chat_url)
