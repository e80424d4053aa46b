"""What is locked, asked about with a stand-in for pip-audit that writes what pip-audit writes."""

import json
import sys

import pytest
from click.testing import CliRunner

from colonnade_workspace import WorkspaceError
from colonnade_workspace.audit import PipAudit, Unreachable, read_lock
from colonnade_workspace.cli import main

LOCK = """\
version = 1

[[package]]
name = "acme-core"
version = "0.1.0"
source = { editable = "packages/core" }

[[package]]
name = "attrs"
version = "26.1.0"
source = { registry = "https://index.example/simple" }

[[package]]
name = "attrs"
version = "25.0.0"
source = { registry = "https://index.example/simple" }
"""

STAND_IN = """\
#!{python}
import json, sys
options = dict(zip(sys.argv[1::1], sys.argv[2::1]))
service, known = options["--vulnerability-service"], json.loads({known!r})
if service not in known:
    sys.exit("ConnectionError: the name cannot be resolved")
entries = []
for line in open(options["--requirement"]).read().split():
    name, _, version = line.partition("==")
    entry = known[service].get(line, [])
    if isinstance(entry, str):
        entries.append({{"name": name, "skip_reason": entry}})
    elif entry is not None:
        entries.append({{"name": name, "version": version, "vulns": entry}})
print(json.dumps({{"dependencies": entries, "fixes": []}}))
sys.exit(any(entry.get("vulns") for entry in entries))
"""

FLAW = {"id": "PYSEC-2019-217", "aliases": ["CVE-2016-10745"], "fix_versions": ["2.8.1"], "description": "..."}
AWAKE = {"jinja2==2.4.1": [FLAW]}


@pytest.fixture
def stand_in(tmp_path):
    """Make a program that knows for each service what holds for `name==version`."""

    def make(**known):
        file = tmp_path / "stand-in"
        file.write_text(STAND_IN.format(python=sys.executable, known=json.dumps(known)))
        file.chmod(0o755)
        return str(file)

    return make


@pytest.fixture
def audit(fake, stand_in):
    """Audit `LOCK`, or another lock file."""

    def run(*options, lock=LOCK, **known):
        (fake.root / "uv.lock").write_text(lock)
        return CliRunner().invoke(main, ["--root", str(fake.root), "audit", "--pip-audit", stand_in(**known), *options])

    return run


def test_everything_that_is_locked_is_asked_about_both_versions_of_a_name_too(audit):
    result = audit(pypi=AWAKE)
    assert (result.exit_code, result.output) == (0, "Asked pypi about 2 packages.\nNothing to mend.\n")


def test_a_vulnerable_version_is_found_with_its_place_and_its_mend(audit):
    result = audit(pypi={**AWAKE, "attrs==25.0.0": [{**FLAW, "fix_versions": ["26.0.0", "26.1.0"]}]})
    assert result.exit_code == 1
    assert "uv.lock:13: vulnerable: attrs 25.0.0 has PYSEC-2019-217 (CVE-2016-10745)\n" in result.output
    assert "Mended in 26.0.0, 26.1.0: uv lock --upgrade-package attrs\n" in result.output


def test_a_flaw_that_no_version_mends_says_what_can_be_done(audit):
    result = audit(pypi={**AWAKE, "attrs==25.0.0": [{**FLAW, "fix_versions": []}]})
    assert "No version mends it" in result.output


@pytest.mark.parametrize("missing", ["not found on the index", None])
def test_a_package_that_was_not_looked_up_is_a_fault(audit, missing):
    result = audit(pypi={**AWAKE, "attrs==25.0.0": missing})
    assert result.exit_code == 1
    assert "uv.lock:13: not-audited: attrs 25.0.0 was not looked up" in result.output


def test_a_package_from_no_index_is_a_fault(audit):
    result = audit(pypi=AWAKE, lock=LOCK + '\n[[package]]\nname = "fork"\nversion = "1"\nsource = { git = "x" }\n')
    assert result.exit_code == 1
    assert "not-audited: fork 1 was not looked up: it comes from no package index" in result.output


@pytest.mark.parametrize("key", ["PYSEC-2019-217", "CVE-2016-10745"])
def test_an_accepted_flaw_is_none_until_it_is_gone(audit, fake, key):
    with (fake.root / "pyproject.toml").open("a") as file:
        file.write(f'\n[tool.colonnade.audit.accepted]\n{key} = "we never render templates of strangers"\n')
    assert audit(pypi={**AWAKE, "attrs==25.0.0": [FLAW]}).exit_code == 0
    result = audit(pypi=AWAKE)
    assert result.exit_code == 1
    assert f"pyproject.toml: accepted-in-vain: {key} is accepted, and nothing that is locked has it" in result.output


def test_the_second_service_is_asked_when_the_first_is_out_of_reach(audit):
    assert audit(osv=AWAKE).output.startswith("Asked osv about 2 packages.")


@pytest.mark.parametrize("known", [{}, {"pypi": {}, "osv": {}}, {"pypi": {"jinja2==2.4.1": "not found"}}])
def test_without_a_service_that_knows_anything_nothing_passes(audit, known):
    """None is reached, or those that answer do not know what everybody knows."""
    result = audit(**known)
    assert result.exit_code == 2
    assert "No vulnerability service can be asked: pypi: " in result.output


def test_a_probe_says_who_answers_and_audits_nothing(audit):
    assert audit("--probe", pypi={**AWAKE, "attrs==25.0.0": [FLAW]}).output == "answers: pypi\n"
    asleep = audit("--probe")
    assert (asleep.exit_code, asleep.output[:39]) == (0, "No vulnerability service can be asked: ")


def test_findings_are_json_for_programs(audit):
    findings = json.loads(audit("--json", pypi={**AWAKE, "attrs==25.0.0": [FLAW]}).output)["findings"]
    assert [(finding["rule"], finding["line"]) for finding in findings] == [("vulnerable", 13)]


def test_a_missing_program_is_an_error_even_for_a_probe(fake):
    result = CliRunner().invoke(main, ["--root", str(fake.root), "audit", "--probe", "--pip-audit", "no-such-program"])
    assert (result.exit_code, result.output) == (2, "Error: no-such-program is not installed.\n")


def test_a_workspace_without_a_lock_file_is_an_error(tmp_path):
    with pytest.raises(WorkspaceError, match=r"uv\.lock cannot be read"):
        read_lock(tmp_path)


def test_a_service_out_of_reach_is_told_from_other_errors(stand_in):
    with pytest.raises(Unreachable, match="osv: ConnectionError: the name cannot be resolved"):
        PipAudit(stand_in()).service()
