"""Undeclared and unused dependencies: imports compared with requirements."""

import sys
from collections.abc import Iterator, Mapping

from packaging.utils import canonicalize_name

from colonnade_workspace.findings import Finding
from colonnade_workspace.imports import Import
from colonnade_workspace.installed import InstalledModules
from colonnade_workspace.model import Member, Workspace


def check_usage(
    workspace: Workspace, imports: Mapping[str, list[Import]], installed: InstalledModules
) -> Iterator[Finding]:
    """Each import needs a requirement, and each requirement an import or a line in `loaded-by-name`."""
    for member in workspace.members.values():
        used = {each: _providers(workspace, each, installed) for each in imports[member.name]}
        yield from _undeclared(workspace, member, used)
        yield from _unused(workspace, member, used)


def _providers(workspace: Workspace, each: Import, installed: InstalledModules) -> frozenset[str]:
    """Distributions that may stand behind an import; empty for the standard library and a bare namespace."""
    top_level = each.module.split(".", maxsplit=1)[0]
    if top_level in sys.stdlib_module_names or workspace.is_namespace(each.module):
        return frozenset()
    if owner := workspace.owner(each.module):
        return frozenset({owner.name})
    return installed.providers(each.module) or frozenset({canonicalize_name(top_level)})


def _undeclared(workspace: Workspace, member: Member, used: Mapping[Import, frozenset[str]]) -> Iterator[Finding]:
    known = {member.name, *(dependency.name for dependency in member.published)}
    for each, providers in used.items():
        if providers and not providers & known:
            known |= providers
            name, file = " or ".join(sorted(providers)), workspace.relative(member.pyproject)
            yield Finding(
                "undeclared",
                workspace.relative(each.path),
                each.line,
                f"{member.name} imports {each.module} without declaring {name}",
                f"Add {name} to {file}: under dependencies, or to the extra that needs it.",
            )


def _unused(workspace: Workspace, member: Member, used: Mapping[Import, frozenset[str]]) -> Iterator[Finding]:
    provided = frozenset[str]().union(*used.values()) | member.loaded_by_name | {member.name}
    reported: set[str] = set()
    for dependency in member.published:
        if dependency.name not in provided and dependency.name not in reported:
            reported.add(dependency.name)
            yield Finding(
                "unused",
                workspace.relative(member.pyproject),
                dependency.line,
                f"{member.name} declares {dependency.name} but imports nothing of it",
                "Remove it; if a setting loads it by name, list it in [tool.colonnade] loaded-by-name.",
            )
    for name in sorted(member.loaded_by_name - {dependency.name for dependency in member.published}):
        yield Finding(
            "unused",
            workspace.relative(member.pyproject),
            None,
            f"{member.name} lists {name} in loaded-by-name but does not declare it",
            "Declare it, or take it off the list.",
        )
