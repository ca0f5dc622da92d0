"""A chat with Anna's books behind it, for every transcript."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chat import Chat
from tests.conversations.customers import anna
from tests.stack import Stack


@pytest.fixture
def chat(stack: Stack) -> Iterator[Chat]:
    stack.scenario(anna())
    stack.faults({})
    opened = Chat(stack.url)
    yield opened
    opened.close()
