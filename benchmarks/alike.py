"""Before anything is measured: do the peers give the same answers?"""

import json
import urllib.request
from collections.abc import Mapping
from typing import Any

from load import Peer
from world import Target

_OWN = {"id", "key", "number", "rank", "created_at", "updated_at"}
"""What differs from one new task to the next."""


class Unlike(SystemExit):
    """Two peers answer differently, so their speed says nothing."""


def check(peers: Mapping[str, Peer], target: Target) -> None:
    """Compare the answers of all peers.

    Raises:
        Unlike: They differ.
    """
    addresses = {name: peer.address for name, peer in peers.items()}
    place = f"/api/v1/workspaces/{target.workspace}"
    listed = f"{place}/tasks?project_id={target.project}&sort=-created&limit=50"
    shown = f"{place}/tasks/{target.task}"
    _same("GET", {name: _ask(address, "GET", shown, target) for name, address in addresses.items()})
    _same("LIST", {name: _page(address, listed, target) for name, address in addresses.items()})
    _same("LIST after", {name: _next_page(address, listed, target) for name, address in addresses.items()})
    made = {
        name: _ask(address, "POST", f"{place}/projects/{target.project}/tasks", target, {"title": "Ärger"})
        for name, address in addresses.items()
    }
    _same("POST", {name: (status, _common(task)) for name, (status, task) in made.items()})
    changed = {
        name: _ask(address, "PATCH", f"{place}/tasks/{made[name][1]['id']}", target, {"title": "Besser"})
        for name, address in addresses.items()
    }
    _same("PATCH", {name: (status, _common(task)) for name, (status, task) in changed.items()})
    for name, (_, task) in changed.items():
        if task["version"] != 2 or task["title"] != "Besser":
            raise Unlike(f"{name}: the change did not arrive: {task}")


def _page(address: str, path: str, target: Target) -> tuple[int, Any]:
    status, page = _ask(address, "GET", path, target)
    return status, (page["items"], page["next"] is None, sorted(page))


def _next_page(address: str, path: str, target: Target) -> tuple[int, Any]:
    _, page = _ask(address, "GET", path, target)
    return _page(address, f"{path}&cursor={page['next']}", target)


def _common(task: Mapping[str, Any]) -> dict[str, Any]:
    return {name: "there" if name in _OWN else value for name, value in task.items()}


def _same(what: str, answers: Mapping[str, Any]) -> None:
    (first, expected), *others = answers.items()
    for name, answer in others:
        if answer != expected:
            raise Unlike(f"{what}: {first} answers\n{expected}\nbut {name}\n{answer}")


def _ask(address: str, method: str, path: str, target: Target, body: object = None) -> tuple[int, Any]:
    headers = {"Authorization": f"Bearer {target.token}", "Content-Type": "application/json"}
    content = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(address + path, content, headers, method=method)
    with urllib.request.urlopen(request) as response:
        return response.status, json.load(response)
