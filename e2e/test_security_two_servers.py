"""Two servers in processes of their own, on one PostgreSQL: what one takes away is gone at the other at once."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any, NamedTuple

import httpx2
import pytest

from colonnade.testing.databases import PostgresTemplate

from .processes import serving

pytestmark = pytest.mark.integration

PASSWORD = "analytical engine of 1843"
AT_ONCE_SECONDS = 2.0
"""How long the other server may take to hear of it at most, on a machine that is busy; it takes milliseconds."""

Json = dict[str, Any]


class Front(NamedTuple):
    """Two servers and the folder where mails go."""

    one: httpx2.Client
    two: httpx2.Client
    mails: Path


@pytest.fixture(scope="module")
async def front(postgres_template: PostgresTemplate, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Front]:
    """Started once: each test has people of its own."""
    folder = tmp_path_factory.mktemp("two")
    async with postgres_template.copy() as url:
        variables = {"COLONNADE_DATA_DIR": str(folder / "data"), "COLONNADE_DATABASE__URL": url}
        variables["COLONNADE_WORKER__IN_SERVER"] = "true"
        with ExitStack() as stack:
            servers = [stack.enter_context(serving(folder, variables)) for _ in range(2)]
            clients = [stack.enter_context(_client(server.url)) for server in servers]
            yield Front(*clients, folder / "data" / "mail")


def _client(url: str) -> httpx2.Client:
    return httpx2.Client(base_url=f"{url}/api/v1", timeout=30, trust_env=False)


class Person:
    """Somebody with an account, signed in at the first server."""

    def __init__(self, front: Front, name: str) -> None:
        self.front = front
        self.email = f"{name}{time.monotonic_ns()}@example.com"
        body = {"email": self.email, "name": name.title(), "password": PASSWORD}
        self.id = self._good(front.one.post("/identity/users", json=body))["user_id"]
        self.tokens = self.sign_in()

    def sign_in(self) -> Json:
        """Open a session."""
        return self._good(self.front.one.post("/identity/sessions", json={"email": self.email, "password": PASSWORD}))

    def at(
        self, server: httpx2.Client, method: str, path: str, token: str | None = None, **body: object
    ) -> httpx2.Response:
        """Send a request to one of the servers."""
        headers = {"authorization": f"Bearer {token or self.tokens['access_token']}"}
        return server.request(method, path, headers=headers, **({} if method == "GET" else {"json": body}))

    def good(self, method: str, path: str, **body: object) -> Json:
        """Do something that is allowed, at the first server."""
        return self._good(self.at(self.front.one, method, path, **body))

    @staticmethod
    def _good(answer: httpx2.Response) -> Json:
        assert answer.is_success, answer.text
        content: Json = answer.json() if answer.content else {}
        return content


@pytest.fixture
def ada(front: Front) -> Person:
    """An owner."""
    return Person(front, "ada")


@pytest.fixture
def ben(front: Front) -> Person:
    """A member."""
    return Person(front, "ben")


def gone_at_once(ask: Callable[[], httpx2.Response], status: int, take_away: Callable[[], object]) -> None:
    """Check that both servers let somebody do a thing, and that none does once it is taken away."""
    for _ in range(3):
        assert ask().is_success
    take_away()
    end = time.monotonic() + AT_ONCE_SECONDS
    while (answer := ask()).status_code != status:
        assert time.monotonic() < end, f"still {answer.status_code}: {answer.text}"
    for _ in range(3):
        assert ask().status_code == status


@pytest.mark.parametrize("how", ["here", "there", "everywhere", "password"])
def test_a_sign_out_holds_at_both(front: Front, ada: Person, how: str) -> None:
    """Of this session, of another one, of all, and by another password; the other server had remembered the token."""
    elsewhere = ada.sign_in()

    def take_away() -> None:
        if how == "here":
            assert ada.at(front.one, "POST", "/identity/sessions/end", elsewhere["access_token"]).is_success
        elif how == "there":
            sessions = ada.good("GET", "/identity/sessions")["items"]
            other = next(session for session in sessions if not session["here"])
            assert ada.at(front.one, "DELETE", f"/identity/sessions/{other['id']}").is_success
        elif how == "everywhere":
            ada.good("POST", "/identity/sessions/end-all")
        else:
            ada.good("POST", "/identity/password/forgot", email=ada.email)
            token, fresh = _reset_token(front, ada.email), "another engine, more analytical"
            body = {"token": token, "password": fresh}
            assert front.one.post("/identity/password/reset", json=body).is_success

    gone_at_once(lambda: ada.at(front.two, "GET", "/identity/me", elsewhere["access_token"]), 401, take_away)


def test_a_revoked_token_is_good_at_none(front: Front, ada: Person) -> None:
    """A personal token."""
    made = ada.good("POST", "/identity/tokens", name="script", permissions=["project.read"])
    path = f"/identity/tokens/{made['details']['id']}"
    gone_at_once(
        lambda: ada.at(front.two, "GET", "/identity/me", made["token"]), 401, lambda: ada.at(front.one, "DELETE", path)
    )


def test_a_reused_refresh_token_ends_the_session_at_both(front: Front, ada: Person) -> None:
    """Used at one server, then used again at the other by somebody else."""
    old = ada.tokens["refresh_token"]
    fresh = front.one.post("/identity/sessions/refresh", json={"refresh_token": old}).json()

    def reuse() -> None:
        body, thief = {"refresh_token": old}, {"user-agent": "curl/8.9"}
        assert front.two.post("/identity/sessions/refresh", json=body, headers=thief).status_code == 401

    gone_at_once(lambda: ada.at(front.one, "GET", "/identity/me", fresh["access_token"]), 401, reuse)


def test_two_servers_do_not_both_take_one_refresh_token(front: Front, ada: Person) -> None:
    """At once, by two thieves: of what is handed out, at most one is ever good for more."""
    for _ in range(5):
        old = {"refresh_token": ada.sign_in()["refresh_token"]}
        answers = _at_once(
            lambda server, agent, body: server.post(
                "/identity/sessions/refresh", json=body, headers={"user-agent": agent}
            ),
            ((front.one, "curl/8.9", old), (front.two, "Mozilla/5.0 Firefox/140.0", old)),
        )
        assert {answer.status_code for answer in answers} <= {200, 401, 409}
        handed_out = [answer.json()["refresh_token"] for answer in answers if answer.is_success]
        live = [
            token
            for token in handed_out
            if front.one.post("/identity/sessions/refresh", json={"refresh_token": token}).is_success
        ]
        assert len(live) <= 1


@pytest.fixture
def office(ada: Person, ben: Person) -> tuple[str, str, str]:
    """A workspace of Ada's with Ben in it, a private project that is shared with him, and a task."""
    workspace = f"/workspaces/{ada.good('POST', '/workspaces', name='Engines', slug=f'w{time.monotonic_ns()}')['id']}"
    ada.good("POST", f"{workspace}/members", email=ben.email, role="member")
    project = f"{workspace}/projects/{ada.good('POST', f'{workspace}/projects', key='WEB', name='Web')['id']}"
    ada.good("POST", f"{project}/visibility", private=True)
    ada.good("PUT", f"{project}/members/{ben.id}")
    task = ada.good("POST", f"{project}/tasks", title="Oil it")["id"]
    return workspace, project, f"{workspace}/tasks/{task}"


