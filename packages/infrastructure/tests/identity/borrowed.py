"""The software authenticator and the identity provider of the security package's tests, which both packages need."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

_TESTS = Path(__file__).parents[3] / "security" / "tests"


def borrowed(name: str) -> ModuleType:
    """Return a module of those tests, such as `passkeys/authenticator`."""
    known = f"borrowed_{name.replace('/', '_')}"
    if known not in sys.modules:
        spec = importlib.util.spec_from_file_location(known, _TESTS / f"{name}.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[known] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[known])
    return sys.modules[known]
