"""Finding people who have an account."""

from typing import NamedTuple, Protocol

from colonnade.core import Email, UserId


class Person(NamedTuple):
    """Somebody with an account."""

    user_id: UserId
    name: str
    email: str


class People(Protocol):
    """All accounts, to be found by what people know of each other."""

    async def by_email(self, email: Email) -> Person:
        """Return the person with this address.

        Raises:
            NotFound: Nobody has it.
        """
        ...

    async def by_id(self, user_id: UserId) -> Person:
        """Return the person.

        Raises:
            NotFound: There is no such account.
        """
        ...
