"""Notifications, as the container makes them."""

from dishka import Provider, Scope, provide

from colonnade.application.notifications.ports import (
    DueTasks,
    Inbox,
    Letters,
    NotificationSettings,
    Outbox,
    Sender,
    Senders,
)
from colonnade.application.notifications.recipients import Recipients
from colonnade.application.notifications.telling import Notifier
from colonnade.application.notifications.unsubscribing import UnsubscribeTokens
from colonnade.domain.notifications import Channel, PersonalSettingsRepository, PreferencesRepository
from colonnade.infrastructure.chat import ChatWebhook
from colonnade.infrastructure.mail import ResilientMailer
from colonnade.infrastructure.notifications.due import SqlDueTasks
from colonnade.infrastructure.notifications.inbox import SqlInbox
from colonnade.infrastructure.notifications.letters import SqlLetters
from colonnade.infrastructure.notifications.outbox import SqlOutbox
from colonnade.infrastructure.notifications.recipients import SqlRecipients
from colonnade.infrastructure.notifications.rendering import Renderer
from colonnade.infrastructure.notifications.repository import (
    SqlPersonalSettingsRepository,
    SqlPreferencesRepository,
)
from colonnade.infrastructure.notifications.senders import ChatSender, MailSender, TextSender
from colonnade.infrastructure.sms import ResilientSmsSender
from colonnade.security.sealing import derive_key
from colonnade.server.delivering import MailProviders, SmsProviders
from colonnade.server.secrets import Secret
from colonnade.server.settings import Settings


class Notifications(Provider):
    """What lives as long as the process."""

    scope = Scope.APP
    recipients = provide(SqlRecipients, provides=Recipients)
    letters = provide(SqlLetters, provides=Letters)
    due_tasks = provide(SqlDueTasks, provides=DueTasks)

    @provide
    def notification_settings(self, settings: Settings) -> NotificationSettings:
        """What an operator can say about notifications."""
        section = settings.notifications
        return NotificationSettings(fold_seconds=section.fold_seconds, overdue_days=section.overdue_days)

    @provide
    def tokens(self, secret: Secret) -> UnsubscribeTokens:
        """Signs the links that unsubscribe."""
        return UnsubscribeTokens(derive_key(secret, "unsubscribe links"))

    @provide
    def renderer(self, settings: Settings) -> Renderer:
        """Fills the templates."""
        return Renderer(settings.public_url)

    @provide
    def senders(
        self,
        mail: MailProviders,
        sms: SmsProviders,
        chat: ChatWebhook,
        renderer: Renderer,
        tokens: UnsubscribeTokens,
        settings: Settings,
    ) -> Senders:
        """The channels that this installation has; text messages only with a provider."""
        senders: dict[Channel, Sender] = {
            Channel.MAIL: MailSender(ResilientMailer(mail), renderer, tokens, settings.public_url),
            Channel.CHAT: ChatSender(chat, renderer),
        }
        if sms.failover is not None:
            senders[Channel.SMS] = TextSender(ResilientSmsSender(sms.failover), renderer)
        return Senders(senders)


class NotificationsInScope(Provider):
    """What lives as long as one message or event."""

    scope = Scope.REQUEST
    inbox = provide(SqlInbox, provides=Inbox)
    outbox = provide(SqlOutbox, provides=Outbox)
    preferences = provide(SqlPreferencesRepository, provides=PreferencesRepository)
    personal_settings = provide(SqlPersonalSettingsRepository, provides=PersonalSettingsRepository)
    notifier = provide(Notifier)
