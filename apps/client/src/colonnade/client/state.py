"""What is remembered between two commands: the server, and the workspace and project in use on it."""

import json
import os
from pathlib import Path
from typing import Any

from platformdirs import user_config_path

SERVER_VARIABLE = "COLONNADE_SERVER"
FOLDER_VARIABLE = "COLONNADE_CONFIG_HOME"


def config_folder() -> Path:
    """Return the folder of everything that is remembered, made for its owner alone."""
    folder = Path(os.environ.get(FOLDER_VARIABLE) or user_config_path("colonnade"))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


class State:
    """Reads and writes the remembered choices."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "state.json"
        self._content = self._read()

    @property
    def server(self) -> str | None:
        """The server in use: that of the environment, or the last one that was signed in to."""
        address = os.environ.get(SERVER_VARIABLE) or self._content.get("server")
        return address.rstrip("/") if address else None

    def use_server(self, server: str) -> None:
        """Remember a server."""
        self._content["server"] = server
        self._write()

    def choice(self, kind: str) -> str | None:
        """Return the `workspace` or `project` in use on the present server."""
        chosen = self._choices().get(kind)
        return chosen if isinstance(chosen, str) else None

    def choose(self, **choices: str | None) -> None:
        """Remember choices on the present server; none forgets."""
        mine = self._content.setdefault("choices", {}).setdefault(self.server or "", {})
        mine.update(choices)
        self._write()

    def _choices(self) -> dict[str, Any]:
        chosen: dict[str, Any] = self._content.get("choices", {}).get(self.server or "", {})
        return chosen

    def _read(self) -> dict[str, Any]:
        try:
            content = json.loads(self._path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return {}
        return content if isinstance(content, dict) else {}

    def _write(self) -> None:
        temporary = self._path.with_suffix(".new")
        temporary.write_text(json.dumps(self._content, indent=2), encoding="utf-8")
        temporary.replace(self._path)
