"""Which installed distribution provides a module."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, files, packages_distributions

from packaging.utils import canonicalize_name


class InstalledModules:
    """Looks modules up in the metadata of the running environment, read once."""

    def __init__(self) -> None:
        self._by_top_level = {
            top: frozenset(canonicalize_name(name) for name in names) for top, names in packages_distributions().items()
        }

    def providers(self, module: str) -> frozenset[str]:
        """Normalised names of the distributions that ship a module; empty when none does.

        Where several share a namespace (`opentelemetry`), only those that ship the deepest
        known part of the module count.
        """
        candidates = self._by_top_level.get(module.split(".", maxsplit=1)[0], frozenset())
        if len(candidates) <= 1:
            return candidates
        for prefix in _prefixes(module):
            if holders := frozenset(name for name in candidates if prefix in _modules_of(name)):
                return holders
        return candidates


def _prefixes(module: str) -> Iterator[str]:
    parts = module.split(".")
    return (".".join(parts[:length]) for length in range(len(parts), 0, -1))


@cache
def _modules_of(distribution: str) -> frozenset[str]:
    try:
        listed = files(distribution) or []
    except PackageNotFoundError:
        return frozenset()
    sources = [path.with_suffix("") for path in listed if path.suffix in {".py", ".so", ".pyd"}]
    return frozenset(
        ".".join(part for part in path.parts if part != "__init__").split(".cpython")[0] for path in sources
    )
