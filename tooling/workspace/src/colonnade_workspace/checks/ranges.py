"""Version ranges: siblings must have one, and members must not ask for what cannot be installed together."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import combinations

from packaging.specifiers import SpecifierSet
from packaging.version import Version

from colonnade_workspace.findings import Finding
from colonnade_workspace.model import Dependency, Member, Workspace

LOWER = frozenset({">=", ">", "==", "~=", "==="})
UPPER = frozenset({"<", "<=", "==", "~=", "==="})


def is_ranged(specifier: SpecifierSet) -> bool:
    """Whether a requirement is bounded below and above."""
    operators = {each.operator for each in specifier}
    return bool(operators & LOWER) and bool(operators & UPPER)


def compatible_range(version: str) -> str:
    """The versions that keep the promises of this one: a minor's patches below 1.0, a major's minors after.

    A pre-release is its own lower bound, since `>=1.0` would refuse `1.0rc1`.
    """
    parsed = Version(version)
    lower = str(parsed) if parsed.is_prerelease else f"{parsed.major}.{parsed.minor}"
    upper = f"0.{parsed.minor + 1}" if parsed.major == 0 else f"{parsed.major + 1}"
    return f">={lower},<{upper}"


def check_sibling_ranges(workspace: Workspace) -> Iterator[Finding]:
    """A sibling's name without a range would be published as "any version"."""
    for member in workspace.members.values():
        for dependency in workspace.siblings(member):
            if not is_ranged(dependency.requirement.specifier):
                wanted = f"{dependency.name}{compatible_range(workspace.version)}"
                yield Finding(
                    "unranged-sibling",
                    workspace.relative(member.pyproject),
                    dependency.line,
                    f"{dependency.requirement} has no lower and upper bound",
                    f'Write "{wanted}".',
                )


def check_conflicts(workspace: Workspace) -> Iterator[Finding]:
    """Two members ask for ranges of one distribution that no version satisfies."""
    asked: dict[str, list[tuple[Member, Dependency]]] = defaultdict(list)
    for member in workspace.members.values():
        for dependency in member.published:
            if dependency.name not in workspace.members:
                asked[dependency.name].append((member, dependency))
    for name, demands in asked.items():
        for (member, one), (other_member, other) in combinations(demands, 2):
            if (one.requirement.specifier & other.requirement.specifier).is_unsatisfiable():
                yield Finding(
                    "conflict",
                    workspace.relative(other_member.pyproject),
                    other.line,
                    f"{other.requirement} shares no version with {one.requirement} of {member.name}",
                    f"Ask for a range of {name} that {workspace.relative(member.pyproject)}:{one.line} allows too.",
                )
