"""Each check finds its fault, names the place and says how to mend it; a sound workspace passes all."""

import pytest

from colonnade_workspace import WorkspaceError
from colonnade_workspace.checks import check_workspace, load_rules
from colonnade_workspace.checks.arrows import Allowed

RULES = {
    "acme-core": Allowed(),
    "acme-app": Allowed(base=frozenset({"acme-core"}), extras=frozenset({"acme-data"})),
    "acme-data": Allowed(base=frozenset({"acme-core"})),
}


def findings(fake, rule=None):
    found = check_workspace(fake.read(), RULES)
    return found if rule is None else [finding for finding in found if finding.rule == rule]


def test_a_sound_workspace_has_no_findings(fake):
    """Declared, ranged, used and in step: nothing to say."""
    fake.member("core", ["click>=8,<9"], files={"a.py": "import click\nimport json\n"})
    fake.member(
        "app",
        ["acme-core>=0.1,<0.2"],
        extras={"data": ["acme-data>=0.1,<0.2"], "all": ["acme-app[data]>=0.1,<0.2"]},
        files={"a.py": "from acme.core import a\nfrom acme import data\n"},
    )
    fake.member("data", ["asyncpg"], loaded_by_name=["asyncpg"])
    assert findings(fake) == []


def test_a_cycle_is_reported_once_with_its_path(fake):
    """Two members that require each other are one finding, at a line that closes the circle."""
    fake.member("core", ["acme-data>=0.1,<0.2"], files={"a.py": "import acme.data"})
    fake.member("data", ["acme-core>=0.1,<0.2"], files={"a.py": "import acme.core"})
    (cycle,) = findings(fake, "cycle")
    assert cycle.message.count("→") == 2
    assert cycle.line == 5
    assert "Move what both need" in cycle.mend


def test_two_cycles_are_two_findings(fake):
    """One circle does not hide another."""
    fake.member("core", ["acme-data>=0.1,<0.2", "acme-app>=0.1,<0.2"])
    fake.member("data", ["acme-core>=0.1,<0.2"])
    fake.member("app", ["acme-core>=0.1,<0.2"])
    assert len(findings(fake, "cycle")) == 2


def test_a_test_group_may_point_anywhere(fake):
    """Groups are not published, so they close no circle and break no arrow."""
    fake.member("core", group=["acme-app>=0.1,<0.2"])
    fake.member("app", ["acme-core>=0.1,<0.2"], files={"a.py": "import acme.core"})
    assert findings(fake) == []


def test_a_forbidden_requirement_is_found_where_it_is_written(fake):
    """Core may stand on nothing."""
    fake.member("core", ["acme-data>=0.1,<0.2"])
    fake.member("data")
    (arrow,) = findings(fake, "forbidden-arrow")
    assert (arrow.path, arrow.line) == ("packages/core/pyproject.toml", 5)
    assert arrow.message == "acme-core may not require acme-data"


def test_an_arrow_that_belongs_behind_an_extra_says_so(fake):
    """The same sibling is allowed in an extra and refused in the base."""
    fake.member("app", ["acme-data>=0.1,<0.2"])
    fake.member("data")
    (arrow,) = findings(fake, "forbidden-arrow")
    assert "Move it to an extra" in arrow.mend


def test_a_forbidden_import_is_found_in_the_source(fake):
    """An import breaks an arrow even where nothing is declared."""
    fake.member("core", files={"a.py": "import json\nfrom acme.data import rows\n"})
    fake.member("data")
    (arrow,) = findings(fake, "forbidden-arrow")
    assert (arrow.path, arrow.line) == ("packages/core/src/acme/core/a.py", 2)


def test_a_member_without_a_row_is_a_finding(fake):
    """A new package is a decision."""
    fake.member("novel")
    (arrow,) = findings(fake)
    assert arrow.message == "acme-novel has no row in the table of arrows"


