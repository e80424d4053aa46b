"""Roles that a workspace makes for itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Self

from colonnade.core import Conflict, Invalid, NotFound, TextValue
from colonnade.domain.workspaces.permissions import Condition, Grants, Permission, Role

_OWNERS_ALONE = frozenset({Permission.WORKSPACE_MANAGE, Permission.ROLE_MANAGE})


class RoleName(TextValue):
    """What a workspace calls a role of its own: 2 to 40 small letters, digits and hyphens, a letter first."""

    __slots__ = ()
    min_length = 2
    max_length = 40
    pattern = r"[a-z][a-z0-9-]{1,39}"
    pattern_hint = "must be 2 to 40 small letters, digits and hyphens, a letter first, such as reviewer"
    example = "reviewer"


class NoSuchRole(NotFound):
    """The workspace has no such role of its own."""

    code = "workspaces.no_such_role"


class RoleInUse(Conflict):
    """Somebody has the role."""

    code = "workspaces.role_in_use"


@dataclass(frozen=True, slots=True)
class OwnRole:
    """A set of grants under a name, on top of a role that everybody knows.

    Attributes:
        base: Whether those who have it count as members, who see every project that is not private, or as guests, who
            see only what is shared with them.
        grants: What it allows; to see the workspace is always part of it.

    Raises:
        Invalid: The name is taken by a role that everybody knows, or the base or a grant is for owners alone.
    """

    name: RoleName
    base: Role
    grants: Grants

    def __post_init__(self) -> None:
        """Check the name, the base and the grants."""
        if str(self.name) in {role.value for role in Role}:
            raise Invalid(f"is the name of a role that every workspace has: {self.name}", field="name")
        if self.base not in {Role.MEMBER, Role.GUEST}:
            raise Invalid("a role of your own stands on member or guest", field="base")
        forbidden = _OWNERS_ALONE.intersection(self.grants)
        if forbidden:
            raise Invalid(f"is for owners alone: {', '.join(sorted(forbidden))}", field="grants")
        whole = {Permission.WORKSPACE_READ: Condition.ALWAYS, **self.grants}
        object.__setattr__(self, "grants", MappingProxyType(whole))

    @classmethod
    def of(cls, name: RoleName, base: Role, grants: Iterable[str]) -> Self:
        """Make a role of grants as people write them: `task.delete`, or `task.delete:author` with a condition.

        Raises:
            Invalid: There is no such permission or condition.
        """
        return cls(name, base, parse_grants(grants))

    def texts(self) -> tuple[str, ...]:
        """Return the grants as people write them."""
        return grant_texts(self.grants)


def parse_grants(texts: Iterable[str]) -> Mapping[Permission, Condition]:
    """Read grants as people write them.

    Raises:
        Invalid: There is no such permission or condition.
    """
    grants: dict[Permission, Condition] = {}
    for text in texts:
        permission, _, condition = text.partition(":")
        try:
            grants[Permission(permission)] = Condition(condition or Condition.ALWAYS)
        except ValueError:
            known = ", ".join(sorted(Permission))
            raise Invalid(
                f"is not a grant: {text!r}; write one of {known}, with :author, :assignee or :involved behind it "
                "if it holds for some tasks only",
                field="grants",
            ) from None
        if grants[Permission(permission)] is not Condition.ALWAYS and not permission.startswith("task."):
            raise Invalid(f"only what is done with tasks has a condition: {text!r}", field="grants")
    return grants


def grant_texts(grants: Grants) -> tuple[str, ...]:
    """Return grants as people write them, in order."""
    return tuple(
        sorted(
            permission.value if condition is Condition.ALWAYS else f"{permission}:{condition}"
            for permission, condition in grants.items()
        )
    )
