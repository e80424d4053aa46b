"""Who hears of what, in the app and by mail."""

from uuid import UUID

from colonnade.application.notifications import CountUnread
from colonnade.application.notifications.due import ScanDueTasks
from colonnade.core import UserId, new_id
from colonnade.domain.integrations import DisabledBy, EventTypeName, WebhookEndpoint, WebhookId, WebhookUrl
from colonnade.domain.notifications import Kind
from colonnade.domain.workspaces import Role
from colonnade.infrastructure.integrations.repository import SqlWebhookRepository

from ..mail.servers import Post
from .desk import Desk, body


async def test_who_gets_a_task_hears_of_it_in_the_app_and_by_mail(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ada, assignee=desk.ben, title="Ship it", number=12)
    await desk.settled()
    [told] = await desk.told(desk.ben)
    assert (told.kind, told.thread, told.workspace_id) == (Kind.ASSIGNED, f"task:{task.id}", desk.workspace.id)
    assert told.facts["title"] == "Ship it"
    assert told.facts["by"]
    assert await desk.ask(desk.ben, CountUnread()) == CountUnread.result(count=1)
    [mail] = mails.mails
    assert (mail["To"], mail["Subject"]) == ("ben@example.com", "[WEB-12] Ship it")
    assert mail.get_content_type() == "multipart/alternative"
    [delivery] = await desk.deliveries(desk.ben)
    assert (delivery.channel, delivery.state, delivery.reason) == ("mail", "sent", None)
    assert (delivery.message_id, delivery.sent_at) == (mail["Message-ID"], desk.clock.now())


async def test_a_mail_is_sent_so_that_programs_know_what_it_is(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ada, assignee=desk.ben)
    await desk.change(task, desk.ada, lambda one: one.assign(desk.cy, at=desk.clock.now()))
    await desk.change(task, desk.ada, lambda one: one.assign(desk.ben, at=desk.clock.now()))
    await desk.settled()
    first, second = (mail for mail in mails.mails if mail["To"] == "ben@example.com")
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first["List-Unsubscribe"].startswith("<https://work.example.com/unsubscribe/")
    assert first["Message-ID"] != second["Message-ID"]
    assert first["In-Reply-To"] == first["References"] == second["In-Reply-To"]
    [other] = (mail for mail in mails.mails if mail["To"] == "cy@example.com")
    assert other["References"] != first["References"]


async def test_nobody_is_told_of_what_they_did_themselves(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ben, assignee=desk.ben)
    await desk.move(task, desk.ben, "in_progress")
    await desk.later(minutes=2)
    assert await desk.told(desk.ben) == []
    assert mails.mails == []


async def test_whoever_has_a_task_and_whoever_opened_it_hear_of_its_moves(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ada, assignee=desk.ben)
    await desk.move(task, desk.cy, "in_progress", "done")
    await desk.later(minutes=2)
    for person in (desk.ada, desk.ben):
        moves = [told.facts for told in await desk.told(person) if told.kind is Kind.STATUS_CHANGED]
        assert [(facts["old"], facts["new"]) for facts in moves] == [("To do", "In progress"), ("In progress", "Done")]
    assert await desk.told(desk.cy) == []


async def test_what_the_service_does_is_news_to_everybody(desk: Desk, mails: Post) -> None:
    task = await desk.task(desk.ada, assignee=desk.ada)
    await desk.move(task, None, "in_progress")
    await desk.later(minutes=2)
    [told] = await desk.told(desk.ada)
    assert "by" not in told.facts
    assert body(mails.mails[0]).count("went from To do to In progress") == 1


async def test_who_is_let_in_hears_of_it_and_whoever_did_it_does_not(desk: Desk, mails: Post) -> None:
    dora = await desk.house.person("dora@example.com")
    async with desk.acting(desk.ada) as work:
        workspace = await desk.house.workspaces(work).get(desk.workspace.id)
        workspace.add_member(dora, Role.GUEST, by=desk.ada)
    await desk.settled()
    [told] = await desk.told(dora)
    assert (told.kind, told.facts["workspace"], told.facts["role"]) == (
        Kind.ADDED_TO_WORKSPACE,
        desk.workspace.name,
        "guest",
    )
    assert [mail["To"] for mail in mails.mails] == ["dora@example.com"]


async def test_a_task_in_the_bin_is_no_news(desk: Desk) -> None:
    task = desk.house.make.task(desk.project, by=desk.ada, assignee_id=desk.ben, at=desk.clock.now())
    async with desk.acting(desk.ada) as work:
        await desk.house.tasks(work).add(task)
        task.delete(at=desk.clock.now())
    await desk.settled()
    assert await desk.told(desk.ben) == []


