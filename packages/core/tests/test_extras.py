"""Missing extras say what to install."""

import pytest

from colonnade.core.extras import require_extra


def test_an_extra_that_is_there_is_let_through() -> None:
    """Nothing is imported to find that out."""
    require_extra("colonnade-core", "none", "json", "colonnade.core")


@pytest.mark.parametrize("module", ["no_such_module", "no_such_module.inside", "colonnade.no_such_part"])
def test_a_missing_extra_says_which_to_install(module: str) -> None:
    """The message is the command."""
    with pytest.raises(ImportError, match=r"pip install 'colonnade-api\[server\]'") as missing:
        require_extra("colonnade-api", "server", "json", module)

    assert missing.value.name == module
