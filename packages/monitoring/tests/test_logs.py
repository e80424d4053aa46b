"""Logs: one line an event, with secrets masked."""

import io
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import pytest
import structlog
from pydantic import BaseModel

from colonnade.core import Email
from colonnade.core.personal import Personal
from colonnade.monitoring.logs import LogFormat, configure_logs, mask_event, masked

TOKEN = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJhZGEifQ.c2lnbmF0dXJl"


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    """Where the logs go; afterwards all is as before."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_both_kinds_of_loggers_write_the_same_lines(stream: io.StringIO) -> None:
    """A library that knows nothing of structlog is no exception."""
    configure_logs(stream=stream)
    structlog.stdlib.get_logger("ours").info("sent", count=2)
    logging.getLogger("theirs").warning("got %s", "it")
    ours, theirs = lines(stream)
    assert {**ours, "time": ""} == {"event": "sent", "count": 2, "logger": "ours", "level": "info", "time": ""}
    assert {**theirs, "time": ""} == {"event": "got it", "logger": "theirs", "level": "warning", "time": ""}
    assert str(ours["time"]).endswith("Z")


def test_what_is_bound_to_the_request_is_in_every_line(stream: io.StringIO) -> None:
    """The id that the caller sees leads to each of them."""
    configure_logs(stream=stream)
    structlog.contextvars.bind_contextvars(request_id="r-1")
    structlog.stdlib.get_logger("ours").info("sent")
    logging.getLogger("theirs").info("got it")
    assert [line["request_id"] for line in lines(stream)] == ["r-1", "r-1"]


@dataclass
class Elsewhere:
    """Of a library whose annotations only its type checker can read."""

    place: "Nowhere"  # type: ignore[name-defined]  # noqa: F821 - that is the point


def test_what_cannot_be_looked_into_costs_no_line(stream: io.StringIO) -> None:
    """It is masked, and all else is said."""
    configure_logs(stream=stream)
    logging.getLogger("theirs").info("sent", extra={"count": 2, "where": Elsewhere("ada@example.com")})
    (line,) = lines(stream)
    assert (line["event"], line["count"], line["where"]) == ("sent", 2, "***")


def test_a_level_hides_what_is_below(stream: io.StringIO) -> None:
    """For both kinds of loggers."""
    configure_logs(level="WARNING", stream=stream)
    structlog.stdlib.get_logger("ours").info("sent")
    logging.getLogger("theirs").info("got it")
    assert stream.getvalue() == ""


def test_an_exception_is_in_its_line(stream: io.StringIO) -> None:
    """One event, one line, however long the traceback."""
    configure_logs(stream=stream)
    try:
        raise ValueError("it broke")
    except ValueError:
        logging.getLogger("theirs").exception("failed")
    (line,) = lines(stream)
    assert "ValueError: it broke" in str(line["exception"])


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_secret_in_an_exception_is_masked(stream: io.StringIO, log_format: LogFormat) -> None:
    """A driver tells its address with the password in it."""
    configure_logs(stream=stream, log_format=log_format)
    password = "gnidda"[::-1]
    try:
        raise OSError(f"cannot reach postgresql://ada:{password}@db/work with Bearer {TOKEN}")
    except OSError:
        logging.getLogger("theirs").exception("failed")
    assert "OSError" in stream.getvalue()
    assert password not in stream.getvalue()
    assert TOKEN not in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_a_secret_in_a_value_is_masked(stream: io.StringIO, log_format: LogFormat) -> None:
    """In both formats and from both kinds of loggers, inside of other values too."""
    configure_logs(stream=stream, log_format=log_format)
    structlog.stdlib.get_logger("ours").info(
        "sent", password="analytical", headers={"authorization": f"Bearer {TOKEN}"}
    )
    structlog.stdlib.get_logger("ours").info(
        "sent", headers=[("cookie", TOKEN)], nested={"a": {"client_secret": "analytical"}}
    )
    logging.getLogger("theirs").warning("got Authorization: Bearer %s", TOKEN)
    assert "analytical" not in stream.getvalue()
    assert TOKEN not in stream.getvalue()


class Reader(BaseModel):
    """Somebody whose name is marked, and whose address is of a kind that says so itself."""

    reader_id: int
    name: Annotated[str, Personal("reader_id")]
    email: Email


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_who_somebody_is_is_masked(stream: io.StringIO, log_format: LogFormat) -> None:
    """As a value, inside of one, in a text and in an exception; the model says what it is, not the call."""
    configure_logs(stream=stream, log_format=log_format)
    reader = Reader(reader_id=7, name="Lovelace", email=Email("ada@example.com"))
    structlog.stdlib.get_logger("ours").info("come", reader=reader, all=[reader], what={"name": reader.email})
    logging.getLogger("theirs").warning("got %s from %r", reader.email, reader.email)
    try:
        raise ValueError(f"no {reader.email}")
    except ValueError:
        logging.getLogger("theirs").exception("failed")
    assert stream.getvalue().count("a***@e***") == 6
    assert "reader_id" in stream.getvalue()
    assert "Lovelace" not in stream.getvalue()
    assert "example.com" not in stream.getvalue()


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_what_is_told_by_its_look_is_masked_in_values_of_any_type(stream: io.StringIO, log_format: LogFormat) -> None:
    """In an exception that is a value, in bytes, and in the names of a mapping."""
    configure_logs(stream=stream, log_format=log_format)
    refused = ValueError(f"550 no ada@example.com, Bearer {TOKEN}")
    told = {"error": refused, "all": [refused], "raw": str(refused).encode(), "by": {"ada@example.com": 3}}
    logging.getLogger("theirs").warning("refused", extra=told)
    assert TOKEN not in stream.getvalue()
    assert "example.com" not in stream.getvalue()
    assert stream.getvalue().count("a***@e***") == 4


def test_lines_for_people_are_no_json(stream: io.StringIO) -> None:
    """Columns, without colour where nobody looks."""
    configure_logs(log_format="console", stream=stream)
    structlog.stdlib.get_logger("ours").info("sent", count=2)
    assert "sent" in stream.getvalue()
    assert "count=2" in stream.getvalue()
    assert "\x1b" not in stream.getvalue()


def test_configuring_twice_writes_once(stream: io.StringIO) -> None:
    """A command may do it again with settings that it has read meanwhile."""
    configure_logs(stream=stream)
    configure_logs(stream=stream)
    logging.getLogger("theirs").warning("once")
    assert len(lines(stream)) == 1


@pytest.mark.parametrize(
    "name",
    ["password", "new_password", "PASSWORD", "secret", "client_secret", "token", "refresh_token", "Authorization",
        "cookie",
     "set_cookie", "api_key", "apikey", "credentials"],
)  # fmt: skip
def test_what_has_the_name_of_a_secret_is_masked(name: str) -> None:
    """Whatever its value is."""
    assert mask_event(None, "info", {name: "analytical"}) == {name: "***"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"Bearer {TOKEN}", "Bearer ***"),
        (f"authorization: bearer {TOKEN}, and more", "authorization: bearer ***, and more"),
        (f"got {TOKEN} from ada", "got *** from ada"),
        ("postgresql://ada:analytical@db:5432/work?ssl=1", "postgresql://ada:***@db:5432/work?ssl=1"),
        ("redis://:analytical@cache/0", "redis://:***@cache/0"),
        ("nats://ada:engine@one,nats://ben:engine@two", "nats://ada:***@one,nats://ben:***@two"),
        ("https://example.com/a:b@c", "https://example.com/a:b@c"),
        ("no mail for ada.lovelace@example.com.", "no mail for a***@e***."),
        ("Key (email)=(ada@example.com) exists; 李@例子.中国 too", "Key (email)=(a***@e***) exists; 李***@例*** too"),
        ("nothing to hide", "nothing to hide"),
        ("", ""),
    ],
)
def test_what_looks_like_a_secret_is_masked(text: str, shown: str) -> None:
    """And what is around it stays readable."""
    assert masked(text) == shown
