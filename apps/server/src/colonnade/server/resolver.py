"""The bus's view of the container."""

from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from typing import Any

from dishka import AsyncContainer, Provider
from dishka import Scope as ContainerScope

from colonnade.application.messaging import Lifetime, Scope


class ContainerResolver:
    """Resolves by a dishka container: its app scope for the process, its request scope for a message."""

    def __init__(self, providers: Iterable[Provider]) -> None:
        self._opened: AsyncContainer | None = None
        self._lifetimes = {
            factory.provides.type_hint: Lifetime.APP if factory.scope is ContainerScope.APP else Lifetime.REQUEST
            for provider in providers
            for factory in provider.factories
        }

    def use(self, container: AsyncContainer) -> None:
        """Resolve by a container, which may itself give this resolver to whoever asks for one."""
        self._opened = container

    @property
    def _container(self) -> AsyncContainer:
        if self._opened is None:
            raise TypeError("the resolver has no container yet")
        return self._opened

    def lifetime(self, dependency: type[Any], /) -> Lifetime | None:
        """Tell how long a dependency lives, or none if nobody provides it."""
        return self._lifetimes.get(dependency)

    async def get(self, dependency: type[Any], /) -> Any:
        """Return a dependency that lives as long as the application."""
        return await self._container.get(dependency)

    def scope(self, values: Mapping[Any, object], /) -> AbstractAsyncContextManager[Scope]:
        """Open the scope of one message."""
        return self._container(context=dict(values))
