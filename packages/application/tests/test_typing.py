"""What the type checkers promise to whoever sends a message, proved on the files in `typing/`."""

import subprocess
import sys
from pathlib import Path

CHECKED = Path(__file__).parent / "typing"


def output_of(*command: str) -> str:
    """Run a type checker and return what it says, empty when it has nothing to complain of."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=CHECKED, capture_output=True, text=True, check=False, timeout=300
    )
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_mypy_knows_the_type_of_each_answer_and_refuses_the_wrong_ones(tmp_path: Path) -> None:
    """Under `--strict` each answer has its message's type, and each ignored complaint is one that mypy really has."""
    files = [path.name for path in sorted(CHECKED.glob("*.py"))]

    assert not output_of("mypy", "--strict", "--config-file=", "--cache-dir", str(tmp_path), *files)


def test_pyright_knows_the_type_of_each_answer_and_refuses_the_wrong_ones() -> None:
    """Pyright agrees with mypy, answer by answer and complaint by complaint."""
    assert not output_of("pyright", "--project", ".", "--pythonpath", sys.executable)
