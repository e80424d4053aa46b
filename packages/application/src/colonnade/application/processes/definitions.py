"""The processes that a service knows, in all the versions by which some may still run."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from colonnade.application.processes import events
from colonnade.application.processes.instance import ProcessInstance
from colonnade.application.processes.process import Process
from colonnade.core import ColonnadeError

AnyProcess = Process[Any]  # of any state


class UnknownProcess(ColonnadeError):
    """This service has no definition by which the process could go on; a newer one may have."""

    code = "processes.unknown"
    retryable = True


class ProcessDefinitions:
    """The processes that a service knows, by name and version."""

    def __init__(self, processes: Iterable[AnyProcess]) -> None:
        """Collect definitions; several versions of one process may stand side by side.

        Raises:
            TypeError: A name and version are taken twice.
        """
        self._known: dict[tuple[str, int], AnyProcess] = {}
        for process in processes:
            if self._known.setdefault((process.name, process.version), process) is not process:
                raise TypeError(f"two processes are called {process.name} v{process.version}")

    def __iter__(self) -> Iterator[AnyProcess]:
        return iter(self._known.values())

    def newest(self) -> dict[str, AnyProcess]:
        """Return the newest definition of each process."""
        newest: dict[str, AnyProcess] = {}
        for process in self._known.values():
            known = newest.get(process.name)
            if known is None or known.version < process.version:
                newest[process.name] = process
        return newest

    def of(self, instance: ProcessInstance, at: datetime) -> AnyProcess:
        """Return the definition by which an instance goes on, after upgrading it where that is declared.

        Raises:
            UnknownProcess: There is none.
        """
        newest = self.newest().get(instance.name)
        while newest is not None and instance.definition < newest.version:
            upgrade = newest.upgrades.get(instance.definition)
            if upgrade is None:
                break
            facts = instance.facts
            step, instance.facts = upgrade(instance.step or "", facts)
            renamed = (upgrade(name, facts)[0] for name in instance.done)
            instance.done = tuple(dict.fromkeys(name for name in renamed if name))
            instance.step, instance.definition = step or None, instance.definition + 1
            instance.happened(
                events.ProcessUpgraded(process_id=instance.id, definition=instance.definition, step=instance.step),
                at,
            )
        process = self._known.get((instance.name, instance.definition))
        if process is None:
            raise UnknownProcess(f"nothing here knows how {instance.name} v{instance.definition} goes on")
        return process
