"""The token check of the hand-written peers: what a service without a cache does for every request."""

from uuid import UUID

import jwt

from colonnade.security.keys import SigningKey
from peers.place import Place


class Tokens:
    """Checks the access tokens that the server under comparison issues."""

    def __init__(self, place: Place) -> None:
        self._public = SigningKey.from_file(place.key_file).public.key

    def user_of(self, token: str) -> UUID:
        """Return the user whom a token stands for.

        Raises:
            jwt.PyJWTError: The token is not good.
        """
        claims = jwt.decode(token, self._public, algorithms=["EdDSA"], issuer="colonnade", audience="colonnade-api")
        return UUID(claims["sub"])
