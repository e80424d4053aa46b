"""Write the golden files of new events and new versions; those that are there stay as they are.

python packages/domain/tests/golden/write.py [folder]
"""

import sys
from pathlib import Path

from product import events, sample

from colonnade.testing.golden import write_missing


def main() -> None:
    """Say which files were written; end with an error if one that is there would have to change."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    try:
        written = write_missing(events(), sample, folder)
    except FileExistsError as error:
        sys.exit(str(error))
    print("\n".join(str(file.relative_to(folder)) for file in written) or "every event has its golden files")


if __name__ == "__main__":
    main()
