"""Versions out of step: all members carry the root's version, and sibling ranges admit it."""

from collections.abc import Iterator

from packaging.specifiers import SpecifierSet

from colonnade_workspace.checks.ranges import compatible_range
from colonnade_workspace.findings import Finding
from colonnade_workspace.model import Dependency, Member, Workspace


def check_versions(workspace: Workspace) -> Iterator[Finding]:
    """Compare each member's version, and each range of a sibling (groups too), with the root's version."""
    for member in workspace.members.values():
        if member.version != workspace.version:
            yield Finding(
                "version",
                workspace.relative(member.pyproject),
                None,
                f"{member.name} is {member.version}, the workspace is {workspace.version}",
                f"Run: colonnade-workspace version bump {workspace.version}",
            )
        for dependency in member.dependencies:
            if dependency.name in workspace.members and not _admits(dependency.requirement.specifier, workspace):
                yield _outdated_range(workspace, member, dependency)


def _admits(specifier: SpecifierSet, workspace: Workspace) -> bool:
    return specifier.contains(workspace.version, prereleases=True)


def _outdated_range(workspace: Workspace, member: Member, dependency: Dependency) -> Finding:
    return Finding(
        "version",
        workspace.relative(member.pyproject),
        dependency.line,
        f"{dependency.requirement} does not admit {workspace.version}, the version of the workspace",
        f'Write the range "{compatible_range(workspace.version)}".',
    )
