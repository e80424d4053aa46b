"""The contract rows of the notifications context."""

from colonnade.api.contract import Contract
from colonnade.application.notifications import (
    ArchiveNotifications,
    CountUnread,
    EditPreferences,
    EditSettings,
    GetPreferences,
    GetSettings,
    ListNotificationDeliveries,
    ListNotifications,
    MarkRead,
    Unsubscribe,
)

notifications = Contract("notifications", prefix="/notifications")
notifications.get("", ListNotifications)
notifications.get("/unread", CountUnread)
notifications.post("/read", MarkRead, status=204)
notifications.post("/archive", ArchiveNotifications, status=204)
notifications.get("/preferences", GetPreferences, etag=True)
notifications.patch("/preferences", EditPreferences)
notifications.get("/settings", GetSettings, etag=True)
notifications.patch("/settings", EditSettings)
notifications.post("/unsubscribe", Unsubscribe, status=204)
notifications.get("/{notification_id}/deliveries", ListNotificationDeliveries)
