"""What the tool knows about the workspace: members, and what each declares."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


class Section(Enum):
    """The part of a `pyproject.toml` that declares a requirement."""

    BASE = "dependencies"
    EXTRA = "optional-dependencies"
    GROUP = "dependency-groups"


@dataclass(frozen=True, slots=True)
class Dependency:
    """One requirement, and where it is written.

    Attributes:
        requirement: The parsed requirement.
        section: Base, extra or group.
        label: The extra's or group's name; empty for the base.
        line: Line in the member's `pyproject.toml`, from 1.
    """

    requirement: Requirement
    section: Section
    label: str
    line: int

    @property
    def name(self) -> str:
        """The normalised name of the distribution that is asked for."""
        return canonicalize_name(self.requirement.name)

    @property
    def published(self) -> bool:
        """Whether the built wheel carries it; dependency groups stay in the repository."""
        return self.section is not Section.GROUP


@dataclass(frozen=True, slots=True)
class Member:
    """One distribution of the workspace.

    Attributes:
        name: Normalised distribution name.
        version: As declared.
        folder: Absolute path.
        dependencies: Everything declared, groups included.
        packages: Import prefix of each package that it ships, with its folder.
        loaded_by_name: Distributions used through a name in a setting rather than an import
            (`[tool.colonnade] loaded-by-name`).
    """

    name: str
    version: str
    folder: Path
    dependencies: tuple[Dependency, ...]
    packages: dict[str, Path]
    loaded_by_name: frozenset[str]

    @property
    def pyproject(self) -> Path:
        """The file that declares the member."""
        return self.folder / "pyproject.toml"

    @property
    def published(self) -> tuple[Dependency, ...]:
        """What the built wheel asks for."""
        return tuple(each for each in self.dependencies if each.published)


@dataclass(frozen=True, slots=True)
class Workspace:
    """The members, in the order of their names.

    Attributes:
        root: Folder of the root `pyproject.toml`.
        version: The version that the root declares.
        members: By name.
    """

    root: Path
    version: str
    members: dict[str, Member]

    def siblings(self, member: Member) -> Iterator[Dependency]:
        """The published requirements of a member that name another member."""
        return (each for each in member.published if each.name in self.members and each.name != member.name)

    def owner(self, module: str) -> Member | None:
        """The member that ships a module, or None when it comes from elsewhere."""
        for member in self.members.values():
            if any(module == prefix or module.startswith(f"{prefix}.") for prefix in member.packages):
                return member
        return None

    def is_namespace(self, module: str) -> bool:
        """Whether a module is only the parent of members' packages, which nobody ships."""
        prefixes = [prefix for member in self.members.values() for prefix in member.packages]
        return any(prefix.startswith(f"{module}.") for prefix in prefixes)

    def relative(self, path: Path) -> str:
        """A path as people write it: from the root, with slashes."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else path.as_posix()
