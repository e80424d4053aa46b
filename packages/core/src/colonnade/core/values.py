"""Values that validate themselves: equal by content, never changed, never wrong."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from colonnade.core.errors import Invalid
from colonnade.core.masking import mask

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_BREAK = re.compile(r"[\n\r\t\u2028\u2029]")
# The same rules, and that a line is not blank, as ECMAScript understands them.
_LINE = r"\s*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f\u2028\u2029]*\s*"
_LINES = r"[^\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]*"


class TextValue(str):
    """Text with a rule. It is a `str`, so it is stored, compared and sent like one.

    Subclasses set the bounds; lengths count characters after surrounding space is removed and the text is brought into
    Unicode normal form C. Control characters and lone surrogates are refused, since no store or terminal takes them.

    What is `personal` shows masked in every `repr`, and so in that of each message, event and aggregate that holds it,
    and wherever logs and errors quote those.

    Raises:
        Invalid: The text breaks the rule; the message says which.
    """

    __slots__ = ()

    min_length: ClassVar[int] = 1
    max_length: ClassVar[int] = 200
    pattern: ClassVar[str | None] = None
    pattern_hint: ClassVar[str] = "has characters that are not allowed"
    multiline: ClassVar[bool] = False
    example: ClassVar[str | None] = None
    json_format: ClassVar[str | None] = None
    personal: ClassVar[bool] = False

    def __new__(cls, value: str) -> Self:
        """Validate `value` and return it as this kind of text."""
        if type(value) is cls:
            return value
        text = cls.normalised(value)
        cls._check(text)
        return str.__new__(cls, text)

    def __repr__(self) -> str:
        return repr(mask(self)) if self.personal else str.__repr__(self)

    @classmethod
    def normalised(cls, value: str) -> str:
        """Return the one spelling of `value` that is stored."""
        return unicodedata.normalize("NFC", value.strip()) if not value.isascii() else value.strip()

    @classmethod
    def _check(cls, text: str) -> None:
        if len(text) < cls.min_length:
            raise Invalid(
                "must not be empty" if cls.min_length == 1 else f"must have at least {cls.min_length} characters"
            )
        if len(text) > cls.max_length:
            raise Invalid(f"must have at most {cls.max_length} characters")
        if _CONTROL.search(text):
            raise Invalid("must not contain control characters")
        if not cls.multiline and _LINE_BREAK.search(text):
            raise Invalid("must be a single line")
        if cls.pattern is not None and not re.fullmatch(cls.pattern, text):
            raise Invalid(cls.pattern_hint)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(
            cls, core_schema.str_schema(), serialization=core_schema.to_string_ser_schema(when_used="json")
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        rules: dict[str, Any] = {"type": "string", "minLength": cls.min_length, "maxLength": cls.max_length}
        if cls.pattern is not None:
            rules["pattern"] = f"^{cls.pattern}$"
        elif handler.mode == "validation":
            rules["pattern"] = f"^{_LINES}$" if cls.multiline else f"^{_LINE}$" if cls.min_length else f"^({_LINE})?$"
        if cls.json_format is not None:
            rules["format"] = cls.json_format
        if cls.example is not None:
            rules["examples"] = [cls.example]
        return rules


class MultilineText(TextValue):
    """Text of several lines, as long as a person would write: may be empty."""

    __slots__ = ()
    min_length = 0
    max_length = 100_000
    multiline = True


class Email(TextValue):
    """An e-mail address, kept in lower case: `local@domain` with a dot in the domain (RFC 5321 lengths)."""

    __slots__ = ()
    min_length = 3
    max_length = 254
    pattern = r'[^@\s<>()\[\],;:\\"]{1,64}@([^@\s<>()\[\],;:\\".]+\.)+[^@\s<>()\[\],;:\\".]{2,}'
    pattern_hint = "must be an e-mail address such as ada@example.com"
    example = "ada@example.com"
    json_format = "email"
    personal = True

    @classmethod
    def normalised(cls, value: str) -> str:
        """Return the address in lower case: nobody tells `Ada@` and `ada@` apart."""
        return super().normalised(value).lower()


class Slug(TextValue):
    """A name for addresses: lower-case letters, digits and single hyphens."""

    __slots__ = ()
    max_length = 60
    pattern = r"[a-z0-9]+(-[a-z0-9]+)*"
    pattern_hint = "must be lower-case letters, digits and single hyphens, such as web-team"
    example = "web-team"

    @classmethod
    def from_name(cls, name: str) -> Self:
        """Derive a slug from a display name; a name without a usable letter gives `untitled`."""
        plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        words = re.findall(r"[a-z0-9]+", plain)
        return cls("-".join(words)[: cls.max_length].strip("-") or "untitled")


class PersonName(TextValue):
    """What a person is called, in any script."""

    __slots__ = ()
    example = "Ada Lovelace"
    personal = True


@dataclass(frozen=True, slots=True)
class DateRange:
    """Whole days from `start` to `end`, both included."""

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a range that ends before it starts.

        Raises:
            Invalid: `end` is before `start`.
        """
        if self.end < self.start:
            raise Invalid("must not end before it starts", start=str(self.start), end=str(self.end))

    def __contains__(self, day: date) -> bool:
        return self.start <= day <= self.end

    def overlaps(self, other: "DateRange") -> bool:
        """Tell whether the two ranges share a day."""
        return self.start <= other.end and other.start <= self.end

    @property
    def days(self) -> int:
        """How many days the range covers."""
        return (self.end - self.start).days + 1
