"""Ways in besides the password, in memory: passkeys that sign nothing, and providers that say what the test says."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from colonnade.application import Caller, Context, LocalBus
from colonnade.application.identity import federation, federation_arrivals, passkey_sign_in, passkeys, sign_in
from colonnade.application.identity.account_ports import NameRules
from colonnade.application.identity.federation_arrivals import ArrivalDesk
from colonnade.application.identity.federation_ports import (
    Arrival,
    ArrivalRefused,
    Arrivals,
    Departures,
    ExternalAccount,
    FederationSettings,
    ProviderOffer,
    UsedMarks,
)
from colonnade.application.identity.one_time import OneTimeSecrets
from colonnade.application.identity.opening import SignIns
from colonnade.application.identity.passkey_ports import Assertion, JsonObject, MadePasskey, PasskeyCeremonies
from colonnade.application.identity.passkey_use import PasskeyUse
from colonnade.application.identity.people import People
from colonnade.application.identity.ports import (
    Attempts,
    Credentials,
    IdentitySettings,
    PasswordHasher,
    SignInThrottle,
)
from colonnade.application.identity.ways import WaysIn
from colonnade.application.messaging import Message, StaticResolver
from colonnade.core import Clock, UserId
from colonnade.domain.identity import SessionRepository, UserRepository
from colonnade.domain.identity.external import ExternalIdentity, ExternalIdentityRepository, LinkId
from colonnade.domain.identity.passkeys import Passkey, PasskeyId, PasskeyRefused, PasskeyRepository

from ..fakes import MemoryRepository
from .desk import NOON, Desk, Names, Tokens


class Ceremonies:
    """Takes a credential for what it says, and knows what it asked for."""

    def registration(
        self, user_id: UserId, account: str, name: str, known: Sequence[Passkey], purpose: str
    ) -> JsonObject:
        """Ask for a passkey."""
        return {"purpose": purpose, "known": [passkey.credential_id for passkey in known]}

    async def register(self, credential: JsonObject, purpose: str) -> MadePasskey:
        """Check what a passkey was asked for."""
        self._check(credential, purpose)
        return MadePasskey(str(credential["id"]), b"key", 0, ("usb",), "model", bool(credential.get("synced")), False)

    def request(self, known: Sequence[Passkey], purpose: str) -> JsonObject:
        """Ask for one of some."""
        return {"purpose": purpose, "known": [passkey.credential_id for passkey in known]}

    def credential_id(self, credential: JsonObject) -> str:
        """Return which it is."""
        return str(credential["id"])

    async def assertion(self, credential: JsonObject, passkey: Passkey, purpose: str, *, named: bool) -> Assertion:
        """Check what an answer was asked for."""
        self._check(credential, purpose)
        count = int(str(credential["count"]))
        return Assertion(count, backed_up=True, is_cloned=count <= passkey.sign_count)

    @staticmethod
    def _check(credential: JsonObject, purpose: str) -> None:
        if credential["purpose"] != purpose:
            raise PasskeyRefused("not good")


class Gate:
    """The ways in, and what stands behind them; it is its own marks, its own provider and its own count of ways."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.passkeys = MemoryRepository[Passkey, PasskeyId]()
        self.externals = MemoryRepository[ExternalIdentity, LinkId]()
        self.arrivals: dict[str, Arrival] = {}
        self.marks: set[str] = set()
        self.bus: LocalBus

    async def open(self) -> "Gate":
        """Start the bus."""
        desk = self.desk
        one_time = OneTimeSecrets(desk.secrets, desk.settings, desk.clock)
        ceremonies = Ceremonies()
        objects: dict[type[Any], object] = {
            ArrivalDesk: ArrivalDesk(self, self),
            Arrivals: self,
            Attempts: desk,
            Clock: desk.clock,
            Credentials: desk.accounts,
            Departures: self,
            ExternalIdentityRepository: self.externals,
            FederationSettings: FederationSettings(
                {
                    "house": ProviderOffer("House"),
                    "open": ProviderOffer("Open", may_register=True),
                    "trusted": ProviderOffer("Trusted", asks_second_factor=False),
                }
            ),
            IdentitySettings: desk.settings,
            NameRules: Names(),
            OneTimeSecrets: one_time,
            PasskeyCeremonies: ceremonies,
            PasskeyRepository: self.passkeys,
            PasskeyUse: PasskeyUse(self.passkeys, desk.users, ceremonies, desk, desk.clock),
            PasswordHasher: desk.hasher,
            People: desk.accounts,
            SessionRepository: desk.sessions,
            SignIns: SignIns(
                desk.sessions, one_time, desk, desk.throttle, Tokens(), desk.settings, desk.clock, desk.context
            ),
            SignInThrottle: desk.throttle,
            UsedMarks: self,
            UserRepository: desk.users,
            WaysIn: self,
        }
        modules = (federation, federation_arrivals, passkey_sign_in, passkeys, sign_in)
        handlers = [module.handlers for module in modules]
        self.bus = await LocalBus.start(handlers=handlers, resolver=StaticResolver(objects))
        return self

    async def ask(self, kind: type[Message[Any]], caller: Caller | None = None, **fields: object) -> Any:
        """Send a message as it comes in."""
        return await self.bus.send(kind.model_validate(fields), Context(caller=caller))

    async def take(self, mark: str, until: datetime) -> bool:
        """Put a mark."""
        fresh = mark not in self.marks
        self.marks.add(mark)
        return fresh

    def read(self, code: str) -> Arrival:
        """Return who has come back."""
        if code not in self.arrivals:
            raise ArrivalRefused("not good")
        return self.arrivals[code]

    def url(self, provider: str, user_id: UserId, challenge: str | None) -> str:
        """Return where linking begins."""
        return f"{provider} {user_id} {challenge}"

    async def besides(self, user_id: UserId, taken: UUID) -> int:
        """Count."""
        has_password = (await self.desk.users.get(user_id)).password_hash is not None
        keys = [one for one in self.passkeys.all.values() if one.user_id == user_id and one.is_good]
        links = [one for one in self.externals.all.values() if one.user_id == user_id and one.unlinked_at is None]
        return has_password + sum(one.id != taken for one in (*keys, *links))

    def comes(self, code: str, *, for_user: UserId | None = None, challenge: str | None = None, **said: Any) -> str:
        """Let somebody come back with a code."""
        about = {"provider": "house", "issuer": "https://id.example", "subject": "ada"}
        told = {"email": "ada@id.example", "email_verified": True, "name": "Ada Byron"}
        account = ExternalAccount(**{**about, **told, **said})
        self.arrivals[code] = Arrival(account, for_user, challenge, f"mark of {code}", NOON + timedelta(minutes=1))
        return code
