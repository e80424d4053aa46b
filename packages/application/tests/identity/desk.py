"""Accounts in memory: a bus with every handler of theirs, jobs that run when the test says so, and mails as letters."""

import json
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from colonnade.application import Caller, Context, LocalBus
from colonnade.application.identity import (
    account_mails,
    accounts,
    email_change,
    password_change,
    reset,
    second_factor,
    sign_in,
    verification,
)
from colonnade.application.identity.account_mails import AccountMails
from colonnade.application.identity.account_ports import (
    AccountLetter,
    AccountPost,
    CodeApp,
    NameRules,
    PasswordRules,
    RecoveryCodeBook,
    SealedTexts,
    SecretOwners,
)
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.opening import SignIns
from colonnade.application.identity.people import People, Person
from colonnade.application.identity.ports import (
    Attempts,
    Credential,
    Credentials,
    IdentitySettings,
    PasswordHasher,
    SecondFactors,
    SignInThrottle,
    TokenIssuer,
)
from colonnade.application.identity.second_factor import Codes
from colonnade.application.jobs import JobId, Scheduler
from colonnade.application.messaging import Message, StaticResolver
from colonnade.core import Clock, Email, Invalid, NotFound, PersonName, UserId, new_id
from colonnade.core.errors import LimitExceeded
from colonnade.domain.identity import (
    Lifetimes,
    OneTimeSecret,
    Purpose,
    SecretId,
    SecretRefused,
    SecretRepository,
    Session,
    SessionId,
    SessionRepository,
    SignInAttempt,
    User,
    UserRepository,
)
from colonnade.domain.identity.device_grant import DeviceGrant, DeviceGrantId, DeviceGrantRepository
from colonnade.domain.identity.second_factor import SecondFactor, SecondFactorRepository

from ..fakes import MemoryRepository, StoppedClock

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
PASSWORD = "analytical engine"


class Token(NamedTuple):
    """A token that anybody can read."""

    text: str
    expires_in_seconds: int


class Tokens:
    """Issues tokens that anybody can read."""

    def issue(
        self, subject: UUID, session: UUID, at: datetime, *, proved_at: datetime, methods: Collection[str]
    ) -> Token:
        """Return who, and how they proved it."""
        return Token(f"{subject} {' '.join(sorted(methods))}", 900)


class Accounts:
    """What is known of accounts outside a unit of work; it counts how often it is asked."""

    def __init__(
        self, users: MemoryRepository[User, UserId], secrets: MemoryRepository[OneTimeSecret, SecretId]
    ) -> None:
        self._users = users
        self._secrets = secrets
        self.asked = 0

    async def by_email(self, email: Email) -> Person:
        """Return the person with this address."""
        self.asked += 1
        for user in self._users.all.values():
            if user.email == email:
                return Person(user.id, user.name, user.email)
        raise NotFound("nobody")

    async def by_id(self, user_id: UserId) -> Person:
        """Return the person."""
        self.asked += 1
        user = await self._users.get(user_id)
        return Person(user.id, user.name, user.email)

    async def find(self, email: Email) -> Credential | None:
        """Return the credential of the account."""
        try:
            user = await self._users.get((await self.by_email(email)).user_id)
        except NotFound:
            return None
        return Credential(user.id, user.password_hash, user.email_confirmed_at is not None)

    async def owner_of(self, presented: str) -> UserId:
        """Return whom a secret was handed to."""
        for secret in self._secrets.all.values():
            if presented == f"{secret.id}.{presented.partition('.')[2]}" and secret.used_at is None:
                return secret.user_id
        raise SecretRefused("not good")


class Hasher:
    """Hides nothing, and counts."""

    def __init__(self) -> None:
        self.hashes = 0
        self.checks = 0

    async def hash(self, password: str) -> str:
        """Return the password with a mark."""
        self.hashes += 1
        return f"hashed {password}"

    async def verify(self, password: str, password_hash: str | None) -> bool:
        """Compare."""
        self.checks += 1
        return password_hash == f"hashed {password}"

    def is_outdated(self, password_hash: str) -> bool:
        """No hash is."""
        return False


