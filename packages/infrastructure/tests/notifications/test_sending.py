"""Mails go out once, together where they belong together, when they are wanted, and not otherwise."""

from collections.abc import AsyncIterator
from dataclasses import replace
from ipaddress import ip_network
from urllib.parse import parse_qs

import httpx2
import pytest
from pydantic import SecretStr
from pydantic_core import from_json
from sqlalchemy import select, update

from colonnade.application.jobs import JobId
from colonnade.application.messaging import Caller, Context
from colonnade.application.notifications import MarkRead, SendMail, Unsubscribe
from colonnade.application.notifications.news import News
from colonnade.core import Email, Forbidden, Invalid, new_id
from colonnade.domain.notifications import Channel, Kind, NotificationId
from colonnade.infrastructure.chat import ChatWebhook
from colonnade.infrastructure.database.tables import table_of
from colonnade.infrastructure.identity.rows import UserRow
from colonnade.infrastructure.jobs.tables import FAILED, WAITING, jobs
from colonnade.infrastructure.notifications.inbox import SqlInbox
from colonnade.infrastructure.notifications.outbox import SqlOutbox
from colonnade.infrastructure.notifications.rows import NotificationDeliveryRow
from colonnade.infrastructure.notifications.senders import ChatSender, TextSender
from colonnade.infrastructure.outbound import OutboundHttp, OutboundSettings
from colonnade.infrastructure.sms import HttpSmsSender, HttpSmsSettings

from ..mail.servers import Post, post
from ..outbound.strangers import Stranger, answer, stranger
from .desk import Desk, body

EDITS = ("in_progress", "todo") * 5


async def test_ten_edits_are_one_mail(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ada, assignee=desk.ada, title="Ship it", number=12)
    await desk.move(task, desk.ben, *EDITS)
    await desk.later(seconds=59)
    assert mails.mails == []
    await desk.later(seconds=1)
    [mail] = mails.mails
    assert mail["Subject"] == "[WEB-12] Ship it"
    assert body(mail).count("moved WEB-12") == 10
    deliveries = await desk.deliveries(desk.ada)
    assert len(deliveries) == 10
    assert {(one.state, one.message_id) for one in deliveries} == {("sent", mail["Message-ID"])}


async def test_edits_after_the_mail_are_another_mail_of_the_thread(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ada, assignee=desk.ada)
    other = await desk.task(desk.ada, assignee=desk.ada)
    for one in (task, task, other):
        await desk.move(one, desk.ben, *EDITS[:2])
        await desk.later(minutes=2)
    first, second, third = mails.mails
    assert [body(mail).count("moved") for mail in mails.mails] == [2, 2, 2]
    assert first["References"] == second["References"] != third["References"]


async def test_what_is_committed_too_late_for_a_mail_is_in_the_next_one(desk: Desk, mails: Post) -> None:
    """It was added while the job waited that it counted on, and became visible after that had looked."""
    task = await desk.task(desk.ada, assignee=desk.ada)
    await desk.move(task, desk.ben, "in_progress")
    await desk.later(minutes=1)
    assert len(mails.mails) == 1
    late = News(
        kind=Kind.STATUS_CHANGED,
        thread=f"task:{task.id}",
        event_id=desk.ben,
        facts={"key": "WEB-1", "title": "Late", "old": "To do", "new": "Done"},
    )
    async with desk.acting(None) as work:
        notification_id = new_id(NotificationId)
        await SqlInbox(work, desk.database).put(notification_id, desk.ada, late, at=desk.clock.now(), hidden=False)
        SqlOutbox(work).add(notification_id, desk.ada, Channel.MAIL, fold=late.thread)
    await desk.later(minutes=1)
    assert [mail["Subject"].endswith("Late") for mail in mails.mails] == [False, True]
    await desk.later(minutes=5)
    assert await desk.waiting() == []


