"""Lets Rasa's old dependencies warn of their age; every other warning stays an error."""

import pytest

AGE = ("DeprecationWarning", "PendingDeprecationWarning")


def pytest_configure(config: pytest.Config) -> None:
    for category in AGE:
        config.addinivalue_line("filterwarnings", f"ignore::{category}")
