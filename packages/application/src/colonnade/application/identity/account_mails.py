"""Mails about accounts: links that prove an address, and notices of what happened to an account.

The job that sends one carries neither an address nor a token that anybody could read. The address is looked up when it
is sent, except where the mail must go to an address that the account does not have yet or has no more.
"""

import json
from uuid import UUID

from colonnade.application.identity.account_ports import AccountLetter, AccountMail, AccountPost, SealedTexts
from colonnade.application.identity.people import People
from colonnade.application.jobs import JobId, Scheduler
from colonnade.application.messaging import INTERNAL, Errand, Handlers, JobOptions, RetryPolicy
from colonnade.core import NotFound, UserId, new_id
from colonnade.domain.identity import ERASED_EMAIL

handlers = Handlers()

_RETRIES = RetryPolicy(time_limit_seconds=120.0)


class SendAccountMail(
    Errand[None], name="identity.send_account_mail", requires=INTERNAL, job=JobOptions("mail", retries=_RETRIES)
):
    """Send somebody a mail about their account.

    Attributes:
        sealed: What it says besides, and to which address it goes if not to theirs.
    """

    job_id: UUID
    user_id: UserId
    kind: AccountMail
    sealed: str


class AccountMails:
    """Lets mails go out once the unit of work is committed."""

    def __init__(self, scheduler: Scheduler, sealed_texts: SealedTexts) -> None:
        self._scheduler = scheduler
        self._sealed_texts = sealed_texts

    def send(self, user_id: UserId, kind: AccountMail, *, to: str | None = None, **facts: str) -> None:
        """Send somebody a mail.

        Args:
            user_id: Whom it is about.
            kind: What it says.
            to: Where to, if not to the address that the account has then.
            facts: What it says besides.
        """
        job_id = new_id(JobId)
        sealed = self._sealed_texts.seal(json.dumps({"to": to, "facts": facts}), _place(user_id, kind))
        message = SendAccountMail(job_id=job_id, user_id=user_id, kind=kind, sealed=sealed)
        self._scheduler.send_later(message, job_id=job_id)


@handlers.handles(SendAccountMail)
async def send_account_mail(
    message: SendAccountMail, people: People, sealed_texts: SealedTexts, post: AccountPost
) -> None:
    """Send the mail, unless the account is no more."""
    try:
        person = await people.by_id(message.user_id)
    except NotFound:
        return
    if person.email == ERASED_EMAIL:
        return
    content = json.loads(sealed_texts.unseal(message.sealed, _place(message.user_id, message.kind)))
    letter = AccountLetter(
        job_id=JobId(message.job_id),
        kind=message.kind,
        to=content["to"] or person.email,
        name=person.name,
        facts=content["facts"],
    )
    await post.send(letter)


def _place(user_id: UserId, kind: AccountMail) -> str:
    return f"account mail {kind} {user_id}"