class Names:
    """Refuses what begins with a question mark."""

    def require_clear_name(self, name: str) -> None:
        """Check a name."""
        if name.startswith("?"):
            raise Invalid("passes for another name", field="name")

    def require_clear_address(self, email: str) -> None:
        """Check an address."""
        if email.startswith("?"):
            raise Invalid("passes for another address", field="email")


class Rules:
    """Refuses one password."""

    async def require_good(self, password: str, *, about: Collection[str]) -> None:
        """Check."""
        if password == "password1":
            raise Invalid("too easy to guess", field="password")


class Throttle:
    """Counts turns, and refuses all when it is told to."""

    def __init__(self) -> None:
        self.turns: list[str] = []
        self.is_shut = False
        self.forgiven: list[str] = []

    async def require_turn(self, account: str, address: str | None) -> None:
        """Note a turn."""
        if self.is_shut:
            raise LimitExceeded("later", retry_after_seconds=1)
        self.turns.append(account)

    async def failed(self, account: str, address: str | None) -> datetime | None:
        """Lock nobody."""
        return None

    async def succeeded(self, account: str, address: str | None) -> None:
        """Note whose failures are forgotten."""
        self.forgiven.append(account)

    async def arrived(self, user_id: UserId, address: str | None) -> bool:
        """Know all networks."""
        return False


class Sealed:
    """Hides texts from whoever does not look twice, bound to their place."""

    def seal(self, text: str, place: str) -> str:
        """Return the text backwards."""
        return f"{place}|{text}"[::-1]

    def unseal(self, sealed: str, place: str) -> str:
        """Return the text."""
        found, _, text = sealed[::-1].partition("|")
        if found != place:
            raise Invalid("the sealed value cannot be opened")
        return text


class App:
    """An app whose codes are the number of the half minute."""

    def new_secret(self) -> str:
        """Return the secret that all have."""
        return "SECRET"

    def uri(self, secret: str, account: str) -> str:
        """Return what a QR code would show."""
        return f"otpauth://totp/{account}?secret={secret}"

    def step_of(self, secret: str, code: str, *, at: datetime) -> int | None:
        """Return the step."""
        now = int(at.timestamp()) // 30
        return next((step for step in (now - 1, now, now + 1) if code == f"{step % 1_000_000:06}"), None)


class Book:
    """Recovery codes that are numbered."""

    def new(self, count: int = 10) -> tuple[str, ...]:
        """Return codes."""
        return tuple(f"code-{new_id(JobId).hex[-16:]}" for _ in range(count))

    def hash(self, code: str, owner: bytes) -> str:
        """Return the code with its owner."""
        return f"{code} of {owner.hex()}"


class Sent(NamedTuple):
    """A job."""

    message: Message[Any]
    job_id: JobId


class Jobs:
    """Keeps what is sent later."""

    def __init__(self) -> None:
        self.waiting: list[Sent] = []

    def send_later(self, message: Message[Any], *, job_id: JobId | None = None, **_: object) -> JobId:
        """Keep a message."""
        self.waiting.append(Sent(message, job_id or new_id(JobId)))
        return self.waiting[-1].job_id

    def cancel(self, unique: str) -> None:
        """Take nothing back."""


