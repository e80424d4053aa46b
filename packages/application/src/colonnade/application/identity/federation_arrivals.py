"""Take the codes with which people come back from identity providers, each once and from whoever began."""

import hashlib
import hmac
from base64 import urlsafe_b64encode
from datetime import datetime

from pydantic import SecretStr

from colonnade.application.identity.federation_ports import (
    Arrival,
    ArrivalRefused,
    Arrivals,
    ExternalAccount,
    UsedMarks,
)
from colonnade.application.messaging import INTERNAL, Command, Handlers
from colonnade.core import UserId

handlers = Handlers()


class TakeAnswer(Command[None], name="identity.take_answer", requires=INTERNAL):
    """Note that a provider's answer has come, which is good once."""

    mark: str
    until: datetime


class ArrivalDesk:
    """Takes codes, within the unit of work of the message that they came in."""

    def __init__(self, arrivals: Arrivals, marks: UsedMarks) -> None:
        self._arrivals = arrivals
        self._marks = marks

    async def receive(self, code: SecretStr, verifier: SecretStr | None, *, for_user: UserId | None) -> ExternalAccount:
        """Use a code up and return the account that it stands for.

        Args:
            code: The code.
            verifier: What shows that whoever brings it is who began; needed exactly if the code says so, or else a
                page could be made to take a code that somebody else began with.
            for_user: Who wants to link the account; none to sign in.

        Raises:
            ArrivalRefused: It was used, is for something or somebody else, or is brought by somebody else.
        """
        arrival = self._arrivals.read(code.get_secret_value())
        if not await self._marks.take(arrival.mark, arrival.until):
            raise ArrivalRefused("this code was used already: begin again")
        if arrival.for_user != for_user or not _is_proved(arrival, verifier):
            raise ArrivalRefused("this code is not yours: begin again")
        return arrival.account


@handlers.handles(TakeAnswer)
async def take_answer(command: TakeAnswer, marks: UsedMarks) -> None:
    """Put the mark, or refuse a second answer."""
    if not await marks.take(command.mark, command.until):
        raise ArrivalRefused("this answer has come before: begin again")


def _is_proved(arrival: Arrival, verifier: SecretStr | None) -> bool:
    if arrival.challenge is None or verifier is None:
        return arrival.challenge is None and verifier is None
    digest = hashlib.sha256(verifier.get_secret_value().encode()).digest()
    return hmac.compare_digest(urlsafe_b64encode(digest).rstrip(b"=").decode(), arrival.challenge)
