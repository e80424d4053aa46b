"""From what is locked and what a service said to findings."""

from collections.abc import Iterator, Mapping, Sequence

from colonnade_workspace.audit.locked import Locked
from colonnade_workspace.audit.services import Answer, Vulnerability
from colonnade_workspace.findings import Finding

_LOCK = "uv.lock"


def judge(locked: Sequence[Locked], answer: Answer, accepted: Mapping[str, str]) -> list[Finding]:
    """Find what is vulnerable, what was not looked up, and what is accepted in vain.

    Args:
        locked: Everything in the lock file.
        answer: What the service said of it.
        accepted: Ids of advisories that the project lives with, with the reason.
    """
    met = {name for found in answer.known.values() for each in found for name in (each.id, *each.aliases)}
    return [
        *(finding for package in locked for finding in _of(package, answer, accepted)),
        *(_stale(identifier) for identifier in accepted if identifier not in met),
    ]


def _of(package: Locked, answer: Answer, accepted: Mapping[str, str]) -> Iterator[Finding]:
    if not package.indexed:
        yield _unasked(package, "it comes from no package index")
        return
    found = answer.known.get((package.name, package.version))
    if found is None:
        yield _unasked(package, answer.skipped.get(package.name, f"{answer.service} left it out"))
        return
    for each in found:
        if not accepted.keys() & {each.id, *each.aliases}:
            yield _vulnerable(package, each)


def _vulnerable(package: Locked, found: Vulnerability) -> Finding:
    also = f" ({', '.join(found.aliases)})" if found.aliases else ""
    return Finding(
        rule="vulnerable",
        path=_LOCK,
        line=package.line,
        message=f"{package.name} {package.version} has {found.id}{also}",
        mend=f"Mended in {', '.join(found.fixed_in)}: uv lock --upgrade-package {package.name}"
        if found.fixed_in
        else "No version mends it: replace the package, or accept it in [tool.colonnade.audit.accepted] with a reason.",
    )


def _unasked(package: Locked, why: str) -> Finding:
    return Finding(
        rule="not-audited",
        path=_LOCK,
        line=package.line,
        message=f"{package.name} {package.version} was not looked up: {why}",
        mend="Ask again, or lock a version that an index has: what nobody looked up counts as vulnerable.",
    )


def _stale(identifier: str) -> Finding:
    return Finding(
        rule="accepted-in-vain",
        path="pyproject.toml",
        line=None,
        message=f"{identifier} is accepted, and nothing that is locked has it",
        mend="Remove it from [tool.colonnade.audit.accepted].",
    )
