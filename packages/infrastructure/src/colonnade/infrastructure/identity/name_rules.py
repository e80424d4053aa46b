"""Which names and addresses pass for others, and are refused."""

from colonnade.security.confusables import check_mail_address, check_name


class ClearNames:
    """Holds names and addresses against the rules of Unicode for what looks alike (UTS 39)."""

    def require_clear_name(self, name: str) -> None:
        """Check what somebody wants to be called.

        Raises:
            ConfusingName: It mixes alphabets in one word, or holds what cannot be seen.
        """
        check_name(name)

    def require_clear_address(self, email: str) -> None:
        """Check an address that somebody wants to use.

        Raises:
            ConfusingName: Its domain looks like another one.
        """
        check_mail_address(email)
