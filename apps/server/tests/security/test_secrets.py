"""Nothing that must stay secret is said: in no log, answer, metric, trace, job, mail or table of a whole journey."""

import io
import json
import re
from pathlib import Path

import pytest
from sqlalchemy import text

from colonnade.infrastructure.database import Database
from colonnade.monitoring.logs import configure_logs
from colonnade.server.settings import TraceSection
from colonnade.testing.planted import PLANTED_KEY

from ..house import PASSWORD, House, Person, good, open_house, problem
from ..waiting import found
from .people import enrolled, open_settings, token_of


async def journey(house: House) -> set[str]:
    """Do what people do with secrets, rightly and wrongly, and return every secret that was handed out."""
    ada = await enrolled(house)
    secrets = {ada.tokens["access_token"], ada.tokens["refresh_token"]}
    for body in (
        {"email": ada.email, "password": f"{PASSWORD}?"},
        {"email": "nobody@example.com", "password": PASSWORD},
        {"email": PASSWORD, "password": [PASSWORD]},
    ):
        assert not (await ada.send("POST", "/identity/sessions", body)).is_success
    refreshed = good(
        await ada.send("POST", "/identity/sessions/refresh", {"refresh_token": ada.tokens["refresh_token"]})
    )
    ada.tokens = refreshed
    secrets |= {refreshed["access_token"], refreshed["refresh_token"]}
    script = await token_of(ada, "task.read", "webhook.manage")
    secrets.add(script.tokens["access_token"])
    await script.send("GET", f"/nothing?token={script.tokens['access_token']}")
    path = await house.workspace(ada)
    hook = await ada.post(f"{path}/webhooks", {"url": "https://hooks.example.com/x", "event_types": ["*"]})
    secrets |= {value for name, value in hook.items() if name == "secret" and value}
    factor = await ada.post("/identity/second-factor")
    secrets |= set(re.findall(r"secret=([A-Z2-7]{16,})", json.dumps(factor)))
    device = await house.stranger().post("/identity/devices")
    secrets.add(device["device_code"])
    assert good(await ada.send("POST", "/identity/password/forgot", {"email": ada.email})) == {}

    async def link() -> str | None:
        for mail in house.mails():
            body = mail.get_body(("plain",))
            shown = re.search(r"/reset#(\S+)", body.get_content()) if body is not None else None
            if shown:
                return shown[1]
        return None

    token = await found(link, "the link is mailed")
    secrets.add(token)
    problem(await house.stranger().send("POST", "/identity/password/reset", {"token": token, "password": "short"}), 422)
    fresh = "another engine, more analytical"
    secrets |= {PASSWORD, PLANTED_KEY, fresh}
    done = await house.stranger().send("POST", "/identity/password/reset", {"token": token, "password": fresh})
    assert good(done) == {}
    problem(await house.stranger().send("POST", "/identity/password/reset", {"token": token, "password": fresh}), 404)
    return secrets


async def test_a_whole_journey_says_no_secret(
    sqlite_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Logs at the finest level, spans, metrics, and every table as SQL sees it."""
    stream = io.StringIO()
    configure_logs(level="DEBUG", log_format="json", stream=stream)
    settings = open_settings(tmp_path, sqlite_url, traces=TraceSection(exporter="console"))
    async with open_house(settings, works=True) as house:
        secrets = await journey(house)
        metrics = (await house.http.get("/metrics")).text
        database = await house.server.container.get(Database)
        kept = await dumped(database)
    captured = capsys.readouterr()
    assert len(secrets) >= 10
    assert "identity.sign_in" in captured.out
    logs = "\n".join(line for line in stream.getvalue().splitlines() if json.loads(line)["logger"] != "httpx2")
    said = {"logs": logs, "output": captured.out, "metrics": metrics, "tables": kept}
    said |= contents_of(tmp_path)
    for where, content in said.items():
        assert content or where.startswith(str(tmp_path)), where
        for secret in secrets:
            for form in (secret, secret.rpartition(".")[2]):
                assert form not in content, f"a secret stands in the {where}"


def contents_of(folder: Path) -> dict[str, str]:
    """Return what is in the files of a folder but mails, which may say what they are sent for."""
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".eml"]
    return {str(file): file.read_bytes().decode("latin-1") for file in files}


async def dumped(database: Database) -> str:
    """Return every table's rows as text."""
    tables = await database.fetch(text("SELECT name FROM sqlite_master WHERE type = 'table'"), {})
    rows = [await database.fetch(text(f'SELECT * FROM "{table.name}"'), {}) for table in tables]
    return "\n".join(str(tuple(row)) for table in rows for row in table)


async def test_nothing_that_is_refused_is_repeated(house: House) -> None:
    """A problem document names the field and not what stood in it."""
    secret = "quartz-xylophone-91"
    stranger: Person = house.stranger()
    ada = await enrolled(house)
    for person, path, body in (
        (stranger, "/identity/users", {"email": secret, "name": "A", "password": secret}),
        (stranger, "/identity/sessions", {"email": "a@example.com", "password": secret * 100}),
        (stranger, "/identity/sessions/refresh", {"refresh_token": secret}),
        (stranger, "/identity/password/reset", {"token": secret, "password": secret}),
        (stranger, "/identity/users/confirm", {"token": secret}),
        (stranger, "/identity/devices/redeem", {"device_code": secret}),
        (ada, "/identity/password", {"current": secret, "password": secret, "new_password": secret}),
        (ada, "/identity/sessions/prove", {"password": secret}),
        (ada, "/identity/second-factor/confirm", {"code": secret}),
    ):
        answer = await person.send("POST", path, body)
        assert answer.status_code in {400, 401, 404, 409, 422, 429}, path
        assert secret not in answer.text, path
        assert secret not in str(answer.headers)
