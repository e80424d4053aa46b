"""Messages: named, guarded, typed by their answer, and able to leave a field as it is."""

from datetime import date
from enum import StrEnum
from typing import Any, Generic, TypeVar

import pytest
from pydantic import ValidationError

from colonnade.application.messaging import (
    PUBLIC,
    SIGNED_IN,
    UNSET,
    Command,
    Errand,
    JobOptions,
    Message,
    Query,
    RetryPolicy,
    Unset,
    VersionedCommand,
    changes_of,
)
from colonnade.core import Page, TextValue

Answer = TypeVar("Answer", covariant=True)


class Right(StrEnum):
    """The permissions of a small service."""

    WRITE = "write"


class Title(TextValue):
    """What something is called."""

    __slots__ = ()


class Edit(VersionedCommand[str], name="tests.edit", requires=Right.WRITE):
    """Change parts of something."""

    title: Title | Unset = UNSET
    note: str | Unset | None = UNSET
    due_on: date | Unset | None = UNSET


def test_a_message_without_an_access_rule_cannot_be_defined() -> None:
    """The refusal lists what a rule can be."""
    with pytest.raises(
        TypeError, match="Open needs an access rule: requires=PUBLIC, SIGNED_IN, INTERNAL or a permission"
    ):

        class Open(Query[str], name="tests.open"):
            """Guarded by nothing."""


def test_a_message_says_how_it_waits_as_a_job() -> None:
    """A class of its own, or its parent's, or what suits most."""
    slow = JobOptions(queue="slow", priority=5, retries=RetryPolicy(attempts=2))

    class Export(Errand[None], abstract=True, job=slow):
        """Whatever writes files."""

    class ExportTasks(Export, name="tests.export_tasks", requires=PUBLIC):
        """Write the tasks."""

    class ExportPeople(Export, name="tests.export_people", requires=PUBLIC, job=JobOptions()):
        """Write the people."""

    assert Edit.job_options == JobOptions("default", 0, RetryPolicy())
    assert ExportTasks.job_options is slow
    assert ExportPeople.job_options == JobOptions()
    assert ExportTasks.result is None


@pytest.mark.parametrize("rule", ["write", None, True, Right])
def test_what_is_no_access_rule_is_refused(rule: Any) -> None:
    """A bare word could be misspelt, so a permission is a member of an enumeration."""
    with pytest.raises(TypeError, match="needs an access rule"):

        class Guarded(Query[str], name="tests.guarded", requires=rule):
            """Guarded by something else."""


def test_a_message_without_a_wire_name_cannot_be_defined() -> None:
    """The refusal shows how to write the class."""
    with pytest.raises(TypeError, match=r"Nameless needs its wire name: class Nameless\(\.\.\., name="):

        class Nameless(Query[str], requires=PUBLIC):
            """Forgotten."""


def test_a_message_knows_its_name_and_its_rule() -> None:
    """From the class, without an object."""

    class Listed(Query[str], name="tests.listed", requires=SIGNED_IN):
        """Known by name."""

    assert (Listed.wire_name, Listed.access) == ("tests.listed", SIGNED_IN)
    assert Edit.access is Right.WRITE


def test_the_type_of_the_answer_is_known_at_run_time() -> None:
    """A plain class, a generic one, nothing, and through a base of one's own."""

    class Plain(Query[int], name="tests.plain", requires=PUBLIC):
        """Answered by a number."""

    class Many(Query[Page[int]], name="tests.many", requires=PUBLIC):
        """Answered by a page."""

    class Nothing(Command[None], name="tests.nothing", requires=PUBLIC):
        """Answered by nothing."""

    class Audited(Command[Answer], Generic[Answer], abstract=True):
        """A base that a service adds."""

        reason: str

    class Wipe(Audited[int], name="tests.wipe", requires=PUBLIC):
        """Answered by a number, with a reason."""

    assert [kind.result for kind in (Plain, Many, Nothing, Wipe, Edit)] == [int, Page[int], None, int, str]


def test_a_message_never_changes() -> None:
    """It can be queued, retried and sent twice."""
    edit = Edit(title=Title("A"))

    with pytest.raises(ValidationError, match="frozen"):
        edit.title = Title("B")  # type: ignore[misc]  # that it is refused is what is tested


def test_a_message_refuses_fields_that_it_does_not_know() -> None:
    """A misspelt field is never silently left out."""
    with pytest.raises(ValidationError, match="titel"):
        Edit.model_validate({"titel": "A"})


def test_a_refusal_does_not_show_what_was_sent() -> None:
    """It could be a secret."""
    with pytest.raises(ValidationError) as refused:
        Edit.model_validate({"expected_version": "hunter2"})

    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize("version", [-1, "one", 1.5])
def test_the_version_seen_is_a_count(version: object) -> None:
    """And may be left out."""
    with pytest.raises(ValidationError):
        Edit.model_validate({"expected_version": version})
    assert Edit().expected_version is None


def test_what_is_left_out_stays_as_it_is_and_null_clears() -> None:
    """The two are different things (RFC 7396)."""
    edit = Edit.model_validate_json('{"note": null}')

    assert edit.note is None
    assert edit.title is edit.due_on is UNSET


def test_null_is_refused_where_nothing_can_be_cleared() -> None:
    """A title is changed or left, never removed."""
    with pytest.raises(ValidationError, match="title"):
        Edit.model_validate({"title": None})


@pytest.mark.parametrize("sent", [{}, {"note": None}, {"title": "A", "due_on": "2026-12-24"}, {"expected_version": 3}])
def test_over_the_wire_goes_what_was_set(sent: dict[str, object]) -> None:
    """And it arrives as the same message."""
    edit = Edit.model_validate(sent)

    assert changes_of(edit) == sent
    assert Edit.model_validate(changes_of(edit)) == edit


def test_a_field_set_to_unset_does_not_go_over_the_wire() -> None:
    """To say "as it is" is to say nothing."""
    assert changes_of(Edit(title=UNSET, note="x")) == {"note": "x"}


@pytest.mark.parametrize("sent", ["unset", "Unset.UNSET"])
def test_no_word_of_a_client_means_unset(sent: str) -> None:
    """Something may really be called that."""
    assert Edit.model_validate_json(f'{{"title": "{sent}"}}').title == sent


def test_json_schema_does_not_mention_unset() -> None:
    """For a client the field may just be left out: it is not required, has no default, and takes what it takes."""
    schema = Edit.model_json_schema()

    assert "required" not in schema
    assert "unset" not in str({name: field for name, field in schema["properties"].items() if name != "description"})


def test_a_message_is_its_content() -> None:
    """Two with the same content are equal."""
    assert Edit(title=Title("A")) == Edit(title=Title("A")) != Edit(title=Title("B"))
    assert isinstance(Edit(), Message)
