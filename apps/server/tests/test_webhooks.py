"""Webhooks over HTTP: endpoints, their secrets, what they are told, and where they must not point."""

from collections.abc import AsyncIterator
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from colonnade.security.webhooks import SignatureRefused
from colonnade.server.settings import WebhookSection

from .going_on import caught_up
from .house import House, Json, Person, open_house, problem, settings_for
from .receiver import Receiver, receiving
from .waiting import eventually, found

LOOPBACK = (IPv4Network("127.0.0.0/8"),)
HOOK = {"url": "https://hooks.example.com/web", "event_types": ["tasks.task_created"]}


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    """Another service on this machine."""
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def listening(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A server that works and may call receivers on this machine."""
    here = WebhookSection(allowed_networks=LOOPBACK)
    async with open_house(settings_for(tmp_path, sqlite_url, webhooks=here), works=True) as house:
        await caught_up(house)
        yield house


async def endpoint(house: House, url: str) -> tuple[Person, str, Json]:
    """Let somebody open an endpoint in a workspace of their own."""
    ada = await house.person()
    workspace = await house.workspace(ada)
    return ada, workspace, await ada.post(f"{workspace}/webhooks", {**HOOK, "url": url})


async def test_a_secret_is_shown_once(house: House) -> None:
    """When it is made, and when it is made anew; no list, no endpoint and no event ever has it."""
    ada = await house.person()
    workspace = await house.workspace(ada)
    made = await ada.send("POST", f"{workspace}/webhooks", {**HOOK, "description": "Chat bot"})
    assert made.status_code == 201
    webhook = made.json()
    where = f"{workspace}/webhooks/{webhook['id']}"
    assert made.headers["location"] == f"/api/v1{where}"
    assert webhook["secret"].startswith("whsec_")
    rotated = await ada.post(f"{where}/rotate-secret")
    assert rotated["secret"] not in ("", webhook["secret"])
    shown = str([await ada.get(where), await ada.get(f"{workspace}/webhooks")])
    logged = str([event.event for event in await house.events()])
    for secret in (webhook["secret"], rotated["secret"]):
        assert secret not in shown
        assert secret not in logged
    assert "secret" not in await ada.get(where)


async def test_an_asymmetric_endpoint_gets_a_public_key(listening: House, receiver: Receiver) -> None:
    """With which requests are verified, too."""
    ada = await listening.person()
    workspace = await listening.workspace(ada)
    webhook = await ada.post(f"{workspace}/webhooks", {**HOOK, "url": receiver.url, "signature": "v1a"})
    assert webhook["secret"].startswith("whpk_")
    await ada.post(f"{workspace}/webhooks/{webhook['id']}/ping")
    await eventually(receiver.has_one, "the ping comes")
    assert receiver.requests[0].verified(webhook["secret"])


async def test_an_endpoint_is_changed_disabled_enabled_and_deleted(house: House) -> None:
    """Each change counts, and nobody overwrites what they have not seen."""
    ada, workspace, webhook = await endpoint(house, HOOK["url"])  # type: ignore[arg-type]  # a text
    where = f"{workspace}/webhooks/{webhook['id']}"
    seen = (await ada.send("GET", where)).headers["etag"]
    edited = await ada.patch(where, {"event_types": ["*"], "description": "All"}, if_match=seen)
    assert (edited["event_types"], edited["description"], edited["url"]) == (["*"], "All", HOOK["url"])
    assert problem(await ada.send("PATCH", where, {"description": "Mine"}, if_match=seen), 412)
    assert (await ada.post(f"{where}/disable"))["status"] == "disabled"
    assert problem(await ada.send("POST", f"{where}/ping"), 409)["code"].startswith("webhooks.")
    assert (await ada.post(f"{where}/enable"))["status"] == "enabled"
    assert (await ada.send("DELETE", where)).status_code == 204
    problem(await ada.send("GET", where), 404)
    assert (await ada.get(f"{workspace}/webhooks"))["items"] == []


async def test_a_delivery_is_logged_with_request_and_answer_and_can_be_repeated(
    listening: House, receiver: Receiver
) -> None:
    """A repetition has the same id, by which the receiver knows it."""
    ada, workspace, webhook = await endpoint(listening, receiver.url)
    await ada.post(f"{await listening.project(ada, workspace)}/tasks", {"title": "Ship it"})

    async def delivered() -> list[Json]:
        items: list[Json] = (await ada.get(f"{workspace}/webhooks/deliveries?state=delivered"))["items"]
        return items

    (delivery,) = await found(delivered, "the delivery is noted")
    assert (delivery["event_type"], delivery["attempts"]) == ("tasks.task_created", 1)
    told = await ada.get(f"{workspace}/webhooks/deliveries/{delivery['id']}")
    (attempt,) = told["log"]
    assert (attempt["number"], attempt["status"], attempt["error"]) == (1, 204, None)
    assert attempt["milliseconds"] >= 0
    assert told["payload"].encode() == receiver.requests[0].body
    again = await ada.send("POST", f"{workspace}/webhooks/deliveries/{delivery['id']}/redeliver")
    assert again.status_code == 202
    assert again.json()["redelivery_of"] == delivery["id"]
    await eventually(lambda: _came(receiver, 2), "it comes again")
    first, second = receiver.requests
    assert first.verified(webhook["secret"]) == second.verified(webhook["secret"])
    assert first.body == second.body
    with pytest.raises(SignatureRefused):
        second._replace(body=second.body.replace(b"Ship", b"Skip")).verified(webhook["secret"])


async def test_a_receiver_that_fails_is_tried_again_later(listening: House, receiver: Receiver) -> None:
    """What came of the first attempt and when the next one is can be seen; others are not held up."""
    receiver.status = "500 Internal Server Error"
    ada, workspace, _ = await endpoint(listening, receiver.url)
    task = await ada.post(f"{await listening.project(ada, workspace)}/tasks", {"title": "Ship it"})

    async def failed() -> list[Json]:
        items: list[Json] = (await ada.get(f"{workspace}/webhooks/deliveries"))["items"]
        return [item for item in items if item["attempts"] == 1]

    (delivery,) = await found(failed, "the first attempt is noted")
    assert delivery["state"] == "pending"
    assert delivery["next_attempt_at"] > delivery["last_attempt_at"]
    log = (await ada.get(f"{workspace}/webhooks/deliveries/{delivery['id']}"))["log"]
    assert [attempt["status"] for attempt in log] == [500]
    assert (await ada.get(f"{workspace}/tasks/{task['id']}"))["key"] == "WEB-1"


PRIVATE = [
    "https://127.0.0.1/x", "https://localhost/x", "https://10.1.2.3/x", "https://192.168.1.1/x", "https://[::1]/x",
    "https://169.254.169.254/latest/meta-data", "https://[fd00::1]/x", "https://[::ffff:127.0.0.1]/x",
    "https://0.0.0.0/x", "https://api.localhost/x",
]  # fmt: skip


@pytest.mark.parametrize("url", PRIVATE)
async def test_a_private_address_is_refused_by_name(house: House, url: str) -> None:
    """When it is given and when it is changed; nothing is kept."""
    ada, workspace, webhook = await endpoint(house, HOOK["url"])  # type: ignore[arg-type]  # a text
    for method, path, body in (
        ("POST", f"{workspace}/webhooks", {**HOOK, "url": url}),
        ("PATCH", f"{workspace}/webhooks/{webhook['id']}", {"url": url}),
    ):
        refusal = problem(await ada.send(method, path, body), 422)
        assert (refusal["code"], refusal["field"]) == ("outbound.address_refused", "url")
    assert [each["url"] for each in (await ada.get(f"{workspace}/webhooks"))["items"]] == [HOOK["url"]]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"url": "http://hooks.example.com/web"}, "url"),
        ({"url": "https://ada:secret@hooks.example.com/"}, "url"),
        ({"url": "ftp://hooks.example.com/"}, "url"),
        ({"event_types": []}, "event_types"),
        ({"event_types": ["tasks.unheard_of"]}, "event_types"),
        ({"event_types": ["identity.session_opened"]}, "event_types"),
    ],
)
async def test_what_cannot_be_told_is_refused_by_name(house: House, change: Json, field: str) -> None:
    """An address without TLS or with a password, and events that are nobody else's business."""
    ada = await house.person()
    refusal = problem(await ada.send("POST", f"{await house.workspace(ada)}/webhooks", {**HOOK, **change}), 422)
    assert {fault["field"].partition(".")[0] for fault in refusal["errors"]} == {field}


async def test_an_allowed_network_is_allowed_and_no_other(listening: House) -> None:
    """Other private networks stay out of reach."""
    ada, workspace, webhook = await endpoint(listening, "http://127.0.0.1:9/hooks")
    assert webhook["url"] == "http://127.0.0.1:9/hooks"
    problem(await ada.send("POST", f"{workspace}/webhooks", {**HOOK, "url": "https://10.0.0.1/x"}), 422)


async def test_where_hosts_are_listed_no_other_is_called(sqlite_url: str, tmp_path: Path, receiver: Receiver) -> None:
    """Neither when an address is given or changed, nor later, if an endpoint from before has another one."""
    anywhere = settings_for(tmp_path, sqlite_url, webhooks=WebhookSection(allowed_networks=LOOPBACK))
    async with open_house(anywhere) as house:
        ada, workspace, before = await endpoint(house, receiver.url)
    listed = WebhookSection(allowed_networks=LOOPBACK, allowed_hosts=("Hooks.example.com", "*.partner.example"))
    async with open_house(settings_for(tmp_path, sqlite_url, webhooks=listed), works=True) as house:
        await caught_up(house)
        ada.http = house.http
        for url in ("https://hooks.example.com/web", "https://eu.partner.example/"):
            await ada.post(f"{workspace}/webhooks", {**HOOK, "url": url})
        for url in (receiver.url, "https://example.com/", "https://partner.example/", "https://93.184.216.34/"):
            for method, path in (("POST", "webhooks"), ("PATCH", f"webhooks/{before['id']}")):
                refusal = problem(await ada.send(method, f"{workspace}/{path}", {**HOOK, "url": url}), 422)
                assert (refusal["code"], refusal["field"]) == ("outbound.address_refused", "url")
        await ada.post(f"{workspace}/webhooks/{before['id']}/ping")

        async def attempted() -> list[Json]:
            items: list[Json] = (await ada.get(f"{workspace}/webhooks/deliveries"))["items"]
            return [item for item in items if item["attempts"]]

        (delivery,) = await found(attempted, "the attempt is noted")
        (attempt,) = (await ada.get(f"{workspace}/webhooks/deliveries/{delivery['id']}"))["log"]
    assert attempt["error"].startswith("refused: must name a host that the operator allows")
    assert receiver.requests == []


async def test_a_workspace_has_so_many_endpoints_and_no_more(sqlite_url: str, tmp_path: Path) -> None:
    """A deleted one makes room."""
    few = WebhookSection(endpoints=2)
    async with open_house(settings_for(tmp_path, sqlite_url, webhooks=few)) as house:
        ada = await house.person()
        workspace = await house.workspace(ada)
        answers = [await ada.send("POST", f"{workspace}/webhooks", HOOK) for _ in range(3)]
        assert [answer.status_code for answer in answers] == [201, 201, 409]
        assert problem(answers[2], 409)["limit"] == 2
        assert (await ada.send("DELETE", f"{workspace}/webhooks/{answers[0].json()['id']}")).status_code == 204
        await ada.post(f"{workspace}/webhooks", HOOK)


async def test_the_events_that_can_be_told_are_listed_with_their_schemas(house: House) -> None:
    """By name; those of people's sessions are not among them."""
    ada = await house.person()
    items = (await ada.get(f"{await house.workspace(ada)}/webhooks/event-types"))["items"]
    names = [item["type"] for item in items]
    assert names == sorted(names)
    assert {"tasks.task_assigned", "workspaces.member_added", "projects.project_created"} <= set(names)
    assert not [name for name in names if name.startswith("identity.")]
    assert all(item["description"] and item["data_schema"]["type"] == "object" for item in items)


async def _came(receiver: Receiver, number: int) -> bool:
    return len(receiver.requests) >= number
