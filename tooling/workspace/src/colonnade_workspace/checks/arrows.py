"""Forbidden arrows: a member declares or imports a sibling that it may not stand on."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import TypeAlias

from colonnade_workspace.errors import WorkspaceError
from colonnade_workspace.findings import Finding
from colonnade_workspace.imports import Import
from colonnade_workspace.model import Dependency, Member, Section, Workspace


@dataclass(frozen=True, slots=True)
class Allowed:
    """What one member may stand on: always, and behind an extra."""

    base: frozenset[str] = field(default_factory=frozenset)
    extras: frozenset[str] = field(default_factory=frozenset)


ArrowRules: TypeAlias = Mapping[str, Allowed]


def load_rules(file: Path | None = None) -> ArrowRules:
    """Read the table of arrows; without a file, the one that ships with the tool (`arrows.toml`).

    Raises:
        WorkspaceError: The file cannot be read as a table of arrows.
    """
    source = file or files(__package__).joinpath("arrows.toml")
    try:
        table = tomllib.loads(source.read_text(encoding="utf-8"))
        return {
            name: Allowed(frozenset(row.get("base", ())), frozenset(row.get("extras", ())))
            for name, row in table.items()
        }
    except (OSError, tomllib.TOMLDecodeError, AttributeError) as error:
        raise WorkspaceError(f"{source} is not a table of arrows: {error}.") from error


def check_arrows(workspace: Workspace, imports: Mapping[str, list[Import]], rules: ArrowRules) -> Iterator[Finding]:
    """Compare what is declared and what is imported with the table."""
    for member in workspace.members.values():
        if member.name not in rules:
            yield _without_row(workspace, member)
            continue
        allowed = rules[member.name]
        for dependency in workspace.siblings(member):
            yield from _declared(workspace, member, dependency, allowed)
        yield from _imported(workspace, member, imports[member.name], allowed)


def _declared(workspace: Workspace, member: Member, dependency: Dependency, allowed: Allowed) -> Iterator[Finding]:
    behind_extra = dependency.section is Section.EXTRA
    if dependency.name in allowed.base or (behind_extra and dependency.name in allowed.extras):
        return
    mend = (
        "Move it to an extra under [project.optional-dependencies]."
        if dependency.name in allowed.extras
        else "Remove it: what both need belongs in a package that both may stand on."
    )
    message = f"{member.name} may not require {dependency.name}"
    yield Finding("forbidden-arrow", workspace.relative(member.pyproject), dependency.line, message, mend)


def _imported(workspace: Workspace, member: Member, imports: list[Import], allowed: Allowed) -> Iterator[Finding]:
    seen = allowed.base | allowed.extras | {member.name}
    for each in imports:
        owner = workspace.owner(each.module)
        if owner is not None and owner.name not in seen:
            seen |= {owner.name}
            message = f"{member.name} may not import {each.module} of {owner.name}"
            mend = "Take it through a protocol of a package that it may stand on, or move the code."
            yield Finding("forbidden-arrow", workspace.relative(each.path), each.line, message, mend)


def _without_row(workspace: Workspace, member: Member) -> Finding:
    return Finding(
        "forbidden-arrow",
        workspace.relative(member.pyproject),
        None,
        f"{member.name} has no row in the table of arrows",
        "Add one to tooling/workspace/src/colonnade_workspace/checks/arrows.toml.",
    )
