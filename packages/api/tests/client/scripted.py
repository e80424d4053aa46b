"""A transport that answers from a script, and remembers what it was asked."""

import json
from collections.abc import Iterable

import httpx2

from colonnade.api.client import RetrySettings

QUICK = RetrySettings(attempts=4, first_pause_seconds=0.0001, longest_pause_seconds=0.001)

Step = httpx2.Response | Exception


class ScriptedTransport(httpx2.AsyncBaseTransport):
    """Takes one step of its script for each request; the last step is repeated."""

    def __init__(self, steps: Iterable[Step]) -> None:
        self.steps = list(steps)
        self.requests: list[httpx2.Request] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer or fail as the script says."""
        await request.aread()
        self.requests.append(request)
        step = self.steps.pop(0) if len(self.steps) > 1 else self.steps[0]
        if isinstance(step, Exception):
            raise step
        return httpx2.Response(step.status_code, headers=step.headers, content=step.content)

    def keys(self) -> set[str | None]:
        """Return the idempotency keys that were sent."""
        return {request.headers.get("idempotency-key") for request in self.requests}


def refused(status: int, code: str, detail: str = "no", **facts: object) -> httpx2.Response:
    """Return the answer of a server that refuses."""
    document = {"type": f"urn:colonnade:problem:{code}", "status": status, "detail": detail, "code": code, **facts}
    headers = {"content-type": "application/problem+json", **({"retry-after": "0"} if status == 503 else {})}
    return httpx2.Response(status, content=json.dumps(document), headers=headers)


def good(answer: object, status: int = 200) -> httpx2.Response:
    """Return a good answer."""
    return httpx2.Response(status, content=json.dumps(answer), headers={"content-type": "application/json"})
