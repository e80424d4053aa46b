"""Connections without TLS stay on this machine, unless the operator says otherwise."""

import json

import pytest
from click.testing import CliRunner

from colonnade.server.cli import main

ELSEWHERE = [
    ("broker.url", "nats://ada:analytical@broker.internal:4222"),
    ("broker.url", "nats://10.0.0.7:4222"),
    ("broker.url", "tls://one.internal:4222,nats://two.internal:4222"),
    ("broker.url", "nats://localhost:4222,two.internal:4222"),
    ("broker.url", "redis://:analytical@[fd00::7]:6379/0"),
    ("broker.url", "valkey://cache.internal"),
    ("broker.url", "amqp://ada:analytical@rabbit.internal/"),
    ("broker.url", "kafka://one.internal:9092,two.internal:9092"),
    ("rates.url", "valkey://:analytical@cache.internal:6379/0"),
    ("rates.url", "redis://cache.internal"),
    ("storage.endpoint", "http://minio.internal:9000"),
    ("traces.endpoint", "http://collector.internal:4318/v1/traces"),
    ("keys.current.kms_endpoint", "http://kms.internal"),
]
FINE = [
    ("broker.url", "memory://"),
    ("broker.url", "nats://localhost:4222"),
    ("broker.url", "nats://127.0.0.1:4222,127.0.0.2:4222"),
    ("broker.url", "redis://[::1]:6379"),
    ("broker.url", "redis://:6379"),
    ("broker.url", "tls://one.internal:4222,two.internal:4222"),
    ("broker.url", "rediss://cache.internal"),
    ("broker.url", "valkeys://cache.internal"),
    ("broker.url", "amqps://rabbit.internal"),
    ("broker.url", "kafkas://kafka.internal:9093"),
    ("rates.url", "valkeys://cache.internal"),
    ("rates.url", "valkey://127.0.0.1"),
    ("storage.endpoint", "https://minio.internal:9000"),
    ("storage.endpoint", "http://127.0.0.1:9000"),
    ("traces.endpoint", "http://localhost:4318/v1/traces"),
    ("identity.breach_url", "http://127.0.0.1:8081/range/"),
]


def check(**settings: str) -> tuple[int, str]:
    """Return the exit code of `config check` and what it said."""
    result = CliRunner().invoke(
        main, ("config", "check"), env={f"COLONNADE_{name}": settings[name] for name in settings}
    )
    return result.exit_code, result.output


def variable(setting: str) -> str:
    return setting.upper().replace(".", "__")


@pytest.mark.parametrize(("setting", "address"), ELSEWHERE)
def test_an_address_elsewhere_without_tls_is_refused(setting: str, address: str) -> None:
    """The server does not start; the setting is named, where it comes from too, and the password is not."""
    code, said = check(**{variable(setting): address})
    assert code == 2
    assert f"{setting} (environment variable COLONNADE_{variable(setting)})" in said
    assert "without TLS" in said
    assert "allow_plaintext = true" in said
    assert "analytical" not in said


@pytest.mark.parametrize(("setting", "address"), ELSEWHERE)
def test_an_address_elsewhere_without_tls_is_taken_if_the_operator_says_so(setting: str, address: str) -> None:
    section = setting.rpartition(".")[0]
    assert check(**{variable(setting): address, variable(f"{section}.allow_plaintext"): "true"})[0] == 0


@pytest.mark.parametrize(("setting", "address"), FINE)
def test_tls_and_this_machine_are_fine(setting: str, address: str) -> None:
    assert check(**{variable(setting): address})[0] == 0


def test_providers_of_text_messages_are_no_exception() -> None:
    """They get passwords, and codes that let people in."""
    provider = {"name": "one", "url": "http://sms.example", "username": "ada", "password": "engine", "sender": "C"}
    code, said = check(SMS__PROVIDERS=json.dumps([provider]))
    assert code == 2
    assert "sms.providers.0.url" in said
    assert check(SMS__PROVIDERS=json.dumps([provider | {"allow_plaintext": True}]))[0] == 0


def test_stolen_passwords_are_asked_for_over_tls() -> None:
    """Whoever stands between could say that none was stolen; nothing allows that."""
    code, said = check(IDENTITY__BREACH_URL="http://ranges.internal")
    assert code == 2
    assert "identity.breach_url" in said
    assert "allow_plaintext" not in said


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.7", "work.internal", ""])
def test_the_server_is_not_shown_to_others_without_tls(host: str) -> None:
    """Neither by the settings nor by the option of `serve`; there is a sentence that says what to do."""
    code, said = check(HTTP__HOST=host)
    assert code == 2
    for name in ("http.host", "http.tls_certificate", "http.trusted_proxies", "http.allow_plaintext"):
        assert name in said
    result = CliRunner().invoke(main, ("serve", "--host", host))
    assert result.exit_code == 2
    assert "http.allow_plaintext" in result.output


@pytest.mark.parametrize(
    "reason",
    [
        {"HTTP__TLS_CERTIFICATE": "a.pem", "HTTP__TLS_KEY": "a.key"},
        {"HTTP__TRUSTED_PROXIES": '["10.0.0.0/8"]'},
        {"HTTP__ALLOW_PLAINTEXT": "true"},
    ],
)
def test_the_server_is_shown_to_others_for_a_reason(reason: dict[str, str]) -> None:
    """A certificate, a proxy that speaks TLS, or the operator's word."""
    assert check(HTTP__HOST="0.0.0.0", **reason)[0] == 0


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.1.2.3", "::1"])
def test_this_machine_may_be_listened_at(host: str) -> None:
    assert check(HTTP__HOST=host)[0] == 0
