"""What the security pages say of settings, commands, keys, data and ways to sign in is what the code has."""

import ast
import re
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

import pytest

from colonnade.api.work import CONTRACT
from colonnade.application.identity import TokenPair
from colonnade.infrastructure.protection import Encrypted
from colonnade.infrastructure.work import TABLES
from colonnade.server.cli import main
from colonnade.server.settings import Settings

ROOT = Path(__file__).parents[2]
POLICIES = ROOT / "docs" / "security" / "policies.md"
HARDENING = ROOT / "docs" / "security" / "hardening.md"
SERVER = ROOT / "apps" / "server" / "src"


def test_every_way_to_a_session_is_listed() -> None:
    """Whatever answers with tokens is a way in: a new one is described before it is merged."""
    ways = {row.message.wire_name for row in CONTRACT if row.message.result is TokenPair}
    assert len(ways) > 5
    assert {way for way in ways if f"`{way}`" not in _policies()} == set()


def test_every_purpose_of_a_key_is_listed() -> None:
    """Of keys that are derived from the secret of the installation."""
    purposes = {purpose for path in SERVER.rglob("*.py") for purpose in _purposes(ast.parse(path.read_text("utf-8")))}
    assert len(purposes) > 5
    assert {purpose for purpose in purposes if f"`{purpose}`" not in _policies()} == set()


def test_every_personal_column_is_classified() -> None:
    columns = [column for table in TABLES.sorted_tables for column in table.columns]
    sealed = {f"{column.table.name}.{column.name}" for column in columns if isinstance(column.type, Encrypted)}
    assert sealed
    assert {column for column in sealed if f"`{column}`" not in _policies()} == set()


def test_what_is_decided_is_what_is_set() -> None:
    """A line that tells a number and a setting tells the setting's default."""
    told = {name: line for line in _policies().splitlines() for name in _settings_in(line) if re.search(r"\d", line)}
    defaults = {name: _default(name) for name in told}
    numbers = {name: str(default) for name, default in defaults.items() if type(default) is int}
    assert len(numbers) > 5
    assert {name for name, number in numbers.items() if number not in re.findall(r"\d+", told[name])} == set()


@pytest.mark.parametrize("page", [POLICIES, HARDENING], ids=lambda page: page.name)
def test_every_setting_that_is_named_exists(page: Path) -> None:
    for name in _settings_in(page.read_text(encoding="utf-8")):
        _default(name)


@pytest.mark.parametrize("page", [POLICIES, HARDENING], ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    for words in re.findall(r"colonnade-server ((?:[a-z][a-z-]* ?){1,2})", page.read_text(encoding="utf-8")):
        command = main.commands[words.split()[0]]
        assert not hasattr(command, "commands") or not words.split()[1:] or words.split()[1] in command.commands


def _policies() -> str:
    return POLICIES.read_text(encoding="utf-8")


def _purposes(module: ast.Module) -> Iterator[str]:
    """Yield what stands second in `Sealer(…)` and `derive_key(…)`, in words or as a constant of some module."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"Sealer", "derive_key"}:
            yield from (str(one.value) for one in node.args[1:] if isinstance(one, ast.Constant))
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            yield from (str(node.value.value) for target in node.targets if getattr(target, "id", "") == "PURPOSE")


def _settings_in(text: str) -> list[str]:
    sections, messages = "|".join(Settings.model_fields), {row.message.wire_name for row in CONTRACT}
    return [name for name in re.findall(rf"`((?:{sections})\.[a-z_.]+)`", text) if name not in messages]


def _default(name: str) -> object:
    return reduce(getattr, name.split("."), Settings())
