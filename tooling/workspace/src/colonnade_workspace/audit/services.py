"""pip-audit, and the vulnerability services that it asks."""

import json
import subprocess  # its own process: pip-audit promises a command, not an API
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import which
from typing import TypedDict

from colonnade_workspace.errors import WorkspaceError

SERVICES = ("pypi", "osv")
_TIMEOUT_SECONDS = 600
# Vulnerable for years (PYSEC-2019-217): a service that knows nothing of it knows nothing.
_CANARY = ("jinja2", "2.4.1")


class Unreachable(WorkspaceError):
    """No service answered for the canary; the message says for each why."""


@dataclass(frozen=True, slots=True)
class Vulnerability:
    """One advisory that holds for a locked version.

    Attributes:
        id: Of the advisory, such as `PYSEC-2019-217`.
        aliases: Other ids of the same, such as its CVE.
        fixed_in: The versions that mend it; empty when none does.
    """

    id: str
    aliases: tuple[str, ...] = ()
    fixed_in: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service said.

    Attributes:
        service: Its name: `pypi` or `osv`.
        known: What is known of each (name, version) that it looked up; empty where nothing is.
        skipped: Why it did not look a name up.
    """

    service: str
    known: dict[tuple[str, str], tuple[Vulnerability, ...]]
    skipped: dict[str, str]


class _Vulnerability(TypedDict):
    id: str
    aliases: list[str]
    fix_versions: list[str]


class _Entry(TypedDict, total=False):
    name: str
    version: str
    vulns: list[_Vulnerability]
    skip_reason: str


class PipAudit:
    """Asks the first service that proves to know a vulnerability that everybody knows.

    A proxy that answers politely and knows nothing would otherwise pass everything.
    """

    def __init__(self, program: str = "pip-audit", *, osv_url: str | None = None) -> None:
        """Find the program.

        Args:
            program: Name on the path, or path.
            osv_url: Another address of the OSV query API, such as a company's mirror.

        Raises:
            WorkspaceError: There is no such program.
        """
        found = which(program)
        if found is None:
            raise WorkspaceError(f"{program} is not installed.")
        self._program = found
        self._osv_url = osv_url

    def service(self) -> str:
        """Return the name of a service that answers.

        Raises:
            Unreachable: None does.
        """
        reasons = []
        for service in SERVICES:
            try:
                answer = self.ask([_CANARY], service)
            except WorkspaceError as error:
                reasons.append(f"{service}: {error.message}")
                continue
            if answer.known.get(_CANARY):
                return service
            why = answer.skipped.get(_CANARY[0], f"does not know that {' '.join(_CANARY)} is vulnerable")
            reasons.append(f"{service}: {why}")
        raise Unreachable(f"No vulnerability service can be asked: {'; '.join(reasons)}.")

    def ask(self, packages: Iterable[tuple[str, str]], service: str) -> Answer:
        """Look names and versions up.

        Raises:
            WorkspaceError: The service gave no answer at all.
        """
        known: dict[tuple[str, str], tuple[Vulnerability, ...]] = {}
        skipped: dict[str, str] = {}
        for batch in _without_doubles(packages):
            for entry in self._run(batch, service):
                if "skip_reason" in entry:
                    skipped[entry["name"]] = entry["skip_reason"]
                else:
                    known[entry["name"], entry["version"]] = tuple(map(_vulnerability, entry["vulns"]))
        return Answer(service, known, skipped)

    def _run(self, batch: dict[str, str], service: str) -> list[_Entry]:
        with tempfile.TemporaryDirectory(prefix="colonnade-audit-") as folder:
            file = Path(folder) / "requirements.txt"
            file.write_text("\n".join(f"{name}=={version}" for name, version in batch.items()), encoding="utf-8")
            command = [self._program, "--requirement", str(file), "--no-deps", "--disable-pip", "--format", "json"]
            command += ["--progress-spinner", "off", "--vulnerability-service", service]
            command += ["--osv-url", self._osv_url] if self._osv_url else []
            result = _execute(command)
        try:
            entries: list[_Entry] = json.loads(result.stdout)["dependencies"]
        except (ValueError, KeyError) as error:
            said = result.stderr.strip().splitlines()[-1:] or ["no answer"]
            raise WorkspaceError(said[0]) from error
        return entries


def _execute(command: Sequence[str]) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(  # noqa: S603 - our own arguments # nosec B603
            command, capture_output=True, text=True, check=False, timeout=_TIMEOUT_SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise WorkspaceError(f"no answer within {_TIMEOUT_SECONDS} seconds") from error


def _without_doubles(packages: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    """Spread versions of one name over several batches: a requirements file has each name once."""
    batches: list[dict[str, str]] = []
    for name, version in packages:
        batch = next((batch for batch in batches if name not in batch), None)
        if batch is None:
            batches.append(batch := {})
        batch[name] = version
    return batches


def _vulnerability(entry: _Vulnerability) -> Vulnerability:
    return Vulnerability(entry["id"], tuple(entry["aliases"]), tuple(entry["fix_versions"]))