async def test_a_webhook_that_failed_for_too_long_is_news_to_the_owner_and_its_maker(desk: Desk, mails: Post) -> None:
    webhook = WebhookEndpoint.create(
        new_id(WebhookId),
        workspace_id=desk.workspace.id,
        url=WebhookUrl("https://example.com/hook"),
        event_types=[EventTypeName("*")],
        sealed=b"sealed",
        by=desk.cy,
        at=desk.clock.now(),
    )
    async with desk.acting(desk.cy) as work:
        await SqlWebhookRepository(work, desk.workspace.id).add(webhook)
    async with desk.acting(None) as work:
        stored = await SqlWebhookRepository(work, desk.workspace.id).get(webhook.id)
        stored.disable(DisabledBy.SERVICE, at=desk.clock.now(), reason="took no request")
    await desk.settled()
    for person in (desk.ada, desk.cy):
        [told] = await desk.told(person)
        assert told.facts["url"] == "https://example.com/hook"
    assert await desk.told(desk.ben) == []
    assert len(mails.mails) == 2


async def test_a_process_tells_that_it_finished_once(desk: Desk, mails: Post) -> None:
    for _ in range(2):
        await desk.tell(desk.ben)
    await desk.settled()
    assert len(await desk.told(desk.ben)) == 1
    [mail] = mails.mails
    assert mail["Subject"] == "The export is ready"
    assert "https://work.example.com/exports/1" in body(mail)


async def test_what_happens_in_a_workspace_is_told_to_its_members_alone(desk: Desk, mails: Post) -> None:
    stranger = await desk.house.person()
    await desk.tell(stranger)
    await desk.tell(UserId(UUID("01890a5d-ac96-7000-8000-000000000009")))
    await desk.tell(stranger, workspace_id=None, facts={"title": "Your account"})
    await desk.settled()
    [told] = await desk.told(stranger)
    assert told.facts == {"title": "Your account"}
    assert len(mails.mails) == 1


async def test_an_event_that_is_handled_twice_is_told_once(desk: Desk, mails: Post) -> None:
    """As by a process that lost its lease."""
    await desk.task(desk.ada, assignee=desk.ben)
    await desk.settled()
    [told] = await desk.told(desk.ben)
    again = {"kind": Kind.ASSIGNED, "thread": told.thread, "facts": told.facts, "event_id": await _event_of(desk)}
    await desk.tell(desk.ben, **again)
    await desk.settled()
    assert len(await desk.told(desk.ben)) == len(mails.mails) == 1


async def _event_of(desk: Desk) -> object:
    return (await desk._news())[-1]


async def test_people_are_told_of_tasks_that_are_due_once_for_each_date(desk: Desk, mails: Post) -> None:
    today = desk.clock.now().date()
    tomorrow, yesterday = today.replace(day=6), today.replace(day=4)
    await desk.prefer(desk.ben, "due_soon", "mail", "at_once")
    tasks = [await desk.task(desk.ada, assignee=desk.ben, due_on=due) for due in (tomorrow, yesterday, today)]
    far = await desk.task(desk.ada, assignee=desk.ben, due_on=today.replace(day=20))
    old = await desk.task(desk.ada, assignee=desk.ben, due_on=today.replace(year=2025))
    done = await desk.task(desk.ada, assignee=desk.ben, due_on=yesterday)
    await desk.move(done, desk.ben, "in_progress", "done")
    await desk.task(desk.ada, due_on=tomorrow)
    for _ in range(3):
        await desk.serve(ScanDueTasks())
        await desk.later(hours=1)
    assert await _due(desk) == [
        ("due_soon", str(tasks[0].id)),
        ("due_soon", str(tasks[2].id)),
        ("overdue", str(tasks[1].id)),
    ]
    assert len([mail for mail in mails.mails if "ue " in mail["Subject"]]) == 3
    await desk.schedule(far, tomorrow)
    await desk.schedule(old, None)
    await desk.serve(ScanDueTasks())
    await desk.settled()
    assert ("due_soon", str(far.id)) in await _due(desk)
    await desk.later(days=2)
    await desk.serve(ScanDueTasks())
    await desk.settled()
    assert ("overdue", str(far.id)) in await _due(desk)
    assert len(await _due(desk)) == 7


async def _due(desk: Desk) -> list[tuple[str, object]]:
    told = await desk.told(desk.ben)
    return sorted((one.kind.value, one.facts["task_id"]) for one in told if one.kind in {Kind.DUE_SOON, Kind.OVERDUE})


async def test_tomorrow_begins_where_the_person_is(desk: Desk) -> None:
    await desk.set(desk.ben, timezone="Pacific/Kiritimati")
    await desk.at("2026-01-05T11:00:00+00:00")
    await desk.task(desk.ada, assignee=desk.ben, due_on=desk.clock.now().date())
    await desk.task(desk.ada, assignee=desk.cy, due_on=desk.clock.now().date())
    await desk.later(seconds=1)
    await desk.serve(ScanDueTasks())
    await desk.settled()
    assert [one.kind for one in await desk.told(desk.ben)] == [Kind.ASSIGNED, Kind.OVERDUE]
    assert [one.kind for one in await desk.told(desk.cy)] == [Kind.ASSIGNED, Kind.DUE_SOON]
