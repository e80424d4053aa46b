"""Letters on their way: collected, looked through once more, handed over, and what became of them.

Each notification is carried by one job, which claimed it in a unit of work, so nothing goes out by two jobs. A job is
done at least once: if its process dies after a letter was handed over and before that was noted, the letter goes out
again. The job's id is its identity outside (the `Message-ID` of a mail), by which receivers know the repetition.
"""

from dataclasses import replace
from datetime import timedelta

from colonnade.application.jobs import JobId, JobOutcomes, Scheduler
from colonnade.application.messaging import INTERNAL, Command, Errand, Handlers, JobOptions, RetryPolicy
from colonnade.application.notifications.ports import (
    DeliveryState,
    Letter,
    LetterItem,
    Letters,
    NotificationSettings,
    Outbox,
    Senders,
)
from colonnade.application.notifications.views import Sent, Suppression
from colonnade.core import Clock, Invalid, UserId, new_id
from colonnade.domain.notifications import Channel, Timing
from colonnade.domain.workspaces import WorkspaceId

handlers = Handlers()

DIGEST = "digest "
"""How the folds of digests begin."""

_RETRIES = RetryPolicy(time_limit_seconds=120.0)


class SendMail(
    Errand[Sent], name="notifications.send_mail", requires=INTERNAL, job=JobOptions("mail", retries=_RETRIES)
):
    """Send what a job carries as a mail."""

    job_id: JobId


class SendText(
    Errand[Sent], name="notifications.send_text", requires=INTERNAL, job=JobOptions("sms", retries=_RETRIES)
):
    """Send what a job carries as a text message."""

    job_id: JobId


class PostToChat(
    Errand[Sent], name="notifications.post_to_chat", requires=INTERNAL, job=JobOptions("chat", retries=_RETRIES)
):
    """Say what a job carries in somebody's chat room."""

    job_id: JobId


class SendFolded(Command[None], name="notifications.send_folded", requires=INTERNAL):
    """Send all that has waited to go out together."""

    user_id: UserId
    channel: Channel
    fold: str

    @property
    def unique_key(self) -> str:
        """The key of its job: one waits for each fold."""
        return f"{self.channel} {self.user_id} {self.fold}"


class MarkSent(Command[None], name="notifications.mark_sent", requires=INTERNAL):
    """Keep what became of what a job carried."""

    job_id: JobId


def digest_fold(workspace_id: WorkspaceId | None) -> str:
    """Return the fold of somebody's digest: there is one for each workspace."""
    return f"{DIGEST}{workspace_id or ''}"


def errand(channel: Channel, job_id: JobId) -> Errand[Sent]:
    """Return the errand that takes a job's letter outside by a channel.

    Raises:
        Invalid: The app is not outside.
    """
    match channel:
        case Channel.MAIL:
            return SendMail(job_id=job_id)
        case Channel.SMS:
            return SendText(job_id=job_id)
        case Channel.CHAT:
            return PostToChat(job_id=job_id)
        case Channel.IN_APP:
            raise Invalid("the app is not outside", field="channel")


@handlers.handles(SendFolded)
async def send_folded(
    command: SendFolded, outbox: Outbox, scheduler: Scheduler, settings: NotificationSettings, clock: Clock
) -> None:
    """Let a job carry what waits, and look again a little later, until nothing waits.

    A notification that is added in this very moment counts on this job, and may be committed too late to be seen by it.
    """
    job_id = new_id(JobId)
    if await outbox.claim(command.user_id, command.channel, command.fold, job_id):
        scheduler.send_later(errand(command.channel, job_id), job_id=job_id, then=MarkSent(job_id=job_id))
        again = clock.now() + timedelta(seconds=settings.fold_seconds)
        scheduler.send_later(command, at=again, unique=command.unique_key)


@handlers.handles(SendMail)
async def send_mail(message: SendMail, letters: Letters, senders: Senders, clock: Clock) -> Sent:
    """Send the mail."""
    return await _send(await letters.load(message.job_id), senders, clock)


@handlers.handles(SendText)
async def send_text(message: SendText, letters: Letters, senders: Senders, clock: Clock) -> Sent:
    """Send the text message."""
    return await _send(await letters.load(message.job_id), senders, clock)


@handlers.handles(PostToChat)
async def post_to_chat(message: PostToChat, letters: Letters, senders: Senders, clock: Clock) -> Sent:
    """Post to the room."""
    return await _send(await letters.load(message.job_id), senders, clock)


@handlers.handles(MarkSent)
async def mark_sent(command: MarkSent, outcomes: JobOutcomes, outbox: Outbox) -> None:
    """Read how the job ended and keep it with the notifications."""
    outcome = await outcomes.of(command.job_id)
    if outcome.succeeded:
        outbox.sent(command.job_id, Sent.model_validate(outcome.result))
    else:
        outbox.failed(command.job_id, outcome.error_code, outcome.error)


async def _send(letter: Letter, senders: Senders, clock: Clock) -> Sent:
    """Send what is still wanted of a letter."""
    due = [item for item in letter.items if item.state in {DeliveryState.PENDING, DeliveryState.FAILED}]
    doubts = {item.notification_id: _doubt(letter, item, senders) for item in due}
    suppressed = {notification_id: doubt for notification_id, doubt in doubts.items() if doubt is not None}
    wanted = tuple(item for item in due if item.notification_id not in suppressed)
    message_id = await senders[letter.channel].send(replace(letter, items=wanted)) if wanted else None
    return Sent(
        at=clock.now(),
        message_id=message_id,
        sent=tuple(item.notification_id for item in wanted),
        suppressed=suppressed,
    )


def _doubt(letter: Letter, item: LetterItem, senders: Senders) -> Suppression | None:
    """Return why a notification need not or must not be sent any more; much may have happened since it was planned."""
    recipient = letter.recipient
    if item.read_at is not None:
        return Suppression.READ
    if not recipient.may_know(item.workspace_id):
        return Suppression.LEFT_WORKSPACE
    if recipient.timing(item.kind, letter.channel, item.workspace_id) is Timing.OFF:
        return Suppression.UNSUBSCRIBED
    if letter.channel not in senders or not recipient.settings.reaches(letter.channel):
        return Suppression.UNREACHABLE
    return None
