"""How the server is: the database is required, everything else may be away for a while."""

from typing import Any

from dishka import AsyncContainer

from colonnade.application.publishing import Broker
from colonnade.core import Unavailable
from colonnade.infrastructure.database import Database
from colonnade.infrastructure.resilience import CircuitState, Failover
from colonnade.infrastructure.storage import ObjectStorage
from colonnade.monitoring.health import Check, HealthChecks
from colonnade.server.delivering import MailProviders, SmsProviders
from colonnade.server.settings import Settings


async def health_of(container: AsyncContainer, settings: Settings) -> HealthChecks:
    """Return the checks of a server with these settings; what nobody has set up is not asked."""
    database, storage = await container.get(Database), await container.get(ObjectStorage)
    mail, sms = await container.get(MailProviders), await container.get(SmsProviders)
    optional: dict[str, Check] = {"mail": _answers(mail), "storage": storage.ping}
    if sms.failover is not None:
        optional["sms"] = _answers(sms.failover)
    if not settings.broker.url.get_secret_value().startswith("memory:"):

        async def broker() -> None:
            await (await container.get(Broker)).ping()

        optional["broker"] = broker
    return HealthChecks({"database": database.ping}, optional)


def _answers(providers: Failover[Any]) -> Check:  # of any kind
    """Return a check that fails when the circuit of every provider is open."""

    async def check() -> None:
        states = providers.health()
        if all(state.circuit is CircuitState.OPEN for state in states):
            raise Unavailable(", ".join(f"{state.provider}: {state.last_error}" for state in states))

    return check
