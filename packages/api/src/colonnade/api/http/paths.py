"""Finding the endpoint of a path: one dictionary look-up a segment, however many rows there are."""

from typing import Any

from starlette.types import ASGIApp

_PARAMETER, _ENDPOINT = object(), object()

Node = dict[object, Any]  # segments lead to nodes, the two markers to a node and to an endpoint


class PathTree:
    """All path templates of a contract; a literal segment goes before a parameter."""

    def __init__(self) -> None:
        self._root: Node = {}

    def add(self, template: str, endpoint: ASGIApp) -> None:
        """Put a template such as `/tasks/{task_id}` in."""
        node, names = self._root, list[str]()
        for segment in template.split("/")[1:]:
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node = node.setdefault(_PARAMETER, {})
            else:
                node = node.setdefault(segment, {})
        node[_ENDPOINT] = (endpoint, tuple(names))

    def find(self, path: str) -> tuple[ASGIApp, dict[str, str]] | None:
        """Return the endpoint of a path and the values of its parameters, or none if there is no such path."""
        values: list[str] = []
        node = _descend(self._root, path.split("/"), 1, values)
        if node is None or _ENDPOINT not in node:
            return None
        endpoint, names = node[_ENDPOINT]
        return endpoint, dict(zip(names, values, strict=True))


def _descend(node: Node, segments: list[str], place: int, values: list[str]) -> Node | None:
    for index in range(place, len(segments)):
        segment = segments[index]
        literal, parameter = node.get(segment), node.get(_PARAMETER)
        if literal is None:
            if parameter is None or not segment:
                return None
            values.append(segment)
            node = parameter
        elif parameter is None:
            node = literal
        else:
            taken = len(values)
            found = _descend(literal, segments, index + 1, values)
            if found is not None and _ENDPOINT in found:
                return found
            del values[taken:]
            values.append(segment)
            node = parameter
    return node
