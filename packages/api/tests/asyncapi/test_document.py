"""The document is valid AsyncAPI 3.0 and says what is really sent."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from colonnade.api.asyncapi import asyncapi_document
from colonnade.application.projects.published import publications as projects
from colonnade.application.publishing import Catalogue, CloudEventEnvelope, PublishedEvent, PublishingSettings
from colonnade.application.tasks.published import publications as tasks
from colonnade.application.workspaces.published import publications as workspaces

Json = dict[str, Any]

SPECIFICATION = json.loads((Path(__file__).parent / "vendored" / "asyncapi-3.0.0.json").read_text("utf-8"))
SETTINGS = PublishingSettings(extensions={"workspaceid": "workspace_id"})
BROKERS = {
    "events": "nats://user:secret@nats.example.org:4222",
    "cluster": "kafka://one.example.org:9092,two.example.org:9092",
    "encrypted": "kafkas://user:secret@three.example.org:9093",
    "inside": "memory://",
    "cache": "valkeys://:secret@valkey.example.org/0",
}
PRODUCT = Catalogue.of([workspaces, projects, tasks])


def document_of(catalogue: Catalogue, **more: Any) -> Json:
    return asyncapi_document(catalogue, SETTINGS, title="Test", version="1.2.3", description="For tests.", **more)


DOCUMENTS = {
    "the product": document_of(PRODUCT, brokers=BROKERS),
    "in process": document_of(PRODUCT),
    "nothing": document_of(Catalogue([])),
}
EACH = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS)


@EACH
def test_it_is_valid(document: Json) -> None:
    """The specification's own schema has nothing to say."""
    Draft7Validator(SPECIFICATION).validate(document)


def test_the_schema_sees_what_is_wrong() -> None:
    """Otherwise the test before would prove nothing."""
    validator = Draft7Validator(SPECIFICATION)
    for change in ({"asyncapi": "2.0.0"}, {"operations": {"send": {"action": "shout"}}}, {"channels": {"a": {"b": 1}}}):
        assert not validator.is_valid({**DOCUMENTS["the product"], **change})


@EACH
def test_every_reference_leads_somewhere(document: Json) -> None:
    """A reference into the void would break every generator."""
    for reference in _references(document):
        target: Any = document
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]


@pytest.mark.parametrize("kind", list(PRODUCT), ids=lambda kind: kind.wire_name)
def test_every_event_has_a_channel_that_it_is_sent_to(kind: type[PublishedEvent]) -> None:
    """Under the topic that the relay publishes it to."""
    document = DOCUMENTS["the product"]
    channel = document["channels"][kind.wire_name]
    operation = document["operations"][f"send.{kind.wire_name}"]
    assert channel["address"] == SETTINGS.type_of(kind)
    assert operation["action"] == "send"
    assert operation["channel"] == {"$ref": f"#/channels/{kind.wire_name}"}
    assert channel["description"]


@pytest.mark.parametrize("kind", list(PRODUCT), ids=lambda kind: kind.wire_name)
def test_every_example_fits_and_can_be_read(kind: type[PublishedEvent]) -> None:
    """By its schema, by the envelope and by the event's own class."""
    document = DOCUMENTS["the product"]
    message = document["components"]["messages"][kind.wire_name]
    [example] = message["examples"]
    schema = {**message["payload"], "components": document["components"]}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    validator.validate(example["payload"])
    assert not validator.is_valid({**example["payload"], "type": "org.example.other"})
    assert not validator.is_valid({**example["payload"], "data": {}})
    payload = dict(example["payload"])
    envelope = CloudEventEnvelope.from_attributes(payload, payload.pop("data"))
    assert kind.read(envelope)


def test_brokers_are_named_without_their_passwords() -> None:
    """One server for each address; a broker inside the process is none."""
    document = DOCUMENTS["the product"]
    assert document["servers"] == {
        "events": {"host": "nats.example.org:4222", "protocol": "nats"},
        "cluster-1": {"host": "one.example.org:9092", "protocol": "kafka"},
        "cluster-2": {"host": "two.example.org:9092", "protocol": "kafka"},
        "encrypted": {"host": "three.example.org:9093", "protocol": "kafka-secure"},
        "cache": {"host": "valkey.example.org", "protocol": "rediss"},
    }
    assert "secret" not in json.dumps(document)
    assert "servers" not in DOCUMENTS["in process"]


def test_the_same_catalogue_gives_the_same_document() -> None:
    """So that it can be kept under version control."""
    backwards = Catalogue(reversed(list(PRODUCT)))
    assert json.dumps(document_of(backwards)) == json.dumps(document_of(PRODUCT))


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        own = [value["$ref"]] if isinstance(value.get("$ref"), str) else []
        return own + [found for part in value.values() for found in _references(part)]
    if isinstance(value, list):
        return [found for part in value for found in _references(part)]
    return []
