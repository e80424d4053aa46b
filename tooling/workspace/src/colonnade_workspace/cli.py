"""The command `colonnade-workspace`."""

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import click

from colonnade_workspace.asvs import read_map, run_tests, verdicts_of, write_report
from colonnade_workspace.audit import PipAudit, Unreachable, accepted, judge, read_lock
from colonnade_workspace.checks import check_workspace, load_rules
from colonnade_workspace.findings import Finding
from colonnade_workspace.graph import context_graph, package_graph, to_mermaid, to_svg, to_text
from colonnade_workspace.model import Workspace
from colonnade_workspace.reading import find_root, read_workspace
from colonnade_workspace.release import build_changelog, bump, check_wheels, next_version, public_modules

RENDERERS = {"text": to_text, "mermaid": to_mermaid, "svg": to_svg}


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--root",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of the workspace; by default found from here upwards.",
)
@click.pass_context
def main(context: click.Context, root: Path | None) -> None:
    """Draw, check, prove and release the workspace.

    Exit codes: 0 when all is well, 1 when a check found something, 2 when a command could not run.
    """
    context.obj = root


@main.command()
@click.option(
    "--format", "style", type=click.Choice(list(RENDERERS)), default="text", show_default=True, help="What to write."
)
@click.option(
    "--output", type=click.Path(path_type=Path, dir_okay=False), help="File to write; by default the terminal."
)
@click.option("--reduced", is_flag=True, help="Leave out arrows that longer paths imply.")
@click.pass_obj
def graph(root: Path | None, style: str, output: Path | None, *, reduced: bool) -> None:
    """Draw the packages and the bounded contexts.

    An arrow points at what may be imported. Packages are joined by the requirements that they publish
    (arrows that only an extra asks for name it); contexts by the imports of their code.
    """
    workspace = _read(root)
    graphs = [package_graph(workspace), context_graph(workspace)]
    text = RENDERERS[style]([each.reduced() for each in graphs] if reduced else graphs)
    if output:
        output.write_text(text, encoding="utf-8")
    else:
        click.echo(text, nl=False)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object with the list of findings.")
@click.option(
    "--arrows",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Another table of allowed arrows (TOML).",
)
@click.pass_obj
def check(root: Path | None, arrows: Path | None, *, as_json: bool) -> None:
    """Look for cycles, forbidden arrows, bad dependencies and versions out of step.

    Each finding names the file, the line and the way to mend it. Run it where every member is installed
    with all extras: which distribution provides an import is read from the environment.
    """
    _report(check_workspace(_read(root), load_rules(arrows)), as_json=as_json)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON object with the list of findings.")
@click.option("--probe", is_flag=True, help="Only say which service answers, or why none does.")
@click.option("--pip-audit", "program", default="pip-audit", show_default=True, help="The program that asks.")
@click.option("--osv-url", help="Another address of the OSV query API.")
@click.pass_obj
def audit(root: Path | None, program: str, osv_url: str | None, *, as_json: bool, probe: bool) -> None:
    """Look for known vulnerabilities in all that uv.lock holds.

    A package that no service looked up is a finding. Advisories that the project lives with stand, each with
    its reason, in the root's [tool.colonnade.audit.accepted].
    """
    asking = PipAudit(program, osv_url=osv_url)
    if probe:
        try:
            click.echo(f"answers: {asking.service()}")
        except Unreachable as error:
            click.echo(error.message)
        return
    folder = root or find_root(Path.cwd())
    locked = read_lock(folder)
    indexed = [(package.name, package.version) for package in locked if package.indexed]
    answer = asking.ask(indexed, asking.service())
    if not as_json:
        click.echo(f"Asked {answer.service} about {len(indexed)} packages.")
    _report(judge(locked, answer, accepted(folder)), as_json=as_json)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--json", "as_json", is_flag=True, help="One JSON object with the list of findings.")
