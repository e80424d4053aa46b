"""Ranks: strings that sort in the order people put things, with room between any two.

Fractional indexing (D. Greenspan, "Implementing Fractional Indexing", 2020): a rank is an integer part, whose first
letter tells its length, and a fraction. Ranks compare byte by byte. The n-th task of a project starts in
the middle of integer n, so that appending needs no look at the others.
"""

from colonnade.core import Invalid

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE = len(_DIGITS)
_MIDDLE = _DIGITS[_BASE // 2]


def initial_rank(number: int) -> str:
    """Return the rank that the task with this number (from 1) starts with.

    Raises:
        Invalid: There is no such number.
    """
    if number < 1:
        raise Invalid("numbers begin at 1", number=number)
    digits = ""
    while number:
        number, digit = divmod(number, _BASE)
        digits = _DIGITS[digit] + digits
    return chr(ord("a") + len(digits) - 1) + digits + _MIDDLE


def rank_between(before: str | None, after: str | None) -> str:
    """Return a rank that sorts after `before` and before `after`.

    Args:
        before: The rank that comes first; none for the beginning of the list.
        after: The rank that comes last; none for the end, where the result still sorts before the next initial rank.

    Raises:
        Invalid: `before` does not sort before `after`.
    """
    if before is not None and after is not None and before >= after:
        raise Invalid("the two tasks are not in this order", before=before, after=after)
    if after is not None:
        return _midpoint(before or "", after)
    return _after(before) if before is not None else initial_rank(1)


def _after(rank: str) -> str:
    """Return a rank after this one, within the same integer."""
    if rank[0] < "a":
        return _midpoint(rank, "a")
    length = ord(rank[0]) - ord("a") + 2
    integer = rank[:length].ljust(length, _DIGITS[0])
    if len(rank) < length:
        return _midpoint(rank, integer + _MIDDLE)
    return integer + _midpoint(rank[length:], None)


def _midpoint(low: str, high: str | None) -> str:
    """Return a short string between two; missing digits of `low` read as the lowest, and no `high` as past the highest.

    `high` never ends in the lowest digit, so there is always room.
    """
    if high is not None:
        shared = 0
        padded = low.ljust(len(high), _DIGITS[0])
        while padded[shared] == high[shared]:
            shared += 1
        if shared:
            return high[:shared] + _midpoint(low[shared:], high[shared:])
    low_digit = _DIGITS.index(low[0]) if low else 0
    high_digit = _DIGITS.index(high[0]) if high else _BASE
    if high_digit - low_digit > 1:
        return _DIGITS[(low_digit + high_digit) // 2]
    if high is not None and len(high) > 1:
        return high[0]
    return _DIGITS[low_digit] + _midpoint(low[1:], None)
