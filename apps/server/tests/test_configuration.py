"""Settings come in layers, and each fault is told with its source."""

import json
from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from pydantic import BaseModel, SecretStr

from colonnade.api.http.settings import origin_of
from colonnade.infrastructure.config import ConfigurationError, Layers, load
from colonnade.server.cli import main
from colonnade.server.settings import DatabaseSection, HttpSection, Settings, WorkerSection

PROXIES = (IPv4Network("10.0.0.0/8"),)


def invoke(*arguments: str, **environment: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, arguments, env=environment)


@pytest.mark.parametrize(
    ("section", "url"),
    [
        (HttpSection(host="::1", port=8000), "http://[::1]:8000"),
        (HttpSection(host="work.test", port=8000, allow_plaintext=True), "http://work.test:8000"),
        (HttpSection(host="::", public_url="https://work.test/", trusted_proxies=PROXIES), "https://work.test"),
    ],
)
def test_the_address_for_people_can_be_put_before_a_path(section: HttpSection, url: str, tmp_path: Path) -> None:
    """It has an origin, also for IPv6, and no slash at its end: links and codes of devices lead somewhere."""
    settings = Settings(data_dir=tmp_path, http=section)
    assert settings.public_url == url
    assert origin_of(settings.public_url) == url


def test_later_layers_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Defaults, file, secret files, environment, what is given by hand; sections are merged."""
    file = tmp_path / "settings.toml"
    file.write_text(
        'data_dir = "from-file"\n[http]\nport = 1\nhost = "::1"\nshutdown_seconds = 3\n[identity]\nissuer = "file"\n'
    )
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "colonnade_secret").write_text("s" * 32)
    (secrets / "colonnade_identity__issuer").write_text("secret file")
    monkeypatch.setenv("COLONNADE_HTTP__PORT", "2")
    monkeypatch.setenv("COLONNADE_HTTP__HOST", "localhost")
    settings = load(Settings, Layers(file, secrets, {"http": {"port": 4}}))
    assert (settings.http.port, settings.http.host, settings.http.shutdown_seconds) == (4, "localhost", 3)
    assert (str(settings.data_dir), settings.identity.issuer) == ("from-file", "secret file")
    assert settings.secret is not None
    assert settings.secret.get_secret_value() == "s" * 32
    assert settings.http.keep_alive_seconds == 15


def test_every_fault_is_listed_with_its_source(tmp_path: Path) -> None:
    """File, environment, secret file: one run tells all, with exit code 2 and no traceback."""
    file = tmp_path / "settings.toml"
    file.write_text("[http]\nport = 99999\nbody_limt_bytes = 7\n")
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "colonnade_identity__access_token_seconds").write_text("5")
    result = invoke(
        "--config", str(file), "--secrets-dir", str(secrets), "config", "check",
        COLONNADE_DATABASE__POOL_SIZE="none", COLONNADE_LOGS__LEVEL="LOUD",
    )  # fmt: skip
    assert result.exit_code == 2
    for fault in (
        f"http.port (file {file})",
        f"http.body_limt_bytes (file {file})",
        "database.pool_size (environment variable COLONNADE_DATABASE__POOL_SIZE)",
        "logs.level (environment variable COLONNADE_LOGS__LEVEL)",
        "identity.access_token_seconds (secret file ",
    ):
        assert fault in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("environment", "told"),
    [
        ({"COLONNADE_HTTP": "nonsense"}, "COLONNADE_HTTP"),
        ({"COLONNADE_DATABASE__URLL": "x"}, "COLONNADE_DATABASE__URLL"),
        ({"COLONNADE_SECRET": "short"}, "COLONNADE_SECRET"),
        ({"COLONNADE_DATABASE__URL": "nonsense"}, "COLONNADE_DATABASE__URL"),
        ({"COLONNADE_DATABASE__URL": "mysql://a@b/c"}, "COLONNADE_DATABASE__URL"),
    ],
)
def test_a_wrong_variable_is_named(environment: dict[str, str], told: str) -> None:
    """In one sentence, whatever is wrong with it, and without its value."""
    result = invoke("config", "check", **environment)
    assert result.exit_code == 2
    assert told in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("content", [b"[http\n", b"\xff\xfe", b"port = = 1"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, content: bytes) -> None:
    """With what is wrong in it."""
    file = tmp_path / "settings.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"settings\.toml: is not valid TOML"):
        load(Settings, Layers(file))


def test_a_folder_of_secrets_must_be_one(tmp_path: Path) -> None:
    """A wrong mount is told, not ignored."""
    with pytest.raises(ConfigurationError, match="is not a folder"):
        load(Settings, Layers(secrets=tmp_path / "nowhere"))


def test_what_is_shown_has_no_secrets() -> None:
    """Each setting with its source; passwords are masked wherever they stand."""
    result = invoke(
        "config", "show", "--json",
        COLONNADE_DATABASE__URL="postgresql://ada:analytical@db/work",
        COLONNADE_SECRET="analytical" * 4,
        COLONNADE_TRACES__ENDPOINT="https://ada:analytical@collector/v1",
    )  # fmt: skip
    rows = {row["name"]: row for row in json.loads(result.output)}
    assert "analytical" not in result.output
    assert rows["database.url"]["value"] == rows["secret"]["value"] == "********"
    assert rows["traces.endpoint"]["value"] == "https://ada:********@collector/v1"
    assert rows["secret"]["source"] == "environment variable COLONNADE_SECRET"
    assert rows["http.port"] == {
        "name": "http.port", "variable": "COLONNADE_HTTP__PORT", "value": "8000", "source": "default",
        "description": "Port to listen on; 0 chooses a free one.",
    }  # fmt: skip
    assert "analytical" not in invoke("config", "show", COLONNADE_SECRET="analytical" * 4).output


def test_a_fault_does_not_show_a_secret() -> None:
    """Not even a wrong one."""
    result = invoke("config", "check", COLONNADE_DATABASE='{"url": {"password": "analytical"}}')
    assert result.exit_code == 2
    assert "analytical" not in result.output


def test_lists_and_tables_are_given_as_json(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one variable each: networks that may be called, further mail servers, providers of text messages."""
    other = {"host": "mail2", "port": 465, "username": "ada", "password": "analytical", "security": "tls"}
    provider = {"name": "one", "url": "https://sms.example.com", "username": "ada", "password": "engine", "sender": "C"}
    monkeypatch.setenv("COLONNADE_WEBHOOKS__ALLOWED_NETWORKS", '["127.0.0.0/8", "fd00::/8"]')
    monkeypatch.setenv("COLONNADE_MAIL__HOST", "mail1")
    monkeypatch.setenv("COLONNADE_MAIL__SENDER", "Engines <engines@example.com>")
    monkeypatch.setenv("COLONNADE_MAIL__OTHERS", json.dumps([other]))
    monkeypatch.setenv("COLONNADE_SMS__PROVIDERS", json.dumps([provider]))
    settings = load(Settings, Layers())
    assert settings.webhooks.allowed_networks == (IPv4Network("127.0.0.0/8"), IPv6Network("fd00::/8"))
    assert (settings.mail.host, settings.mail.port, settings.mail.security) == ("mail1", 587, "starttls")
    assert [(each.host, each.port, each.security) for each in settings.mail.others] == [("mail2", 465, "tls")]
    assert [(each.name, each.to_field) for each in settings.sms.providers] == [("one", "To")]
    shown = invoke("config", "show", "--json").output
    assert "analytical" not in shown
    assert "engine" not in shown.replace("engines", "")


