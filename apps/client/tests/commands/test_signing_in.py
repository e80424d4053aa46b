"""Signing in by a code, by a password with a second factor, and by a token; proving once more who one is."""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from colonnade.api.client import HttpBus, MemoryCredentials, Tokens
from colonnade.api.work import CONTRACT
from colonnade.application.identity import SignIn, WhoAmI
from colonnade.application.identity.device_flow import DecideOnDevice, DeviceCodes
from colonnade.client.device_sign_in import SLOWER_BY_SECONDS, sign_in_by_device
from colonnade.core import Unavailable
from colonnade.domain.identity.device_grant import DeviceAccessDenied, DeviceCodeExpired

from ..terminal import NOWHERE, PASSWORD, Terminal, the_sentence

CODE = re.compile(r"\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b")


def decide(person: Terminal, user_code: str, *, approve: bool = True) -> None:
    """Type a code as somebody, in a sign-in of its own."""

    async def send() -> None:
        async with HttpBus(person.server, CONTRACT, credentials=MemoryCredentials()) as bus:
            pair = await bus.send(SignIn.model_validate({"email": person.email, "password": PASSWORD}))
            bus.sign_in(Tokens(pair.access_token, pair.refresh_token))
            await bus.send(DecideOnDevice.model_validate({"user_code": user_code, "approve": approve}))

    asyncio.run(send())


class Waiting:
    """A device that waits without passing time, while something happens in its first pause."""

    def __init__(self, meanwhile: Callable[[str], Awaitable[None]]) -> None:
        self.codes: DeviceCodes | None = None
        self.pauses: list[float] = []
        self._meanwhile = meanwhile

    def show(self, codes: DeviceCodes) -> None:
        """Take the codes."""
        self.codes = codes

    async def pause(self, seconds: float) -> None:
        """Note how long was waited."""
        self.pauses.append(seconds)
        if len(self.pauses) == 1 and self.codes is not None:
            await self._meanwhile(self.codes.user_code)


async def nothing(user_code: str) -> None:
    """Nobody types the code."""


def deciding(person: Terminal, *, approve: bool) -> Callable[[str], Awaitable[None]]:
    """Somebody types it while the device waits."""

    async def decided(user_code: str) -> None:
        await asyncio.to_thread(decide, person, user_code, approve=approve)

    return decided


async def test_a_device_is_signed_in_once_somebody_typed_its_code(newcomer: Terminal) -> None:
    """As whoever typed it."""
    waiting = Waiting(deciding(newcomer, approve=True))
    async with HttpBus(newcomer.server, CONTRACT) as bus:
        pair = await sign_in_by_device(bus, waiting.show, waiting.pause)
        bus.sign_in(Tokens(pair.access_token, pair.refresh_token))
        assert (await bus.send(WhoAmI())).email == newcomer.email
    assert waiting.pauses == [1.0]


async def test_a_device_that_is_not_let_in_is_told_so(newcomer: Terminal) -> None:
    """And does not ask again."""
    waiting = Waiting(deciding(newcomer, approve=False))
    async with HttpBus(newcomer.server, CONTRACT) as bus:
        with pytest.raises(DeviceAccessDenied):
            await sign_in_by_device(bus, waiting.show, waiting.pause)
    assert len(waiting.pauses) == 1


async def test_a_device_that_asks_too_often_asks_less_often_from_then_on(server: str) -> None:
    """Five seconds longer each time that it is told to, until the code is too old (RFC 8628, section 3.5)."""
    waiting = Waiting(nothing)
    async with HttpBus(server, CONTRACT) as bus:
        with pytest.raises(DeviceCodeExpired):
            await sign_in_by_device(bus, waiting.show, waiting.pause)
    assert waiting.codes is not None
    assert waiting.pauses[:4] == [1.0, 1.0, 1.0 + SLOWER_BY_SECONDS, 1.0 + 2 * SLOWER_BY_SECONDS]
    assert waiting.codes.expires_in <= sum(waiting.pauses) < 2 * waiting.codes.expires_in


async def test_a_server_that_is_away_for_a_while_is_asked_half_as_often_each_time() -> None:
    """The person may have typed the code already: the device does not give up (RFC 8628, section 3.5)."""

    class AwayBus(HttpBus):
        """A server that gives codes and is gone."""

        async def send(self, message, context=None):  # type: ignore[no-untyped-def,override]  # a server that is away
            if message.wire_name == "device.redeem":
                raise Unavailable("the server is away")
            return DeviceCodes(
                device_code="d", user_code="u", verification_uri="v", verification_uri_complete="c",
                expires_in=40, interval=5,
            )  # fmt: skip

    waiting = Waiting(nothing)
    async with AwayBus(NOWHERE, CONTRACT) as bus:
        with pytest.raises(DeviceCodeExpired):
            await sign_in_by_device(bus, waiting.show, waiting.pause)
    assert waiting.pauses == [5.0, 10.0, 20.0, 40.0]


def test_login_shows_a_code_and_ends_when_it_was_typed(newcomer: Terminal, terminal: Terminal) -> None:
    """What is shown on the way is beside standard output, and the server is remembered."""
    with terminal.start("login", "--device", "--no-open", "--server", newcomer.server) as process:
        shown = process.stderr.readline()
        assert f"{newcomer.server}/device" in shown
        decide(newcomer, CODE.findall(shown)[0])
        output, _ = process.communicate(timeout=20)
    assert output == f"Signed in to {newcomer.server} as Nora.\n"
    assert terminal.read("whoami")["email"] == newcomer.email


