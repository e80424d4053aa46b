"""The authenticator in software of the security package's tests, and the browser around it."""

import importlib.util
import sys
from pathlib import Path
from typing import Any

_NAME = "passkey_authenticator"
_PATH = Path(__file__).parents[3] / "packages/security/tests/passkeys/authenticator.py"


def authenticator(**about: Any) -> Any:
    """Return a browser with an authenticator, of which `about` says where it is and how it misbehaves."""
    if _NAME not in sys.modules:
        spec = importlib.util.spec_from_file_location(_NAME, _PATH)
        assert spec is not None
        assert spec.loader is not None
        sys.modules[_NAME] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[_NAME])
    return sys.modules[_NAME].Browser(**about)
