"""Your passkeys: make one, see them, call them something, remove them."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from colonnade.application.identity.passkey_ports import Credential, JsonObject, PasskeyCeremonies
from colonnade.application.identity.passkey_use import PasskeyUse
from colonnade.application.identity.ways import WaysIn, require_another_way
from colonnade.application.messaging import SIGNED_IN, Caller, Command, Handlers, Query
from colonnade.application.views import View
from colonnade.core import Clock, Conflict, NotFound, Page, new_id
from colonnade.domain.identity import UserRepository
from colonnade.domain.identity.passkeys import Passkey, PasskeyId, PasskeyName, PasskeyRepository

handlers = Handlers()

_AT_MOST = 20


class PasskeyQuestion(View):
    """What to ask the browser: `navigator.credentials.create` or `get` with `publicKey`, parsed from this JSON."""

    public_key: JsonObject = Field(
        description="As `parseCreationOptionsFromJSON` or `parseRequestOptionsFromJSON` takes it."
    )


class PasskeyView(View):
    """One of your passkeys.

    Attributes:
        synced: Whether it may be copied to your other devices.
        backed_up: Whether it is.
        suspect_since: Since when it is not good, because there may be a copy of it.
    """

    id: UUID
    name: str
    synced: bool
    backed_up: bool
    created_at: datetime
    used_at: datetime | None
    suspect_since: datetime | None

    @classmethod
    def of(cls, passkey: Passkey) -> "PasskeyView":
        """Return the view of a passkey."""
        return cls(
            id=passkey.id,
            name=passkey.name,
            synced=passkey.backup_eligible,
            backed_up=passkey.backed_up,
            created_at=passkey.created_at,
            used_at=passkey.used_at,
            suspect_since=passkey.suspect_since,
        )


class BeginPasskeyRegistration(
    Command[PasskeyQuestion], name="passkeys.begin_registration", requires=SIGNED_IN, step_up=True
):
    """Get what to ask the browser for a new passkey."""


class FinishPasskeyRegistration(
    Command[PasskeyView], name="passkeys.finish_registration", requires=SIGNED_IN, step_up=True
):
    """Keep the new passkey, under a name that tells you where it is."""

    name: PasskeyName
    credential: Credential


class ListPasskeys(Query[Page[PasskeyView]], name="passkeys.list", requires=SIGNED_IN):
    """List your passkeys, the oldest first."""


class RenamePasskey(Command[PasskeyView], name="passkeys.rename", requires=SIGNED_IN):
    """Call a passkey something else."""

    passkey_id: UUID
    name: PasskeyName


class RemovePasskey(Command[None], name="passkeys.remove", requires=SIGNED_IN, step_up=True):
    """Let a passkey sign you in no more, unless it is your last way to sign in."""

    passkey_id: UUID


@handlers.handles(BeginPasskeyRegistration)
async def begin_passkey_registration(
    command: BeginPasskeyRegistration,
    caller: Caller,
    users: UserRepository,
    use: PasskeyUse,
    ceremonies: PasskeyCeremonies,
) -> PasskeyQuestion:
    """Ask for a passkey of an authenticator that has none yet."""
    user, known = await users.get(caller.user_id), await use.of(caller.user_id)
    if len(known) >= _AT_MOST:
        raise Conflict(f"you have {_AT_MOST} passkeys: remove one first")
    return PasskeyQuestion(
        public_key=ceremonies.registration(user.id, str(user.email), str(user.name), known, _purpose(caller))
    )


@handlers.handles(FinishPasskeyRegistration)
async def finish_passkey_registration(
    command: FinishPasskeyRegistration,
    caller: Caller,
    passkeys: PasskeyRepository,
    ceremonies: PasskeyCeremonies,
    clock: Clock,
) -> PasskeyView:
    """Check and keep the passkey."""
    made = await ceremonies.register(command.credential, _purpose(caller))
    passkey = Passkey.add(
        new_id(PasskeyId), user_id=caller.user_id, name=command.name, at=clock.now(), **made._asdict()
    )
    await passkeys.add(passkey)
    return PasskeyView.of(passkey)


@handlers.handles(RenamePasskey)
async def rename_passkey(command: RenamePasskey, caller: Caller, passkeys: PasskeyRepository) -> PasskeyView:
    """Rename one of the caller's passkeys."""
    passkey = await _own(command.passkey_id, caller, passkeys)
    passkey.rename(command.name)
    return PasskeyView.of(passkey)


@handlers.handles(RemovePasskey)
async def remove_passkey(
    command: RemovePasskey, caller: Caller, passkeys: PasskeyRepository, ways: WaysIn, clock: Clock
) -> None:
    """Remove one of the caller's passkeys; a suspect one is no way in, so it can always go."""
    passkey = await _own(command.passkey_id, caller, passkeys)
    if passkey.is_good:
        await require_another_way(ways, caller.user_id, passkey.id)
    passkey.remove(at=clock.now())


async def _own(passkey_id: UUID, caller: Caller, passkeys: PasskeyRepository) -> Passkey:
    passkey = await passkeys.get(PasskeyId(passkey_id))
    if passkey.user_id != caller.user_id or passkey.removed_at is not None:
        raise NotFound("there is no such passkey", field="passkey_id")
    return passkey


def _purpose(caller: Caller) -> str:
    return f"register {caller.user_id} {caller.session_id}"