async def test_what_was_read_in_the_app_need_not_be_mailed(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ada, assignee=desk.ada)
    await desk.move(task, desk.ben, "in_progress", "done")
    await desk.settled()
    first, _ = await desk.told(desk.ada)
    await desk.ask(desk.ada, MarkRead(ids=[first.id]))
    await desk.later(minutes=2)
    assert body(mails.mails[0]).count("moved") == 1
    assert [(one.state, one.reason) for one in await desk.deliveries(desk.ada)] == [
        ("suppressed", "read"),
        ("sent", None),
    ]
    await desk.move(task, desk.ben, "in_progress")
    await desk.settled()
    await desk.ask(desk.ada, MarkRead(everything=True))
    await desk.later(minutes=2)
    assert len(mails.mails) == 1


async def test_who_left_the_workspace_hears_no_more_of_it(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ben, assignee=desk.ben)
    await desk.move(task, desk.ada, "in_progress")
    await desk.settled()
    async with desk.acting(desk.ada) as work:
        workspace = await desk.house.workspaces(work).get(desk.workspace.id)
        workspace.remove_member(desk.ben, by=desk.ada)
    await desk.later(minutes=2)
    assert mails.mails == []
    assert [(one.state, one.reason) for one in await desk.deliveries(desk.ben)] == [("suppressed", "left_workspace")]
    await desk.move(task, desk.ada, "done")
    await desk.settled()
    assert len(await desk.told(desk.ben)) == 1


async def test_everything_arrives_once_after_the_mail_server_was_down(desk: Desk, mails: Post) -> None:
    mails.on_recipient = "451 not now"
    task = await desk.task(desk.ada, assignee=desk.ben)
    await desk.task(desk.ada, assignee=desk.cy)
    await desk.move(task, desk.ada, *EDITS)
    await desk.later(minutes=2)
    for _ in range(4):
        await desk.move(task, desk.ada, "in_progress", "todo")
        await desk.later(minutes=20)
    assert mails.attempts > 6
    assert {one.state for one in await desk.deliveries(desk.ben)} == {"pending"}
    mails.on_recipient = "250 OK"
    await desk.later(hours=1)
    assert sorted(mails.recipients) == ["ben@example.com"] * (len(mails.mails) - 1) + ["cy@example.com"]
    assert sum(body(mail).count("moved") for mail in mails.mails) == 18
    assert len({mail["Message-ID"] for mail in mails.mails}) == len(mails.mails)
    assert {one.state for one in await desk.deliveries(desk.ben)} == {"sent"}


async def test_a_server_that_is_not_there_is_waited_for(desk: Desk) -> None:
    async with post() as gone:
        pass
    mailer = desk.senders[Channel.MAIL]._mailer
    mailer._settings = replace(mailer._settings, port=gone.port)
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.later(hours=1)
    async with post(port=gone.port) as back:
        await desk.later(hours=1)
        assert len(back.mails) == 1
    assert [one.state for one in await desk.deliveries(desk.ben)] == ["sent"]


async def test_an_address_that_is_refused_is_kept_as_failed(desk: Desk, mails: Post) -> None:
    mails.on_recipient = "550 nobody here"
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    assert [(one.state, one.reason) for one in await desk.deliveries(desk.ben)] == [("failed", "mail.refused")]


async def test_a_job_that_failed_can_be_tried_again(desk: Desk, mails: Post) -> None:
    """An operator saw to it that the address exists."""
    mails.on_recipient = "550 nobody here"
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    mails.on_recipient = "250 OK"
    again = update(jobs).where(jobs.c.state == FAILED).values(state=WAITING, finished_at=None, attempts=0)
    await desk.database.write(again)
    await desk.settled()
    assert len(mails.mails) == 1
    assert [(one.state, one.reason) for one in await desk.deliveries(desk.ben)] == [("sent", None)]


async def test_a_job_whose_worker_died_after_sending_sends_the_same_message_again(desk: Desk, mails: Post) -> None:
    """At least once: by its `Message-ID` receivers know the repetition."""
    mails.on_recipient = "451 not now"
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    mails.on_recipient = "250 OK"
    await desk.serve(SendMail(job_id=await _job(desk)))
    await desk.later(hours=1)
    first, second = mails.mails
    assert first["Message-ID"] == second["Message-ID"]


async def test_a_job_that_comes_again_after_it_was_noted_sends_nothing(desk: Desk, mails: Post) -> None:
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    sent = await desk.serve(SendMail(job_id=await _job(desk)))
    assert (sent.sent, sent.message_id) == ((), None)
    assert len(mails.mails) == 1


