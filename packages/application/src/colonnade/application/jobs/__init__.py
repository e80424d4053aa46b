"""Jobs: messages that are sent later, or again and again."""

from colonnade.application.jobs.outcomes import JobOutcome, JobOutcomes
from colonnade.application.jobs.scheduler import JobId, Scheduler
from colonnade.application.jobs.schedules import Schedule, Schedules

__all__ = ["JobId", "JobOutcome", "JobOutcomes", "Schedule", "Scheduler", "Schedules"]
