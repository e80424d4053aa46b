"""Who looks after the service: appointed from the machine itself or by another operator."""

from typing import Protocol

from colonnade.application.identity.people import People
from colonnade.application.messaging import Command, Handlers, Query
from colonnade.application.operations import OperationsPermission, OperatorAct, OperatorActs
from colonnade.application.views import View
from colonnade.core import Email, Page, UserId
from colonnade.domain.identity import UserRepository

handlers = Handlers()


class Operators(Protocol):
    """Knows who looks after the service."""

    async def has(self, user_id: UserId) -> bool:
        """Tell whether somebody is an operator."""
        ...


class OperatorView(View):
    """Somebody who looks after the service."""

    user_id: UserId
    name: str
    email: str


class AppointOperator(
    Command[OperatorView], name="identity.appoint_operator", requires=OperationsPermission.MANAGE, step_up=True
):
    """Let somebody who has an account look after the service."""

    email: Email


class DismissOperator(
    Command[OperatorView], name="identity.dismiss_operator", requires=OperationsPermission.MANAGE, step_up=True
):
    """Let somebody look after the service no longer."""

    email: Email


class ListOperators(Query[Page[OperatorView]], name="identity.list_operators", requires=OperationsPermission.READ):
    """List those who look after the service, by name."""


@handlers.handles(AppointOperator)
async def appoint_operator(
    command: AppointOperator, people: People, users: UserRepository, acts: OperatorActs
) -> OperatorView:
    """Appoint the person with this address."""
    person = await people.by_email(command.email)
    (await users.get(person.user_id)).appoint_operator()
    acts.note(OperatorAct.of(command.wire_name, str(person.user_id)))
    return OperatorView(user_id=person.user_id, name=person.name, email=person.email)


@handlers.handles(DismissOperator)
async def dismiss_operator(
    command: DismissOperator, people: People, users: UserRepository, acts: OperatorActs
) -> OperatorView:
    """Dismiss the person with this address."""
    person = await people.by_email(command.email)
    (await users.get(person.user_id)).dismiss_operator()
    acts.note(OperatorAct.of(command.wire_name, str(person.user_id)))
    return OperatorView(user_id=person.user_id, name=person.name, email=person.email)