def test_disjoint_ranges_of_two_members_conflict(fake):
    """The finding names both places."""
    fake.member("core", ["click>=8,<9"], files={"a.py": "import click"})
    fake.member("data", ["click>=9"], files={"a.py": "import click"})
    (conflict,) = findings(fake, "conflict")
    assert (conflict.path, conflict.line) == ("packages/data/pyproject.toml", 5)
    assert "packages/core/pyproject.toml:5" in conflict.mend


def test_overlapping_ranges_do_not_conflict(fake):
    """One version that suits both is enough."""
    fake.member("core", ["click>=8,<10"], files={"a.py": "import click"})
    fake.member("data", ["click~=9.1"], files={"a.py": "import click"})
    assert findings(fake) == []


def test_an_undeclared_import_is_found_once_under_its_distribution_name(fake):
    """The mend names the distribution, which may differ from the module."""
    fake.member("core", files={"a.py": "import xdist\nimport xdist.plugin\n"})
    (undeclared,) = findings(fake)
    assert (undeclared.rule, undeclared.path, undeclared.line) == ("undeclared", "packages/core/src/acme/core/a.py", 1)
    assert undeclared.mend.startswith("Add pytest-xdist to packages/core/pyproject.toml")


def test_an_undeclared_sibling_is_found(fake):
    """What may be imported has still to be declared."""
    fake.member("core")
    fake.member("app", files={"a.py": "from acme import core"})
    (undeclared,) = findings(fake)
    assert undeclared.message == "acme-app imports acme.core without declaring acme-core"


def test_the_bare_namespace_needs_no_declaration(fake):
    """Nobody ships it (PEP 420)."""
    fake.member("core", files={"a.py": "import acme"})
    assert findings(fake) == []


def test_an_unused_dependency_is_found_in_base_and_extras(fake):
    """Each unused distribution is one finding at its first line."""
    fake.member("core", ["click>=8"], extras={"more": ["tomlkit", "click>=8"]})
    assert [(each.rule, each.message.split()[2]) for each in findings(fake)] == [
        ("unused", "click"),
        ("unused", "tomlkit"),
    ]


def test_a_loaded_name_has_to_be_declared(fake):
    """The list of exceptions does not outlive what it excepts."""
    fake.member("core", loaded_by_name=["asyncpg"])
    (unused,) = findings(fake)
    assert "lists asyncpg in loaded-by-name but does not declare it" in unused.message


@pytest.mark.parametrize("written", ["acme-core", "acme-core>=0.1", "acme-core<0.2", "acme-core!=0.3"])
def test_a_sibling_needs_both_bounds(fake, written):
    """The mend is the very text to write."""
    fake.member("core")
    fake.member("app", [written], files={"a.py": "import acme.core"})
    (unranged,) = findings(fake)
    assert unranged.rule == "unranged-sibling"
    assert unranged.mend == 'Write "acme-core>=0.1,<0.2".'


def test_a_member_out_of_step_is_found(fake):
    """All members carry the root's version."""
    fake.member("core", version="0.1.1")
    (step,) = findings(fake)
    assert step.message == "acme-core is 0.1.1, the workspace is 0.1.0"


def test_a_range_that_refuses_the_workspace_is_found_in_groups_too(fake):
    """A stale range in a test group would stop the lock."""
    fake.member("core")
    fake.member("data", group=["acme-core>=0.0.1,<0.1"])
    (step,) = findings(fake)
    assert step.rule == "version"
    assert step.mend == 'Write the range ">=0.1,<0.2".'


def test_the_shipped_table_of_arrows_has_a_row_for_every_package():
    """The table that ships reads, and lets core stand on nothing."""
    rules = load_rules()
    assert rules["colonnade-core"] == Allowed()
    assert "colonnade-domain" in rules["colonnade-application"].extras


def test_a_broken_table_of_arrows_is_said_in_one_sentence(tmp_path):
    """The sentence names the file."""
    (tmp_path / "arrows.toml").write_text("core = 1")
    with pytest.raises(WorkspaceError, match="is not a table of arrows"):
        load_rules(tmp_path / "arrows.toml")