@click.option("--modules", is_flag=True, help="List the modules that the wheels let others import, and check nothing.")
@click.pass_obj
def wheels(root: Path | None, folder: Path, *, as_json: bool, modules: bool) -> None:
    """Check the wheels and sdists that were built into FOLDER.

    All members are there, siblings are asked for with a range, types are shipped, and no wheel
    owns the namespace.
    """
    if modules:
        click.echo("\n".join(public_modules(folder)))
    else:
        _report(check_wheels(_read(root), folder), as_json=as_json)


@main.command()
@click.option(
    "--map",
    "listed",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The map to read; by default docs/security/asvs.md.",
)
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="The report; by default .nox/asvs.md.")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def asvs(root: Path | None, listed: Path | None, output: Path | None, options: tuple[str, ...]) -> None:
    """Run the tests that the map of OWASP ASVS names, and write what holds of each requirement.

    Each member's tests run by themselves, those that start servers too. A test that failed, was skipped or did not run
    is a fault. What follows `--` goes to pytest. Run it where every member is installed with all extras.
    """
    folder = root or find_root(Path.cwd())
    requirements = read_map(listed or folder / "docs" / "security" / "asvs.md")
    tests = [test for requirement in requirements for test in requirement.tests]
    verdicts = verdicts_of(requirements, run_tests(folder, tests, options))
    report = output or folder / ".nox" / "asvs.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text(write_report(verdicts, datetime.now(UTC)), encoding="utf-8")
    faults = {test: outcome for verdict in verdicts for test, outcome in verdict.faults.items()}
    for test, outcome in faults.items():
        click.echo(f"{outcome.value}: {test}")
    counts = Counter(verdict.result for verdict in verdicts)
    click.echo(f"{', '.join(f'{count} {result}' for result, count in sorted(counts.items()))}. See {report}.")
    if faults:
        raise SystemExit(1)


@main.group()
def version() -> None:
    """Show or move the one version that all members share."""


@version.command()
@click.pass_obj
def show(root: Path | None) -> None:
    """Print the version, and the members that are out of step with it."""
    workspace = _read(root)
    click.echo(workspace.version)
    for member in workspace.members.values():
        if member.version != workspace.version:
            click.echo(f"{member.name} {member.version} is out of step")


@version.command(name="bump")
@click.argument("to", metavar="major|minor|patch|X.Y.Z")
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
@click.option("--no-changelog", is_flag=True, help="Leave CHANGELOG.md and its fragments alone.")
@click.pass_obj
def bump_command(root: Path | None, to: str, *, dry_run: bool, no_changelog: bool) -> None:
    """Move all members and their sibling ranges to a new version.

    The changelog is built from the fragments in docs/changes. Afterwards run `uv lock` and commit.
    """
    workspace = _read(root)
    wanted = next_version(workspace.version, to)
    changes = list(bump(workspace, wanted))
    changelog = "" if no_changelog else build_changelog(workspace.root, wanted, draft=dry_run)
    for change in changes:
        if not dry_run:
            change.path.write_text(change.text, encoding="utf-8")
        click.echo(f"{'would change' if dry_run else 'changed'} {workspace.relative(change.path)}")
    if dry_run and changelog:
        click.echo(changelog)
    click.echo(f"{workspace.version} → {wanted}{'' if dry_run else '; now run: uv lock'}")


def _read(root: Path | None) -> Workspace:
    """The workspace, read only when a command needs it: help works anywhere."""
    return read_workspace(root or find_root(Path.cwd()))


def _report(findings: list[Finding], *, as_json: bool) -> None:
    """Print the findings and leave with 1 if there are any."""
    if as_json:
        click.echo(json.dumps({"findings": [finding.as_json() for finding in findings]}, indent=2))
    else:
        for finding in findings:
            click.echo(finding)
        count = "Nothing to mend." if not findings else f"{len(findings)} finding{'s' if len(findings) > 1 else ''}."
        click.echo(count)
    if findings:
        raise SystemExit(1)
