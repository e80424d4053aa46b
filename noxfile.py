"""Every check of the workspace, a session each: `nox` runs all but `asvs`, `bench`, `chaos` and `coverage`."""

import atexit
import os
import shutil
import tempfile
import tomllib
from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import nox

ROOT = Path(__file__).parent
MEMBERS = {
    file.parent.name: file.parent.relative_to(ROOT).as_posix()
    for pattern in ("packages", "apps", "tooling")
    for file in sorted((ROOT / pattern).glob("*/pyproject.toml"))
}
LIBRARIES = [name for name, folder in MEMBERS.items() if folder.startswith("packages/")]
SOURCES = [f"{folder}/src" for folder in MEMBERS.values()]

# Suites that wait for servers or hash passwords gain from a second process; the others lose by starting one.
PARALLEL = {"client", "infrastructure", "server"}

# One environment with everything, shared by the sessions that look at the whole workspace.
EVERYTHING = ROOT / ".nox" / "everything"
IN_EVERYTHING = ("uv", "run", "--no-sync")

IMPORT_ALL = """
import importlib, pathlib, sys
for name in pathlib.Path(sys.argv[1]).read_text().split():
    importlib.import_module(name)
"""

nox.needs_version = ">=2026.1"
nox.options.default_venv_backend = "uv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = [
    "lint",
    "types",
    "architecture",
    "security",
    "audit",
    *(f"tests-{name}" for name in MEMBERS),
    "integration",
    "e2e",
    "fuzz",
    "build",
    "docs",
]

_reports: list[Path] = []


@nox.session(venv_backend="none")
def lint(session: nox.Session) -> None:
    """Style and common mistakes (ruff)."""
    _sync_everything(session)
    session.run(*IN_EVERYTHING, "ruff", "check")
    session.run(*IN_EVERYTHING, "ruff", "format", "--check")


@nox.session(venv_backend="none")
def types(session: nox.Session) -> None:
    """Exact types in every package and in this file (mypy --strict)."""
    _sync_everything(session)
    session.run(*IN_EVERYTHING, "mypy", *SOURCES, "noxfile.py")


@nox.session(venv_backend="none")
def architecture(session: nox.Session) -> None:
    """Import contracts, dependencies declared and used, versions in step."""
    _sync_everything(session)
    session.run(*IN_EVERYTHING, "lint-imports")
    siblings = "|".join(f"colonnade-{name}" for name in MEMBERS)
    for folder in MEMBERS.values():
        # deptry maps modules by their first name, and all siblings share theirs: colonnade-workspace judges those.
        unimported = "|".join([siblings, *_loaded_by_name(folder)])
        options = ["--known-first-party", "colonnade", "--per-rule-ignores", f"DEP002={unimported}"]
        session.run(
            *IN_EVERYTHING, "deptry", f"{folder}/src", "--config", f"{folder}/pyproject.toml", *options, silent=True
        )
    session.run(*IN_EVERYTHING, "colonnade-workspace", "check")


@nox.session(venv_backend="none")
def security(session: nox.Session) -> None:
    """Insecure code (bandit) and insecure workflows (zizmor)."""
    _sync_everything(session)
    # bandit also tells of every line that it was told to leave alone: shown when it finds something.
    session.run(*IN_EVERYTHING, "bandit", "-q", "-c", "pyproject.toml", "-r", *SOURCES, silent=True)
    strictly = ["--offline", "--pedantic", "--strict-collection", "--collect", "all"]
    session.run(*IN_EVERYTHING, "zizmor", *strictly, "--quiet", ".github", ".pre-commit-config.yaml")


@nox.session(venv_backend="none")
def audit(session: nox.Session) -> None:
    """Known vulnerabilities in what is locked (pip-audit); a package that nobody looked up is one of them.

    Without a vulnerability service in reach the session is listed as skipped, never as passed, and says that nothing
    was audited; with COLONNADE_AUDIT_UNREACHABLE=fail, as hosted workflows have it, it fails.
    """
    _sync_everything(session)
    command = (*IN_EVERYTHING, "colonnade-workspace", "audit")
    if os.environ.get("COLONNADE_AUDIT_UNREACHABLE") != "fail":
        probed = str(session.run(*command, "--probe", silent=True)).strip()
        if not probed.startswith("answers: "):
            session.skip(f"NOTHING WAS AUDITED. {probed}")
    session.run(*command, *session.posargs)


