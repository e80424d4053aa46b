"""Values of somebody's settings: where and when they can be reached."""

from datetime import datetime, time, timedelta
from typing import Annotated, NewType, Self
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from colonnade.core import Invalid, TextValue

NotificationId = NewType("NotificationId", UUID)


class TimeZone(TextValue):
    """A time zone by its name in the IANA database."""

    __slots__ = ()
    max_length = 60
    pattern = r"[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*"
    pattern_hint = "must be the name of a time zone such as Europe/Berlin"
    example = "Europe/Berlin"

    @classmethod
    def _check(cls, text: str) -> None:
        super()._check(text)
        try:
            ZoneInfo(text)
        except (LookupError, ValueError, OSError) as error:
            raise Invalid(cls.pattern_hint) from error

    @property
    def rules(self) -> ZoneInfo:
        """The zone's offsets, with daylight saving."""
        return ZoneInfo(self)


class PhoneNumber(TextValue):
    """A phone number in international form (ITU-T E.164)."""

    __slots__ = ()
    pattern = r"\+[1-9][0-9]{6,14}"
    pattern_hint = "must be a phone number in international form such as +4915112345678"
    example = "+4915112345678"
    personal = True


class ChatUrl(TextValue):
    """The webhook of a chat room. Whether that address may be called is found out elsewhere: it takes the network."""

    __slots__ = ()
    max_length = 2000
    pattern = r"https?://[^\s/?#@\\]+([/?][^\s#\\]*)?"
    pattern_hint = "must be an http or https address without a user name, a password and a fragment"
    example = "https://chat.example.com/hooks/x7k2"
    json_format = "uri"
    personal = True


def _whole_minutes(moment: time) -> time:
    if moment.tzinfo is not None or moment.second or moment.microsecond:
        raise Invalid("must be hours and minutes without a time zone, such as 22:00")
    return moment


LocalTime = Annotated[
    time,
    AfterValidator(_whole_minutes),
    WithJsonSchema({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9](:00)?$"}),
]
"""What a clock on the wall shows: hours and minutes; the `time` of RFC 3339 would have a time zone."""

DigestHours = Annotated[
    tuple[Annotated[int, Field(ge=0, le=23)], ...],
    Field(min_length=1, max_length=24, description="Hours of the day, 0 to 23, in the person's time zone."),
]
"""When digests go out."""


class QuietHours(BaseModel):
    """When somebody does not want to be disturbed, every day; from the evening into the morning if it begins later.

    Raises:
        Invalid: It begins when it ends.
    """

    model_config = ConfigDict(
        frozen=True, extra="forbid", json_schema_extra={"examples": [{"start": "22:00:00", "end": "07:00:00"}]}
    )

    start: LocalTime
    end: LocalTime

    @model_validator(mode="after")
    def _has_a_length(self) -> Self:
        if self.start == self.end:
            raise Invalid("must not end when it begins: it would be no time or all of it", field="end")
        return self

    def covers(self, wall: time) -> bool:
        """Tell whether it is quiet when a clock on the wall shows this."""
        if self.start < self.end:
            return self.start <= wall < self.end
        return wall >= self.start or wall < self.end

    def after(self, moment: datetime, zone: ZoneInfo) -> datetime:
        """Return when somebody may be disturbed: at this moment or, if it is quiet, at the end of the quiet hours.

        The end is what the wall shows: if clocks are put back in the quiet hours, it is quiet for an hour more; if the
        end falls into the hour that is left out in spring, it comes as much later as clocks are put forward.

        Args:
            moment: Aware.
            zone: Where the person is.
        """
        local = moment.astimezone(zone)
        while self.covers(local.time()):
            is_tomorrow = local.time() >= self.end
            day = local.date() + timedelta(days=is_tomorrow)
            ends = datetime.combine(day, self.end, zone).replace(fold=local.fold)
            local = ends.astimezone(moment.tzinfo).astimezone(zone)
        return local.astimezone(moment.tzinfo)
