"""Every operation of the API answers as its documentation says, whoever asks, and never with an error of its own."""

from collections.abc import Callable
from time import monotonic

import httpx2
import pytest

from .conftest import EXAMPLES, SAID
from .run import run
from .servers import Server
from .stage import Role, Stage

SHARES = {Role.OWNER: 0.6, Role.MEMBER: 0.35, Role.GUEST: 0.25, Role.OPERATOR: 0.35, Role.NOBODY: 0.04}
"""How much of the API each role must have got something done with, so that a run went deep."""


@pytest.mark.parametrize("role", Role)
def test_every_operation_answers_as_documented(
    role: Role, server: Server, pytestconfig: pytest.Config, record_property: Callable[[str, object], None]
) -> None:
    """All checks of schemathesis; what is excepted stands in `schemathesis.toml` with its reason.

    Bad requests are sent as the owner: they are refused before anybody asks who sent them, so that other roles would
    only repeat it. The others send good ones, which rules of access and of the domain judge.
    """
    chosen: int | None = pytestconfig.getoption("--fuzz-examples", None)
    thorough = role is Role.OWNER or chosen is not None
    began = monotonic()
    with server.client() as http:
        document = httpx2.get(f"{server.url}/api/openapi.json").json()
        stage = Stage(http, role, server.chief(http))
        findings = run(server.url, document, stage, examples=chosen or EXAMPLES, thorough=thorough)
    share = len(findings.done) / len(findings.operations)
    sent = f"{findings.requests} requests to {len(findings.operations)} operations in {monotonic() - began:.0f} s"
    record_property(SAID, f"{role}: {sent}, {share:.0%} of them did what was asked")
    if findings.failures or findings.errors:
        pytest.fail(str(findings), pytrace=False)
    assert findings.operations == {
        operation["operationId"] for path in document["paths"].values() for operation in path.values()
    }
    assert share > SHARES[role], sorted(findings.operations - findings.done)
    assert not server.errors
