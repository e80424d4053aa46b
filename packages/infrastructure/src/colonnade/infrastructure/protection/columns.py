"""The encrypted column: it takes sealed values only, so that nothing gets there in the clear by mistake."""

from uuid import UUID

from sqlalchemy import Dialect, LargeBinary
from sqlalchemy.types import TypeDecorator

from colonnade.security.encryption.data_keys import key_id_of


class Sealed(bytes):
    """A sealed value: equal if its bytes are, which tells what changed; it shows only how long it is."""

    __slots__ = ()

    @property
    def key_id(self) -> UUID:
        """Name of the key that sealed it; of personal data, the person's id.

        Raises:
            CiphertextRefused: This is no sealed value.
        """
        return key_id_of(self)

    def __repr__(self) -> str:
        return f"<sealed, {len(self)} bytes>"

    __str__ = __repr__


class Encrypted(TypeDecorator[Sealed]):
    """A column of sealed values."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: Sealed | None, dialect: Dialect) -> bytes | None:
        """Give the driver bytes.

        Raises:
            TypeError: The value is not sealed.
        """
        if value is not None and not isinstance(value, Sealed):
            raise TypeError("an encrypted column takes sealed values only")
        return None if value is None else bytes(value)

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> Sealed | None:
        """Give the mapping a sealed value."""
        return None if value is None else Sealed(value)
