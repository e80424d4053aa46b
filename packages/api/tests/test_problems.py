"""Errors become problem documents and come back as what they were."""

import json
import pickle

import pytest
from pydantic import BaseModel, Field, ValidationError

import colonnade.api.work  # noqa: F401 - defines every error of the product
from colonnade.api.problems import ProblemReader, UnexpectedFault, invalid_message, problem_of, status_of
from colonnade.core import ColonnadeError, Conflict, Forbidden, Invalid, NotFound, PersonName
from colonnade.core.errors import error_kinds

from .library import AddBook, EditBook

PACKAGES = tuple(f"colonnade.{package}." for package in ("core", "domain", "application", "api"))
OURS = [kind for kind in error_kinds() if kind.__module__.startswith(PACKAGES)]
KINDS = pytest.mark.parametrize("kind", OURS, ids=lambda kind: kind.__name__)


def made(kind: type[ColonnadeError], message: str, **facts: object) -> ColonnadeError:
    """Make an error of any kind without knowing how its constructor is called."""
    error = kind.__new__(kind)
    ColonnadeError.__init__(error, message, **facts)
    return error


@KINDS
def test_every_kind_survives_the_way_over_http(kind: type[ColonnadeError]) -> None:
    """Class, sentence, code and facts are the same at the other end."""
    error = made(kind, "it went wrong", field="title", allowed=["a", "b"], count=3)
    document = json.loads(problem_of(error, "r-1"))
    back = ProblemReader().error_of(document["status"], document)
    assert type(back) is kind
    assert back.message == "it went wrong"
    assert {name: back.facts[name] for name in error.facts} == error.facts


@KINDS
def test_every_kind_has_a_document_as_rfc_9457_has_it(kind: type[ColonnadeError]) -> None:
    """Type, title, status, detail and instance are there, and facts cannot overwrite them."""
    document = json.loads(problem_of(made(kind, "why", status=1, type="fake", detail="fake"), "r-1"))
    assert document["type"] == f"urn:colonnade:problem:{kind.code}"
    assert document["title"]
    assert document["status"] == status_of(kind)
    assert document["detail"] == "why"
    assert document["instance"] == "urn:request:r-1"


def test_codes_are_unique() -> None:
    """Two kinds with one code could not be told apart by a client."""
    codes = [kind.code for kind in OURS]
    assert sorted(codes) == sorted(set(codes))


def test_only_what_is_nobodys_fault_is_a_server_error() -> None:
    """Every kind is a client error but those that say that something is down, late or broken."""
    broken = {kind.__name__ for kind in OURS if status_of(kind) >= 500}
    assert broken == {
        "ColonnadeError", "Unavailable", "DeadlineExceeded", "UnexpectedFault", "UnknownEvent",
        "EndlessReaction", "UnknownProcess",
    }  # fmt: skip


def test_an_error_of_somebody_else_has_the_status_of_its_kind() -> None:
    """A service may derive its own; the nearest known ancestor decides."""

    class OutOfPrint(Conflict):
        code = "library.out_of_print"

    try:
        document = json.loads(problem_of(OutOfPrint("no more copies")))
        assert document["status"] == 409
        assert type(ProblemReader([OutOfPrint]).error_of(409, document)) is OutOfPrint
        assert issubclass(OutOfPrint, type(ProblemReader().error_of(409, {**document, "code": "unheard.of"})))
    finally:
        del OutOfPrint


@pytest.mark.parametrize(
    ("status", "kind"), [(404, NotFound), (403, Forbidden), (422, Invalid), (418, UnexpectedFault)]
)
def test_a_document_with_an_unknown_code_is_read_by_its_status(status: int, kind: type[ColonnadeError]) -> None:
    """A newer server may have errors that this client has never heard of."""
    assert type(ProblemReader().error_of(status, {"code": "from.the.future", "detail": "so it is"})) is kind


@pytest.mark.parametrize("document", [{}, {"detail": None}, {"code": 7}, {"title": ["?"]}, {"kind": 1, "9": 2}])
def test_a_strange_document_is_an_error_nonetheless(document: dict[str, object]) -> None:
    """Whatever stands between client and server may answer anything."""
    assert ProblemReader().error_of(502, document).message


def test_the_fields_at_fault_are_named_and_their_values_are_not() -> None:
    """A password that is too short does not come back in the answer."""
    with pytest.raises(ValidationError) as caught:
        AddBook.model_validate(sent := {"title": "", "tags": ["fine", "hush" * 50], "pages": 4})
    problem = invalid_message(caught.value, sent)
    assert [fault["field"] for fault in problem.facts["errors"]] == ["title", "tags.1", "pages"]
    assert "hush" not in json.loads(problem_of(problem))["detail"]
    assert b"hush" not in problem_of(problem)


def test_a_list_is_not_too_short_because_its_items_are_wrong() -> None:
    """Only what was sent is at fault; a list without items is."""

    class Form(BaseModel):
        names: tuple[PersonName, ...] = Field(min_length=1)

    for names, fields in ((["", ""], ["names.0", "names.1"]), ([], ["names"])):
        with pytest.raises(ValidationError) as caught:
            Form.model_validate(sent := {"names": names})
        assert [fault["field"] for fault in invalid_message(caught.value, sent).facts["errors"]] == fields


def test_the_way_to_say_nothing_is_not_offered() -> None:
    """A field that may be left out is at fault once, for what was sent, not once for each way to write it."""
    with pytest.raises(ValidationError) as caught:
        EditBook.model_validate(sent := {"book_id": "01970a3c-5b7e-7c1d-9f2a-3e4d5c6b7a89", "title": 5})
    assert [fault["field"] for fault in invalid_message(caught.value, sent).facts["errors"]] == ["title"]


def test_a_sentence_of_a_value_is_kept() -> None:
    """What a value says about itself is what people read."""

    class Form(BaseModel):
        name: PersonName

    with pytest.raises(ValidationError) as caught:
        Form.model_validate(sent := {"name": ""})
    assert invalid_message(caught.value, sent).facts["errors"][0]["message"] == "must not be empty"


@KINDS
def test_every_kind_can_be_carried_between_processes(kind: type[ColonnadeError]) -> None:
    """Pickling keeps class, sentence and facts."""
    back = pickle.loads(pickle.dumps(made(kind, "it went wrong", field="title")))
    assert (type(back), back.message, back.facts) == (kind, "it went wrong", {"field": "title"})
