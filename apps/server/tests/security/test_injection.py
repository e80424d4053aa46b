"""What people write stays text: in log lines, headers, mails, pages and spreadsheets."""

import csv
import io
import json
import logging
import re
from typing import Any

import httpx2
import pytest

from colonnade.monitoring.logs import configure_logs

from ..house import House, Json, Person, good, problem
from ..waiting import eventually
from .people import enrolled

NASTY = 'ada\r\n{"level":"critical"}\x1b[2J\x1b]0;owned\x07\u2028\u2029\x85\x0b'
"""Line breaks of every kind, a forged line, and what takes over a terminal."""

CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]")


@pytest.fixture
def logged() -> io.StringIO:
    """Everything that the server logs, as it would be written."""
    stream = io.StringIO()
    configure_logs(level="DEBUG", log_format="json", stream=stream)
    return stream


def lines_of(stream: io.StringIO) -> list[Json]:
    """Check that each line is one JSON object without a control character, and return them."""
    text = stream.getvalue()
    assert not CONTROLS.search(text)
    lines = [json.loads(line) for line in text.splitlines()]
    assert all(isinstance(line, dict) for line in lines)
    return lines


async def test_a_log_line_stays_one_line(logged: io.StringIO, working_house: House) -> None:
    """Whatever stands in paths, queries, methods, headers, names and bodies, what fails included."""
    house = working_house
    ada = await enrolled(house)
    path = await house.workspace(ada)
    header = NASTY.encode("utf-8")
    for name in (b"user-agent", b"x-request-id", b"traceparent", b"x-forwarded-for", b"referer", b"cookie", b"host"):
        await house.http.get("/api/v1/identity/me", headers=[(name, header), (b"authorization", b"Bearer " + header)])
        await house.http.get(
            "/api/v1/identity/me",
            headers=[(name, header), (b"authorization", f"Bearer {ada.tokens['access_token']}".encode())],
        )
    quoted = httpx2.QueryParams({"filter": NASTY})
    await ada.send("GET", f"{path}/tasks?{quoted}")
    for nasty in ("%0d%0aX: y", "%1b%5b2J", "%E2%80%A8", "%00", "..%2f..%2fetc"):
        await ada.send("GET", f"/{nasty}")
        await ada.send("GET", f"{path}/tasks/by-key/{nasty}")
    await ada.send("POST", "/workspaces", {"name": NASTY})
    await ada.send("POST", "/identity/sessions", {"email": f"{NASTY}@example.com", "password": NASTY})
    await house.http.request("GE\x1bT", "/api/v1/identity/me")
    try:
        raise ValueError(NASTY)
    except ValueError:
        logging.getLogger(NASTY).exception("said %s", NASTY, extra={"agent": NASTY, NASTY: {NASTY: [NASTY]}})
    last = lines_of(logged)[-1]
    assert (last["level"], last["agent"]) == ("error", NASTY)


async def test_a_request_id_of_a_sender_is_used_only_if_it_is_one(house: House) -> None:
    """It stands in headers, logs and problem documents."""
    for nasty in (b"a\r\nset-cookie: x=y", b"<script>", b"x" * 500, b"\x1b[0m"):
        answer = await house.http.get("/api/v1/identity/me", headers=[(b"x-request-id", nasty)])
        assert nasty.decode() not in str(answer.headers)
        assert nasty.decode() not in answer.text
        assert "set-cookie" not in answer.headers


async def test_no_name_gets_into_a_header(house: House) -> None:
    """Names with line breaks are refused; what is made is named in `Location` by its identifier alone."""
    ada = await enrolled(house)
    for name in ("a\r\nset-cookie: x=y", "a\nb", "a\u2028b", "a\x85b"):
        for path, body in (
            ("/workspaces", {"name": name}),
            ("/identity/tokens", {"name": name, "permissions": ["task.read"]}),
        ):
            problem(await ada.send("POST", path, body), 422)
    strange = 'x"; filename="evil.exe"/../%0d%0aset-cookie: a=b'
    made = await ada.send("POST", "/workspaces", {"name": strange})
    assert good(made)["name"] == strange
    assert made.headers["location"] == f"/api/v1/workspaces/{made.json()['id']}"
    path = f"/workspaces/{made.json()['id']}"
    project = await house.project(ada, path)
    task = await ada.send("POST", f"{project}/tasks", {"title": strange})
    assert task.headers["location"] == f"/api/v1{path}/tasks/{task.json()['id']}"
    for answer in (made, task):
        assert "evil" not in str(answer.headers)


