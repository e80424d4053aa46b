"""`two-factor`: codes of an app, set up, used up and put away at a terminal."""

import subprocess
from datetime import UTC, datetime, timedelta

import pyotp

from ..terminal import DEADLINE_SECONDS, PASSWORD, Terminal


def code_of(secret: str, step: int = 0) -> str:
    """The code of a step of half a minute; each is good once."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) + step * timedelta(seconds=30))


def set_up(person: Terminal) -> tuple[str, list[str]]:
    """Set an app up as somebody does who reads its secret and types a code; return it and the recovery codes."""
    with person.start("two-factor", "setup", stdin=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        link, secret = (process.stdout.readline().split()[1] for _ in range(2))
        assert secret in link
        codes, said = process.communicate(f"{code_of(secret, -1)}\n", timeout=DEADLINE_SECONDS)
    assert process.returncode == 0, said
    assert "never shown again" in said
    return secret, codes.splitlines()


def test_codes_are_asked_for_until_they_are_put_away(newcomer: Terminal) -> None:
    """A recovery code is good once; new ones are good instead of the former; without codes, the password is enough."""
    login = ("login", "--server", newcomer.server, "--email", newcomer.email, "--password-stdin")
    assert newcomer.read("two-factor", "status")["is_on"] is False
    secret, former = set_up(newcomer)
    assert newcomer.read("two-factor", "status")["recovery_codes_left"] == len(former) == len(set(former))
    newcomer.type(*login, typed=f"{PASSWORD}\n{code_of(secret)}\n")
    newcomer.type(*login, typed=f"{PASSWORD}\n{former[0]}\n")
    newcomer.type(*login, typed=f"{PASSWORD}\n{former[0]}\n", exit_code=3)

    result = newcomer.type("two-factor", "recovery-codes")
    assert "never shown again" in result.stderr
    new = result.stdout.splitlines()
    newcomer.type(*login, typed=f"{PASSWORD}\n{former[1]}\n", exit_code=3)
    newcomer.type(*login, typed=f"{PASSWORD}\n{new[0]}\n")

    assert newcomer.type("two-factor", "disable").stdout == "No codes are asked for any more.\n"
    assert newcomer.read("two-factor", "status")["is_on"] is False
    newcomer.sign_in()


def test_a_wrong_code_sets_nothing_up(newcomer: Terminal) -> None:
    """One sentence after the question, and nobody is asked for codes."""
    refused = newcomer.type("two-factor", "setup", typed="000000\n", exit_code=3)
    assert refused.stderr.splitlines()[-1] == "Error: this code is not good"
    newcomer.sign_in()