async def _job(desk: Desk) -> JobId:
    deliveries = table_of(NotificationDeliveryRow).c
    return JobId((await desk.database.fetch(select(deliveries.job_id)))[0][0])


async def test_quiet_hours_hold_mails_back_until_they_end(desk: Desk, mails: Post) -> None:
    await desk.set(desk.ben, timezone="Europe/Berlin", quiet_hours={"start": "09:30", "end": "12:00"})
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    assert len(await desk.told(desk.ben)) == 1
    await desk.at("2026-01-05T11:59:59+01:00")
    assert mails.mails == []
    await desk.at("2026-01-05T12:00:00+01:00")
    assert len(mails.mails) == 1


async def test_a_digest_tells_everything_of_a_workspace_in_one_mail_in_the_morning(desk: Desk, mails: Post) -> None:
    await desk.set(desk.ben, timezone="Asia/Kathmandu")
    for kind in ("assigned", "status_changed"):
        await desk.prefer(desk.ben, kind, "mail", "digest")
    tasks = [await desk.task(desk.ada, assignee=desk.ben) for _ in range(3)]
    await desk.move(tasks[0], desk.ada, "in_progress")
    await desk.at("2026-01-06T07:59:00+05:45")
    assert mails.mails == []
    await desk.at("2026-01-06T08:00:00+05:45")
    [mail] = mails.mails
    assert mail["Subject"] == f"4 things to look at in {desk.workspace.name}"
    assert mail["References"] is None
    await desk.later(days=1)
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.later(days=1)
    assert len(mails.mails) == 2
    assert {one.state for one in await desk.deliveries(desk.ben)} == {"sent"}


async def test_a_digest_that_waits_comes_at_the_hour_that_is_chosen_meanwhile(desk: Desk, mails: Post) -> None:
    await desk.prefer(desk.ben, "assigned", "mail", "digest")
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    assert [(name, at.hour) for name, at in await desk.waiting()] == [("notifications.send_folded", 8)]
    await desk.set(desk.ben, digest_hours=[7, 18])
    assert [(name, at.hour) for name, at in await desk.waiting()] == [("notifications.send_folded", 18)]
    await desk.at("2026-01-05T18:00:00+00:00")
    assert len(mails.mails) == 1


async def test_one_click_unsubscribes_from_that_kind_of_mail_alone(desk: Desk, mails: Post) -> None:
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    token = mails.mails[0]["List-Unsubscribe"].strip("<>").rpartition("/")[2]
    for _ in range(2):
        await desk.ask(None, Unsubscribe(token=token))
    task = await desk.task(desk.ada, assignee=desk.ben)
    await desk.move(task, desk.ada, "in_progress")
    await desk.later(minutes=2)
    assert [body(mail).count("assigned") for mail in mails.mails] == [1, 0]
    assert len(await desk.told(desk.ben)) == 3


async def test_a_mail_that_waits_is_not_sent_to_who_unsubscribed_meanwhile(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ada, assignee=desk.ben)
    await desk.move(task, desk.ada, "in_progress")
    await desk.settled()
    await desk.prefer(desk.ben, "status_changed", "mail", "off", workspace_id=desk.workspace.id)
    await desk.later(minutes=2)
    assert len(mails.mails) == 1
    became = {(one.state, one.reason) for one in await desk.deliveries(desk.ben)}
    assert became == {("sent", None), ("suppressed", "unsubscribed")}


async def test_no_other_link_unsubscribes(desk: Desk, mails: Post) -> None:
    token = desk.tokens.issue(desk.ben, desk.workspace.id, Channel.MAIL, [Kind.ASSIGNED])
    with pytest.raises(Invalid):
        await desk.ask(None, Unsubscribe(token=token[:-1] + ("A" if token[-1] != "A" else "B")))
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    assert len(mails.mails) == 1


async def test_what_is_off_in_the_app_is_mailed_nevertheless(desk: Desk, mails: Post) -> None:
    await desk.prefer(desk.ben, "assigned", "in_app", "off")
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    assert await desk.told(desk.ben) == []
    assert len(mails.mails) == 1


