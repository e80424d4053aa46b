"""Unsubscribing by the link of a mail: by the mail program, by a person, and by nobody who merely looks."""

import re
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import urlsplit

import httpx2
import pytest

from .going_on import caught_up, told
from .house import House, Json, Person, problem

FORM = "application/x-www-form-urlencoded"


@dataclass
class Mailbox:
    """Ben's mail, and who sends him work."""

    house: House
    ada: Person
    ben: Person
    workspace: str
    project: str

    async def assign(self) -> None:
        """Give Ben a task, and wait for what follows."""
        await self.ada.post(f"{self.project}/tasks", {"title": "Ship it", "assignee_id": self.ben.id})
        await caught_up(self.house)

    def mails(self) -> list[EmailMessage]:
        """Return Ben's mails about tasks of his."""
        return [mail for mail in self.house.mails() if mail["to"] == self.ben.email and "WEB-" in mail["subject"]]

    def path(self) -> str:
        """Return where the first of them says to unsubscribe."""
        return urlsplit(self.mails()[0]["list-unsubscribe"].strip("<>")).path

    async def timing(self, kind: str, channel: str, workspace: str | None = None) -> str:
        """Return when Ben wants to hear of something."""
        where = self.workspace if workspace is None else workspace
        preferences: Json = await self.ben.get(f"/notifications/preferences?workspace_id={where.rsplit('/', 1)[1]}")
        return str(preferences["timings"][kind][channel])

    async def click(self, path: str) -> httpx2.Response:
        """Post what a mail program posts."""
        return await self.house.http.post(path, content="List-Unsubscribe=One-Click", headers={"content-type": FORM})


@pytest.fixture
async def mailbox(working_house: House) -> Mailbox:
    """A mailbox with a mail about a task."""
    ada, ben = await working_house.person("Ada"), await working_house.person("Ben")
    await caught_up(working_house)
    workspace = await working_house.workspace(ada, member=ben)
    made = Mailbox(working_house, ada, ben, workspace, await working_house.project(ada, workspace))
    await made.assign()
    return made


async def test_a_mail_says_how_to_unsubscribe_with_one_click(mailbox: Mailbox) -> None:
    """As RFC 8058 has it; the link is for people, too."""
    (mail,) = mailbox.mails()
    assert mail["list-unsubscribe-post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(r"<http://127\.0\.0\.1:8000/unsubscribe/[\w.~-]+>", mail["list-unsubscribe"])
    body = mail.get_body(("plain",))
    assert body is not None
    assert mail["list-unsubscribe"].strip("<>") in body.get_content().replace("\n", "")


async def test_to_look_at_the_link_changes_nothing(mailbox: Mailbox) -> None:
    """Programs follow links to see whether they are harmful; a page asks people first."""
    page = await mailbox.house.http.get(mailbox.path())
    assert page.status_code == 200
    assert page.headers["content-type"].startswith("text/html")
    assert page.headers["cache-control"] == "no-store"
    for part in ("default-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
        assert part in page.headers["content-security-policy"]
    assert page.headers["referrer-policy"] == "no-referrer"
    assert f'<form method="post" action="{mailbox.path()}">' in page.text
    assert (await mailbox.house.http.head(mailbox.path())).status_code == 200
    assert await mailbox.timing("assigned", "mail") == "at_once"


async def test_one_click_turns_off_what_the_mail_was_about(mailbox: Mailbox) -> None:
    """There and on that channel only, without signing in; the app goes on telling, and a second click is none."""
    for _ in range(2):
        answer = await mailbox.click(mailbox.path())
        assert answer.status_code == 200
        assert "You are unsubscribed" in answer.text
    assert await mailbox.timing("assigned", "mail") == "off"
    assert await mailbox.timing("assigned", "in_app") == "at_once"
    assert await mailbox.timing("status_changed", "mail") == "at_once"
    elsewhere = await mailbox.house.workspace(mailbox.ben)
    assert await mailbox.timing("assigned", "mail", elsewhere) == "at_once"
    first = await told(mailbox.ben, "assigned")
    await mailbox.assign()
    assert (await told(mailbox.ben, "assigned"))["id"] != first["id"]
    assert len(mailbox.mails()) == 1


async def test_the_api_unsubscribes_as_well(mailbox: Mailbox) -> None:
    """For an app of one's own that opens the link."""
    token = mailbox.path().rsplit("/", 1)[1]
    answer = await mailbox.house.stranger().send("POST", "/notifications/unsubscribe", {"token": token})
    assert answer.status_code == 204
    assert await mailbox.timing("assigned", "mail") == "off"


async def test_a_link_that_is_not_ours_changes_nothing(mailbox: Mailbox) -> None:
    """Tampered, cut, or made up: the answer is a refusal that does not repeat it."""
    path, token = mailbox.path().rsplit("/", 1)
    for forged in (token[:-4], token[::-1], f"A{token}", "x", "a" * 2000, "%3Cscript%3E"):
        answer = await mailbox.click(f"{path}/{forged}")
        assert problem(answer, 422)["errors"][0]["field"] == "token"
        assert "script" not in answer.text
    page = await mailbox.house.http.get(f"{path}/%22%3E%3Cscript%3E")
    assert "<script>" not in page.text
    assert await mailbox.timing("assigned", "mail") == "at_once"
