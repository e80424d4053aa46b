"""What one was told, and what one hears of."""

from string import Formatter
from typing import Any

import pytest

from colonnade.application.notifications.news import NEEDED
from colonnade.client.commands.notifications import SENTENCES
from colonnade.domain.notifications import Kind

from ..terminal import Terminal, eventually


@pytest.fixture
def told(ada: Terminal, grace: Terminal) -> Terminal:
    """Grace, who was let into the workspace and has got the task WEB-1 since."""
    notifications_of(grace, 1)
    ada.type("tasks", "create", "Write", "--assignee", grace.email)
    notifications_of(grace, 2)
    return grace


def notifications_of(person: Terminal, count: int) -> list[dict[str, Any]]:
    """Somebody's notifications, as soon as there are so many."""

    def look() -> list[dict[str, Any]] | None:
        found: list[dict[str, Any]] = person.read("notifications", "list", "--all")["items"]
        return found if len(found) == count else None

    return eventually(look, f"{count} notifications")


def rows(person: Terminal, *words: str) -> list[str]:
    """What a list of notifications shows, without the heading."""
    return person.type("notifications", *words).stdout.splitlines()[1:]


def test_what_was_not_read_is_listed_if_nothing_else_is_said(told: Terminal) -> None:
    """The newest is the first, in words, with the workspace that it is about."""
    first, second = rows(told)
    assert first.startswith("*")
    assert "Engines    WEB-1 was assigned to you: Write" in first
    assert "You were let into the workspace Engines" in second
    assert rows(told, "list") == [first, second]


def test_what_was_read_is_shown_if_it_is_asked_for(told: Terminal) -> None:
    """It goes by the id that the list shows, and has no star any more."""
    short_id = rows(told)[0].split()[1]
    assert told.type("notifications", "read", short_id).stdout == "You have read 1 notification.\n"
    (unread,) = rows(told)
    read, still = rows(told, "--all")
    assert still == unread
    assert read.split()[0] == short_id


def test_several_are_read_by_their_whole_ids(told: Terminal) -> None:
    """As a script has them."""
    ids = [each["id"] for each in told.read("notifications", "list")["items"]]
    assert told.type("notifications", "read", *ids).stdout == "You have read 2 notifications.\n"
    assert told.read("notifications", "list")["items"] == []


def test_everything_is_read_at_once(told: Terminal) -> None:
    """No id is needed for it."""
    assert told.type("notifications", "read", "--all").stdout == "You have read everything.\n"
    assert rows(told) == []
    assert len(rows(told, "--all")) == 2


def test_what_is_put_away_is_listed_no_more(told: Terminal) -> None:
    """Not even among what was read."""
    short_id = rows(told)[0].split()[1]
    assert told.type("notifications", "archive", short_id).stdout == "You have put 1 notification away.\n"
    assert [row.split()[1] for row in rows(told, "--all")] != [short_id]
    assert len(rows(told, "--all")) == 1


def test_a_list_that_is_cut_says_so_beside_the_table(told: Terminal) -> None:
    """A larger limit shows the rest."""
    result = told.type("notifications", "--limit", "1")
    assert len(result.stdout.splitlines()) == 2
    assert "--limit" in result.stderr
    assert told.type("notifications", "--limit", "2").stderr == ""


def test_an_id_that_nothing_has_is_repeated(told: Terminal) -> None:
    """Somebody who mistyped sees it."""
    assert "'0badcafe'" in told.refusal("notifications", "read", "0badcafe", exit_code=4)


def test_it_is_told_what_became_of_it_outside_the_app(told: Terminal) -> None:
    """A mail was handed over."""
    short_id = rows(told)[0].split()[1]

    def look() -> list[str] | None:
        _, row = told.type("notifications", "deliveries", short_id).stdout.splitlines()
        return row.split() if "sent" in row else None

    assert eventually(look, "a mail is sent")[:2] == ["mail", "sent"]


def test_the_notifications_of_others_are_nobody_elses_business(told: Terminal, ada: Terminal) -> None:
    """Not even for somebody who knows the id."""
    (theirs, _) = told.read("notifications", "list")["items"]
    ada.refusal("notifications", "deliveries", theirs["id"], exit_code=4)


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_told_with_facts_that_it_has(kind: Kind) -> None:
    """A sentence that names another fact could not be shown."""
    assert {name for _, name, _, _ in Formatter().parse(SENTENCES[kind]) if name} <= NEEDED[kind]


