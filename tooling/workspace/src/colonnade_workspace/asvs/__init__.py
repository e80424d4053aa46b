"""The map of OWASP ASVS: read it, run the tests that it names, and write down what holds."""

from colonnade_workspace.asvs.reading import STATES, Requirement, read_map
from colonnade_workspace.asvs.report import Verdict, verdicts_of, write_report
from colonnade_workspace.asvs.running import Outcome, run_tests

__all__ = ["STATES", "Outcome", "Requirement", "Verdict", "read_map", "run_tests", "verdicts_of", "write_report"]
