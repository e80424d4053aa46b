"""The policy as tables: which role may send which message, derived from the rules, never written by hand."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from colonnade.application.messaging import Message, OpenTo
from colonnade.application.operations import OperationsPermission
from colonnade.application.workspaces.explaining import RoleView
from colonnade.domain.workspaces import GRANTS, Permission, Role, grant_texts

REFUSED = "refused"
OPERATORS = "operators"


class MatrixRow(BaseModel):
    """A message, and what each role may do with it.

    Attributes:
        requires: The rule: a permission, or to whom it is open.
        step_up: Whether a fresh proof of who one is is needed as well.
        owner: `always`, the condition on the task, `refused`, or `operators` of the service; of the others likewise.
    """

    message: str
    requires: str
    step_up: bool
    owner: str
    admin: str
    member: str
    guest: str


def matrix(kinds: Iterable[type[Message[Any]]]) -> list[MatrixRow]:  # messages of any answer
    """Return a row for each kind of message, by wire name."""
    return [_row(kind) for kind in sorted(kinds, key=lambda kind: kind.wire_name)]


def known_roles() -> list[RoleView]:
    """Return the roles that every workspace has, with what they allow."""
    return [RoleView(name=role, own=False, base=role, grants=grant_texts(GRANTS[role])) for role in Role]


def _row(kind: type[Message[Any]]) -> MatrixRow:
    return MatrixRow(
        message=kind.wire_name,
        requires=str(kind.access.value),
        step_up=kind.step_up,
        **{role.value: _outcome(kind.access, role) for role in Role},
    )


def _outcome(rule: OpenTo | StrEnum, role: Role) -> str:
    if isinstance(rule, OpenTo):
        return "always"
    if isinstance(rule, OperationsPermission):
        return OPERATORS
    condition = GRANTS[role].get(Permission(rule))
    return REFUSED if condition is None else condition.value
