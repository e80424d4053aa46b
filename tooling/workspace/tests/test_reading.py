"""Reading a workspace from disk."""

from pathlib import Path

import pytest

from colonnade_workspace import Section, WorkspaceError, find_root, read_workspace


def test_members_are_found_with_all_that_they_declare(fake):
    """A member keeps its base, extra and group requirements apart, each with its line."""
    fake.member("core", ["pydantic>=2"], extras={"work": ["click>=8"]}, group=["pytest>=9"])
    member = fake.read().members["acme-core"]
    assert [(each.name, each.section, each.label) for each in member.dependencies] == [
        ("pydantic", Section.BASE, ""),
        ("click", Section.EXTRA, "work"),
        ("pytest", Section.GROUP, "test"),
    ]
    lines = member.pyproject.read_text().splitlines()
    assert [each.name in lines[each.line - 1] for each in member.dependencies] == [True] * 3


def test_a_namespace_package_gives_one_prefix_per_portion(fake):
    """The namespace itself belongs to nobody."""
    fake.member("core")
    workspace = fake.read()
    assert list(workspace.members["acme-core"].packages) == ["acme.core"]
    assert workspace.owner("acme.core.events") is workspace.members["acme-core"]
    assert workspace.owner("acme.corelike") is None


def test_a_regular_package_gives_its_own_name(fake):
    """A package outside the namespace is found by its `__init__.py`."""
    folder = fake.member("core")
    (folder / "src" / "tool").mkdir()
    (folder / "src" / "tool" / "__init__.py").touch()
    assert list(fake.read().members["acme-core"].packages) == ["acme.core", "tool"]


def test_the_root_is_found_from_any_folder_below_it(fake):
    """Commands work from inside a member."""
    folder = fake.member("core")
    assert find_root(folder / "src" / "acme") == fake.root


def test_no_workspace_is_said_in_one_sentence(tmp_path):
    """The sentence says what to pass."""
    with pytest.raises(WorkspaceError, match=r"No uv workspace at .* pass --root"):
        find_root(tmp_path)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[project", "is not TOML"),
        ('[project]\nversion = "1"', "has no name"),
        ('[project]\nname = "x"', "has no version"),
        ('[project]\nname = "x"\nversion = "1"\ndependencies = ["a b c"]', "is not a requirement"),
    ],
)
def test_a_broken_member_is_named(fake, text, reason):
    """The error names the file and what is wrong with it."""
    folder = fake.member("core")
    (folder / "pyproject.toml").write_text(text)
    with pytest.raises(WorkspaceError, match=reason) as caught:
        fake.read()
    assert str(folder / "pyproject.toml") in caught.value.message


def test_a_root_without_members_is_refused(tmp_path: Path):
    """Nothing to read is a mistake rather than an empty workspace."""
    (tmp_path / "pyproject.toml").write_text('[project]\nname = "x"\nversion = "1"\n')
    with pytest.raises(WorkspaceError, match="lists no members"):
        read_workspace(tmp_path)
