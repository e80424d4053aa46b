"""Lines for other programs: JSON, and CSV in which no spreadsheet finds a formula (OWASP, "CSV Injection")."""

import json
import unicodedata
from collections.abc import Iterable, Mapping

_FORMULA = frozenset("=+-@\u2212")
_BLANK = frozenset("\t\r\n")


def json_line(values: Mapping[str, object]) -> str:
    """Return JSON values as one line of ASCII: nothing in them can break it, nor end it for a lenient reader."""
    return json.dumps(values, ensure_ascii=True, separators=(",", ":"))


def csv_line(values: Iterable[object]) -> str:
    """Return values as one line of CSV (RFC 4180), without the line's end.

    Every cell is in quotes. One that a spreadsheet could take for a formula, spelled in full width too, is preceded by
    an apostrophe; characters that break lines or are not seen are written as escapes.
    """
    return ",".join(_cell("" if value is None else str(value)) for value in values)


def _cell(text: str) -> str:
    guarded = f"'{text}" if _may_be_formula(text) else text
    shown = "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in guarded)
    return '"' + shown.replace('"', '""') + '"'


def _may_be_formula(text: str) -> bool:
    """Tell whether a spreadsheet might, blanks before it aside."""
    if text[:1] in _BLANK:
        return True
    seen = "".join(each for each in text.lstrip()[:8] if each.isprintable())
    return unicodedata.normalize("NFKC", seen)[:1] in _FORMULA
