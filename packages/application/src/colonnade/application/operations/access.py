"""What an operator may do, in whatever service it is."""

from enum import StrEnum


class OperationsPermission(StrEnum):
    """Something that an operator of the service may be allowed to do; it has nothing to do with any workspace."""

    READ = "operations.read"
    MANAGE = "operations.manage"
