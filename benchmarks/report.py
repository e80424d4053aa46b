"""What was measured, as a page of the documentation."""

import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version

PACKAGES = ("starlette", "uvicorn", "asyncpg", "pydantic", "sqlalchemy", "sqlmodel", "fastapi", "eventsourcing")


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the table.

    Attributes:
        what: What was measured.
        against: What it is compared with.
        reached: The ratio or figure.
        goal: What it is to be at least, or at most.
        at_most: Whether the goal is an upper bound.
        unit: Behind the figures: `×`, `µs`, `ms`.
        note: Further figures of the same run.
    """

    what: str
    against: str
    reached: float
    goal: float
    at_most: bool = False
    unit: str = "×"
    note: str = ""

    @property
    def is_met(self) -> bool:
        return self.reached <= self.goal if self.at_most else self.reached >= self.goal

    def row(self) -> str:
        bound = "at most" if self.at_most else "at least"
        met = "yes" if self.is_met else "**no**"
        reached, goal = f"{_figure(self.reached)} {self.unit}", f"{bound} {self.goal:.3g} {self.unit}"
        return f"| {self.what} | {self.against} | {reached} | {goal} | {met} | {self.note} |"


@dataclass(slots=True)
class Report:
    """All that goes onto the page.

    Attributes:
        how: How much was measured, as sentences.
        findings: The lines of the table.
        shares: Microseconds of CPU by part, by operation and peer.
    """

    how: str
    findings: list[Finding] = field(default_factory=list)
    shares: dict[str, dict[str, Mapping[str, float]]] = field(default_factory=dict)

    def markdown(self) -> str:
        """Return the page."""
        parts = [_HEAD, "## Reached\n", _versions(), self.how, "", *_table(self.findings)]
        if self.shares:
            parts += ["", _WHERE]
            for operation, peers in self.shares.items():
                parts += [f"### {operation}\n", *_shares(peers), ""]
        return "\n".join(parts).rstrip() + "\n"


_HEAD = """# Benchmarks

`nox -s bench` measures and writes this page. Figures are ratios within one run on one machine: absolute ones say more
about the machine than about the code. The peers are in `benchmarks/peers/`:

- **raw**: Starlette and asyncpg, SQL written by hand and prepared by the driver, rows to JSON by pydantic-core. No bus,
  no domain model, no log of requests, no metrics.
- **FastAPI + SQLModel**: both as their documentation teaches them, with dependencies, sessions and response models.
- **ours**: the server as it ships, with bus, access check, unit of work, event log, metrics of each request and of each
  message. Log lines of requests that went well are off, as the access log is for the others.

All three work on the same PostgreSQL database, which runs with the settings it comes with (every commit is on disk
before it is answered), with ten connections and one uvicorn worker (uvloop, httptools, no access log). Each checks an
EdDSA token and a membership for each request; ours remembers both until an event says otherwise, the other two ask the
database. Before anything is measured, the answers of all three are compared: GET, two pages of LIST, POST and PATCH.

wrk keeps 16 connections busy; callers, tasks and projects vary from one request to the next. POST spreads over all
projects: within one project, all three wait for each other at the counter of its task numbers. PATCH changes the title
of one task after the other. The peers take turns, and medians are compared. "CPU" is the ratio of the CPU time that
the processes of the peers took for a request, which other work on the machine disturbs less than requests per second.

What a message costs includes making it. The figures of diator (without behaviours) and lato beside it are quoted from
an earlier measurement against the same dictionary and await; they are not part of the run.
"""

_WHERE = """## Where the time goes

The applications in one process, without a network, eight requests at a time, sampled every millisecond of CPU: the
microseconds of one request by the innermost part on the stack. C extensions count for whoever called them.
"""


def _versions() -> str:
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"Python {platform.python_version()}, {packages}.\n"


def _table(findings: Iterable[Finding]) -> Sequence[str]:
    head = ("| what | against | reached | goal | met | beside it |", "|---|---|---:|---:|---|---|")
    return [*head, *(finding.row() for finding in findings)]


def _shares(peers: Mapping[str, Mapping[str, float]]) -> Sequence[str]:
    parts = dict.fromkeys(part for shares in peers.values() for part in shares)
    rows = [
        f"| {part} | {' | '.join(_microseconds(shares.get(part)) for shares in peers.values())} |" for part in parts
    ]
    totals = " | ".join(f"{sum(shares.values()):.0f}" for shares in peers.values())
    head = (f"| µs | {' | '.join(peers)} |", "|---|" + "---:|" * len(peers))
    return [*head, *rows, f"| all | {totals} |"]


def _microseconds(value: float | None) -> str:
    return "–" if value is None else f"{value:.0f}"


def _figure(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:.0f}"
