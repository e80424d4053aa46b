"""What the built wheels hold and ask for, compared with the workspace."""

import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name, parse_wheel_filename

from colonnade_workspace.checks.ranges import is_ranged
from colonnade_workspace.errors import WorkspaceError
from colonnade_workspace.findings import Finding
from colonnade_workspace.model import Member, Workspace

NAMESPACE_FILE = "colonnade/__init__.py"
_TEST_FOLDERS = {"test", "tests"}
_TEST_FILES = ("test_*.py", "*_test.py", "conftest.py")


def check_wheels(workspace: Workspace, folder: Path) -> list[Finding]:
    """Each member is there as wheel and sdist, with ranged siblings and types, no tests and an open namespace."""
    wheels = _wheels(folder)
    return [
        finding
        for name, member in workspace.members.items()
        for finding in (
            _check_wheel(workspace, member, wheels[name], folder)
            if name in wheels
            else [_missing(workspace, member, "wheel")]
        )
    ]


def public_modules(folder: Path) -> list[str]:
    """Every module in the wheels of a folder that another program may import.

    Left out: names that start with an underscore, and migrations, which only Alembic can run.
    """
    modules = {
        ".".join(path.parent.parts if path.name == "__init__.py" else path.with_suffix("").parts)
        for wheel in _wheels(folder).values()
        for path in _sources(wheel)
    }
    return sorted(module for module in modules if not any(part.startswith("_") for part in module.split(".")))


def _sources(wheel: Path) -> Iterator[PurePosixPath]:
    paths = (PurePosixPath(name) for name in _names(wheel))
    return (path for path in paths if path.suffix == ".py" and "migrations" not in path.parts[:-1])


def _check_wheel(workspace: Workspace, member: Member, wheel: Path, folder: Path) -> Iterator[Finding]:
    names = _names(wheel)
    if not list(folder.glob(f"{member.name.replace('-', '_')}-*.tar.gz")):
        yield _missing(workspace, member, "sdist")
    if NAMESPACE_FILE in names:
        mend = f"Delete src/{NAMESPACE_FILE}: the namespace belongs to all members (PEP 420)."
        yield Finding("namespace", wheel.name, None, f"{wheel.name} ships {NAMESPACE_FILE}", mend)
    if not any(name.endswith("/py.typed") for name in names):
        mend = "Add an empty py.typed beside the package's __init__.py (PEP 561)."
        yield Finding("untyped", wheel.name, None, f"{wheel.name} ships no py.typed", mend)
    for test in filter(_is_test, names):
        mend = "Move it to the member's tests folder: what only tests need is not deployed."
        yield Finding("test-code", wheel.name, None, f"{wheel.name} ships {test}", mend)
    for requirement in _requirements(wheel):
        name = canonicalize_name(requirement.name)
        if name in workspace.members and name != member.name and not is_ranged(requirement.specifier):
            mend = f"Give it a range in {workspace.relative(member.pyproject)}."
            yield Finding("unranged-sibling", wheel.name, None, f"{wheel.name} asks for {requirement}", mend)


def _is_test(name: str) -> bool:
    path = PurePosixPath(name)
    return not _TEST_FOLDERS.isdisjoint(path.parts[:-1]) or any(path.match(pattern) for pattern in _TEST_FILES)


def _missing(workspace: Workspace, member: Member, kind: str) -> Finding:
    message = f"no {kind} of {member.name} was built"
    return Finding("missing", workspace.relative(member.pyproject), None, message, "Run: uv build --all-packages")


def _wheels(folder: Path) -> dict[str, Path]:
    return {parse_wheel_filename(path.name)[0]: path for path in sorted(folder.glob("*.whl"))}


def _names(wheel: Path) -> list[str]:
    try:
        with zipfile.ZipFile(wheel) as archive:
            return archive.namelist()
    except zipfile.BadZipFile as error:
        raise WorkspaceError(f"{wheel} is not a wheel: {error}.") from error


def _requirements(wheel: Path) -> list[Requirement]:
    metadata = next(name for name in _names(wheel) if name.endswith(".dist-info/METADATA"))
    with zipfile.ZipFile(wheel) as archive:
        headers = HeaderParser().parsestr(archive.read(metadata).decode())
    return [Requirement(text) for text in headers.get_all("Requires-Dist", [])]
