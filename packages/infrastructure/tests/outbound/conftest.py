"""What the tests of outbound calls share."""

import pytest

from .certificates import Authority, issue


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom the servers of these tests have their certificate from."""
    return issue(tmp_path_factory.mktemp("tls"))
