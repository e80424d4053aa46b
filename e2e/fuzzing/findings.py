"""What a run has seen: how much was sent, what came back, and which checks failed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from schemathesis.engine import events
from schemathesis.engine.recorder import ScenarioRecorder

SHOWN = 3
ANSWER_CHARACTERS = 500
_GOOD = range(200, 400)


@dataclass
class Findings:
    """What a run has seen.

    Attributes:
        requests: How many were sent.
        answers: How often each operation gave each status when it was asked by its own method.
        failures: What failed, with a command that repeats it, by check and operation.
        errors: What kept requests from being made or sent.
    """

    requests: int = 0
    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    failures: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)

    @property
    def operations(self) -> set[str]:
        """The operations that answered."""
        return {operation for operation, _ in self.answers}

    @property
    def done(self) -> set[str]:
        """The operations of which at least one request did what it asked for."""
        return {operation for operation, status in self.answers if status in _GOOD}

    def add(self, event: object) -> None:
        """Note what an event of the run tells.

        Raises:
            Exception: The run itself broke.
        """
        if isinstance(event, events.FatalError):
            raise event.exception
        if isinstance(event, events.NonFatalError):
            self.errors.append(f"{event.label}: {event.info.format()}")
        elif isinstance(event, events.ScenarioFinished):
            self.requests += len(event.recorder.interactions)
            for operation, status in _answers(event.recorder):
                self.answers[operation, status] += 1
            for check, operation, told in _failures(event.recorder):
                self.failures.setdefault((check, operation), []).append(told)

    def __str__(self) -> str:
        """Return what failed, a few cases for each check and operation."""
        parts = [
            f"{check} of {operation}, {len(told)} times:\n\n" + "\n\n".join(told[:SHOWN])
            for (check, operation), told in self.failures.items()
        ]
        return "\n\n\n".join([*parts, *self.errors])


def _answers(recorder: ScenarioRecorder) -> Iterator[tuple[str, int]]:
    for case_id, interaction in recorder.interactions.items():
        own = recorder.cases[case_id].value.operation.method.upper()
        if interaction.response is not None and interaction.request.method.upper() == own:
            yield _operation(recorder, case_id), interaction.response.status_code


def _failures(recorder: ScenarioRecorder) -> Iterator[tuple[str, str, str]]:
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                failure, again = check.failure_info.failure, check.failure_info.code_sample
                told = f"{failure.title}: {failure.message}\n{again}\n{_answer(recorder, case_id)}"
                yield check.name, _operation(recorder, case_id), told


def _operation(recorder: ScenarioRecorder, case_id: str) -> str:
    return str(recorder.cases[case_id].value.operation.definition.raw["operationId"])


def _answer(recorder: ScenarioRecorder, case_id: str) -> str:
    interaction = recorder.interactions.get(case_id)
    if interaction is None or interaction.response is None:
        return "no answer"
    content = interaction.response.content.decode(errors="replace")
    return f"{interaction.response.status_code} {content[:ANSWER_CHARACTERS]}"
