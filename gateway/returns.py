"""Back from a hosted page: the bot looks what has changed there, once for each page opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from billing.model import LinkPurpose
from gateway import conversations, links, queue
from gateway.conversations import Conversation
from gateway.storage import Store
from gateway.turns import TurnRunner

INTENT = "hosted_page_closed"
CHANGING = frozenset({LinkPurpose.PAY_INVOICE, LinkPurpose.MASS_PAYMENT, LinkPurpose.ADD_CARD})
"""Pages on which a customer does something that the conversation is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Returns:
    store: Store
    runner: TurnRunner
    clock: Callable[[], datetime]

    async def note(self, conversation: Conversation, token: str) -> None:
        """Raises Unknown for another conversation's page, and Gone when it is too late."""
        now = self.clock()
        async with self.store.read() as connection:
            link = await links.find(connection, conversation.id, token, now=now)
        if link.purpose not in CHANGING:
            return
        async with self.store.write() as connection:
            await conversations.lock(connection, conversation.id)
            key, entities = f"{INTENT}:{token[:16]}", {"purpose": link.purpose}
            await queue.put_internal(connection, conversation.id, key, entities=entities, now=now)
        self.runner.wake(conversation.id)
