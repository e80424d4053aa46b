"""CloudEvents on the wire: both modes, both ways, what others write, and what is none."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from cloudevents.core.bindings import http, kafka
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from colonnade.application.publishing import STRUCTURED_MEDIA_TYPE as STRUCTURED
from colonnade.application.publishing import CloudEventEnvelope
from colonnade.application.publishing.encoding import (
    Encoded,
    HeaderStyle,
    read,
    to_binary,
    to_structured,
)
from colonnade.core import Invalid

EVENT = CloudEventEnvelope(
    id="1",
    source="/library",
    type="org.example.lent.v1",
    subject="book-7 “Ünïcode” 100%",
    time=datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC),
    datacontenttype="application/json",
    extensions={"partitionkey": "book-7", "count": 3},
    data={"title": "Zoë\u2028", "nested": [1, None, {"a": True}]},
)

plain = st.characters(exclude_categories=("Cc", "Cs"))
texts = st.text(plain, min_size=1, max_size=50)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=("Cs",))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(plain), inner, max_size=3),
    max_leaves=8,
)
names = st.from_regex(r"[a-z0-9]{1,20}", fullmatch=True).filter(
    lambda name: name not in {"id", "source", "type", "subject", "time", "data", "specversion", "dataschema"}
)
envelopes = st.builds(
    CloudEventEnvelope,
    id=texts,
    source=texts,
    type=texts,
    subject=st.none() | texts,
    time=st.none() | st.datetimes(timezones=st.just(UTC)),
    datacontenttype=st.just("application/json"),
    extensions=st.dictionaries(names, texts, max_size=3),
    data=values,
)


@given(envelopes)
def test_structured_mode_brings_an_event_back_as_it_was(event: CloudEventEnvelope) -> None:
    """Whatever is in it."""
    assert read(to_structured(event)) == event


@pytest.mark.parametrize("style", HeaderStyle)
@given(event=envelopes)
def test_binary_mode_brings_an_event_back_as_it_was(style: HeaderStyle, event: CloudEventEnvelope) -> None:
    """In the headers of HTTP and of Kafka."""
    assert read(to_binary(event, style)) == event


def test_numbers_in_headers_come_back_as_text() -> None:
    """Headers have no other type: so says the specification."""
    assert read(to_binary(EVENT)).extensions == {"partitionkey": "book-7", "count": "3"}
    assert read(to_structured(EVENT)).extensions == {"partitionkey": "book-7", "count": 3}


def test_bytes_travel_as_base64_or_as_they_are() -> None:
    """In structured mode and in binary mode."""
    event = EVENT.model_copy(update={"data": b"\x00\xff", "datacontenttype": "image/png", "extensions": {}})
    assert json.loads(to_structured(event).body)["data_base64"] == "AP8="
    assert to_binary(event).body == b"\x00\xff"
    assert read(to_structured(event)) == read(to_binary(event)) == event


def test_the_sdk_reads_what_is_written() -> None:
    """Structured and binary, over HTTP and over Kafka."""
    structured = to_structured(EVENT)
    binary = to_binary(EVENT)
    for_kafka = to_binary(EVENT, HeaderStyle.KAFKA)
    raw = {name: value.encode() for name, value in for_kafka.headers.items()}
    read_by_sdk = [
        http.from_http_event(http.HTTPMessage(dict(structured.headers), structured.body)),
        http.from_http_event(http.HTTPMessage(dict(binary.headers), binary.body)),
        kafka.from_kafka_event(kafka.KafkaMessage(raw, None, for_kafka.body)),
    ]
    for event in read_by_sdk:
        assert event.get_subject() == EVENT.subject
        assert event.get_time() == EVENT.time
        assert event.get_data() == EVENT.data


def test_what_the_sdk_writes_is_read() -> None:
    """Structured and binary, over HTTP and over Kafka."""
    attributes = {name: value for name, value in EVENT.attributes().items() if name != "count"}
    by_sdk = CloudEvent(attributes, EVENT.data)
    expected = EVENT.model_copy(update={"extensions": {"partitionkey": "book-7"}})
    for message in (http.to_structured_event(by_sdk), http.to_binary_event(by_sdk)):
        assert read(Encoded(message.headers, message.body)) == expected
    for record in (kafka.to_structured_event(by_sdk), kafka.to_binary_event(by_sdk)):
        headers = {name: value.decode() for name, value in record.headers.items()}
        assert read(Encoded(headers, record.value)) == expected


def structured(**changes: object) -> Encoded:
    document = {"specversion": "1.0", "id": "1", "source": "/", "type": "t", **changes}
    body = json.dumps({name: value for name, value in document.items() if value != "gone"})
    return Encoded({"Content-Type": f"{STRUCTURED}; charset=utf-8"}, body.encode())


HOSTILE = {
    "no content type": Encoded({}, b"{}"),
    "another content type": Encoded({"content-type": "application/json"}, structured().body),
    "a batch": Encoded({"content-type": "application/cloudevents-batch+json"}, b"[]"),
    "nothing": Encoded({"content-type": STRUCTURED}, b""),
    "no text": Encoded({"content-type": STRUCTURED}, b"\xff\xfe"),
    "a list": Encoded({"content-type": STRUCTURED}, b"[1]"),
    "a number": Encoded({"content-type": STRUCTURED}, b"5"),
    "no end": Encoded({"content-type": STRUCTURED}, b'{"id": '),
    "not a number": Encoded({"content-type": STRUCTURED}, structured().body[:-1] + b', "data": NaN}'),
    "a deep hole": Encoded({"content-type": STRUCTURED}, b"[" * 100_000),
    "a deep payload": Encoded(
        {"content-type": STRUCTURED}, structured().body[:-1] + b', "data":' + b"[" * 5_000 + b"]" * 5_000 + b"}"
    ),
    "no id": structured(id="gone"),
    "an empty id": structured(id=""),
    "a numeric id": structured(id=5),
    "a nested id": structured(id={"a": 1}),
    "an endless id": structured(id="x" * 10_000),
    "a line break in an id": structured(id="a\nb"),
    "half a character": structured(id="\ud800"),
    "no source": structured(source="gone"),
    "no type": structured(type="gone"),
    "no version": structured(specversion="gone"),
    "an old version": structured(specversion="0.3"),
    "a future version": structured(specversion="2.0"),
    "a numeric version": structured(specversion=1.0),
    "a time without a zone": structured(time="2026-03-02T09:30:00"),
    "a time that is none": structured(time="yesterday"),
    "a time as a number": structured(time=1_700_000_000),
    "a time as a number in text": structured(time="1700000000"),
    "a year too far": structured(time="99999-01-01T00:00:00Z"),
    "a nested extension": structured(traceparent={"a": 1}),
    "a list as extension": structured(list=[1]),
    "a real number as extension": structured(ratio=1.5),
    "too large a number": structured(count=2**40),
    "an upper-case extension": structured(TraceId="1"),
    "an extension with a dash": structured(**{"trace-id": "1"}),
    "an extension with a line break": structured(**{"trace\n": "1"}),
    "two payloads": structured(data=1, data_base64="AA=="),
    "bad base64": structured(data_base64="!!!"),
    "base64 that is no text": structured(data_base64=5),
    "binary without an id": Encoded({"ce-specversion": "1.0", "ce-source": "/", "ce-type": "t"}, b""),
    "binary with a bad time": Encoded(
        {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/", "ce-type": "t", "ce-time": "no"}, b""
    ),
    "binary with bad bytes": Encoded({"ce-specversion": "1.0", "ce-id": "%0a", "ce-source": "/", "ce-type": "t"}, b""),
    "binary with bad JSON": Encoded({"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/", "ce-type": "t"}, b"{"),
    "binary of an old version": Encoded({"ce-specversion": "0.3", "ce-id": "1", "ce-source": "/", "ce-type": "t"}, b""),
    "Kafka with a bad time": Encoded(
        {"ce_specversion": "1.0", "ce_id": "1", "ce_source": "/", "ce_type": "t", "ce_time": "5"}, b""
    ),
}


@pytest.mark.parametrize("message", HOSTILE.values(), ids=HOSTILE)
def test_what_is_no_event_is_refused(message: Encoded) -> None:
    """And nothing else happens."""
    with pytest.raises(Invalid):
        read(message)


@given(st.dictionaries(st.text(), st.text(), max_size=4), st.binary(max_size=200), st.sampled_from(["s", "b", "k", ""]))
def test_anything_at_all_is_read_or_refused(headers: dict[str, str], body: bytes, mode: str) -> None:
    """Never a crash."""
    given_headers = {
        "s": {"content-type": STRUCTURED},
        "b": {"ce-specversion": "1.0", "ce-id": "1", "ce-source": "/", "ce-type": "t"},
        "k": {"ce_specversion": "1.0", "ce_id": "1", "ce_source": "/", "ce_type": "t"},
        "": {},
    }[mode]
    prefix = {"b": "ce-", "k": "ce_"}.get(mode, "")
    with suppress(Invalid):
        read(Encoded({**{prefix + name: value for name, value in headers.items()}, **given_headers}, body))


def test_unset_attributes_may_be_null() -> None:
    """So says the JSON format."""
    assert read(structured(subject=None, time=None, dataschema=None, data=None)).subject is None


def test_an_envelope_cannot_be_made_wrong() -> None:
    """An extension must not take the place of an attribute."""
    for extensions in ({"id": "2"}, {"data": "x"}, {"specversion": "2.0"}):
        with pytest.raises(ValidationError):
            CloudEventEnvelope(id="1", source="/", type="t", extensions=extensions)