def test_each_section_comes_from_a_file_as_well(tmp_path: Path) -> None:
    """With lists and tables as TOML has them."""
    file = tmp_path / "settings.toml"
    file.write_text(
        '[webhooks]\nallowed_networks = ["10.0.0.0/8"]\n'
        '[mail]\nhost = "mail1"\n[[mail.others]]\nhost = "mail2"\n'
        '[worker]\nin_server = true\n[broker]\nurl = "tls://broker:4222"\n[storage]\nurl = "s3://bucket/prefix"\n'
    )
    settings = load(Settings, Layers(file))
    assert settings.webhooks.allowed_networks == (IPv4Network("10.0.0.0/8"),)
    assert [each.host for each in settings.mail.others] == ["mail2"]
    assert settings.broker.url.get_secret_value() == "tls://broker:4222"
    assert settings.storage.url == "s3://bucket/prefix"
    assert settings.works_in_server


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("WEBHOOKS__ALLOWED_NETWORKS", '["127.0.0.1/8"]'),
        ("WEBHOOKS__ALLOWED_NETWORKS", "127.0.0.0/8"),
        ("WEBHOOKS__ALLOWED_HOSTS", '["*"]'),
        ("WEBHOOKS__ALLOWED_HOSTS", '["hooks.*.example.com"]'),
        ("WEBHOOKS__ALLOWED_HOSTS", '["https://hooks.example.com"]'),
        ("MAIL__SENDER", "nobody"),
        ("MAIL__SECURITY", "plain"),
        ("MAIL__OTHERS", '[{"hots": "mail2"}]'),
        ("SMS__PROVIDERS", '[{"name": "one"}]'),
        ("WORKER__LEASE_SECONDS", "0"),
        ("WORKER__JOBS_AT_A_TIME", "none"),
        ("WEBHOOKS__TIMEOUT_SECONDS", "0"),
    ],
)
def test_what_is_wrong_in_a_section_is_named(variable: str, value: str) -> None:
    """By its variable, with exit code 2."""
    result = invoke("config", "check", **{f"COLONNADE_{variable}": value})
    assert result.exit_code == 2
    assert f"COLONNADE_{variable}" in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize(
    ("url", "in_server", "works"),
    [
        (None, None, True),
        (None, False, False),
        ("postgresql://db/work", None, False),
        ("postgresql://db/work", True, True),
    ],
)
def test_the_server_works_by_itself_on_sqlite_unless_it_is_told(
    url: str | None, in_server: bool | None, works: bool
) -> None:
    """On PostgreSQL, where several processes can share the work, it does if it is told."""
    secret = None if url is None else SecretStr(url)
    settings = Settings(database=DatabaseSection(url=secret), worker=WorkerSection(in_server=in_server))
    assert settings.works_in_server is works