def test_settings_that_are_not_named_stay_as_they_are(newcomer: Terminal) -> None:
    """Each option ends up in its field, alone."""
    before = newcomer.read("notifications", "settings", "show")
    for words, changes in (
        (("--timezone", "Europe/Berlin"), {"timezone": "Europe/Berlin"}),
        (
            ("--quiet-from", "22:00", "--quiet-to", "7:30"),
            {"quiet_hours": {"start": "22:00:00", "end": "07:30:00"}},
        ),
        (("--digest-hour", "17", "--digest-hour", "8"), {"digest_hours": [8, 17]}),
        (("--phone", "+4915112345678"), {"phone": "+4915112345678"}),
        (("--chat-url", "https://chat.example.com/x"), {"chat_url": "https://chat.example.com/x"}),
    ):
        after = newcomer.read("notifications", "settings", "set", *words)
        assert after == {**before, **changes, "version": before["version"] + 1}
        before = after


def test_a_person_sees_the_settings_in_words(newcomer: Terminal) -> None:
    """Hours are those of a clock on the wall."""
    words = ("--timezone", "Europe/Berlin", "--quiet-from", "22:00", "--quiet-to", "07:00", "--digest-hour", "9")
    newcomer.type("notifications", "settings", "set", *words)
    assert newcomer.type("notifications", "settings").stdout == (
        "Time zone    Europe/Berlin\nQuiet hours  22:00 to 07:00\nDigests at   09:00\n"
    )


def test_settings_have_an_end(newcomer: Terminal) -> None:
    """Somebody gets no more text messages, no more chat messages, and has no more quiet hours."""
    before = newcomer.read("notifications", "settings", "show")
    words = (
        "--quiet-from",
        "22:00",
        "--quiet-to",
        "7:00",
        "--phone",
        "+4915112345678",
        "--chat-url",
        "https://c.test/",
    )
    newcomer.type("notifications", "settings", "set", *words)
    after = newcomer.read("notifications", "settings", "set", "--no-quiet", "--no-phone", "--no-chat-url")
    assert {**after, "version": 0} == before


@pytest.mark.parametrize(
    "words",
    [
        ("--timezone", "Mars/Olympus"),
        ("--phone", "12"),
        ("--chat-url", "ftp://example.com"),
        ("--quiet-from", "7:00", "--quiet-to", "7:00"),
    ],
)
def test_settings_that_break_a_rule_are_refused(newcomer: Terminal, words: tuple[str, ...]) -> None:
    """In a sentence that says the rule; nothing is changed."""
    before = newcomer.read("notifications", "settings", "show")
    newcomer.refusal("notifications", "settings", "set", *words, exit_code=6)
    assert newcomer.read("notifications", "settings", "show") == before


def preference(person: Terminal, kind: str, *words: str) -> list[str]:
    """What somebody sees of a kind in the table of preferences: in the app, by mail, SMS and chat."""
    table = person.type("notifications", "preferences", "show", *words).stdout.splitlines()
    (row,) = (row for row in table if row.startswith(kind))
    return row.removeprefix(kind).replace(" *", "*").split()


def test_preferences_are_a_table_of_kinds_and_channels(newcomer: Terminal) -> None:
    """With a star at what was chosen."""
    heading = newcomer.type("notifications", "preferences").stdout.splitlines()[0]
    assert heading.split() == ["Kind", "in_app", "mail", "sms", "chat"]
    assert preference(newcomer, "assigned") == ["at_once", "at_once", "off", "off"]
    newcomer.type("notifications", "preferences", "set", "assigned", "mail", "digest")
    assert preference(newcomer, "assigned") == ["at_once", "digest*", "off", "off"]


def test_a_choice_for_one_workspace_goes_before_the_one_for_all(ada: Terminal) -> None:
    """What was not chosen there is as in all."""
    (engines,) = ada.read("workspaces", "list")["items"]
    here = ("--workspace", engines["slug"])
    ada.type("notifications", "preferences", "set", "overdue", "mail", "off")
    ada.type("notifications", "preferences", "set", "overdue", "chat", "at_once", *here)
    assert preference(ada, "overdue") == ["at_once", "off*", "off", "off"]
    assert preference(ada, "overdue", *here) == ["at_once", "off", "off", "at_once*"]


def test_a_choice_is_taken_back(newcomer: Terminal) -> None:
    """It is as usual again."""
    before = preference(newcomer, "due_soon")
    newcomer.type("notifications", "preferences", "set", "due_soon", "mail", "off")
    newcomer.type("notifications", "preferences", "set", "due_soon", "mail", "usual")
    assert preference(newcomer, "due_soon") == before


def test_the_app_has_no_digest(newcomer: Terminal) -> None:
    """The sentence says what there is."""
    sentence = newcomer.refusal("notifications", "preferences", "set", "assigned", "in_app", "digest", exit_code=6)
    assert "at_once or off" in sentence
