"""What sections of the settings have in common."""

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """A part of the settings; unknown names in it are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)
