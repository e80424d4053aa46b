"""Optional parts say what to install when they are missing."""

from importlib.util import find_spec


def require_extra(distribution: str, extra: str, *modules: str) -> None:
    """Check that an extra's modules are there.

    Args:
        distribution: Name of the installed distribution, such as `colonnade-api`.
        extra: The extra that brings the modules.
        modules: Import names that must be found.

    Raises:
        ImportError: One is missing; the message is the command that installs it.
    """
    for module in modules:
        try:
            found = find_spec(module) is not None
        except ModuleNotFoundError:
            found = False
        if not found:
            raise ImportError(f"{module} is missing: pip install '{distribution}[{extra}]'", name=module)
