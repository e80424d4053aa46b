"""What a check says: the fault, its place, and the way to mend it."""

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault.

    Attributes:
        rule: Stable short name of the check.
        path: File, from the workspace's root.
        line: From 1, or None when the whole file is meant.
        message: What is wrong.
        mend: What to do.
    """

    rule: str
    path: str
    line: int | None
    message: str
    mend: str

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.rule}: {self.message}\n    {self.mend}"

    def as_json(self) -> dict[str, str | int | None]:
        """The same as plain values."""
        return asdict(self)