def tests(session: nox.Session) -> None:
    """A member's own tests, with nothing installed but what it declares."""
    member = session.name.removeprefix("tests-")
    declared = ["--package", f"colonnade-{member}", "--all-extras", "--group", "test"]
    location = {"UV_PROJECT_ENVIRONMENT": session.virtualenv.location}
    session.run_install("uv", "sync", "--locked", "--quiet", *declared, env=location, external=True)
    parallel = ["-n", "2"] if member in PARALLEL else []
    _pytest(session, "pytest", f"{MEMBERS[member]}/tests", "-m", "not integration", *parallel)


for _member in MEMBERS:
    nox.session(name=f"tests-{_member}", tags=["tests"])(tests)


@nox.session(venv_backend="none")
def integration(session: nox.Session) -> None:
    """The tests that need real servers: PostgreSQL, Valkey and NATS come from wheels or from the environment."""
    _sync_everything(session)
    _pytest(session, *IN_EVERYTHING, "pytest", "packages", "apps", "-m", "integration", "-n", "2")


@nox.session(venv_backend="none")
def e2e(session: nox.Session) -> None:
    """Journeys through the installed commands, as people run them."""
    _sync_everything(session)
    _install_chromium(session)
    _pytest(session, *IN_EVERYTHING, "pytest", "e2e", "--ignore", "e2e/fuzzing")


@nox.session(venv_backend="none")
def fuzz(session: nox.Session) -> None:
    """Every operation of the API, as its documentation has it and otherwise, as people of all roles (schemathesis)."""
    _sync_everything(session)
    _pytest(session, *IN_EVERYTHING, "python", "-m", "pytest", "e2e/fuzzing", "-n", "2")


@nox.session(venv_backend="none")
def build(session: nox.Session) -> None:
    """Wheels and sdists: built, checked, and imported in clean environments outside the repository."""
    _sync_everything(session)
    with tempfile.TemporaryDirectory(prefix="colonnade-build-") as name:
        folder = Path(name)
        dist = folder / "dist"
        session.run("uv", "build", "--all-packages", "--quiet", "--out-dir", str(dist))
        session.run(*IN_EVERYTHING, "colonnade-workspace", "wheels", str(dist))
        constraints = _constraints(session, dist, folder)

        modules = str(
            session.run(*IN_EVERYTHING, "colonnade-workspace", "wheels", str(dist), "--modules", silent=True)
        ).split()
        complete = [f"{_wheel(dist, member)}{_all_extras(member)}" for member in MEMBERS]
        _import_elsewhere(session, folder / "complete", modules, complete, constraints)
        for library in LIBRARIES:
            bare = [str(_wheel(dist, library))]
            _import_elsewhere(session, folder / library, [f"colonnade.{library}"], bare, constraints)


@nox.session(venv_backend="none")
def docs(session: nox.Session) -> None:
    """The documentation, in which a warning is an error, and its examples."""
    _sync_everything(session)
    picture = "docs/explanation/workspace.svg"
    session.run(*IN_EVERYTHING, "colonnade-workspace", "graph", "--reduced", "--format", "svg", "--output", picture)
    session.run(*IN_EVERYTHING, "sphinx-build", "-W", "--keep-going", "-q", "-b", "html", "docs", "docs/_build")
    _pytest(session, *IN_EVERYTHING, "pytest", "docs/examples")


@nox.session(venv_backend="none")
def coverage(session: nox.Session) -> None:
    """Which lines and branches the packages' own tests run; HTML in `htmlcov` for a closer look."""
    _sync_everything(session)
    measured = ["--cov=colonnade", "--cov=colonnade_workspace", "--cov-branch", "--cov-report=term:skip-covered"]
    _pytest(session, *IN_EVERYTHING, "pytest", *measured, "--cov-report=html", "-m", "not integration")


@nox.session(venv_backend="none")
def asvs(session: nox.Session) -> None:
    """The tests that the map of OWASP ASVS names; `.nox/asvs.md` says what holds of each requirement."""
    _sync_everything(session)
    session.run(*IN_EVERYTHING, "colonnade-workspace", "asvs", "--", *session.posargs)


@nox.session(venv_backend="none")
def chaos(session: nox.Session) -> None:
    """Processes killed, servers restarted, networks gone: one line for each says what was lost and what was doubled."""
    _sync_everything(session)
    _pytest(session, *IN_EVERYTHING, "python", "-m", "pytest", "chaos")  # with -m this folder is on the path


@nox.session(venv_backend="none")
def bench(session: nox.Session) -> None:
    """The benchmarks; what follows `--` is passed on."""
    _sync_everything(session)
    session.run(*IN_EVERYTHING, "python", "benchmarks/run.py", *session.posargs)


