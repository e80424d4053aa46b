"""The gate of event schemas closes when it should, and only then: proven on events that are made up."""

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path

import pytest
from pydantic import BaseModel, Field

from colonnade.core import DomainEvent, Slug, Upcaster
from colonnade.testing.golden import (
    check_complete,
    check_readable,
    check_schema,
    event_file,
    schema_file,
    wire_schema,
    write_missing,
)


class Genre(StrEnum):
    """What a book is about."""

    CRIME = "crime"
    TRAVEL = "travel"


class Reader(BaseModel):
    """Who borrows."""

    name: str
    card: int | None = None


class Lent(DomainEvent, type="library.book_lent", version=1):
    """A book was lent."""

    title: str
    days: int
    reader: Reader
    genres: tuple[Genre, ...]
    notes: Mapping[str, str]


LENT = Lent(title="Emma", days=14, reader=Reader(name="Zoë"), genres=(Genre.TRAVEL,), notes={"shelf": "E"})


@pytest.fixture
def golden(tmp_path: Path) -> Path:
    """A folder with the golden files of the event above."""
    write_missing([Lent], lambda _: LENT, tmp_path)
    return tmp_path


def changed(
    fields: Mapping[str, object] = {}, *, removed: str | None = None, version: int = 1, **defaults: object
) -> type[DomainEvent]:
    """Return the class above with some fields added, removed or of another type."""
    kept = {name: kind for name, kind in Lent.__annotations__.items() if name != removed}
    body = {"__module__": __name__, "__annotations__": {**kept, **fields}, **defaults}
    return type("Lent", (DomainEvent,), body, type="library.book_lent", version=version)


class OtherReader(BaseModel):
    """Who borrows, with an address."""

    name: str
    card: int | None = None
    address: str | None = None


class OtherGenre(StrEnum):
    """What a book is about, with one thing more."""

    CRIME = "crime"
    TRAVEL = "travel"
    HUMOUR = "humour"


class TestASchemaThatChangesUnderItsVersion:
    @pytest.mark.parametrize(
        ("kind", "what"),
        [
            pytest.param(changed({"days": str}), '+      "type": "string"', id="another type"),
            pytest.param(changed({"days": int | None}), '+          "type": "null"', id="a type that may be null"),
            pytest.param(changed({"title": date}), '+      "format": "date"', id="another format"),
            pytest.param(changed(removed="days"), '-    "days"', id="a removed field"),
            pytest.param(changed({"due_on": date}), '+    "due_on"', id="an added required field"),
            pytest.param(
                changed({"volume": int | None}, volume=None), '+    "volume": {', id="an added optional field"
            ),
            pytest.param(changed(days=14), '-    "days",', id="a field that is required no more"),
            pytest.param(changed({"length": int}, removed="days"), '+    "length"', id="a renamed field"),
            pytest.param(changed({"reader": OtherReader}), '+        "address": {', id="an added field further in"),
            pytest.param(changed({"genres": tuple[OtherGenre, ...]}), '"humour"', id="an added choice"),
            pytest.param(changed({"genres": OtherGenre}), '-      "type": "array"', id="one in place of several"),
            pytest.param(
                changed({"notes": Mapping[str, int]}), '+        "type": "integer"', id="other values of a map"
            ),
        ],
    )
    def test_is_refused_with_what_changed_and_what_to_do(
        self, golden: Path, kind: type[DomainEvent], what: str
    ) -> None:
        with pytest.raises(AssertionError) as refused:
            check_schema(kind, golden)

        message = str(refused.value)
        assert what in message
        assert "Declare version=2 on Lent, keep the golden files of v1" in message
        assert "add an upcaster from v1 to v2" in message

    @pytest.mark.parametrize(
        "kind",
        [
            pytest.param(Lent, id="nothing"),
            pytest.param(changed({"title": Slug}), id="a rule of a text"),
            pytest.param(changed(days=Field(gt=0, description="How long", examples=[14])), id="a bound, a description"),
            pytest.param(changed({"reader": type("Person", (Reader,), {})}), id="the name of a class"),
            pytest.param(changed({"notes": dict[Slug, str]}), id="a rule of a key"),
            pytest.param(changed({"genres": list[Genre]}), id="the container in memory"),
        ],
    )
    def test_is_taken_when_nothing_of_it_is_seen_on_the_wire(self, golden: Path, kind: type[DomainEvent]) -> None:
        check_schema(kind, golden)


