"""Typing a new password."""

import sys

import click


def new_password(*, from_stdin: bool) -> str:
    """Ask for a password twice, or read a line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    typed: str = click.prompt("New password", hide_input=True, confirmation_prompt=True, err=True)
    return typed
