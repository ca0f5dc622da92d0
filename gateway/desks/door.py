"""The way to a person where the company has a desk of its own: the same queue, another room."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.console import states
from gateway.console.requests import CustomerDesk
from gateway.console.states import Request
from gateway.conversations import Conversation, Holder
from gateway.desks import links
from gateway.desks.texts import customer_text
from gateway.events import Json
from gateway.replies import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class DoorElsewhere(CustomerDesk):
    """Only notes that the conversation shall be forwarded: the customer's turn waits for no desk.
    Nothing is said of a place in the queue, since agents there take whom they like."""

    async def _is_staffed(self, connection: AsyncConnection) -> bool:
        """Who works there is the desk's own matter."""
        return True

    async def _still_waiting(
        self, connection: AsyncConnection, current: Request, now: datetime
    ) -> Reply:
        return self.words.queued(customer_text("still_waiting"), now=now)

    async def _queue(
        self,
        connection: AsyncConnection,
        conversation: Conversation,
        details: Mapping[str, Json],
        now: datetime,
    ) -> tuple[Reply, ...]:
        moved = await states.move(
            connection, conversation.id, expected=Holder.BOT, to=Holder.WAITING
        )
        if not moved:
            return ()
        request_id = await states.add(
            connection, conversation.id, state="waiting", details=details, now=now
        )
        start = await links.before_last_words(connection, conversation.id, conversation.last_event)
        await links.add(
            connection, conversation.id, handover_id=request_id, sent_until=start, now=now
        )
        return (self.words.queued(customer_text("waiting"), now=now),)
