"""Measure this house against its peers and its goals, and write the page about it: `python benchmarks/run.py`."""

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).parent))

import alike
import where
import world
from load import Effort, Rate, rates, serving, serving_all
from micro import dispatch, events, jobs, permission, starting
from micro.subscriptions import catching_up, idle, latency, long_log
from report import Finding, Report
from world import Target, World

PEERS = {
    "ours": "peers.ours:application",
    "raw": "peers.raw:application",
    "FastAPI + SQLModel": "peers.fastapi_sqlmodel:application",
}
PLAIN = {
    "ours": "peers.plain:ours",
    "ours observed": "peers.plain:ours_watched",
    "Starlette": "peers.plain:starlette",
    "FastAPI": "peers.plain:fastapi",
}
OPERATIONS = ("get", "list", "post", "patch")
GOALS = {"get": 1.15, "list": 1.15, "post": 0.9, "patch": 0.9}
NAMES = {"get": "GET by id", "list": "LIST of 50", "post": "POST", "patch": "PATCH"}
SERVER_VARIABLE = "COLONNADE_BENCH_POSTGRES_URL"


@dataclass(frozen=True, slots=True)
class Scale:
    """How much to measure."""

    sizes: tuple[int, int]
    effort: Effort
    rounds: int
    calls: int
    sampled: int
    log: int


FULL = Scale((10_000, 200_000), Effort(rounds=5, seconds=6), rounds=11, calls=20_000, sampled=4_000, log=1_000_000)
QUICK = Scale((2_000, 40_000), Effort(rounds=3, seconds=2), rounds=5, calls=3_000, sampled=1_000, log=100_000)


@dataclass(slots=True)
class Run:
    """One run: what it has to do, and what it has found."""

    scale: Scale
    server_url: str
    folder: Path
    report: Report
    worlds: dict[int, World] = field(default_factory=dict)

    def world(self, size: int) -> World:
        """Return the data of a size, made when it is first asked for."""
        if size not in self.worlds:
            _say(f"making {size:,} tasks")
            self.worlds[size] = world.build(self.server_url, size, self.folder)
        return self.worlds[size]

    def found(self, finding: Finding) -> None:
        """Add a line to the report."""
        self.report.findings.append(finding)
        _say(finding.row())


def measure_requests(run: Run) -> None:
    """GET, LIST, POST and PATCH of all peers, at both sizes."""
    for size in run.scale.sizes:
        data = run.world(size)
        with serving_all(PEERS, data.place) as peers:
            alike.check(peers, data.projects[0])
            for operation in OPERATIONS:
                measured = rates(peers, operation, _targets(data, operation), run.scale.effort)
                for other, goal in (("raw", GOALS[operation]), ("FastAPI + SQLModel", 5.0)):
                    ratio, note = _ratio(measured, "ours", other)
                    run.found(Finding(f"{NAMES[operation]}, {size:,} tasks", other, ratio, goal, note=note))


def measure_growth(run: Run) -> None:
    """LIST of ours at the larger size against the smaller, in turns."""
    small, large = (run.world(size) for size in run.scale.sizes)
    once, turns = run.scale.effort._replace(rounds=1), list[tuple[float, float]]()
    with serving(PEERS["ours"], small.place) as near, serving(PEERS["ours"], large.place) as far:
        for _ in range(run.scale.effort.rounds):
            turns.append(
                (
                    rates({"": near}, "list", small.projects, once)[""].per_second,
                    rates({"": far}, "list", large.projects, once)[""].per_second,
                )
            )
    fast, slow = (median(rate) for rate in zip(*turns, strict=True))
    sizes = tuple(f"{size:,} tasks" for size in run.scale.sizes)
    run.found(Finding(f"time of LIST at {sizes[1]}", sizes[0], fast / slow, 1.2, at_most=True))


def measure_framework(run: Run) -> None:
    """One answer without a database."""
    data = run.world(run.scale.sizes[0])
    with serving_all(PLAIN, data.place) as peers:
        measured = rates(peers, "plain", data.tasks[:1], run.scale.effort)
    for mine in ("ours", "ours observed"):
        what = "framework alone" if mine == "ours" else "the same with metrics of each request"
        for other, goal in (("Starlette", 0.8), ("FastAPI", 2.0)):
            ratio, note = _ratio(measured, mine, other)
            run.found(Finding(what, other, ratio, goal, note=note))


