"""Registering tells nobody who has an account, and makes one for nobody but the reader of the mail."""

from typing import Any
from unicodedata import normalize

import pytest
from pydantic import ValidationError

from colonnade.application.identity import Register, SignIn
from colonnade.application.identity.account_ports import AccountMail
from colonnade.application.identity.password_change import ChangePassword
from colonnade.application.identity.reset import ResetPassword
from colonnade.application.identity.sign_in import SignInRefused
from colonnade.application.identity.verification import ConfirmEmail, ResendConfirmation
from colonnade.application.messaging import Message
from colonnade.core import Invalid
from colonnade.core.errors import LimitExceeded
from colonnade.domain.identity import SecretRefused

from .desk import PASSWORD, Desk

EVE = "quite another engine"


async def register(desk: Desk, email: str = "ada@example.com", password: str = PASSWORD) -> object:
    """Register."""
    return await desk.ask(Register, email=email, name="Ada Lovelace", password=password)


async def test_an_account_is_good_once_its_address_is_confirmed(desk: Desk) -> None:
    await register(desk)
    (letter,) = await desk.work()
    assert (letter.kind, letter.to) == (AccountMail.CONFIRM_EMAIL, "ada@example.com")
    with pytest.raises(SignInRefused):
        await desk.ask(SignIn, email="ada@example.com", password=PASSWORD)
    await desk.ask(ConfirmEmail, token=letter.facts["token"])
    assert desk.open_sessions() == 0
    await desk.ask(SignIn, email="ada@example.com", password=PASSWORD)


async def test_a_taken_address_gets_the_same_answer_by_the_same_work(desk: Desk) -> None:
    """Hashes, look-ups, turns and jobs are as many, and the job's size does not tell."""
    await desk.person("grace@example.com")
    seen = []
    for email in ("grace@example.com", "linus@example.com"):
        hashes, asked, turns = desk.hasher.hashes, desk.accounts.asked, len(desk.throttle.turns)
        answer = await register(desk, email)
        (job,) = desk.jobs.waiting
        size = len(job.message.model_dump_json())
        done = desk.hasher.hashes - hashes, desk.accounts.asked - asked, len(desk.throttle.turns) - turns
        seen.append((str(answer).replace(email, ""), done, type(job.message), size))
        await desk.work()
    assert seen[0] == seen[1]
    assert seen[0][1] == (1, 0, 1)
    assert [letter.kind for letter in desk.letters] == [AccountMail.ACCOUNT_EXISTS, AccountMail.CONFIRM_EMAIL]


async def test_jobs_carry_nothing_that_can_be_read(desk: Desk) -> None:
    """Neither the address nor the password, nor the token of the mail."""
    await register(desk)
    (job,) = desk.jobs.waiting
    assert "ada@example.com" not in job.message.model_dump_json()
    assert PASSWORD not in repr(job)
    await desk.bus.send(job.message)
    mail = desk.jobs.waiting.pop()
    desk.jobs.waiting.clear()
    desk.jobs.waiting.append(mail)
    written = mail.message.model_dump_json()
    (letter,) = await desk.work()
    assert letter.facts["token"] not in written


@pytest.mark.parametrize("order", [(EVE, PASSWORD), (PASSWORD, EVE)])
async def test_whose_address_was_registered_twice_chooses_a_password(desk: Desk, order: tuple[str, str]) -> None:
    """Nobody who registered it before or after its owner gains anything when the owner reads the mails."""
    letters = []
    for password in order:
        await register(desk, password=password)
        letters += await desk.work()
    confirm, choose = letters
    assert (confirm.kind, choose.kind) == (AccountMail.CONFIRM_EMAIL, AccountMail.RESET_PASSWORD)
    with pytest.raises(SecretRefused):
        await desk.ask(ConfirmEmail, token=confirm.facts["token"])
    await desk.ask(ResetPassword, token=choose.facts["token"], password="a third engine")
    await desk.ask(SignIn, email="ada@example.com", password="a third engine")
    for password in order:
        with pytest.raises(SignInRefused):
            await desk.ask(SignIn, email="ada@example.com", password=password)


async def test_a_registration_of_before_changes_no_confirmed_account(desk: Desk) -> None:
    """One that was under way while the owner confirmed cannot take the account over."""
    await register(desk)
    (first,) = await desk.work()
    await register(desk, password=EVE)
    await desk.ask(ConfirmEmail, token=first.facts["token"])
    (told,) = await desk.work()
    assert told.kind is AccountMail.ACCOUNT_EXISTS
    await desk.ask(SignIn, email="ada@example.com", password=PASSWORD)


async def test_the_link_comes_once_more_on_request(desk: Desk) -> None:
    """To whoever waits for it, and the answer tells nobody who that is."""
    await register(desk)
    await desk.person("grace@example.com")
    await desk.work()
    for email in ("ada@example.com", "grace@example.com", "nobody@example.com"):
        assert await desk.ask(ResendConfirmation, email=email) is None
        assert len(desk.jobs.waiting) == 1
        letters = await desk.work()
        assert [letter.to for letter in letters] == ([email] if email == "ada@example.com" else [])
    await desk.ask(ConfirmEmail, token=desk.letters[-1].facts["token"])