async def test_nothing_in_a_title_becomes_a_header_or_markup(desk: Desk, mails: Post) -> None:
    facts = {"title": "Done\r\nBcc: eve@example.com\u2028<script>alert(1)</script>", "url": "javascript:alert(1)"}
    await desk.tell(desk.ben, facts=facts)
    await desk.settled()
    [mail] = mails.mails
    assert mails.recipients == ["ben@example.com"]
    assert mail["Bcc"] is None
    assert mail["Subject"] == "Done Bcc: eve@example.com <script>alert(1)</script>"
    html = body(mail, "html")
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "javascript:" not in html


@pytest.fixture
async def provider(desk: Desk) -> AsyncIterator[Stranger]:
    """Somebody who sends text messages and keeps a chat room."""
    outbound = OutboundSettings(allowed_networks=(ip_network("127.0.0.0/8"),), allow_http=True)
    async with stranger(answer("200 OK", b'{"sid": "SM1"}')) as opened, httpx2.AsyncClient(trust_env=False) as client:
        at = HttpSmsSettings(
            url=f"http://127.0.0.1:{opened.port}/sms", username="us", password=SecretStr("s"), sender="+15005550006"
        )
        desk.senders[Channel.SMS] = TextSender(HttpSmsSender(at, client, clock=desk.clock), desk.renderer)
        desk.senders[Channel.CHAT] = ChatSender(ChatWebhook(OutboundHttp(outbound), clock=desk.clock), desk.renderer)
        yield opened


async def test_who_wants_it_gets_a_text_and_a_line_in_a_room(desk: Desk, mails: Post, provider: Stranger) -> None:
    await desk.set(desk.ben, phone="+4915112345678", chat_url=f"http://127.0.0.1:{provider.port}/room")
    for channel in ("sms", "chat"):
        await desk.prefer(desk.ben, "assigned", channel, "at_once")
    await desk.task(desk.ada, assignee=desk.ben, title="Ship <!channel> & go", number=12)
    await desk.settled()
    bodies = {received.line.split()[1]: received.body.decode() for received in provider.received}
    assert parse_qs(bodies["/sms"])["Body"][0].endswith(
        f"assigned WEB-12 to you: Ship <!channel> & go https://work.example.com/workspaces/{desk.workspace.id}/tasks/WEB-12"
    )
    assert "Ship &lt;!channel&gt; &amp; go" in from_json(bodies["/room"])["text"]
    assert [(one.channel, one.state, one.message_id) for one in await desk.deliveries(desk.ben)][0::2] == [
        ("chat", "sent", None),
        ("sms", "sent", "SM1"),
    ]
    assert len(mails.mails) == 1


async def test_who_took_their_number_back_gets_no_text(desk: Desk, mails: Post, provider: Stranger) -> None:
    await desk.set(desk.ben, phone="+4915112345678")
    await desk.prefer(desk.ben, "status_changed", "sms", "at_once")
    await desk.prefer(desk.ben, "status_changed", "mail", "off")
    task = await desk.task(desk.ben, assignee=desk.ben)
    await desk.move(task, desk.ada, "in_progress")
    await desk.settled()
    await desk.set(desk.ben, phone=None)
    await desk.later(minutes=2)
    assert provider.received == []
    assert [(one.channel, one.reason) for one in await desk.deliveries(desk.ben)] == [("sms", "unreachable")]


async def test_who_has_no_account_any_more_gets_no_mail(desk: Desk, mails: Post) -> None:
    stranger_id = await desk.house.person(Email("eve@example.com"))
    about_a_task = {"key": "A-1", "title": "x", "due_on": "2026-01-06"}
    await desk.tell(stranger_id, kind=Kind.DUE_SOON, workspace_id=None, facts=about_a_task)
    await desk.settled()
    users = table_of(UserRow)
    await desk.database.write(users.delete().where(users.c.id == stranger_id))
    await desk.later(days=1)
    assert mails.mails == []


async def test_only_the_service_sends_letters(desk: Desk) -> None:
    with pytest.raises(Forbidden):
        await desk.bus.send(SendMail(job_id=JobId(desk.ben)), Context(caller=Caller(desk.ben)))
