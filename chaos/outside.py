"""What the service does outside: it publishes each coin to two brokers, hears of it from them, and writes a letter."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any, NamedTuple

from chaos.service import QUICK, CoinDropped, Effects, Quietly

from colonnade.application.jobs import Scheduler
from colonnade.application.messaging import INTERNAL, Errand, Handlers, JobOptions
from colonnade.application.publishing import (
    Broker,
    CloudEventEnvelope,
    Publications,
    PublishedEvent,
    Publisher,
    PublishingSettings,
)
from colonnade.application.subscriptions import Subscriptions
from colonnade.core import Clock, Email, RecordedEvent
from colonnade.infrastructure.brokers import BrokerSettings, create_broker
from colonnade.infrastructure.composition import Factory
from colonnade.infrastructure.database import ConstraintErrors, Database, SqlUnitOfWork
from colonnade.infrastructure.database.tables import metadata
from colonnade.infrastructure.mail import Mail, Mailer, ResilientMailer, Security, SmtpMailer, SmtpSettings
from colonnade.infrastructure.publishing import SqlInbox, SqlParking
from colonnade.infrastructure.resilience import Failover, ResiliencePolicy

NATS, VALKEY = "NATS", "Valkey"

_POLICY = ResiliencePolicy(timeout_seconds=1.0, pause_seconds=0.2, longest_pause_seconds=1.0, recovery_seconds=1.0)
LONGEST_ATTEMPT_SECONDS = _POLICY.attempts * (_POLICY.timeout_seconds + _POLICY.longest_pause_seconds)
"""How long one attempt may take at most, with all retries that are part of it."""

_BROKERS = BrokerSettings(
    connect_seconds=1.0,
    longest_reconnect_seconds=1.0,
    publish_seconds=1.0,
    check_seconds=1.0,
    close_seconds=2.0,
    hold_seconds=5.0,
    redelivery_seconds=0.1,
    longest_redelivery_seconds=1.0,
    poll_seconds=0.2,
)


class CoinDroppedV1(PublishedEvent, type="chaos.coin_dropped", version=1):
    """A coin is in a jar."""

    number: int


class WriteLetter(Errand[None], name="chaos.write_letter", requires=INTERNAL, job=JobOptions(retries=QUICK)):
    """Write to whoever counts letters."""

    number: int


class Further(NamedTuple):
    """What the service consists of beside its core."""

    subscriptions: list[Subscriptions]
    handlers: list[Handlers]
    objects: Mapping[Any, object]
    factories: Mapping[Any, Factory]


_publications = Publications()


@_publications.publishes(CoinDropped)
def coin_dropped(event: CoinDropped, recorded: RecordedEvent) -> CoinDroppedV1:
    """Say which coin."""
    return CoinDroppedV1(number=event.number)


_SETTINGS = PublishingSettings(source="/chaos")
_PUBLISHER = Publisher([_publications], _SETTINGS)


@asynccontextmanager
async def outside(
    database: Database, clock: Clock, nats: str | None, valkey: str | None, smtp: int | None
) -> AsyncIterator[Further]:
    """Connect to what is there, and return what the service does with it.

    Args:
        database: The service's own.
        clock: Its clock.
        nats: URL of a broker.
        valkey: URL of another one.
        smtp: Port of a mail server on this machine.
    """
    further = Further([], [], {Broker: None}, {})
    async with AsyncExitStack() as stack:
        for name, url in ((NATS, nats), (VALKEY, valkey)):
            if url is not None:
                broker = create_broker(url, SqlParking(database, clock), _BROKERS)
                stack.push_async_callback(broker.close)
                await broker.start()
                await _listen(broker, name, database, clock)
                further.subscriptions.append(_relay(broker, name))
        if smtp is not None:
            subscriptions, handlers = _letters(smtp, clock)
            further.subscriptions.append(subscriptions)
            further.handlers.append(handlers)
        yield further


def _relay(broker: Broker, name: str) -> Subscriptions:
    subscriptions = Subscriptions()

    @subscriptions.durable(f"chaos.to_{name}", CoinDropped, outside=True)
    async def publish(event: CoinDropped, recorded: RecordedEvent) -> None:
        for envelope in _PUBLISHER.envelopes(recorded):
            await broker.publish(envelope.type, envelope)

    return subscriptions


async def _listen(broker: Broker, name: str, database: Database, clock: Clock) -> None:
    """Leave an effect for each coin that the broker tells of, the first time that it does."""

    async def heard(envelope: CloudEventEnvelope) -> None:
        work = SqlUnitOfWork(database, clock=clock, constraints=ConstraintErrors(metadata, {}))
        try:
            if await SqlInbox(work, database, clock).first_time(name, envelope.identity):
                await Effects(work, Quietly()).leave(name, CoinDroppedV1.read(envelope).number)
            await work.commit()
        finally:
            await work.rollback()

    await broker.subscribe(_SETTINGS.type_of(CoinDroppedV1), "counting", heard)


def _letters(port: int, clock: Clock) -> tuple[Subscriptions, Handlers]:
    subscriptions, handlers = Subscriptions(), Handlers()
    settings = SmtpSettings(
        host="127.0.0.1",
        port=port,
        sender="jar@example.com",
        security=Security.NONE,
        timeout_seconds=_POLICY.timeout_seconds,
    )
    servers: dict[str, Mailer] = {"mail": SmtpMailer(settings, clock=clock)}
    mailer = ResilientMailer(Failover(servers, _POLICY, clock=clock))

    @subscriptions.durable("chaos.letters", CoinDropped)
    async def plan(event: CoinDropped, scheduler: Scheduler) -> None:
        scheduler.send_later(WriteLetter(number=event.number))

    @handlers.handles(WriteLetter)
    async def write(errand: WriteLetter) -> None:
        name = str(errand.number)
        mail = Mail(to=Email("counter@example.com"), subject=name, text=name, message_id=f"<{name}@chaos.example>")
        await mailer.send(mail)

    return subscriptions, handlers
