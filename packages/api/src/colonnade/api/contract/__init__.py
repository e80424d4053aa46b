"""The contract table: which message answers to which method and path, and by which rules."""

from colonnade.api.contract.binding import Binding
from colonnade.api.contract.table import Contract, Row

__all__ = ["Binding", "Contract", "Row"]
