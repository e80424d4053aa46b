"""Settings come in layers, and each fault is told with its source."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from colonnade.infrastructure.config import ConfigurationError, Layers, load
from colonnade.server.cli import main
from colonnade.server.settings import Settings


def invoke(*arguments: str, **environment: str) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, arguments, env=environment)


def test_later_layers_win(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Defaults, file, secret files, environment, what is given by hand; sections are merged."""
    file = tmp_path / "settings.toml"
    file.write_text(
        'data_dir = "from-file"\n[http]\nport = 1\nhost = "file"\nshutdown_seconds = 3\n[identity]\nissuer = "file"\n'
    )
    secrets = tmp_path / "secrets"
    secrets.mkdir()
    (secrets / "colonnade_secret").write_text("s" * 32)
    (secrets / "colonnade_identity__issuer").write_text("secret file")
    monkeypatch.setenv("COLONNADE_HTTP__PORT", "2")
    monkeypatch.setenv("COLONNADE_HTTP__HOST", "environment")
    settings = load(Settings, Layers(file, secrets, {"http": {"port": 4}}))
    assert (settings.http.port, settings.http.host, settings.http.shutdown_seconds) == (4, "environment", 3)
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
