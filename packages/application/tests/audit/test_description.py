"""What the audit says of events: who, from where, and nothing personal but ids."""

import json
import logging
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from colonnade.application.audit import (
    EVENTS,
    SECURITY_EVENTS,
    AuditNote,
    Outcome,
    Severity,
    SignAudit,
    alert_subscription,
    chain_subscription,
    circumstances,
    describe,
)
from colonnade.application.messaging import Caller, Context, Limits, Origin
from colonnade.application.operations import OperatorAct
from colonnade.core import DomainEvent, Email, PersonName, RecordedEvent, UserId, new_id
from colonnade.core.events import EventId
from colonnade.domain.identity import AccountLocked, RefreshTokenReused, UserRegistered
from colonnade.domain.workspaces import MemberRoleChanged, Role

PERSON = UserId(UUID(int=5))
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def recorded(event: DomainEvent, stream: str = "user-5", **metadata: str) -> RecordedEvent:
    """Return an event as the log holds it."""
    return RecordedEvent(1, new_id(EventId), stream, 1, event, metadata, NOON)


def test_names_and_addresses_of_people_stay_where_they_are() -> None:
    event = UserRegistered(user_id=PERSON, email=Email("ada@example.com"), name=PersonName("Ada Lovelace"))
    record = describe(recorded(event))
    assert "ada" not in str(record).lower()
    assert json.loads(record.facts["details"]) == {"user_id": str(PERSON)}
    assert record.facts["person"] == str(PERSON)
    assert record.workspace_id is None


def test_an_operators_subject_is_told_if_it_is_an_id() -> None:
    """It may be somebody's address."""
    for subject, expected in ((str(PERSON), str(PERSON)), ("ada@example.com", None)):
        act = OperatorAct.of("operations.cancel_job", subject).recorded_events[0]
        details = json.loads(describe(recorded(act)).facts["details"])
        assert (details["act"], details.get("subject")) == ("operations.cancel_job", expected)


def test_roles_are_told() -> None:
    event = MemberRoleChanged(workspace_id=UUID(int=7), user_id=PERSON, role=Role.ADMIN, own_role=None)
    record = describe(recorded(event, caller="ada", message="members.change_role", address="::1", agent="curl"))
    assert json.loads(record.facts["details"])["role"] == "admin"
    assert record.workspace_id == UUID(int=7)
    told = {name: record.facts[name] for name in ("caller", "message", "address", "agent", "outcome")}
    assert told == {
        "caller": "ada",
        "message": "members.change_role",
        "address": "::1",
        "agent": "curl",
        "outcome": "done",
    }


def test_a_note_tells_its_own_message() -> None:
    event = AuditNote.failed(SignAudit(), "not_found").recorded_events[0]
    record = describe(recorded(event, stream="audit-1"))
    assert (record.facts["message"], record.facts["outcome"]) == ("audit.sign", Outcome.FAILED)
    assert not record.begins_chain


def test_what_was_kept_out_is_no_success() -> None:
    event = AccountLocked(attempt_id=UUID(int=1), user_id=None, until=NOON)
    assert describe(recorded(event)).facts["outcome"] == "refused"


@given(st.text(), st.text())
def test_what_a_program_says_of_itself_breaks_no_line(address: str, agent: str) -> None:
    about = circumstances(Context(origin=Origin(address, agent)))
    for text in (about.get("address", ""), about.get("agent", "")):
        assert len(text.splitlines()) <= 1
        assert text.isprintable()
        assert len(text) <= 400


def test_the_circumstances_name_session_and_token() -> None:
    caller = Caller(PERSON, UUID(int=1), limits=Limits(UUID(int=2), frozenset()))
    context = Context(caller, "c", "e", by_service=True, console="ada", origin=Origin("::1", "curl"))
    assert circumstances(context, "books.lend") == {
        "correlation_id": "c",
        "causation_id": "e",
        "caller": str(PERSON),
        "session": str(UUID(int=1)),
        "token": str(UUID(int=2)),
        "console": "ada",
        "service": "1",
        "message": "books.lend",
        "address": "::1",
        "agent": "curl",
    }


class Counter:
    """Counts security events."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []

    def refused(self, message: str, code: str, *, known: bool) -> None:
        """Count one."""

    def security_event(self, kind: str, severity: str) -> None:
        """Count one."""
        self.events.append((kind, severity))


class Opening:
    """Opens what is sealed of where an event came from."""

    async def of(self, recorded: RecordedEvent) -> dict[str, str]:
        """Return what the seal is about."""
        return {name: value.removeprefix("sealed ") for name, value in recorded.metadata.items()}


async def test_a_security_event_is_counted_and_is_one_line_of_the_log(caplog: pytest.LogCaptureFixture) -> None:
    """It says from where, as people read it, and which personal token it was under a name that is not masked."""
    (subscription,) = alert_subscription()
    counter = Counter()
    event = RefreshTokenReused(session_id=UUID(int=1), user_id=PERSON)
    about = {"address": "sealed ::1", "agent": "sealed curl", "token": str(UUID(int=2))}
    with caplog.at_level(logging.WARNING, "colonnade.security"):
        await subscription.reaction(event, recorded(event, **about), counter, Opening())
    assert counter.events == [("identity.refresh_token_reused", Severity.CRITICAL)]
    (line,) = (record.__dict__ for record in caplog.records)
    assert (line["message"], line["severity"]) == ("security event", "critical")
    assert (line["address"], line["agent"], line["bearer_id"]) == ("::1", "curl", str(UUID(int=2)))
    assert "token" not in line


def test_privilege_lockout_and_reuse_are_security_events() -> None:
    assert {MemberRoleChanged, AccountLocked, RefreshTokenReused} <= set(SECURITY_EVENTS)


def test_the_chain_has_one_writer_and_hears_everything() -> None:
    (subscription,) = chain_subscription(EVENTS)
    assert (subscription.partitions, subscription.batch, subscription.outside) == (1, True, False)
    assert set(subscription.events) == set(EVENTS)
