"""One run of schemathesis: every operation of a document, as somebody of a role."""

import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis import hooks
from schemathesis.engine import from_schema

from .findings import Findings
from .names import IDS, PLACEHOLDERS, with_ids, with_placeholders, with_values
from .stage import Role, Stage

Json = dict[str, Any]  # JSON of any shape

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
KEY = "Idempotency-Key"
KEY_CHARACTERS = 200
OFTEN = 0.8

_numbers = count(1)


def run(url: str, document: Json, stage: Stage, *, examples: int, thorough: bool) -> Findings:
    """Send every operation of a document all kinds of requests, and check every answer.

    Args:
        url: Where the server is.
        document: What the server says of itself.
        stage: Who sends, and what there is to name.
        examples: How many random requests there are for each operation.
        thorough: Whether bad requests are sent as well, and operations one after the other with what they made.
    """
    findings = Findings()
    configuration = _configuration(document, examples=examples, thorough=thorough)
    schema = schemathesis.openapi.from_dict(with_placeholders(document), config=configuration)
    schema.config.update(base_url=url)
    if stage.role is not Role.NOBODY:
        schema.auth()(_Bearer)
    with _acting(stage):
        for event in from_schema(schema).execute():
            findings.add(event)
    return findings


class _Bearer:
    """Shows a placeholder for an access token."""

    def get(self, case: schemathesis.Case, context: schemathesis.AuthContext) -> str:
        return PLACEHOLDERS["access_token"]

    def set(self, case: schemathesis.Case, token: str, context: schemathesis.AuthContext) -> None:
        case.headers["Authorization"] = f"Bearer {token}"


@contextmanager
def _acting(stage: Stage) -> Iterator[None]:
    """Let requests name what is on stage, and the stage hear what they came to."""
    bearer = f"Bearer {PLACEHOLDERS['access_token']}"

    def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: Json) -> None:
        stage.prepare(case.operation.label)
        values = {**stage.values, bearer: f"Bearer {stage.values[PLACEHOLDERS['access_token']]}"}
        is_good = case.meta is None or case.meta.generation.mode.is_positive
        for part in ("path_parameters", "query", "body"):
            given = getattr(case, part)
            made = _stripped(with_values(given, values))
            if is_good and part == "body":
                made = with_ids(made, stage.values)
            if made != given:
                setattr(case, part, made)
        for name, value in case.headers.items():
            case.headers[name] = values.get(value, value)
        if _is_key(case.headers.get(KEY)):
            case.headers[KEY] = f"{case.headers[KEY][: KEY_CHARACTERS - 9]}-{next(_numbers):08}"

    def after_call(context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response) -> None:
        shown = str(response.request.headers.get("Authorization"))
        stage.note(case.method, response.status_code, signed_in=shown.endswith(_access_token(stage)))

    schemathesis.hook(before_call)
    schemathesis.hook(after_call)
    try:
        yield
    finally:
        hooks.unregister(before_call)
        hooks.unregister(after_call)


def _configuration(document: Json, *, examples: int, thorough: bool) -> schemathesis.Config:
    said = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))
    said["dictionaries"] = {name: {"values": [PLACEHOLDERS[name]]} for name in IDS}
    said["parameters"] = {f"path.{name}": {"dictionary": name, "probability": OFTEN} for name in IDS}
    said["generation"] |= {"max-examples": examples, "mode": "all" if thorough else "positive"}
    said["phases"]["stateful"]["enabled"] = thorough
    said["operations"].append(_of_cursors(document))
    return schemathesis.Config.from_dict(said)


def _of_cursors(document: Json) -> Json:
    """Return what pages are excepted from: a cursor is one that the list itself gave, nothing else begins a page."""
    paged = [
        operation["operationId"]
        for path in document["paths"].values()
        for operation in path.values()
        if any(parameter["name"] == "cursor" for parameter in operation["parameters"])
    ]
    accepted = ["2xx", "401", "403", "404", "422"]
    return {"include-operation-id": paged, "checks": {"positive_data_acceptance": {"expected-statuses": accepted}}}


def _stripped(part: Any) -> Any:  # JSON of any shape
    """Return a part of a request without surrounding space, which the service removes before it counts characters."""
    if isinstance(part, dict):
        return {name: _stripped(value) for name, value in part.items()}
    if isinstance(part, list):
        return [_stripped(value) for value in part]
    return part.strip() if isinstance(part, str) else part


def _is_key(text: object) -> bool:
    """Tell whether a key is a good one, so that it must be another one in each request."""
    return isinstance(text, str) and text.isascii() and text.isprintable() and 0 < len(text) <= KEY_CHARACTERS


def _access_token(stage: Stage) -> str:
    return stage.values[PLACEHOLDERS["access_token"]]