async def test_whose_address_several_registered_chooses_a_password_instead(desk: Desk) -> None:
    """Since no link could know whose password is meant."""
    await register(desk, password=EVE)
    await register(desk)
    await desk.work()
    await desk.ask(ResendConfirmation, email="ada@example.com")
    (letter,) = await desk.work()
    assert letter.kind is AccountMail.RESET_PASSWORD
    await desk.ask(ResetPassword, token=letter.facts["token"], password="a third engine")
    await desk.ask(SignIn, email="ada@example.com", password="a third engine")


async def test_a_weak_password_is_refused_alike(desk: Desk) -> None:
    """Whether or not the address is taken, and before anything is hashed."""
    await desk.person()
    for email in ("ada@example.com", "linus@example.com"):
        with pytest.raises(Invalid):
            await register(desk, email, "password1")
    assert desk.hasher.hashes == 0
    assert desk.jobs.waiting == []


async def test_nobodys_mailbox_is_flooded(desk: Desk) -> None:
    """Each mail takes a turn of its address, whether or not that has an account."""
    await register(desk)
    await desk.ask(ResendConfirmation, email="Ada@example.com")
    assert desk.throttle.turns == ["mail ada@example.com"] * 2
    desk.throttle.is_shut = True
    with pytest.raises(LimitExceeded):
        await register(desk)


async def test_an_address_that_only_looks_the_same_is_another_one(desk: Desk) -> None:
    """Cyrillic letters are; the Kelvin sign is a K, and its mail goes to the address that is kept."""
    await desk.person("kate@example.com")
    await register(desk, "k\u0430te@example.com")
    await register(desk, "\u212aate@example.com")
    await desk.work()
    sent = [(letter.kind, letter.to) for letter in desk.letters]
    assert sent == [
        (AccountMail.CONFIRM_EMAIL, "k\u0430te@example.com"),
        (AccountMail.ACCOUNT_EXISTS, "kate@example.com"),
    ]


async def test_where_no_address_is_confirmed_the_account_is_there_at_once() -> None:
    desk = await Desk(confirm_email=False).open()
    view = await desk.ask(Register, email="ada@example.com", name="Ada Lovelace", password=PASSWORD)
    assert (view.state, view.user_id) == ("ready", next(iter(desk.users.all)))
    assert desk.jobs.waiting == []


@pytest.mark.parametrize(("email", "name"), [("?ada@example.com", "Ada"), ("ada@example.com", "?Ada")])
async def test_names_and_addresses_that_pass_for_others_are_refused(desk: Desk, email: str, name: str) -> None:
    """Before anything is hashed or sent."""
    with pytest.raises(Invalid, match="passes for another"):
        await desk.ask(Register, email=email, name=name, password=PASSWORD)
    assert desk.hasher.hashes == 0
    assert not desk.jobs.waiting


REST = {"email": "ada@example.com", "name": "Ada Lovelace", "token": "a.b", "current": PASSWORD}


@pytest.mark.parametrize(
    ("kind", "field"), [(Register, "password"), (ResetPassword, "password"), (ChangePassword, "new")]
)
@pytest.mark.parametrize(("password", "is_taken"), [
    ("x" * 7, False), ("x" * 8, True), ("x" * 64, True), (" " * 8, True), ("x" * 1_024, True), ("x" * 1_025, False),
])  # fmt: skip
def test_a_password_is_judged_by_its_length_and_no_rule_of_signs(
    kind: type[Message[Any]], field: str, password: str, *, is_taken: bool
) -> None:
    """Wherever one is chosen, and exactly as it is typed; how easily it is guessed is another question."""
    rest = {name: value for name, value in REST.items() if name in kind.model_fields}
    if not is_taken:
        with pytest.raises(ValidationError):
            kind.model_validate({**rest, field: password})
        return
    assert getattr(kind.model_validate({**rest, field: password}), field).get_secret_value() == password


async def test_lower_case_letters_alone_are_a_password(desk: Desk) -> None:
    await register(desk, password="correct horse battery")
    (letter,) = await desk.work()
    assert letter.kind == AccountMail.CONFIRM_EMAIL


async def test_a_password_is_checked_exactly_as_it_was_sent(desk: Desk) -> None:
    """Nothing is trimmed, folded, composed or cut off, neither when it is chosen nor when it is typed."""
    chosen = " Ma\u0308dchen K\u212a " + "x" * 100
    await register(desk, password=chosen)
    (letter,) = await desk.work()
    await desk.ask(ConfirmEmail, token=letter.facts["token"])
    assert await desk.ask(SignIn, email="ada@example.com", password=chosen)
    others = {chosen.strip(), chosen.lower(), chosen.swapcase(), normalize("NFC", chosen), chosen[:72], chosen + " "}
    for other in others:
        with pytest.raises(SignInRefused):
            await desk.ask(SignIn, email="ada@example.com", password=other)
