"""Personal settings: where somebody can be reached, and when."""

from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

from colonnade.core import AggregateRoot, UserId
from colonnade.domain.notifications.events import SettingsChanged
from colonnade.domain.notifications.kinds import Channel
from colonnade.domain.notifications.values import ChatUrl, PhoneNumber, QuietHours, TimeZone

CHANGEABLE = ("timezone", "quiet_hours", "digest_hours", "phone", "chat_url")


@dataclass(eq=False, kw_only=True)
class PersonalSettings(AggregateRoot[UserId]):
    """Where and when somebody can be reached; their identity is the person's.

    Attributes:
        timezone: Where they are.
        quiet_hours: When they are left alone.
        digest_hours: At which hours of their day digests go out, sorted.
        phone: Where text messages go.
        chat_url: The room that they are told in.
    """

    stream_kind: ClassVar[str] = "personal_settings"

    timezone: TimeZone = field(default_factory=lambda: TimeZone("UTC"))
    quiet_hours: QuietHours | None = None
    digest_hours: tuple[int, ...] = (8,)
    phone: PhoneNumber | None = None
    chat_url: ChatUrl | None = None

    @classmethod
    def untouched(cls, user_id: UserId) -> Self:
        """Return the settings of somebody who has set nothing yet."""
        return cls(id=user_id)

    def change(self, **values: Any) -> None:  # one type for each setting
        """Set what is given by name; the rest stays.

        Args:
            values: New values of the attributes.

        Raises:
            TypeError: There is no such setting.
        """
        if unknown := values.keys() - set(CHANGEABLE):
            raise TypeError(f"there is no setting {', '.join(sorted(unknown))}")
        if "digest_hours" in values:
            values["digest_hours"] = tuple(sorted(set(values["digest_hours"])))
        changed = tuple(name for name in CHANGEABLE if name in values and values[name] != getattr(self, name))
        for name in changed:
            setattr(self, name, values[name])
        if changed:
            self.record(SettingsChanged(user_id=self.id, changed=changed))

    def reaches(self, channel: Channel) -> bool:
        """Tell whether somebody can be reached by a channel at all; every account has a mail address."""
        match channel:
            case Channel.SMS:
                return self.phone is not None
            case Channel.CHAT:
                return self.chat_url is not None
            case _:
                return True