def test_at_a_terminal_login_is_by_code(
    newcomer: Terminal, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody is asked for a password there unless they want to be."""
    asked: list[str] = []
    monkeypatch.setattr("colonnade.client.commands.signing_in.sys", _AtATerminal())
    monkeypatch.setattr(
        "colonnade.client.commands.signing_in._by_device", lambda address, *, opens: asked.append(address) or "Nora"
    )
    terminal.type("login", "--server", newcomer.server)
    assert asked == [newcomer.server]


class _AtATerminal:
    """Streams that are a terminal's."""

    class _Stream:
        def isatty(self) -> bool:
            """Tell that it is one."""
            return True

    stdin = stdout = _Stream()
    platform = "linux"


@pytest.mark.parametrize(
    "ways", [("--device", "--password"), ("--device", "--email", "a@example.com"), ("--token", "--device")]
)
def test_only_one_way_is_taken(terminal: Terminal, ways: tuple[str, ...]) -> None:
    """Two are a wrong command line."""
    assert "choose one of" in terminal.type("login", *ways, "--server", NOWHERE, exit_code=2).stderr


@pytest.fixture
def secret(newcomer: Terminal) -> str:
    """The secret of an app that shows codes, set up for the newcomer."""
    from colonnade.application.identity.second_factor import ConfirmSecondFactor, SetUpSecondFactor

    async def set_up() -> str:
        async with HttpBus(newcomer.server, CONTRACT) as bus:
            pair = await bus.send(SignIn.model_validate({"email": newcomer.email, "password": PASSWORD}))
            bus.sign_in(Tokens(pair.access_token, pair.refresh_token))
            made = (await bus.send(SetUpSecondFactor())).secret
            await bus.send(ConfirmSecondFactor.model_validate({"code": _code(made, -1)}))
            return made

    return asyncio.run(set_up())


def _code(secret: str, step: int = 0) -> str:
    """The code of a step of half a minute; each is good once."""
    return pyotp.TOTP(secret).at(datetime.now(UTC) + step * timedelta(seconds=30))


def test_whoever_has_a_second_factor_is_asked_for_it(newcomer: Terminal, secret: str) -> None:
    """After the password; neither is shown."""
    words = ("login", "--server", newcomer.server, "--email", newcomer.email, "--password-stdin")
    result = newcomer.type(*words, typed=f"{PASSWORD}\n{_code(secret)}\n")
    assert "as Nora." in result.stdout
    assert PASSWORD not in result.output


def test_a_wrong_code_does_not_sign_in(newcomer: Terminal, secret: str) -> None:
    """One sentence, and the code for not being signed in."""
    words = ("login", "--server", newcomer.server, "--email", newcomer.email, "--password-stdin")
    result = newcomer.type(*words, typed=f"{PASSWORD}\n000000\n", exit_code=3)
    assert "code" in result.stderr.splitlines()[-1]


def test_without_a_terminal_a_token_is_read_from_standard_input(newcomer: Terminal, terminal: Terminal) -> None:
    """It is kept, and it is not shown."""
    token = newcomer.read("tokens", "create", "report", "--permission", "workspace.read")["token"]
    result = terminal.type("login", "--token", "--server", newcomer.server, typed=f"{token}\n")
    assert token not in result.output
    assert terminal.read("whoami")["email"] == newcomer.email
    assert (
        json.loads(json.loads((terminal.folder / "credentials.json").read_text())[newcomer.server])["refresh_token"]
        == ""
    )
    assert terminal.type("logout").stdout == "Signed out.\n"
    terminal.refusal("whoami", exit_code=3)
    assert newcomer.read("tokens", "list")["items"][0]["name"] == "report"


def test_a_token_of_the_environment_needs_no_sign_in(newcomer: Terminal, terminal: Terminal) -> None:
    """And leaves nothing behind; what would sign in or out says so."""
    token = newcomer.read("tokens", "create", "report", "--permission", "workspace.read")["token"]
    given = {"COLONNADE_TOKEN": token, "COLONNADE_SERVER": newcomer.server}
    assert newcomer.email in terminal.type("whoami", **given).stdout
    assert not (terminal.folder / "credentials.json").exists()
    for words in (("login", "--password"), ("logout",)):
        assert "COLONNADE_TOKEN" in terminal.refusal(*words, exit_code=2, **given)


def test_a_token_that_is_not_good_is_told_so(newcomer: Terminal, terminal: Terminal) -> None:
    """With what makes another one; a made-up one is not kept."""
    token = newcomer.read("tokens", "create", "report", "--permission", "workspace.read")["token"]
    newcomer.type("tokens", "revoke", "report")
    given = {"COLONNADE_TOKEN": token, "COLONNADE_SERVER": newcomer.server}
    assert "colonnade tokens create" in terminal.refusal("whoami", exit_code=3, **given)
    result = terminal.type("login", "--token", "--server", newcomer.server, typed="clnp_madeup\n", exit_code=3)
    the_sentence(result.stderr)
    terminal.type("login", "--token", "--server", newcomer.server, typed="\n", exit_code=6)
    assert not (terminal.folder / "credentials.json").exists()


def test_the_server_of_a_new_account_is_in_use(server: str, tmp_path: Path) -> None:
    """The address is confirmed there without being told again where."""
    new = Terminal(tmp_path)
    words = ("register", "--server", server, "--email", "edith@example.com", "--name", "Edith", "--password-stdin")
    new.type(*words, typed=f"{PASSWORD}\n")
    sentence = new.refusal("account", "confirm", "nonsense", exit_code=4)
    assert sentence == "this is not good, or not any more: ask for another one"