async def test_an_export_of_the_audit_has_no_formula(working_house: House) -> None:
    """Whatever program somebody says that they use, a spreadsheet shows it as text."""
    house = working_house
    ada = await enrolled(house)
    path = await house.workspace(ada)
    formulas = [
        "=cmd|'/C calc'!A0",
        "+1+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1+1",
        " =1+1",
        "＝1+1",
        '=HYPERLINK("https://evil")',
    ]
    mallory = await enrolled(house, "Mallory")
    await ada.post(f"{path}/members", {"email": mallory.email, "role": "guest"})
    for formula in formulas:
        headers = [
            (b"user-agent", formula.encode()),
            (b"authorization", f"Bearer {mallory.tokens['access_token']}".encode()),
        ]
        problem(await house.http.patch(f"/api/v1{path}", json={"name": "x"}, headers=headers), 403)

    async def noted() -> bool:
        return len((await ada.get(f"{path}/audit?message=workspaces.rename"))["items"]) >= len(formulas)

    await eventually(noted, "the refusals are in the audit")
    lines = (await ada.get(f"{path}/audit/export?format=csv&limit=1000"))["items"]
    rows = list(csv.reader(io.StringIO("\n".join(lines), newline="")))
    assert len(rows) == len(lines)
    head = rows[0]
    agents = [row[head.index("agent")] for row in rows[1:]]
    assert sum("1+1" in agent for agent in agents) >= 3
    for row in rows[1:]:
        for cell in row:
            assert not re.match(r"\s*[=+@＝＋＠]", cell), cell
            assert not cell.startswith(("-", "\t", "\r")), cell


async def test_a_mail_shows_a_script_as_text(working_house: House) -> None:
    """A person's name, a workspace's and a task's, in mails about accounts and in notifications."""
    house, script = working_house, "<script>alert(1)</script><img src=x onerror=alert(1)>"
    mallory = await enrolled(house, script)
    ada = await enrolled(house, script)
    made = await mallory.post("/workspaces", {"name": script})
    path = f"/workspaces/{made['id']}"
    await mallory.post(f"{path}/members", {"email": ada.email, "role": "owner"})
    project = await house.project(mallory, path)
    await mallory.post(f"{project}/tasks", {"title": script, "assignee_id": ada.id})
    assert (await ada.send("POST", "/identity/password/forgot", {"email": ada.email})).is_success

    async def mailed() -> bool:
        return any(
            "reset" in mail["subject"].lower() or "password" in mail["subject"].lower() for mail in house.mails()
        )

    await eventually(mailed, "a mail about the account is sent")
    for mail in house.mails():
        assert "\n" not in mail["subject"]
        html = mail.get_body(("html",))
        assert html is not None
        assert "<script" not in html.get_content().lower()
        assert "<img" not in html.get_content().lower()


@pytest.mark.parametrize("path", ["/verify", "/reset", "/change-email"])
async def test_a_page_shows_a_script_as_text(house: House, path: str) -> None:
    """And would not run it either: the policy of the page knows its own script by hash or nonce alone."""
    script = '"><script>alert(1)</script>'
    form = {"token": script, "password": "a good long password of mine"}
    answer = await house.http.post(path, data=form)
    assert answer.status_code in {401, 404, 422}
    assert "<script>alert" not in answer.text
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "default-src 'none'" in policy
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_an_answer_of_the_api_is_never_a_page(house: House) -> None:
    """Titles come back as they were written, as JSON that no browser takes for a page."""
    ada = await enrolled(house)
    made = await ada.send("POST", "/workspaces", {"name": "<script>alert(1)</script>"})
    assert made.headers["content-type"].startswith("application/json")
    assert made.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in made.headers["content-security-policy"]


