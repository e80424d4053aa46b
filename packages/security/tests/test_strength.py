"""Passwords that are guessed soon are refused, with advice."""

import asyncio
import sys
import time
from types import NoneType

import pytest

from colonnade.core import Invalid, Unavailable
from colonnade.security import strength
from colonnade.security.invalid_password import InvalidPassword
from colonnade.security.strength import StrengthCheck, strength_of


@pytest.mark.parametrize("password", ["password1", "qwertyuiop", "aaaaaaaaaaaa", "1995-03-02", ""])
async def test_what_everybody_chooses_is_refused_with_advice(password: str) -> None:
    with pytest.raises(InvalidPassword) as refused:
        await StrengthCheck().require(password)
    facts = refused.value.facts
    assert isinstance(refused.value, Invalid)
    assert facts["field"] == "password"
    assert facts["score"] in range(3)
    assert facts["suggestions"] or facts["warning"]
    assert password == "" or password not in refused.value.message


async def test_what_is_known_of_somebody_is_no_password() -> None:
    """Their name and address, whole and in parts."""
    check, about = StrengthCheck(), ("wolfeschlegel@example.com", "Hubert Wolfeschlegel")
    for password in ("wolfeschlegel@example.com", "wolfeschlegel1", "Wolfeschlegel!"):
        with pytest.raises(InvalidPassword):
            await check.require(password, about=about)
    await check.require("correct horse battery", about=about)


async def test_words_about_one_person_do_not_count_against_another() -> None:
    """However many choose at the same moment: the library keeps such words in one place."""
    check = StrengthCheck(waiting=40)

    async def chosen(about: tuple[str, ...]) -> bool:
        try:
            await check.require("wolfeschlegel1", about=about)
        except InvalidPassword:
            return False
        return True

    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        found = await asyncio.gather(*(chosen(("wolfeschlegel",) if turn % 2 else ()) for turn in range(40)))
    finally:
        sys.setswitchinterval(usual)
    assert found == [True, False] * 20


def test_no_password_takes_long() -> None:
    """Letters that may stand for several others are what takes longest; the time is the thread's own."""
    before = time.thread_time()
    strength_of("4@8({[<369&#!17|0$5+%2" * 5)
    assert time.thread_time() - before < 3


async def test_whoever_comes_when_too_many_wait_is_sent_away_at_once() -> None:
    check = StrengthCheck(waiting=1)
    try:
        with strength._one_at_a_time:
            answers = asyncio.gather(
                *(check.require("correct horse battery") for _ in range(5)), return_exceptions=True
            )
            await asyncio.sleep(0)
        found = await answers
    finally:
        check.close()
    assert [type(answer) for answer in found] == [NoneType, NoneType, Unavailable, Unavailable, Unavailable]


def test_a_long_password_is_as_good_as_its_beginning_at_least() -> None:
    start = "correct horse battery staple, and then some more words until it is really very long indeed; and on"
    assert strength_of(start + "x" * 100_000).score == 4
    assert strength_of("a" * 100_000).score < 3
