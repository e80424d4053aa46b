"""What the tests of mail share."""

import pytest

from ..outbound.certificates import Authority, issue


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """Whom the servers of these tests have their certificate from."""
    return issue(tmp_path_factory.mktemp("tls"))