class TestANewVersion:
    KIND = changed({"due_on": date}, removed="days", version=2)
    EVENT = KIND.model_validate({**LENT.model_dump(exclude={"days"}), "due_on": date(2026, 12, 24)})
    LIFT = Upcaster(
        "library.book_lent",
        1,
        lambda facts: {**{name: fact for name, fact in facts.items() if name != "days"}, "due_on": "2026-12-24"},
    )

    def test_has_golden_files_of_its_own_beside_the_old_ones(self, golden: Path) -> None:
        with pytest.raises(AssertionError, match="v2 has no golden schema"):
            check_schema(self.KIND, golden)
        with pytest.raises(AssertionError, match=r"v2 has no golden library\.book_lent\.v2\.json: python"):
            check_complete([self.KIND], golden)

        written = write_missing([self.KIND], lambda _: self.EVENT, golden)

        assert {file.name for file in written} == {"library.book_lent.v2.json"}
        check_schema(self.KIND, golden)
        check_complete([self.KIND], golden)

    def test_reads_the_old_events_through_its_upcaster(self, golden: Path) -> None:
        assert check_readable(event_file(golden, "library.book_lent", 1), [self.KIND], [self.LIFT]) == self.EVENT

    def test_reads_the_old_events_with_the_old_class_too(self, golden: Path) -> None:
        assert check_readable(event_file(golden, "library.book_lent", 1), [Lent, self.KIND], []) == LENT

    def test_is_refused_without_an_upcaster(self, golden: Path) -> None:
        with pytest.raises(AssertionError, match=r"v1 cannot be read any more .*: keep a class for it, or add"):
            check_readable(event_file(golden, "library.book_lent", 1), [self.KIND], [])

    @pytest.mark.parametrize(
        "lift", [lambda facts: facts, lambda facts: {**facts, "due_on": facts["until"]}], ids=["wrong", "broken"]
    )
    def test_is_refused_with_an_upcaster_that_does_not_lead_to_it(self, golden: Path, lift: object) -> None:
        upcaster = Upcaster("library.book_lent", 1, lift)
        with pytest.raises(AssertionError, match="v1 cannot be read any more"):
            check_readable(event_file(golden, "library.book_lent", 1), [self.KIND], [upcaster])

    @pytest.mark.parametrize("place", [event_file, schema_file])
    def test_does_not_excuse_from_the_golden_files_of_the_old_one(self, golden: Path, place: object) -> None:
        write_missing([self.KIND], lambda _: self.EVENT, golden)
        place(golden, "library.book_lent", 1).unlink()

        with pytest.raises(AssertionError, match=r"v1 has no golden .*restore it"):
            check_complete([self.KIND], golden)


class TestAnEvent:
    def test_without_golden_files_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(AssertionError, match=r"no golden library\.book_lent\.v1\.json: python .*write\.py"):
            check_complete([Lent], tmp_path)

    def test_that_no_class_reads_any_more_is_refused(self, golden: Path) -> None:
        with pytest.raises(AssertionError, match="v1 cannot be read any more"):
            check_readable(event_file(golden, "library.book_lent", 1), [], [])

    def test_whose_schema_alone_is_left_is_refused(self, golden: Path) -> None:
        event_file(golden, "library.book_lent", 1).unlink()

        with pytest.raises(AssertionError, match=r"these are alone: \['library\.book_lent\.v1\.json'\]"):
            check_complete([], golden)


class TestGoldenFiles:
    def test_are_written_once(self, golden: Path) -> None:
        assert write_missing([Lent], lambda _: LENT, golden) == []

    def test_are_never_overwritten(self, golden: Path) -> None:
        before = {file: file.read_bytes() for file in golden.rglob("*.json")}
        kind = changed(days=14)
        with pytest.raises(FileExistsError, match="give the event another version instead"):
            write_missing([kind], lambda _: kind.model_validate(LENT.model_dump()), golden)
        with pytest.raises(FileExistsError, match=r"library\.book_lent\.v1\.json would change"):
            write_missing([Lent], lambda _: LENT.model_copy(update={"title": "Persuasion"}), golden)

        assert {file: file.read_bytes() for file in golden.rglob("*.json")} == before

    def test_are_not_written_either_when_another_would_change(self, golden: Path) -> None:
        class Returned(DomainEvent, type="library.book_returned", version=1):
            """A book came back."""

        with pytest.raises(FileExistsError):
            write_missing([Returned, changed(days=14)], lambda kind: Returned() if kind is Returned else LENT, golden)

        assert not event_file(golden, "library.book_returned", 1).exists()

    def test_of_a_schema_hold_properties_types_and_what_is_required(self) -> None:
        assert wire_schema(Lent) == {
            "type": "object",
            "properties": {
                "title": {"type": "string"},
                "days": {"type": "integer"},
                "reader": {
                    "type": "object",
                    "properties": {
                        "name": {"type": "string"},
                        "card": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                    },
                    "required": ["name"],
                },
                "genres": {"type": "array", "items": {"type": "string", "enum": ["crime", "travel"]}},
                "notes": {"type": "object", "additionalProperties": {"type": "string"}},
            },
            "required": ["days", "genres", "notes", "reader", "title"],
        }