def _install_chromium(session: nox.Session) -> None:
    """Install Debian's Chromium where there is none and this user may; elsewhere the tests say what to install."""
    has_browser = os.environ.get("COLONNADE_TEST_CHROMIUM") or shutil.which("chromium")
    if has_browser or shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    unattended = {"DEBIAN_FRONTEND": "noninteractive"}
    session.run("apt-get", "update", "--quiet", external=True, silent=True)
    session.run(
        *("apt-get", "install", "--yes", "--quiet", "--no-install-recommends", "chromium"),
        env=unattended,
        external=True,
        silent=True,
    )


def _sync_everything(session: nox.Session) -> None:
    session.env["UV_PROJECT_ENVIRONMENT"] = str(EVERYTHING)
    session.run_install("uv", "sync", "--locked", "--quiet", "--all-packages", "--all-extras", "--all-groups")


def _pytest(session: nox.Session, *command: str) -> None:
    report = ROOT / ".nox" / f"{session.name}.xml"
    report.unlink(missing_ok=True)
    _reports.append(report)
    session.run(*command, "-q", f"--junitxml={report}", *session.posargs)


def _pyproject(folder: str) -> dict[str, Any]:  # a TOML document holds any of its types
    return tomllib.loads((ROOT / folder / "pyproject.toml").read_text(encoding="utf-8"))


def _loaded_by_name(folder: str) -> list[str]:
    names: list[str] = _pyproject(folder).get("tool", {}).get("colonnade", {}).get("loaded-by-name", [])
    return names


def _all_extras(member: str) -> str:
    extras = _pyproject(MEMBERS[member])["project"].get("optional-dependencies", {})
    return f"[{','.join(extras)}]" if extras else ""


def _wheel(dist: Path, member: str) -> Path:
    return next(dist.glob(f"colonnade_{member}-*.whl"))


def _constraints(session: nox.Session, dist: Path, folder: Path) -> Path:
    """The lock file's versions, and for each member the wheel that was just built: nothing newer, nothing foreign."""
    file = folder / "constraints.txt"
    kinds = ["--all-packages", "--all-extras", "--no-default-groups", "--no-emit-workspace"]
    plain = ["--no-hashes", "--no-header", "--no-annotate", "--quiet"]
    session.run("uv", "export", "--locked", *kinds, *plain, "--output-file", str(file), silent=True)
    wheels = [f"colonnade-{member} @ {_wheel(dist, member).as_uri()}" for member in MEMBERS]
    file.write_text("\n".join([file.read_text(encoding="utf-8"), *wheels]), encoding="utf-8")
    return file


def _import_elsewhere(
    session: nox.Session, environment: Path, modules: list[str], wheels: list[str], constraints: Path
) -> None:
    """Install wheels into a new environment and import modules there, all in one process."""
    python = str(environment / "bin" / "python")
    install = ["--quiet", "--python", python, "--constraints", str(constraints)]
    session.run("uv", "venv", "--quiet", "--python", str(EVERYTHING), str(environment))
    session.run("uv", "pip", "install", *install, *wheels)
    names = environment / "modules.txt"
    names.write_text("\n".join(modules), encoding="utf-8")
    with session.chdir(environment):
        session.run(python, "-I", "-c", IMPORT_ALL, str(names), log=False)
    session.log(f"imported {len(modules)} module{'s' if len(modules) > 1 else ''} in {environment.name}")


@atexit.register
def _print_total() -> None:
    """End with one line in pytest's own form, for all suites that ran; nox has printed what ran and for how long."""
    if not _reports:
        return
    counts: Counter[str] = Counter()
    seconds = 0.0
    for report in _reports:
        if not report.exists():  # pytest itself could not run
            counts["errors"] += 1
            continue
        for suite in ET.parse(report).iter("testsuite"):  # noqa: S314 - written by pytest a moment ago
            counts.update({kind: int(suite.get(kind, 0)) for kind in ("tests", "failures", "errors", "skipped")})
            seconds += float(suite.get("time", 0))
    passed = max(0, counts["tests"] - counts["failures"] - counts["errors"] - counts["skipped"])
    kinds = {"failed": counts["failures"], "passed": passed, "skipped": counts["skipped"], "errors": counts["errors"]}
    said = ", ".join(f"{count} {kind}" for kind, count in kinds.items() if count) or "no tests ran"
    print(f" {said} in {seconds:.2f}s ".center(80, "="), flush=True)
