"""`colonnade`: answers `--help` at once, and loads a command only when it is used."""

import os
import sys

from colonnade.client.table import HELP_FLAGS, help_text


def main() -> None:
    """Run the command line."""
    completing = "_COLONNADE_COMPLETE" in os.environ  # a shell asks with no arguments
    if not completing and sys.argv[1:] in ([], *([flag] for flag in HELP_FLAGS)):
        sys.stdout.write(help_text())
        return
    from colonnade.client.group import cli  # noqa: PLC0415 - click takes longer than the whole of `--help`

    cli(prog_name="colonnade")


if __name__ == "__main__":
    main()
