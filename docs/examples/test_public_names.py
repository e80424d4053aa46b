"""A public name is a promise: a new one, or one that goes, shows in review as a changed line of a list."""

import importlib
import pkgutil
from pathlib import Path

import colonnade

LIST = Path(__file__).parent.parent / "reference" / "public-names.txt"


def _public_names() -> list[str]:
    names = []
    for module in pkgutil.walk_packages(colonnade.__path__, "colonnade."):
        if module.ispkg and not any(part.startswith("_") for part in module.name.split(".")):
            exported = getattr(importlib.import_module(module.name), "__all__", ())
            names.extend(f"{module.name}.{name}" for name in exported)
    return sorted(names)


def test_every_public_name_is_listed_and_every_listed_name_is_there() -> None:
    """If this fails, decide about the name, then change docs/reference/public-names.txt."""
    listed = LIST.read_text(encoding="utf-8").splitlines()
    present = _public_names()
    assert {"new": sorted(set(present) - set(listed)), "gone": sorted(set(listed) - set(present))} == {
        "new": [],
        "gone": [],
    }
