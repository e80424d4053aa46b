"""The grammar: `status:todo assignee:me due<7d -label:bug "some words"`.

Terms are joined by *and*; `a,b` after a colon means either; a minus in front means not; everything else is text to look
for. Fields and what they mean belong to the context that the language is made for.
"""

import re
from collections.abc import Mapping
from itertools import chain

from colonnade.application.filtering.fields import FilterField, Terms
from colonnade.core import EVERYTHING, Invalid, Specification, field
from colonnade.core.specifications import AnyOf, Operator

MAX_LENGTH = 1000
MAX_TERMS = 30

_TERM = re.compile(
    r"""(?P<not>-)?
        (?: (?P<field>[A-Za-z_]+) (?P<op><=|>=|<|>|:)
            (?P<value> "(?:[^"\\]|\\.)*" | [^\s"]* )
          | "(?P<phrase>(?:[^"\\]|\\.)*)"
          | (?P<word>[^\s"]+) )
        (?=\s|$)""",
    re.VERBOSE,
)
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
_OPERATORS = {":": Operator.EQ, "<": Operator.LT, "<=": Operator.LE, ">": Operator.GT, ">=": Operator.GE}


class FilterLanguage:
    """Reads filter texts about one kind of thing."""

    def __init__(self, fields: Mapping[str, FilterField], *, text: str) -> None:
        """Make the language.

        Args:
            fields: The words that may stand before a colon or a comparison, and what each means.
            text: Name of the folded text field that bare words are looked for in.
        """
        self._fields = fields
        self._text = text

    def parse(self, text: str, terms: Terms) -> Specification:
        """Return the condition that a text stands for; an empty text stands for everything.

        Args:
            text: What somebody typed.
            terms: What relative words such as `me` and `today` mean now.

        Raises:
            Invalid: The text cannot be understood; the message says where and what would be.
        """
        if len(text) > MAX_LENGTH:
            raise Invalid(f"must have at most {MAX_LENGTH} characters", field="filter")
        if _UNSTORABLE.search(text):
            raise Invalid("must not contain null characters or lone surrogates", field="filter")
        condition, position, count = EVERYTHING, 0, 0
        while (position := _skip_space(text, position)) < len(text):
            found = _TERM.match(text, position)
            if found is None:
                raise Invalid(f"cannot be understood from here: {text[position : position + 40]}", field="filter")
            count += 1
            if count > MAX_TERMS:
                raise Invalid(f"must have at most {MAX_TERMS} terms", field="filter")
            condition, position = condition & self._term(found, terms), found.end()
        return condition

    def _term(self, found: re.Match[str], terms: Terms) -> Specification:
        if found["field"] is None:
            words = found["word"] if found["word"] is not None else _unquoted(found["phrase"])
            condition: Specification = field(self._text).mentions(words)
        else:
            condition = self._comparison(found["field"].lower(), _OPERATORS[found["op"]], found["value"], terms)
        return ~condition if found["not"] else condition

    def _comparison(self, name: str, operator: Operator, value: str, terms: Terms) -> Specification:
        known = self._fields.get(name)
        if known is None:
            raise Invalid(f"has no field '{name}': use {', '.join(self._fields)}", field="filter")
        if not value:
            raise Invalid(f"has no value after '{name}'", field="filter")
        if value.startswith('"'):
            return known(operator, _unquoted(value[1:-1]), terms)
        parts = [part for part in value.split(",") if part] or [value]
        conditions = [known(operator, part, terms) for part in parts]
        if len(conditions) == 1:
            return conditions[0]
        flat = (one.parts if isinstance(one, AnyOf) else (one,) for one in conditions)
        return AnyOf(tuple(chain.from_iterable(flat)))


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position].isspace():
        position += 1
    return position


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)
