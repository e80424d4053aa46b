"""The contract table: which message answers to which method and path, and by which rules."""

from colonnade.api.contract.binding import Binding
from colonnade.api.contract.rates import UNLIMITED, Quota, Rate
from colonnade.api.contract.table import Contract, Row

__all__ = ["UNLIMITED", "Binding", "Contract", "Quota", "Rate", "Row"]
