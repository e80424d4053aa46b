"""The base of what queries and commands answer with."""

from pydantic import BaseModel, ConfigDict


class View(BaseModel):
    """A typed, frozen answer: the same class in the server, over the wire and in the client.

    A client must bear fields that a newer server adds, so unknown ones are left out rather than refused.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")
