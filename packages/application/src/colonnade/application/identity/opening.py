"""How every way of signing in ends: with a session, or with the question for a second factor."""

import json
import secrets
from collections.abc import Collection
from datetime import datetime

from colonnade.application.identity.devices import device_of
from colonnade.application.identity.one_time import OneTimeSecrets, hashed
from colonnade.application.identity.ports import IdentitySettings, SecondFactors, SignInThrottle, TokenIssuer
from colonnade.application.identity.views import TokenPair
from colonnade.application.messaging import Caller, Context
from colonnade.core import Clock, Unauthenticated, UserId, field, new_id
from colonnade.domain.identity import Purpose, Session, SessionId, SessionRepository

STRONG_METHODS = frozenset({"hwk", "swk", "mfa"})
"""Ways of proof that need no second one (RFC 8176): a passkey, several factors."""


class SecondFactorRequired(Unauthenticated):
    """The first half of the sign-in is done: go on with `challenge` and one of `methods`."""

    code = "identity.second_factor_required"
    keeps_changes = True


class SignIns:
    """Opens sessions, within the unit of work of the message that signs somebody in."""

    def __init__(
        self,
        sessions: SessionRepository,
        one_time: OneTimeSecrets,
        second_factors: SecondFactors,
        throttle: SignInThrottle,
        tokens: TokenIssuer,
        settings: IdentitySettings,
        clock: Clock,
        context: Context,
    ) -> None:
        self._sessions = sessions
        self._one_time = one_time
        self._second_factors = second_factors
        self._throttle = throttle
        self._tokens = tokens
        self._settings = settings
        self._clock = clock
        self._device = device_of(context)

    async def proceed(
        self,
        user_id: UserId,
        methods: Collection[str],
        *,
        proved_at: datetime | None = None,
        asks_second_factor: bool = True,
    ) -> TokenPair:
        """Sign somebody in who has proved who they are, unless they want to be asked for a second proof.

        Args:
            user_id: Who it is.
            methods: How they proved it, in the terms of RFC 8176.
            proved_at: When they did, if that was not now.
            asks_second_factor: Whether they are asked although their proof was not a strong one.

        Raises:
            SecondFactorRequired: They are asked; the challenge is good once and for a few minutes.
        """
        enough = not asks_second_factor or STRONG_METHODS.intersection(methods)
        available = frozenset[str]() if enough else await self._second_factors.of(user_id)
        if not available:
            return await self.open(user_id, methods, proved_at=proved_at)
        challenge = await self._one_time.issue(user_id, Purpose.SECOND_FACTOR, facts=json.dumps(sorted(methods)))
        raise SecondFactorRequired("prove once more who you are", challenge=challenge, methods=sorted(available))

    async def open(self, user_id: UserId, methods: Collection[str], *, proved_at: datetime | None = None) -> TokenPair:
        """Open a session and return its tokens.

        What a program says of itself can be made up, so a device is also new where its network is new to the account.
        """
        session_id, secret, now = new_id(SessionId), secrets.token_urlsafe(32), self._clock.now()
        earlier = (field("user_id") == user_id) & (field("device_name") == self._device.name)
        is_elsewhere = await self._throttle.arrived(user_id, self._device.address)
        session = Session.open(
            session_id,
            user_id=user_id,
            refresh_hash=hashed(secret),
            device=self._device,
            methods=methods,
            at=now,
            lifetimes=self._settings.lifetimes,
            proved_at=proved_at,
            new_device=is_elsewhere or not await self._sessions.matching(earlier, limit=1),
        )
        await self._sessions.add(session)
        return self.pair(session, secret)

    async def prove(self, caller: Caller, methods: Collection[str]) -> TokenPair:
        """Note that somebody who is signed in proved once more who they are, and return tokens that say so.

        Raises:
            Unauthenticated: They are not signed in by a session.
        """
        if caller.session_id is None:
            raise Unauthenticated("sign in first")
        session = await self._sessions.get(SessionId(caller.session_id))
        secret, now = secrets.token_urlsafe(32), self._clock.now()
        session.prove(methods, at=now)
        session.refresh(
            session.refresh_hash,
            next_hash=hashed(secret),
            device=self._device,
            at=now,
            lifetimes=self._settings.lifetimes,
        )
        return self.pair(session, secret)

    def pair(self, session: Session, secret: str) -> TokenPair:
        """Return the tokens of a session with a new refresh secret."""
        access = self._tokens.issue(
            session.user_id, session.id, self._clock.now(), proved_at=session.proved_at, methods=session.methods
        )
        return TokenPair(
            access_token=access.text, refresh_token=f"{session.id}.{secret}", expires_in=access.expires_in_seconds
        )
