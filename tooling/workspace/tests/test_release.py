"""Versions, changelog and wheels."""

import subprocess
import tomllib
import zipfile

import pytest

from colonnade_workspace import WorkspaceError
from colonnade_workspace.checks.ranges import compatible_range
from colonnade_workspace.release import build_changelog, bump, check_wheels, next_version, public_modules


@pytest.mark.parametrize(
    ("current", "wanted", "expected"),
    [
        ("0.1.0", "patch", "0.1.1"),
        ("0.1.3", "minor", "0.2.0"),
        ("0.2.1", "major", "1.0.0"),
        ("0.1.0", "0.3.0", "0.3.0"),
        ("0.1.0", "1.0.0rc1", "1.0.0rc1"),
        ("0.1.0", "0.1.0", "0.1.0"),
    ],
)
def test_the_next_version(current, wanted, expected):
    """A part is counted up and what follows it falls to zero; a version stands for itself."""
    assert next_version(current, wanted) == expected


@pytest.mark.parametrize(("wanted", "reason"), [("huge", "neither major"), ("0.0.9", "lies before")])
def test_a_wrong_version_is_refused(wanted, reason):
    """Versions only go up."""
    with pytest.raises(WorkspaceError, match=reason):
        next_version("0.1.0", wanted)


@pytest.mark.parametrize(
    ("version", "expected"),
    [("0.1.4", ">=0.1,<0.2"), ("1.2.3", ">=1.2,<2"), ("1.0.0rc1", ">=1.0.0rc1,<2")],
)
def test_the_compatible_range(version, expected):
    """Below 1.0 a minor version may break; after it a major one; a pre-release bounds itself."""
    assert compatible_range(version) == expected


def test_a_bump_moves_versions_and_sibling_ranges_and_nothing_else(fake):
    """Comments and layout stay; extras and markers too; a bare name stays bare."""
    fake.member("core", ["click>=8"])
    fake.member(
        "app",
        ["acme-core[b,a]>=0.1,<0.2; python_version >= '3.11'"],
        extras={"x": ["acme-core>=0.1,<0.2"]},
        group=["acme-core>=0.1,<0.2"],
    )
    before = (fake.root / "packages/app/pyproject.toml").read_text()
    changes = {change.path.parent.name: change.text for change in bump(fake.read(), "0.2.0")}
    expected = before.replace('"0.1.0"', '"0.2.0"').replace("[b,a]", "[a,b]").replace(">=0.1,<0.2", ">=0.2,<0.3")
    assert changes["app"] == expected
    assert 'dev = ["acme-core", "ruff>=0.1"]' in changes[fake.root.name]
    assert len(changes) == 3


def test_a_patch_leaves_the_ranges_alone(fake):
    """A patch is inside the range already."""
    fake.member("core")
    fake.member("app", ["acme-core>=0.1,<0.2"])
    texts = [change.text for change in bump(fake.read(), "0.1.1")]
    assert all(tomllib.loads(text)["project"]["version"] == "0.1.1" for text in texts)
    assert any('"acme-core>=0.1,<0.2"' in text for text in texts)


def test_the_changelog_is_built_from_fragments(fake):
    """A draft is only shown; the real one moves the fragments into the file."""
    fake.member("core")
    fragments = fake.root / "docs" / "changes"
    fragments.mkdir(parents=True)
    (fragments / "+start.feature.md").write_text("Tasks can be reopened.")
    with (fake.root / "pyproject.toml").open("a") as file:
        file.write('\n[tool.towncrier]\ndirectory = "docs/changes"\nfilename = "CHANGELOG.md"\nname = "Acme"\n')
    subprocess.run(["git", "init", "--quiet"], cwd=fake.root, check=True)
    assert "Tasks can be reopened." in build_changelog(fake.root, "0.2.0", draft=True)
    assert not (fake.root / "CHANGELOG.md").exists()
    build_changelog(fake.root, "0.2.0")
    assert "Tasks can be reopened." in (fake.root / "CHANGELOG.md").read_text()
    assert not list(fragments.glob("*.feature.md"))


def test_a_refusal_of_towncrier_is_one_sentence(fake):
    """Its reason is told."""
    with (fake.root / "pyproject.toml").open("a") as file:
        file.write('\n[tool.towncrier]\ntemplate = "nowhere.md"\n')
    with pytest.raises(WorkspaceError, match=r"towncrier could not build the changelog: .*nowhere\.md"):
        build_changelog(fake.root, "0.2.0")


def build_wheel(folder, name, *, requires=(), files=("__init__.py", "py.typed"), sdist=True):
    with zipfile.ZipFile(folder / f"acme_{name}-0.1.0-py3-none-any.whl", "w") as wheel:
        for file in files:
            wheel.writestr(file if "/" in file else f"acme/{name}/{file}", "")
        headers = [f"Name: acme-{name}", *(f"Requires-Dist: {text}" for text in requires)]
        wheel.writestr(f"acme_{name}-0.1.0.dist-info/METADATA", "\n".join(["Metadata-Version: 2.4", *headers, ""]))
    if sdist:
        (folder / f"acme_{name}-0.1.0.tar.gz").touch()


@pytest.fixture
def dist(fake, tmp_path):
    fake.member("core")
    fake.member("app")
    folder = tmp_path / "dist"
    folder.mkdir()
    return folder


def test_sound_wheels_have_no_findings(fake, dist):
    """Ranged, typed, both kinds there, the namespace left open."""
    build_wheel(dist, "core")
    build_wheel(dist, "app", requires=["acme-core<0.2,>=0.1", 'acme-core<0.2,>=0.1; extra == "x"', "click"])
    assert check_wheels(fake.read(), dist) == []


def test_faults_of_wheels_are_found(fake, dist):
    """Each fault is a finding of its own."""
    build_wheel(dist, "app", requires=["acme-core"], files=("__init__.py", "colonnade/__init__.py"), sdist=False)
    found = [finding.rule for finding in check_wheels(fake.read(), dist)]
    assert sorted(found) == ["missing", "missing", "namespace", "unranged-sibling", "untyped"]


@pytest.mark.parametrize(
    "file", ["tests/test_it.py", "acme/core/tests/data.json", "test_it.py", "it_test.py", "conftest.py"]
)
def test_a_wheel_with_test_code_is_found(fake, dist, file):
    """A folder of tests, a test beside the code, what only pytest reads."""
    build_wheel(dist, "core", files=("__init__.py", "py.typed", file))
    build_wheel(dist, "app")
    (found,) = check_wheels(fake.read(), dist)
    assert found.rule == "test-code"
    assert file in found.message


def test_what_is_for_the_tests_of_others_is_no_test_code(fake, dist):
    """A package of fakes and factories is meant to be installed."""
    build_wheel(dist, "core", files=("__init__.py", "py.typed", "testing/fakes.py", "testimony.py", "contest.py"))
    build_wheel(dist, "app")
    assert check_wheels(fake.read(), dist) == []


def test_public_modules_are_those_that_others_may_import(dist):
    """Private names and migration scripts are left out."""
    build_wheel(
        dist,
        "core",
        files=("__init__.py", "events.py", "_private.py", "__main__.py", "py.typed", "acme/core/migrations/env.py"),
    )
    assert public_modules(dist) == ["acme.core", "acme.core.events"]
