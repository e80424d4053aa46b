"""What is raised when a server cannot be started."""

from colonnade.core import ColonnadeError


class ServerFailed(ColonnadeError):
    """A server that tests need did not start: the suite fails, it does not skip."""

    code = "testing.server_failed"