def test_a_lower_role_holds_at_both(front: Front, ada: Person, ben: Person, office: tuple[str, str, str]) -> None:
    """Though the other server had remembered the higher one."""
    workspace, _, _ = office
    gone_at_once(
        lambda: ben.at(front.two, "GET", f"{workspace}/members"),
        403,
        lambda: ada.good("PATCH", f"{workspace}/members/{ben.id}", role="guest"),
    )


def test_who_was_shown_out_is_out_at_both(front: Front, ada: Person, ben: Person, office: tuple[str, str, str]) -> None:
    """The workspace is not there any more."""
    workspace, _, _ = office
    gone_at_once(
        lambda: ben.at(front.two, "GET", f"{workspace}/projects"),
        404,
        lambda: ada.good("DELETE", f"{workspace}/members/{ben.id}"),
    )


def test_what_is_shared_no_more_is_gone_at_both(
    front: Front, ada: Person, ben: Person, office: tuple[str, str, str]
) -> None:
    """The project and its tasks."""
    _, project, task = office
    gone_at_once(lambda: ben.at(front.two, "GET", task), 404, lambda: ada.good("DELETE", f"{project}/members/{ben.id}"))


def test_a_role_of_ones_own_that_lost_a_grant_holds_at_both(
    front: Front, ada: Person, ben: Person, office: tuple[str, str, str]
) -> None:
    """Whoever has the role has lost it, too."""
    workspace, _, task = office
    grants = ["project.read", "task.read", "task.edit"]
    ada.good("PUT", f"{workspace}/roles/editor", base="member", grants=grants)
    ada.good("PATCH", f"{workspace}/members/{ben.id}", role="member", own_role="editor")
    end = time.monotonic() + AT_ONCE_SECONDS
    while not ben.at(front.two, "PATCH", task, title="Oil it well").is_success:
        assert time.monotonic() < end
    gone_at_once(
        lambda: ben.at(front.two, "PATCH", task, title=f"Oil it {time.monotonic_ns()}"),
        403,
        lambda: ada.good("PUT", f"{workspace}/roles/editor", base="member", grants=grants[:2]),
    )


def test_two_owners_who_demote_each_other_at_two_servers_leave_one(
    front: Front, ada: Person, ben: Person, office: tuple[str, str, str]
) -> None:
    """Each asks another server at once."""
    workspace, _, _ = office
    ada.good("PATCH", f"{workspace}/members/{ben.id}", role="owner")
    answers = _at_once(
        lambda person, other, server: person.at(server, "PATCH", f"{workspace}/members/{other.id}", role="guest"),
        ((ada, ben, front.one), (ben, ada, front.two)),
    )
    assert sum(answer.is_success for answer in answers) <= 1
    assert {answer.status_code for answer in answers} <= {200, 403, 409, 412}
    roles = {person.id: person.at(front.one, "GET", workspace).status_code for person in (ada, ben)}
    assert set(roles.values()) == {200}


def _at_once(call: Callable[..., httpx2.Response], arguments: Any) -> list[httpx2.Response]:
    async def both() -> list[httpx2.Response]:
        return list(await asyncio.gather(*(asyncio.to_thread(call, *each) for each in arguments)))

    return asyncio.run(both())


def _reset_token(front: Front, email: str) -> str:
    end = time.monotonic() + 10 * AT_ONCE_SECONDS
    while time.monotonic() < end:
        for file in sorted(front.mails.glob("*.eml")):
            mail = message_from_bytes(file.read_bytes(), policy=default)
            body = mail.get_body(("plain",))
            shown = re.search(r"/reset#(\S+)", body.get_content()) if body is not None else None
            if shown and mail["to"] == email:
                return shown[1]
    raise AssertionError("no link was mailed")
