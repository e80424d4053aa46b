"""Webhooks: made, changed, tried out, looked after."""

import base64
import hashlib
import hmac
from typing import Any

import pytest

from ..receiver import Received, Receiver
from ..terminal import Terminal, eventually


@pytest.fixture
def hooked(ada: Terminal, receiver: Receiver) -> Terminal:
    """Ada, who has a webhook that tells of tasks that are assigned."""
    ada.type("webhooks", "create", receiver.url, "--event", "tasks.task_assigned")
    return ada


def is_signed(request: Received, secret: str) -> bool:
    """Tell whether a request was signed with a secret (Standard Webhooks 1.0.0)."""
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signature = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    return f"v1,{signature}" in request.headers["webhook-signature"].split()


def delivery(person: Terminal, delivery_id: str, state: str) -> dict[str, Any]:
    """A delivery, as soon as it has a state."""

    def look() -> dict[str, Any] | None:
        found: dict[str, Any] = person.read("webhooks", "delivery", delivery_id)
        return found if found["state"] == state else None

    return eventually(look, f"a delivery is {state}")


def test_the_secret_is_printed_once_with_a_word_of_warning(ada: Terminal, receiver: Receiver) -> None:
    """The warning is beside what a program reads."""
    result = ada.type("webhooks", "create", receiver.url, "--event", "*", "--description", "Chat bot")
    assert "Secret     whsec_" in result.stdout
    assert "never shown again" in result.stderr
    for words in (("show", receiver.url), ("list",), ("edit", receiver.url, "--description", "Bot")):
        assert "whsec_" not in ada.type("webhooks", *words).output


def test_the_receiver_can_verify_a_request_with_the_secret(ada: Terminal, receiver: Receiver) -> None:
    """It comes when the event happens, and not otherwise."""
    secret = ada.read("webhooks", "create", receiver.url, "--event", "tasks.task_assigned")["secret"]
    ada.type("tasks", "create", "Write")
    ada.type("tasks", "assign", "WEB-1", "me")
    request = receiver.next()
    assert b"tasks.task_assigned" in request.body
    assert is_signed(request, secret)


def test_requests_can_be_signed_with_a_key_that_stays_at_the_server(ada: Terminal, receiver: Receiver) -> None:
    """The receiver gets the public half."""
    made = ada.read("webhooks", "create", receiver.url, "--event", "*", "--public-key")
    assert made["secret"].startswith("whpk_")
    ada.type("webhooks", "ping", receiver.url)
    assert receiver.next().headers["webhook-signature"].startswith("v1a,")


def test_a_webhook_is_found_by_its_address_and_its_ids(hooked: Terminal, receiver: Receiver) -> None:
    """Whatever one has at hand names it."""
    (listed,) = hooked.read("webhooks", "list")["items"]
    (_, row) = hooked.type("webhooks").stdout.splitlines()
    short_id, address, *_ = row.split()
    assert address == receiver.url
    for said in (listed["id"], short_id, address):
        assert hooked.read("webhooks", "show", said) == listed


def test_of_two_with_one_address_none_is_guessed(hooked: Terminal, receiver: Receiver) -> None:
    """The sentence has the ids to choose from."""
    hooked.type("webhooks", "create", receiver.url, "--event", "*")
    sentence = hooked.refusal("webhooks", "delete", receiver.url, exit_code=6)
    for row in hooked.type("webhooks").stdout.splitlines()[1:]:
        assert row.split()[0] in sentence


def test_a_webhook_that_is_not_there_is_repeated_in_the_sentence(hooked: Terminal) -> None:
    """Somebody who mistyped sees it."""
    assert "'https://x.test/'" in hooked.refusal("webhooks", "show", "https://x.test/", exit_code=4)


def test_what_is_not_named_stays_as_it_is(hooked: Terminal, receiver: Receiver) -> None:
    """An edit changes one field."""
    before = hooked.read("webhooks", "show", receiver.url)
    after = hooked.read(
        "webhooks", "edit", receiver.url, "--event", "tasks.task_moved", "--event", "tasks.task_created"
    )
    assert {name for name in after if after[name] != before[name]} == {"event_types", "updated_at", "version"}


def test_a_disabled_webhook_gets_nothing_until_it_is_enabled(hooked: Terminal, receiver: Receiver) -> None:
    """The list says how it stands."""
    assert hooked.read("webhooks", "disable", receiver.url)["status"] == "disabled"
    assert hooked.type("webhooks").stdout.splitlines()[1].split()[-1] == "disabled"
    hooked.refusal("webhooks", "ping", receiver.url, exit_code=5)
    assert hooked.read("webhooks", "enable", receiver.url)["status"] == "enabled"
    hooked.type("webhooks", "ping", receiver.url)
    assert b"webhooks.ping" in receiver.next().body