def measure_dispatch(run: Run) -> None:
    """A message through all behaviours."""
    taken = dispatch.measure(rounds=run.scale.rounds, calls=run.scale.calls)
    base = taken["dictionary and await"]
    for kind in ("query", "command"):
        note = f"{taken[kind]:.1f} µs where they take {base:.1f}; diator 7.7 ×, lato 67 ×"
        what = f"a {kind} made and sent through all behaviours, with a scope"
        run.found(Finding(what, "dictionary and await", taken[kind] / base, 9.1, at_most=True, note=note))


def measure_permission(run: Run) -> None:
    """The permission check."""
    taken = permission.measure(rounds=run.scale.rounds, calls=run.scale.calls)
    note = f"{taken['check'] / taken['set']:.0f} × a look-up in a set"
    run.found(Finding("permission check", "–", taken["check"], 1.0, at_most=True, unit="µs", note=note))
    what = "permission check of somebody who sees some projects"
    run.found(Finding(what, "–", taken["some_projects"], 1.0, at_most=True, unit="µs", note="in a project of theirs"))


def measure_events(run: Run) -> None:
    """Appending events."""
    data = run.world(run.scale.sizes[0])
    effort = run.scale.effort
    measured = events.measure(data.place, rounds=effort.rounds, seconds=float(effort.seconds) / 2)
    goals = {"asyncpg": 0.8, "eventsourcing": 8.0}
    for size, what in ((1, "events appended, one a transaction"), (100, "events appended, a hundred a transaction")):
        for other, goal in goals.items():
            if other in measured:
                run.found(Finding(what, other, measured["ours"][size] / measured[other][size], goal))
    if "eventsourcing" not in measured:
        _say("the eventsourcing library lacks its driver, psycopg: not compared")


def measure_jobs(run: Run) -> None:
    """Sending and running jobs."""
    data = run.world(run.scale.sizes[0])
    measured = jobs.measure(data.place, rounds=run.scale.effort.rounds, jobs=run.scale.sampled)
    theirs = measured["procrastinate"]
    for kind in ("command", "errand"):
        ours = measured[kind]
        note = f"CPU {theirs.microseconds / ours.microseconds:.2f} ×; sent {ours.sent / theirs.sent:.2f} ×"
        run.found(Finding(f"jobs run, {kind}s, ten at a time", "procrastinate", ours.ran / theirs.ran, 3.0, note=note))


