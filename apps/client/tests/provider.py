"""A real identity provider in a process of its own, and the browser of somebody who goes there."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

import httpx2

from .terminal import DEADLINE_SECONDS, Terminal


@contextmanager
def running_provider() -> Iterator[Any]:
    """Run the provider that is a test of the security package; its `client` and `secret` are what it knows us by."""
    module = _module(Path(__file__).parents[3] / "packages/security/tests/oidc/running.py")
    with module.running_provider() as running:
        running.client, running.secret = module.CLIENT, module.SECRET
        yield running


def code_of(provider: Any, address: str) -> str:
    """Open an address, sign in at the provider, and return the code that the page shows in the end."""
    with httpx2.Client(timeout=DEADLINE_SECONDS) as browser:
        there = browser.get(address)
        assert there.status_code == 303, there.text
        ticket = there.headers["set-cookie"].partition(";")[0]
        said = provider.visit(there.headers["location"])
        origin, path = urlsplit(address)[:2], urlsplit(address).path
        back = browser.get(f"{'://'.join(origin)}{path}/callback", params=said, headers={"cookie": ticket})
    assert back.status_code == 200, back.text
    return str(back.text.partition("<code>")[2].partition("</code>")[0])


def type_with_browser(person: Terminal, provider: Any, *words: str, after: str = "") -> tuple[int, str, str]:
    """Run a command that shows an address, go there, and type the code that one comes back with.

    Args:
        person: Who types.
        provider: Where they sign in.
        words: The command.
        after: What they type after the code.

    Returns:
        The exit code, standard output, and what was shown beside it.
    """
    with person.start(*words, stdin=subprocess.PIPE) as process:
        assert process.stderr is not None
        shown = iter(process.stderr.readline, "")
        address = next(line.strip() for line in shown if line.startswith("http"))
        output, rest = process.communicate(f"{code_of(provider, address)}\n{after}", timeout=DEADLINE_SECONDS)
    return process.returncode, output, rest


def _module(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("oidc_running", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["oidc_running"] = module
    spec.loader.exec_module(module)
    return module
