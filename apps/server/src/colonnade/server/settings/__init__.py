"""What an operator can set, by section."""

from colonnade.server.settings.delivering import (
    BrokerSection,
    MailSection,
    NotificationSection,
    SmsProviderSection,
    SmsSection,
    SmtpSection,
    StorageSection,
    WebhookSection,
)
from colonnade.server.settings.identity import (
    IdentitySection,
)
from colonnade.server.settings.protection import (
    AuditSection,
    KekSection,
    KeySection,
)
from colonnade.server.settings.serving import (
    DatabaseSection,
    HttpSection,
    LogSection,
    RateSection,
    TraceSection,
    WorkerSection,
)
from colonnade.server.settings.whole import MIN_SECRET_BYTES, Settings

__all__ = [
    "MIN_SECRET_BYTES",
    "AuditSection",
    "BrokerSection",
    "DatabaseSection",
    "HttpSection",
    "IdentitySection",
    "KekSection",
    "KeySection",
    "LogSection",
    "MailSection",
    "NotificationSection",
    "RateSection",
    "Settings",
    "SmsProviderSection",
    "SmsSection",
    "SmtpSection",
    "StorageSection",
    "TraceSection",
    "WebhookSection",
    "WorkerSection",
]
