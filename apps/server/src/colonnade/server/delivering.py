"""Mail, text messages and chat, as the container makes them: each with its providers, one after the other."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import NewType

import httpx2
from dishka import Provider, Scope, provide

from colonnade.core import Clock
from colonnade.infrastructure.chat import ChatWebhook
from colonnade.infrastructure.mail import FolderMailer, Mailer, Security, SmtpMailer, SmtpSettings
from colonnade.infrastructure.outbound import OutboundHttp
from colonnade.infrastructure.resilience import Failover, ResiliencePolicy
from colonnade.infrastructure.sms import HttpSmsSender, HttpSmsSettings, SmsSender
from colonnade.monitoring.metrics import Metrics
from colonnade.server.observing import CallMetrics
from colonnade.server.settings import MailSection, Settings, SmtpSection

MailProviders = NewType("MailProviders", Failover[Mailer])

_GOODBYE_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class SmsProviders:
    """The providers of text messages, if there are any."""

    failover: Failover[SmsSender] | None


class Delivering(Provider):
    """The ways out of the house."""

    scope = Scope.APP

    @provide
    def calls(self, metrics: Metrics) -> CallMetrics:
        """Counts calls to outside services."""
        return CallMetrics(metrics)

    @provide
    def mail(self, settings: Settings, clock: Clock, calls: CallMetrics) -> MailProviders:
        """The mail servers that the settings name, or a folder in the data folder."""
        section = settings.mail
        servers = (section, *section.others)
        policy = ResiliencePolicy(
            timeout_seconds=section.timeout_seconds + _GOODBYE_SECONDS, recovery_seconds=section.recovery_seconds
        )
        mailers: dict[str, Mailer] = {
            f"mail {server.host}:{server.port}": SmtpMailer(_smtp(server, section), clock=clock)
            for server in servers
            if server.host is not None
        }
        if not mailers:
            mailers["mail folder"] = FolderMailer(settings.data_dir / "mail", sender=section.sender, clock=clock)
        return MailProviders(Failover[Mailer](mailers, policy, clock=clock, observer=calls))

    @provide
    async def sms(self, settings: Settings, clock: Clock, calls: CallMetrics) -> AsyncIterator[SmsProviders]:
        """The providers of text messages that the settings name, maybe none."""
        # A provider does not recognise a message that comes twice, so each is asked once.
        policy = ResiliencePolicy(attempts=1)
        async with httpx2.AsyncClient(trust_env=False) as client:
            senders: dict[str, SmsSender] = {
                f"sms {provider.name}": HttpSmsSender(
                    HttpSmsSettings(
                        url=provider.url,
                        username=provider.username,
                        password=provider.password,
                        sender=provider.sender,
                        to_field=provider.to_field,
                        sender_field=provider.sender_field,
                        text_field=provider.text_field,
                        id_field=provider.id_field,
                    ),
                    client,
                    clock=clock,
                )
                for provider in settings.sms.providers
            }
            found = Failover[SmsSender](senders, policy, clock=clock, observer=calls) if senders else None
            yield SmsProviders(found)

    @provide
    def chat(self, http: OutboundHttp, clock: Clock) -> ChatWebhook:
        """Posts into rooms that people choose."""
        return ChatWebhook(http, clock=clock)


def _smtp(server: SmtpSection, section: MailSection) -> SmtpSettings:
    return SmtpSettings(
        host=server.host or "",
        port=server.port,
        sender=section.sender,
        username=server.username,
        password=server.password,
        security=Security(server.security),
        timeout_seconds=server.timeout_seconds,
    )