def test_the_public_address_is_the_servers_own_unless_it_is_told() -> None:
    """Links in mails begin with it."""
    assert Settings(http=HttpSection(host="127.0.0.1", port=8123)).public_url == "http://127.0.0.1:8123"
    assert Settings(http=HttpSection(public_url="https://work.example.com")).public_url == "https://work.example.com"


def test_the_reference_lists_every_setting() -> None:
    """With variable, default and purpose; none is without a purpose."""
    lines = invoke("config", "reference").output.splitlines()[2:]
    names = {line.split("`")[1] for line in lines}
    assert {"data_dir", "secret", "database.url", "http.port", "identity.access_token_seconds", "logs.format"} <= names
    assert all(not line.rstrip().endswith("|  |") for line in lines)


def test_every_setting_with_a_unit_says_it() -> None:
    """A bare number would be guessed at."""
    for line in invoke("config", "reference").output.splitlines()[2:]:
        name = line.split("`")[1]
        if "timeout" in name or "limit" in name or "keep_alive" in name:
            assert name.endswith(("_seconds", "_bytes")), name


def test_no_secret_has_a_default() -> None:
    """Whoever knows the source knows no password, key or token of an installation."""

    def secrets_of(section: BaseModel, path: str = "") -> Iterator[tuple[str, object]]:
        for name, field in type(section).model_fields.items():
            value = getattr(section, name)
            if isinstance(value, BaseModel):
                yield from secrets_of(value, f"{path}{name}.")
            elif "SecretStr" in str(field.annotation):
                yield f"{path}{name}", value

    found = dict(secrets_of(Settings()))
    assert {"secret", "database.url", "keys.current.secret"} <= found.keys()
    given = {name: str(value.get_secret_value()) for name, value in found.items() if isinstance(value, SecretStr)}
    assert given == {"broker.url": "memory://"}
