"""The one error that the tool raises."""

import click


class WorkspaceError(click.ClickException):
    """The workspace cannot be read or changed; the message says which file and why, in one sentence.

    The exit code differs from the 1 that `check` returns for findings.
    """

    exit_code = 2