def test_a_deleted_webhook_is_gone(hooked: Terminal, receiver: Receiver) -> None:
    """And the command says so."""
    assert hooked.type("webhooks", "delete", receiver.url).stdout == f"{receiver.url} is told of nothing any more.\n"
    assert hooked.read("webhooks", "list")["items"] == []


def test_both_secrets_are_good_after_a_rotation(ada: Terminal, receiver: Receiver) -> None:
    """So that the receiver can change over."""
    former = ada.read("webhooks", "create", receiver.url, "--event", "*")["secret"]
    present = ada.read("webhooks", "rotate-secret", receiver.url)["secret"]
    assert present != former
    ada.type("webhooks", "ping", receiver.url)
    request = receiver.next()
    assert is_signed(request, former)
    assert is_signed(request, present)


def test_a_ping_says_where_to_look_for_what_came_of_it(hooked: Terminal, receiver: Receiver) -> None:
    """The command that it names shows the answer."""
    receiver.answer = b"thank you"
    said = hooked.type("webhooks", "ping", receiver.url).stdout
    words = said.split("'")[1].split()[1:]
    delivery(hooked, words[-1], "delivered")
    shown = hooked.type(*words).stdout
    assert "State    delivered" in shown
    assert "ms: status 200\n   thank you\n" in shown


def test_what_a_receiver_answers_steers_no_terminal(hooked: Terminal, receiver: Receiver) -> None:
    """Its control codes are replaced."""
    receiver.answer = b"\x1b[2Jfine\x07"
    begun = hooked.read("webhooks", "ping", receiver.url)
    delivery(hooked, begun["id"], "delivered")
    shown = hooked.type("webhooks", "delivery", begun["id"]).stdout
    assert "�[2Jfine�" in shown


def test_an_event_is_sent_once_more_under_its_id(hooked: Terminal, receiver: Receiver) -> None:
    """By which a receiver knows that it is no other."""
    first = hooked.read("webhooks", "ping", receiver.url)
    again = hooked.read("webhooks", "redeliver", first["id"])
    assert (again["redelivery_of"], again["event_id"]) == (first["id"], first["event_id"])
    assert receiver.next().headers["webhook-id"] == receiver.next().headers["webhook-id"]


def test_deliveries_are_those_of_one_webhook_or_of_one_state_if_that_is_said(
    hooked: Terminal, receiver: Receiver
) -> None:
    """The newest is the first."""
    other = hooked.read("webhooks", "create", f"{receiver.url}/other", "--event", "*")
    first = hooked.read("webhooks", "ping", receiver.url)
    second = hooked.read("webhooks", "ping", other["id"])
    for each in (first, second):
        delivery(hooked, each["id"], "delivered")
    for words, wanted in (
        ((), [second, first]),
        ((receiver.url,), [first]),
        (("--state", "delivered"), [second, first]),
        (("--state", "failed"), []),
    ):
        found = hooked.read("webhooks", "deliveries", *words)["items"]
        assert [each["id"] for each in found] == [each["id"] for each in wanted]
    heading, *rows = hooked.type("webhooks", "deliveries").stdout.splitlines()
    assert heading.split()[:3] == ["Id", "At", "Event"]
    assert len(rows) == 2


def test_an_address_or_event_that_breaks_a_rule_is_refused(ada: Terminal, subtests: pytest.Subtests) -> None:
    """Private addresses are not called, and unknown events not waited for."""
    for words in (
        ("ftp://example.com", "--event", "*"),
        ("https://10.0.0.1/hook", "--event", "*"),
        ("https://example.com/hook", "--event", "nonsense"),
        ("https://example.com/hook", "--event", "tasks.task_eaten"),
    ):
        with subtests.test(" ".join(words)):
            ada.refusal("webhooks", "create", *words, exit_code=6)
    assert ada.read("webhooks", "list")["items"] == []


def test_events_are_listed_with_when_they_happen(ada: Terminal) -> None:
    """Their names are what `--event` takes; programs get their schemas as well."""
    rows = ada.type("webhooks", "event-types").stdout.splitlines()
    assert any(row.startswith("tasks.task_assigned") and "given to somebody" in row for row in rows)
    assert all(each["data_schema"]["properties"] for each in ada.read("webhooks", "event-types")["items"])


def test_members_without_the_right_have_no_webhooks(hooked: Terminal, grace: Terminal) -> None:
    """They cannot even see them."""
    grace.refusal("webhooks", "list", exit_code=8)
