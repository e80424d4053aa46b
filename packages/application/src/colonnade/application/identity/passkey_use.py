"""Use a passkey: what all the messages that bring an answer of one have in common."""

from colonnade.application.identity.passkey_ports import JsonObject, PasskeyCeremonies
from colonnade.application.identity.ports import Attempts
from colonnade.core import Clock, UserId, field
from colonnade.domain.identity import SignInAttempt, UserRepository
from colonnade.domain.identity.passkeys import Passkey, PasskeyRefused, PasskeyRepository

_AT_MOST = 100


class PasskeyUse:
    """Finds passkeys and takes their answers, within the unit of work of the message."""

    def __init__(
        self,
        passkeys: PasskeyRepository,
        users: UserRepository,
        ceremonies: PasskeyCeremonies,
        attempts: Attempts,
        clock: Clock,
    ) -> None:
        self._passkeys = passkeys
        self._users = users
        self._ceremonies = ceremonies
        self._attempts = attempts
        self._clock = clock

    async def of(self, user_id: UserId) -> list[Passkey]:
        """Return somebody's passkeys, without those that are removed."""
        theirs = (field("user_id") == user_id) & (field("removed_at") == None)  # noqa: E711 - a comparison as data
        return await self._passkeys.matching(theirs, limit=_AT_MOST)

    async def take(self, credential: JsonObject, purpose: str, user_id: UserId | None = None) -> Passkey:
        """Return the passkey whose good answer this is.

        Args:
            credential: The answer.
            purpose: What it must be good for.
            user_id: Whose it must be; whoever has it, if not said.

        Raises:
            PasskeyRefused: There is none, or it is not good; whatever the refusal changed is kept.
        """
        passkey = await self._find(self._ceremonies.credential_id(credential))
        try:
            said = await self._ceremonies.assertion(credential, passkey, purpose, named=user_id is not None)
            await self._require_usable(passkey, user_id)
            passkey.use(said.sign_count, is_cloned=said.is_cloned, backed_up=said.backed_up, at=self._clock.now())
        except PasskeyRefused:
            self._attempts.note(SignInAttempt.failed(passkey.user_id, "passkey"))
            raise
        return passkey

    async def _require_usable(self, passkey: Passkey, user_id: UserId | None) -> None:
        is_theirs = user_id is None or passkey.user_id == user_id
        if not is_theirs or (await self._users.get(passkey.user_id)).erased_at is not None:
            raise PasskeyRefused("this passkey is not good, or not any more: sign in another way")

    async def _find(self, credential_id: str) -> Passkey:
        found = await self._passkeys.matching(field("credential_id") == credential_id, limit=1)
        if not found:
            raise PasskeyRefused("this passkey is not good, or not any more: sign in another way")
        return found[0]
