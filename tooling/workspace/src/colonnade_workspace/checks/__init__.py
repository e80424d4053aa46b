"""Every rule that the workspace has to keep."""

from colonnade_workspace.checks.arrows import ArrowRules, check_arrows, load_rules
from colonnade_workspace.checks.cycles import check_cycles
from colonnade_workspace.checks.ranges import check_conflicts, check_sibling_ranges
from colonnade_workspace.checks.usage import check_usage
from colonnade_workspace.checks.versions import check_versions
from colonnade_workspace.findings import Finding
from colonnade_workspace.imports import imports_of
from colonnade_workspace.installed import InstalledModules
from colonnade_workspace.model import Workspace

__all__ = ["ArrowRules", "check_workspace", "load_rules"]


def check_workspace(workspace: Workspace, rules: ArrowRules) -> list[Finding]:
    """Run all checks; the findings come in the order of their files and lines."""
    imports = {name: imports_of(member) for name, member in workspace.members.items()}
    findings = [
        *check_cycles(workspace),
        *check_arrows(workspace, imports, rules),
        *check_sibling_ranges(workspace),
        *check_conflicts(workspace),
        *check_usage(workspace, imports, InstalledModules()),
        *check_versions(workspace),
    ]
    return sorted(findings, key=lambda finding: (finding.path, finding.line or 0, finding.rule, finding.message))
