"""Webhooks, as the container makes them."""

from dishka import Provider, Scope, provide

from colonnade.application.integrations import WebhookEvents, WebhookSettings
from colonnade.application.integrations.ports import AddressRule, Deliveries, DeliveryRetention, SecretBox
from colonnade.application.messaging import RetryPolicy
from colonnade.core import Clock
from colonnade.domain.integrations import WebhookRepository
from colonnade.infrastructure.integrations.deliveries import SqlDeliveries, SqlDeliveryRetention
from colonnade.infrastructure.integrations.repository import SqlWebhookRepository
from colonnade.infrastructure.integrations.secrets import SealedSecretBox
from colonnade.infrastructure.integrations.sender import OutboundAddressRule, OutboundWebhookSender
from colonnade.infrastructure.outbound import OutboundHttp, OutboundSettings
from colonnade.security.sealing import Sealer
from colonnade.server.product import WEBHOOK_EVENTS
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings


class Webhooks(Provider):
    """What lives as long as the process."""

    scope = Scope.APP

    @provide
    def events(self) -> WebhookEvents:
        """What endpoints can be told of."""
        return WEBHOOK_EVENTS

    @provide
    def webhook_settings(self, settings: Settings) -> WebhookSettings:
        """What an operator can say about webhooks."""
        section = settings.webhooks
        return WebhookSettings(
            endpoint_limit=section.endpoints,
            retries=RetryPolicy(pauses_seconds=section.retry_pauses_seconds),
            rotation_hours=section.rotation_hours,
            disable_after_days=section.disable_after_days,
            retention_days=section.retention_days,
        )

    @provide
    def box(self, secret: Secret) -> SealedSecretBox:
        """Seals the secrets of endpoints with a key of its own."""
        return SealedSecretBox(Sealer(secret, "webhook secrets"))

    @provide
    def box_port(self, box: SealedSecretBox) -> SecretBox:
        """Makes secrets."""
        return box

    @provide
    def outbound(self, settings: Settings) -> OutboundSettings:
        """What may be called, and how."""
        section = settings.webhooks
        return OutboundSettings(
            allowed_hosts=section.allowed_hosts,
            allowed_networks=section.allowed_networks,
            allow_http=section.allow_http,
            redirect_limit=section.redirects,
            timeout_seconds=section.timeout_seconds,
            body_limit_bytes=section.response_bytes,
        )

    @provide
    def http(self, outbound: OutboundSettings) -> OutboundHttp:
        """Calls addresses that people choose."""
        return OutboundHttp(outbound)

    @provide
    def address_rule(self, outbound: OutboundSettings) -> AddressRule:
        """Refuses addresses early."""
        return OutboundAddressRule(outbound)

    @provide
    def sender(self, http: OutboundHttp, clock: Clock) -> OutboundWebhookSender:
        """Sends signed requests."""
        return OutboundWebhookSender(http, clock)


class WebhooksInScope(Provider):
    """What lives as long as one message or event."""

    scope = Scope.REQUEST
    webhooks = provide(SqlWebhookRepository, provides=WebhookRepository)
    deliveries = provide(SqlDeliveries, provides=Deliveries)
    retention = provide(SqlDeliveryRetention, provides=DeliveryRetention)
