"""Peers as processes, and wrk against them."""

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
_REFUSED = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.+)")


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
def serving(module: str, place: Place) -> Iterator[str]:
    """Give the address of a peer that runs in a process of its own."""
    command = [sys.executable, str(HERE / "peers" / "serve.py"), module, place.dumps()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = process.stdout.readline().strip()
            if not port:
                raise SystemExit(f"{module} did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


@contextmanager
def serving_all(modules: Mapping[str, str], place: Place) -> Iterator[dict[str, str]]:
    """Give the addresses of several peers by their names."""
    with ExitStack() as stack:
        yield {name: stack.enter_context(serving(module, place)) for name, module in modules.items()}


def rates(
    addresses: Mapping[str, str], operation: str, targets: Iterable[Target], effort: Effort
) -> dict[str, float]:
    """Return the median of requests per second of each peer; they take turns, after one turn to warm up."""
    measured: dict[str, list[float]] = {name: [] for name in addresses}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.writelines(target.line() for target in targets)
        file.flush()
        for address in addresses.values():
            _turn(address, operation, file.name, effort._replace(seconds=1))
        for _ in range(effort.rounds):
            for name, address in addresses.items():
                measured[name].append(_turn(address, operation, file.name, effort))
    return {name: median(values) for name, values in measured.items()}


def _turn(address: str, operation: str, targets: str, effort: Effort) -> float:
    command = ["wrk", "-t1", f"-c{effort.connections}", f"-d{effort.seconds}s", "-s", str(HERE / "requests.lua")]
    done = subprocess.run([*command, address, "--", operation, targets], capture_output=True, text=True, check=True)
    if refused := _REFUSED.search(done.stdout):
        raise SystemExit(f"{operation} on {address}: {refused[0]}")
    found = _RATE.search(done.stdout)
    if found is None:
        raise SystemExit(f"wrk said: {done.stdout} {done.stderr}")
    return float(found[1])
