"""Somebody of a role in a workspace with one of each thing; it is set again when requests have used it up."""

from enum import StrEnum
from itertools import count

import httpx2

from .names import PLACEHOLDERS
from .people import PASSWORD, Json, Person

_SIGNED_OUT = 401
_DONE = frozenset({200, 202, 204})  # not 201: to make something uses nothing up

_numbers = count(1)


class Role(StrEnum):
    """As whom requests are sent."""

    OWNER = "owner"
    MEMBER = "member"
    GUEST = "guest"
    OPERATOR = "operator"
    NOBODY = "nobody"


class Stage:
    """What there is to name, and who names it.

    Attributes:
        role: Of whoever acts.
        values: What stands for each placeholder.
    """

    def __init__(self, http: httpx2.Client, role: Role, chief: Person) -> None:
        """Set it for the first time.

        Args:
            http: To the API.
            role: Of whoever acts.
            chief: Somebody who looks after the service.
        """
        self.role = role
        self.values: dict[str, str] = {}
        self._http = http
        self._chief = chief
        self._outsider = Person(http, "outsider")
        self._operation = ""
        self._signed_out = self._spent = self._worn = False
        self._begin()

    def prepare(self, operation: str) -> None:
        """Make it fit for the next request.

        Args:
            operation: What is sent next; worn things are good enough for more of the same.
        """
        if self._signed_out:
            self._return()
        elif self._spent or (self._worn and operation != self._operation):
            self._set_or_begin()
        self._operation = operation

    def note(self, method: str, status: int, *, signed_in: bool) -> None:
        """Hear what a request came to."""
        self._signed_out |= signed_in and status == _SIGNED_OUT
        self._spent |= method == "DELETE" and status in _DONE
        self._worn |= method == "POST" and status in _DONE

    def _return(self) -> None:
        """Sign in again; somebody whose password or account is gone does not come back."""
        try:
            self._actor.sign_in()
        except AssertionError:
            self._begin()
        else:
            self._signed_out = False
            self.values |= _by_placeholder(self._tokens())

    def _set_or_begin(self) -> None:
        try:
            self._set()
        except AssertionError:
            self._begin()

    def _begin(self) -> None:
        """Find new people, and set the stage for them."""
        self._founder = Person(self._http, "founder")
        self._colleague = Person(self._http, "colleague")
        self._actor = self._founder if self.role is Role.OWNER else Person(self._http, self.role)
        if self.role is Role.OPERATOR:
            self._chief.post("/identity/operators", email=self._actor.email)
        self._set()

    def _set(self) -> None:
        founder, actor, colleague = self._founder, self._actor, self._colleague
        workspace = founder.post("/workspaces", name="Engines", slug=f"engines-{next(_numbers)}")["id"]
        path = f"/workspaces/{workspace}"
        founder.post(f"{path}/members", email=colleague.email)
        if self.role in {Role.MEMBER, Role.GUEST}:
            founder.post(f"{path}/members", email=actor.email, role=self.role)
        project = founder.post(f"{path}/projects", key="WEB", name="Web")["id"]
        if self.role is Role.GUEST:
            founder.put(f"{path}/projects/{project}/members/{actor.id}")
        founder.put(f"{path}/roles/reviewer", grants=["task.read"])
        webhook = founder.post(f"{path}/webhooks", url="https://example.com/", event_types=["*"])["id"]
        named = {
            "workspace_id": workspace,
            "project_id": project,
            "task_id": founder.post(f"{path}/projects/{project}/tasks", title="One")["id"],
            "user_id": colleague.id,
            "webhook_id": webhook,
            "delivery_id": founder.post(f"{path}/webhooks/{webhook}/ping")["id"],
            "process_id": founder.post(f"{path}/export")["process_id"],
            "job_id": self._chief.get("/operations/jobs?limit=1")["items"][0]["id"],
            "email": self._outsider.email,
            "password": PASSWORD,
        }
        self.values = _by_placeholder(named | self._tokens())
        self._signed_out = self._spent = self._worn = False

    def _tokens(self) -> Json:
        """Return what the one who acts has to show."""
        device = self._actor.post("/identity/devices")
        personal = self._actor.post("/identity/tokens", name="script", permissions=["task.read"])
        return {
            "access_token": self._actor.tokens["access_token"],
            "refresh_token": self._actor.tokens["refresh_token"],
            "session_id": self._actor.get("/identity/sessions")["items"][0]["id"],
            "token_id": personal["details"]["id"],
            "device_code": device["device_code"],
            "user_code": device["user_code"],
        }


def _by_placeholder(named: Json) -> dict[str, str]:
    return {PLACEHOLDERS[name]: str(value) for name, value in named.items()}
