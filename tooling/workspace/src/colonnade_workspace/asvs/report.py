"""What holds of each requirement after its tests ran, as a table for people."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from colonnade_workspace.asvs.reading import Requirement
from colonnade_workspace.asvs.running import Outcome

_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")

SHOWN, NOT_SHOWN = "met and passed", "met and failed"


class Verdict(NamedTuple):
    """One requirement, judged.

    Attributes:
        requirement: The row of the map.
        result: `met and passed`, `met and failed`, `not met` or `does not apply`.
        faults: Tests of its that did not pass, with how they ended.
    """

    requirement: Requirement
    result: str
    faults: Mapping[str, Outcome]


def verdicts_of(requirements: Sequence[Requirement], outcomes: Mapping[str, Outcome]) -> list[Verdict]:
    """Judge each requirement by its tests; one that is met has to have some, and all of them have to pass.

    Tests of the others are faults, too, if they do not pass: what they show of a part no longer holds.
    """
    return [_judge(requirement, outcomes) for requirement in requirements]


def _judge(requirement: Requirement, outcomes: Mapping[str, Outcome]) -> Verdict:
    ended = {test: outcomes.get(test, Outcome.NOT_RUN) for test in requirement.tests}
    faults = {test: outcome for test, outcome in ended.items() if outcome is not Outcome.PASSED}
    if requirement.state != "met":
        return Verdict(requirement, requirement.state, faults)
    return Verdict(requirement, NOT_SHOWN if faults or not ended else SHOWN, faults)


def write_report(verdicts: Sequence[Verdict], at: datetime) -> str:
    """Return the report as Markdown: the counts, then every requirement.

    Args:
        verdicts: What holds.
        at: When the tests ran.
    """
    counts = Counter(verdict.result for verdict in verdicts)
    lines = [
        "# OWASP ASVS, checked",
        "",
        f"The tests that the map names ran on {at:%Y-%m-%d at %H:%M} UTC.",
        "",
        "| result | requirements |",
        "|---|---|",
        *(f"| {result} | {counts[result]} |" for result in (SHOWN, NOT_SHOWN, "not met", "does not apply")),
        f"| all | {len(verdicts)} |",
        "",
        "| id | level | asks for | result | tests | did not pass, or why not |",
        "|---|---|---|---|---|---|",
        *map(_line, verdicts),
    ]
    return "\n".join([*lines, ""])


def _line(verdict: Verdict) -> str:
    row = verdict.requirement
    faults = ", ".join(f"`{test}` {outcome.value}" for test, outcome in verdict.faults.items())
    why = "" if row.state == "met" else _LINK.sub(r"\1", row.shown)  # links of the map lead nowhere from here
    cells = (row.id, row.level, row.asks, verdict.result, len(row.tests), "; ".join(filter(None, (faults, why))))
    return f"| {' | '.join(map(str, cells))} |"
