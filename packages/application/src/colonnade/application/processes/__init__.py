"""Processes (sagas): work in several steps that outlives a crash and undoes itself when it cannot be finished."""

from colonnade.application.processes.definitions import ProcessDefinitions, UnknownProcess
from colonnade.application.processes.engine import ProcessEngine
from colonnade.application.processes.events import EVENTS, ProcessEnded, ProcessStarted
from colonnade.application.processes.handlers import handlers, process_subscriptions
from colonnade.application.processes.instance import (
    ProcessId,
    ProcessInstance,
    ProcessOver,
    ProcessRepository,
    ProcessRuns,
    Status,
)
from colonnade.application.processes.process import Process, Step, Wait

__all__ = [
    "EVENTS",
    "Process",
    "ProcessDefinitions",
    "ProcessEnded",
    "ProcessEngine",
    "ProcessId",
    "ProcessInstance",
    "ProcessOver",
    "ProcessRepository",
    "ProcessRuns",
    "ProcessStarted",
    "Status",
    "Step",
    "UnknownProcess",
    "Wait",
    "handlers",
    "process_subscriptions",
]