class Desk:
    """Accounts, and everything that stands behind them."""

    def __init__(self, *, confirm_email: bool = True, factors: bool = True) -> None:
        self.clock = StoppedClock(NOON)
        self.users = MemoryRepository[User, UserId]()
        self.sessions = MemoryRepository[Session, SessionId]()
        self.secrets = MemoryRepository[OneTimeSecret, SecretId]()
        self.grants = MemoryRepository[DeviceGrant, DeviceGrantId]()
        self.factors = MemoryRepository[SecondFactor, UserId]()
        self.accounts = Accounts(self.users, self.secrets)
        self.hasher = Hasher()
        self.throttle = Throttle()
        self.jobs = Jobs()
        self.letters: list[AccountLetter] = []
        self.attempts: list[SignInAttempt] = []
        self.context = Context()
        self.settings = IdentitySettings(Lifetimes(3600, 36_000), confirm_email, dict.fromkeys(Purpose, 600))
        self._uses_factors = factors
        self.bus: LocalBus

    async def open(self) -> "Desk":
        """Start the bus."""
        sealed = Sealed()
        one_time = OneTimeSecrets(self.secrets, self.settings, self.clock)
        tokens = Tokens()
        sign_ins = SignIns(
            self.sessions, one_time, self, self.throttle, tokens, self.settings, self.clock, self.context
        )
        objects: dict[type[Any], object] = {
            AccountMails: AccountMails(self.jobs, sealed),
            AccountPost: self,
            Attempts: self,
            Clock: self.clock,
            CodeApp: App(),
            Codes: Codes(self.factors, App(), Book(), sealed, self.clock),
            Credentials: self.accounts,
            DeviceGrantRepository: self.grants,
            IdentitySettings: self.settings,
            OneTimeSecrets: one_time,
            PasswordHasher: self.hasher,
            PasswordRules: Rules(),
            NameRules: Names(),
            People: self.accounts,
            RecoveryCodeBook: Book(),
            Scheduler: self.jobs,
            SealedTexts: sealed,
            SecondFactorRepository: self.factors,
            SecondFactors: self,
            SecretOwners: self.accounts,
            SecretRepository: self.secrets,
            SessionRepository: self.sessions,
            SignIns: sign_ins,
            SignInThrottle: self.throttle,
            TokenIssuer: tokens,
            UserRepository: self.users,
        }
        modules = (
            account_mails, accounts, email_change, password_change, reset, second_factor, sign_in, verification
        )  # fmt: skip
        handlers = [module.handlers for module in modules]
        self.bus = await LocalBus.start(handlers=handlers, resolver=StaticResolver(objects))
        return self

    async def of(self, user_id: UserId) -> frozenset[str]:
        """Return who is asked for a code."""
        factor = self.factors.all.get(user_id)
        return frozenset({"totp"} if factor is not None and factor.is_on else ())

    def note(self, attempt: SignInAttempt) -> None:
        """Keep an attempt."""
        self.attempts.append(attempt)

    async def send(self, letter: AccountLetter) -> None:
        """Keep a letter."""
        self.letters.append(letter)

    async def ask(self, kind: type[Message[Any]], caller: Caller | None = None, **fields: object) -> Any:
        """Send a message as it comes in."""
        return await self.bus.send(kind.model_validate(fields), Context(caller=caller))

    async def work(self) -> list[AccountLetter]:
        """Do all jobs, and return the letters that went out."""
        before = len(self.letters)
        while self.jobs.waiting:
            job = self.jobs.waiting.pop(0)
            again = type(job.message).model_validate(json.loads(job.message.model_dump_json()))
            await self.bus.send(again, Context(by_service=True))
        return self.letters[before:]

    async def person(self, email: str = "ada@example.com", *, confirmed: bool = True) -> User:
        """Let somebody have an account."""
        user = User.register(
            new_id(UserId),
            email=Email(email),
            name=PersonName("Ada Lovelace"),
            password_hash=f"hashed {PASSWORD}",
            at=NOON,
        )
        if confirmed:
            user.confirm_email(at=NOON)
        await self.users.add(user)
        return user

    async def signed_in(self, user: User) -> Caller:
        """Sign somebody in."""
        await self.ask(sign_in.SignIn, email=user.email, password=PASSWORD)
        newest = max(session.id for session in self.sessions.all.values())
        return Caller(user.id, newest)

    def open_sessions(self) -> int:
        """Return how many sessions go on."""
        return sum(session.ended_at is None for session in self.sessions.all.values())
