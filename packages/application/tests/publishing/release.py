"""Releases the product's published events: `python packages/application/tests/publishing/release.py`.

It writes their schemas into `released/`, where the compatibility gate finds them, and refuses to when that would break
readers. It is run when a version of the product is released, and then only.
"""

import json
import sys
from pathlib import Path
from typing import Any

from colonnade.application.projects.published import publications as projects
from colonnade.application.publishing import Catalogue, breaking_changes
from colonnade.application.tasks.published import publications as tasks
from colonnade.application.workspaces.published import publications as workspaces

PUBLICATIONS = (workspaces, projects, tasks)
RELEASED = Path(__file__).parent / "released"


def released() -> dict[str, dict[str, Any]]:
    """Return the schemas of the last release by wire name."""
    return {file.stem: json.loads(file.read_text("utf-8")) for file in sorted(RELEASED.glob("*.json"))}


def main() -> int:
    """Write the schemas of today, or say what they would break."""
    current = Catalogue.of(PUBLICATIONS).schemas()
    breaks = breaking_changes(released(), current)
    for found in breaks:
        sys.stderr.write(f"{found}\n")
    if breaks:
        sys.stderr.write("Give what has changed a new version, and publish both.\n")
        return 1
    RELEASED.mkdir(exist_ok=True)
    for name, schema in current.items():
        (RELEASED / f"{name}.json").write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