def measure_delivery(run: Run) -> None:
    """From a commit to the durable subscriber."""
    taken = latency.measure(run.server_url, rounds=run.scale.effort.rounds, count=run.scale.sampled // 8)
    bare = taken["bare"]
    for name in ("two processes", "one process"):
        note = f"{taken[name].p99:.2f} ms; half of them within {taken[name].p50:.2f} ms, bare {bare.p50:.2f}"
        what = f"commit to durable subscriber, {name}, 99 of 100"
        run.found(Finding(what, "NOTIFY and a read", taken[name].p99 / bare.p99, 3.0, at_most=True, note=note))


def measure_catching_up(run: Run) -> None:
    """A projection that begins with the first event."""
    rates = catching_up.measure(run.server_url, rounds=run.scale.effort.rounds, events=run.scale.log // 10)
    ours, note = rates["ours"] / 1_000, f"{rates['ours'] / rates['asyncpg']:.2f} × asyncpg by hand"
    run.found(Finding("catch-up of a projection", "–", ours, 10, unit="thousand events/s", note=note))


def measure_long_log(run: Run) -> None:
    """The next page of a long log."""
    calls = max(run.scale.sampled // 40, 20)
    costs = long_log.measure(run.server_url, rounds=run.scale.rounds, calls=calls, events=run.scale.log)
    for part in ("start", "end", "share of the rare"):
        long, short = costs.microseconds[f"long, {part}"], costs.microseconds[f"short, {part}"]
        note = f"{long:.0f} µs" + (f", {costs.passed / 1_000:.0f} thousand events/s" if "rare" in part else "")
        what = f"next page of {run.scale.log:,} events, {part}"
        run.found(Finding(what, f"{long_log.SHORT:,} events", long / short, 1.2, at_most=True, note=note))


def measure_idle(run: Run) -> None:
    """A worker that has nothing to do."""
    costs = idle.measure(run.server_url, rounds=run.scale.effort.rounds, seconds=float(run.scale.effort.seconds) / 2)
    partitions = idle.SUBSCRIPTIONS * idle.PARTITIONS
    note = f"{costs.queries:.0f} queries/s"
    what = f"CPU of an idle worker with {partitions} partitions"
    run.found(Finding(what, "one core", costs.cpu * 100, 5, at_most=True, unit="%", note=note))
    note = f"{costs.heard:.0f}/s; {costs.told / costs.silent:.2f} × when nobody listens"
    run.found(
        Finding("commits that it hears of", "commits nobody is told of", costs.heard / costs.silent, 0.7, note=note)
    )


def measure_starting(run: Run) -> None:
    """Starting programs."""
    taken = starting.measure(rounds=run.scale.rounds)
    python = taken["python"]
    if (shown := taken.get("colonnade --help")) is not None:
        note = f"{shown:.0f} ms where Python itself takes {python:.0f}"
        run.found(Finding("colonnade --help", "python", shown / python, 100 / 21, at_most=True, note=note))
    ratio = taken["import server"] / taken["import sqlmodel"]
    run.found(Finding("importing the server", "import sqlmodel", ratio, 1.4, at_most=True))


def measure_where(run: Run) -> None:
    """Sample where the time of each operation goes."""
    data = run.world(run.scale.sizes[0])
    for operation in OPERATIONS:
        peers = {}
        for name, function in PEERS.items():
            module, targets = function.partition(":")[0], _targets(data, operation)
            spent = where.measure(module, data.place, operation, targets, run.scale.sampled, where.by_layer)
            peers[name] = {part: share * spent.microseconds for part, share in spent.shares.items() if share >= 0.005}
        run.report.shares[NAMES[operation]] = peers
        _say(f"{operation}: {peers}")


MEASUREMENTS: dict[str, Callable[[Run], None]] = {
    "growth": measure_growth,
    "requests": measure_requests,
    "framework": measure_framework,
    "dispatch": measure_dispatch,
    "permission": measure_permission,
    "events": measure_events,
    "jobs": measure_jobs,
    "delivery": measure_delivery,
    "catching-up": measure_catching_up,
    "long-log": measure_long_log,
    "idle": measure_idle,
    "starting": measure_starting,
    "where": measure_where,
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="smaller and shorter; good for looking, not for the page")
    parser.add_argument("--only", action="append", choices=MEASUREMENTS, metavar="NAME", help=", ".join(MEASUREMENTS))
    parser.add_argument("--output", type=Path, help="the page to write, such as docs/benchmarks.md")
    options = parser.parse_args(arguments)
    scale = QUICK if options.quick else FULL
    with _surroundings() as (server_url, folder):
        run = Run(scale, server_url, folder, Report(_how(scale)))
        for name in options.only or MEASUREMENTS:
            MEASUREMENTS[name](run)
    if options.output is not None:
        options.output.write_text(run.report.markdown())


@contextmanager
def _surroundings() -> Iterator[tuple[str, Path]]:
    with (
        tempfile.TemporaryDirectory(prefix="colonnade-bench-") as folder,
        world.postgres(os.environ.get(SERVER_VARIABLE)) as url,
    ):
        yield url, Path(folder)


def _how(scale: Scale) -> str:
    rounds, seconds = scale.effort.rounds, scale.effort.seconds
    return f"{rounds} rounds of {seconds} seconds each, after a second to warm up.\n"


def _targets(data: World, operation: str) -> tuple[Target, ...]:
    return data.projects if operation in {"list", "post"} else data.tasks


def _ratio(measured: dict[str, Rate], mine: str, other: str) -> tuple[float, str]:
    ratio = measured[mine].per_second / measured[other].per_second
    return ratio, f"CPU {measured[other].microseconds / measured[mine].microseconds:.2f} ×"


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
