"""Typing a new password."""

import sys

from colonnade.client.asking import ask


def new_password(*, from_stdin: bool) -> str:
    """Ask for a password twice, or read a line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    return ask("New password", hidden=True, twice=True)
