"""The audit, as the container makes it."""

from collections.abc import Mapping

from dishka import Provider, Scope, provide

from colonnade.application.audit import AuditChains, AuditLog, AuditObserver, AuditSettings, AuditUpkeep
from colonnade.application.audit.circumstances import Whereabouts
from colonnade.core import Clock
from colonnade.infrastructure.audit import AuditVerifier, SqlAuditChains, SqlAuditLog, SqlAuditUpkeep
from colonnade.infrastructure.audit.whereabouts import SealedWhereabouts
from colonnade.infrastructure.database import Database, SqlUnitOfWork
from colonnade.infrastructure.database.event_log import EventProtector
from colonnade.infrastructure.database.wakeups import Wakeups
from colonnade.infrastructure.work import CONSTRAINTS
from colonnade.monitoring.metrics import Metrics
from colonnade.security.audit import Ed25519Key, PublicKeys, Signer
from colonnade.security.sealing import derive_key
from colonnade.server.observing import EventCounter
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings


class AuditMetrics:
    """Counts refusals and security events."""

    def __init__(self, metrics: Metrics) -> None:
        self._refusals = metrics.counter(
            "colonnade_refusals", "Messages that their access rule refused.", ("message", "code", "known")
        )
        self._events = metrics.counter("colonnade_security_events", "Security events.", ("type", "severity"))

    def refused(self, message: str, code: str, *, known: bool) -> None:
        """Count a refusal."""
        self._refusals.labels(message, code, "yes" if known else "no").inc()

    def security_event(self, kind: str, severity: str) -> None:
        """Count a security event."""
        self._events.labels(kind, severity).inc()


class Audit(Provider):
    """What lives as long as the process."""

    scope = Scope.APP
    observer = provide(AuditMetrics, provides=AuditObserver)
    verifier = provide(AuditVerifier)
    whereabouts = provide(SealedWhereabouts, provides=Whereabouts)

    @provide
    def audit_settings(self, settings: Settings) -> AuditSettings:
        """What an operator can say about the audit."""
        section = settings.audit
        return AuditSettings(
            checkpoint_entries=section.checkpoint_entries,
            checkpoint_minutes=section.checkpoint_minutes,
            retention_days=section.retention_days,
        )

    @provide
    def key(self, secret: Secret) -> Ed25519Key:
        """The key that signs checkpoints: derived from the installation's secret, which the database does not hold."""
        return Ed25519Key(derive_key(secret, "audit checkpoints"))

    @provide
    def signer(self, key: Ed25519Key) -> Signer:
        """Signs checkpoints."""
        return key.signer

    @provide
    def public_keys(self, key: Ed25519Key, settings: Settings) -> PublicKeys:
        """Whose signatures are good: those of the key, and of keys that former secrets gave."""
        former = {kid: bytes.fromhex(public) for kid, public in settings.audit.former_public_keys.items()}
        return PublicKeys({**former, key.kid: key.public})

    @provide
    def log(
        self, database: Database, clock: Clock, counter: EventCounter, wakeups: Wakeups, protector: EventProtector
    ) -> AuditLog:
        """Keeps what leaves no event of its own."""

        def begin(metadata: Mapping[str, str]) -> SqlUnitOfWork:
            return SqlUnitOfWork(
                database,
                clock=clock,
                constraints=CONSTRAINTS,
                metadata=metadata,
                listeners=(counter, wakeups),
                announced=(),
                protector=protector,
            )

        return SqlAuditLog(begin)


class AuditInScope(Provider):
    """What lives as long as one message or one page of events."""

    scope = Scope.REQUEST
    chains = provide(SqlAuditChains, provides=AuditChains)
    upkeep = provide(SqlAuditUpkeep, provides=AuditUpkeep)
