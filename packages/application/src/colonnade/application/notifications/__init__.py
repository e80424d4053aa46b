"""Notifications: people are told of what concerns them, in the app and by the ways that they chose."""

from colonnade.core.extras import require_extra

require_extra("colonnade-application", "work", "colonnade.domain")

from colonnade.application.notifications.due import ScanDueTasks
from colonnade.application.notifications.inbox import (
    ArchiveNotifications,
    CountUnread,
    ListNotificationDeliveries,
    ListNotifications,
    MarkRead,
)
from colonnade.application.notifications.preferences import EditPreferences, GetPreferences
from colonnade.application.notifications.sending import MarkSent, PostToChat, SendFolded, SendMail, SendText
from colonnade.application.notifications.settings import EditSettings, GetSettings
from colonnade.application.notifications.unsubscribing import Unsubscribe
from colonnade.application.notifications.views import (
    NotificationDeliveryView,
    NotificationView,
    PersonalSettingsView,
    PreferencesView,
    Sent,
    Suppression,
    UnreadCount,
)

__all__ = [
    "ArchiveNotifications",
    "CountUnread",
    "EditPreferences",
    "EditSettings",
    "GetPreferences",
    "GetSettings",
    "ListNotificationDeliveries",
    "ListNotifications",
    "MarkRead",
    "MarkSent",
    "NotificationDeliveryView",
    "NotificationView",
    "PersonalSettingsView",
    "PostToChat",
    "PreferencesView",
    "ScanDueTasks",
    "SendFolded",
    "SendMail",
    "SendText",
    "Sent",
    "Suppression",
    "UnreadCount",
    "Unsubscribe",
]
