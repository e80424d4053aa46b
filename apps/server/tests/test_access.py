"""Every operation, tried by everybody: what must happen follows from the access rule of its message."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import jwt
import pytest

from colonnade.api.contract import Row
from colonnade.application.messaging import PUBLIC, OpenTo
from colonnade.application.operations import OperationsPermission
from colonnade.domain.workspaces import GRANTS, Role
from colonnade.security.keys import SigningKey, SigningKeys
from colonnade.security.tokens import AccessTokens

from .house import House, Person, problem
from .requests import ROWS, body_of, name_of, path_of

EACH_ROW = pytest.mark.parametrize("row", ROWS, ids=name_of)
OF_OPERATORS = [row for row in ROWS if isinstance(row.message.access, OperationsPermission)]
OF_ANYBODY = [row for row in ROWS if isinstance(row.message.access, OpenTo)]
OF_MEMBERS = [row for row in ROWS if row not in OF_OPERATORS and row not in OF_ANYBODY]

REFUSALS = {
    (401, "identity.sign_in_refused"),
    (401, "identity.refresh_refused"),
    (401, "identity.second_factor_refused"),
    (401, "identity.passkey_refused"),
    (401, "identity.arrival_refused"),
    (401, "expired_token"),
    (404, "identity.secret_refused"),
    (409, "identity.second_factor_off"),
    (429, "limit_exceeded"),
    (429, "slow_down"),
}
"""What handlers answer to whoever brought something that is not good, as statuses with codes."""


async def bad_tokens(house: House, person: Person) -> Mapping[str, str | None]:
    """Return what does not prove who somebody is: nothing, and tokens that are wrong in one way each."""
    tokens = await house.server.container.get(AccessTokens)
    ring = await house.server.container.get(SigningKeys)
    claims = jwt.decode(person.tokens["access_token"], options={"verify_signature": False})
    header = {"kid": ring.current.kid, "typ": "at+jwt"}
    session = UUID(claims["sid"])
    unsigned = ".".join(_encoded(part) for part in ({**header, "alg": "none"}, claims)) + "."
    return {
        "no token": None,
        "nonsense": "nonsense",
        "forged": jwt.encode(claims, SigningKey.generate().private, "EdDSA", headers=header),
        "expired": tokens.issue(UUID(person.id), session, datetime.now(UTC) - timedelta(hours=1)).text,
        "of no session": tokens.issue(UUID(person.id), uuid4(), datetime.now(UTC)).text,
        "unsigned": unsigned,
        "tampered": person.tokens["access_token"][:-20] + "A" * 20,
    }


async def ask(house: House, row: Row, path: str, token: str | None) -> httpx2.Response:
    """Send a row's request with a token."""
    person = house.stranger()
    person.tokens = {"access_token": token} if token else {}
    return await person.send(row.method, path, body_of(row))


@EACH_ROW
async def test_nobody_gets_in_without_a_good_token(house: House, row: Row) -> None:
    """Only public operations answer; everything else asks to sign in, whoever the token pretends to be."""
    owner = await house.person()
    workspace = await house.workspace(owner)
    path = path_of(row, workspace_id=workspace.rsplit("/", 1)[1])
    before = len(await house.changes())
    for token in (await bad_tokens(house, owner)).values():
        answer = await ask(house, row, path, token)
        if row.message.access is PUBLIC:
            assert answer.status_code < 500
            assert answer.is_success or _refuses_what_was_brought(answer)
        else:
            assert problem(answer, 401)["code"] in {"unauthenticated", "token_refused"}
            assert answer.headers["www-authenticate"].startswith("Bearer")
    if row.message.access is not PUBLIC:
        assert len(await house.changes()) == before


@pytest.mark.parametrize("row", OF_MEMBERS, ids=name_of)
async def test_a_role_may_what_it_is_granted_and_nothing_else(house: House, row: Row) -> None:
    """Refusals change nothing, and to an outsider the workspace does not exist, though they look after the service."""
    people = {role: await house.person() for role in Role}
    others = {role.value: person for role, person in people.items() if role is not Role.OWNER}
    workspace = await house.workspace(people[Role.OWNER], **others)
    path = path_of(row, workspace_id=workspace.rsplit("/", 1)[1])
    for role in reversed(Role):
        before = len(await house.changes())
        answer = await people[role].send(row.method, path, body_of(row))
        if row.message.access in GRANTS[role]:
            assert answer.is_success or _is_beyond_the_gate(answer), f"{role}: {answer.text}"
        else:
            refusal = problem(answer, 403)
            assert (refusal["role"], refusal["permission"]) == (role, row.message.access)
            assert len(await house.changes()) == before
    for outsider in (await house.person(), await house.operator()):
        assert problem(await outsider.send(row.method, path, body_of(row)), 404)["field"] == "workspace_id"


@pytest.mark.parametrize("row", OF_OPERATORS, ids=name_of)
async def test_only_operators_look_after_the_service(house: House, row: Row) -> None:
    """Everybody else is told so, whatever they are in a workspace, and nothing is changed."""
    owner, operator = await house.person(), await house.operator()
    await house.workspace(owner)
    before = len(await house.changes())
    for person in (owner, await house.person()):
        refusal = problem(await person.send(row.method, path_of(row), body_of(row)), 403)
        assert (refusal["permission"], "role" in refusal) == (row.message.access, False)
    assert [event.event.event_type for event in (await house.changes())[before:]] == [
        "identity.user_registered",
        "identity.session_opened",
    ]
    answer = await operator.send(row.method, path_of(row), body_of(row))
    assert answer.is_success or _is_beyond_the_gate(answer), answer.text


@pytest.mark.parametrize("row", OF_ANYBODY, ids=name_of)
async def test_anybody_who_is_signed_in_may_what_is_open_to_them(house: House, row: Row) -> None:
    """What is not theirs is not there."""
    answer = await (await house.person()).send(row.method, path_of(row), body_of(row))
    if row.message.access is PUBLIC:
        assert answer.is_success or _refuses_what_was_brought(answer)
    else:
        assert answer.is_success or _refuses_what_was_brought(answer) or problem(answer, 404)


def test_the_rows_are_divided_among_all_rules() -> None:
    """Nothing is left out above."""
    assert len(OF_MEMBERS) + len(OF_OPERATORS) + len(OF_ANYBODY) == len(ROWS)
    assert all((OF_MEMBERS, OF_OPERATORS, OF_ANYBODY))


def _refuses_what_was_brought(answer: httpx2.Response) -> bool:
    """Tell whether a handler answered that a password, a code, a token or a link is not good, or was so too often."""
    document = problem(answer, answer.status_code)
    if document["status"] == 422:
        return bool(document["field"] == "token")
    return (document["status"], document["code"]) in REFUSALS


def _is_beyond_the_gate(answer: httpx2.Response) -> bool:
    """Tell whether a handler answered: it knows that what the path names is not there."""
    document = answer.json()
    return document["status"] in {404, 409, 422} and document.get("field") != "workspace_id"


def _encoded(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