@pytest.mark.parametrize(
    "path", ["/", "/verify", "/reset", "/change-email", "/api/docs", "//evil.example", "/device", "/\\evil.example"]
)
async def test_nobody_is_sent_elsewhere(house: House, path: str) -> None:
    """Open redirect: neither by a parameter nor by the header that says where the browser thinks it is."""
    names = ("next", "return_to", "redirect", "redirect_uri", "url", "continue", "goto")
    for target in ("https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        query = httpx2.QueryParams(dict.fromkeys(names, target))
        answer = await house.http.get(f"http://work.test{path}?{query}", headers={"host": "evil.example"})
        location = answer.headers.get("location", "/")
        assert re.fullmatch(r"/(?![/\\]).*", location), location
        assert "evil.example" not in location


async def test_a_link_in_a_mail_leads_here_whatever_the_sender_says(working_house: House) -> None:
    """A reset that is asked for with another `Host` does not take the token there."""
    house = working_house
    ada = await enrolled(house)
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    asked = await house.http.post("/api/v1/identity/password/forgot", json={"email": ada.email}, headers=headers)
    assert asked.is_success

    async def mailed() -> bool:
        return any(mail["to"] == ada.email and "/reset#" in mail.get_content() for mail in _texts(house))

    await eventually(mailed, "the link is mailed")
    assert all("evil.example" not in mail.as_string() for mail in house.mails())


def _texts(house: House) -> list[Any]:
    mails = []
    for mail in house.mails():
        body = mail.get_body(("plain",))
        assert body is not None
        body["to"] = mail["to"]
        mails.append(body)
    return mails


CONFUSING = {
    "zero width": "ada\u200b@example.com",
    "right to left": "ada\u202emoc@example.com",
    "soft hyphen": "a\u00adda@example.com",
    "byte order mark": "\ufeffada@example.com",
    "full width": "\uff41da@example.com",
    "cyrillic in latin": "\u0430da@example.com",
    "greek in latin": "ad\u03b1@example.com",
    "cyrillic domain": "ada@ex\u0430mple.com",
    "full stop": "ada@example\u3002com",
}


@pytest.mark.parametrize("kind", CONFUSING)
async def test_an_address_that_looks_like_another_is_refused(house: House, kind: str) -> None:
    """Nobody gets an account, or into a workspace, by an address that people read as somebody else's."""
    body = {"email": CONFUSING[kind], "name": "Ada", "password": "analytical engine of 1843"}
    refusal = problem(await house.stranger().send("POST", "/identity/users", body), 422)
    assert refusal["errors"][0]["field"] == "email"


@pytest.mark.parametrize("name", ["Ada\u202e", "\u2066Ada\u2069", "Ad\u200ba", "\u00ad", "\u2800", "\u3164", "\u200e"])
async def test_a_name_that_hides_what_it_is_is_refused(house: House, name: str) -> None:
    """Characters that turn the writing round, or that nobody sees, make one name look like another, or like none."""
    body = {"email": "ada@example.com", "name": name, "password": "analytical engine of 1843"}
    assert problem(await house.stranger().send("POST", "/identity/users", body), 422)["errors"][0]["field"] == "name"


@pytest.mark.parametrize("name", ["Ὑπατία", "محمد", "می‌خواهم", "क्‍ष", "李", "José", "O’Neil 🔬"])
async def test_a_name_in_any_script_is_a_name(house: House, name: str) -> None:
    """Joiners that a script needs stay."""
    ada = await enrolled(house)
    assert (await ada.patch("/identity/me", {"name": name}))["name"]


async def test_an_address_is_one_account_however_it_is_written(house: House) -> None:
    """Composed or not, large or small."""
    first: Person = house.stranger()
    body = {"email": "andré@example.com", "name": "André", "password": "analytical engine of 1843"}
    assert (await first.send("POST", "/identity/users", body)).is_success
    for other in ("andre\u0301@example.com", "ANDRÉ@EXAMPLE.COM", "André@Example.com"):
        problem(await first.send("POST", "/identity/users", {**body, "email": other}), 409)
