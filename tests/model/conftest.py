"""What the tests of the model share: the shipped model, loaded once."""

import pytest

from model import Labeller


@pytest.fixture(scope="session")
def labeller() -> Labeller:
    return Labeller.load()
