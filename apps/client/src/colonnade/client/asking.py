"""Asking whoever sits at the terminal."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import click


def ask(what: str, *, hidden: bool = False, twice: bool = False) -> str:
    """Ask for something beside standard output, and return what was typed.

    Args:
        what: What to type.
        hidden: Whether it is not shown.
        twice: Whether it is typed once more.

    Raises:
        KeyboardInterrupt: Ctrl-C, the first time, even while an event loop runs.
        click.Abort: There is nobody to ask.
    """
    try:
        with _heard_at_once():
            typed: str = click.prompt(what, hide_input=hidden, confirmation_prompt=twice, err=True)
    except click.Abort as abort:
        if isinstance(abort.__context__, KeyboardInterrupt):
            raise KeyboardInterrupt from None
        raise
    return typed


def has_terminal() -> bool:
    """Tell whether there is a terminal to type at, which whatever a scheduler starts has not got."""
    if sys.stdin is not None and sys.stdin.isatty():
        return True
    try:
        os.close(os.open(os.ctermid(), os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True


@contextmanager
def _heard_at_once() -> Iterator[None]:
    """Let Ctrl-C through: asyncio's runner keeps the first one for a loop that stands still meanwhile."""
    if threading.current_thread() is not threading.main_thread():  # hears no signals
        yield
        return
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
