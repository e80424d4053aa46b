"""Peers as processes, and wrk against them."""

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import NamedTuple

from peers.place import Place
from world import Target

HERE = Path(__file__).parent
_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_ANSWERED = re.compile(r"(\d+) requests in")
_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)")


class Rate(NamedTuple):
    """What a peer did.

    Attributes:
        per_second: Requests answered in a second.
        microseconds: CPU of the peer's process for one request; other work on the machine disturbs it little.
    """

    per_second: float
    microseconds: float


class Peer(NamedTuple):
    """A peer that runs."""

    address: str
    process: int


class Effort(NamedTuple):
    """How long and how often to measure.

    Attributes:
        rounds: How often each peer has its turn.
        seconds: How long a turn is.
        connections: Clients at the same time.
    """

    rounds: int
    seconds: int
    connections: int = 16


@contextmanager
def serving(function: str, place: Place) -> Iterator[Peer]:
    """Give a peer that runs in a process of its own."""
    command = [sys.executable, str(HERE / "peers" / "serve.py"), function, place.dumps()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise SystemExit(f"{function} did not start")
            yield Peer(f"http://127.0.0.1:{port}", process.pid)
        finally:
            process.terminate()


@contextmanager
def serving_all(functions: Mapping[str, str], place: Place) -> Iterator[dict[str, Peer]]:
    """Give several peers by their names; each function is named as `module:function`."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(serving(function, place)) for name, function in functions.items()}


def rates(peers: Mapping[str, Peer], operation: str, targets: Iterable[Target], effort: Effort) -> dict[str, Rate]:
    """Return the medians of each peer; they take turns, after one turn to warm up."""
    measured: dict[str, list[Rate]] = {name: [] for name in peers}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(target.line() for target in targets)
        file.flush()
        for peer in peers.values():
            _turn(peer, operation, file.name, effort._replace(seconds=1))
        for _ in range(effort.rounds):
            for name, peer in peers.items():
                measured[name].append(_turn(peer, operation, file.name, effort))
    return {name: Rate(*map(median, zip(*turns, strict=True))) for name, turns in measured.items()}


def _turn(peer: Peer, operation: str, targets: str, effort: Effort) -> Rate:
    command = ["wrk", "-t1", f"-c{effort.connections}", f"-d{effort.seconds}s", "-s", str(HERE / "requests.lua")]
    before = _cpu_seconds(peer.process)
    command += [peer.address, "--", operation, targets]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    spent = _cpu_seconds(peer.process) - before
    if refused := _REFUSED.search(done.stdout):
        raise SystemExit(f"{operation} on {peer.address}: {refused[0]}")
    rate, answered = _RATE.search(done.stdout), _ANSWERED.search(done.stdout)
    if rate is None or answered is None:
        raise SystemExit(f"wrk said: {done.stdout} {done.stderr}")
    return Rate(float(rate[1]), spent / int(answered[1]) * 1e6)


def _cpu_seconds(process: int) -> float:
    """Return the user and system time of a process (proc_pid_stat(5), fields 14 and 15)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
