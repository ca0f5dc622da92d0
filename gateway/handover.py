"""Where a conversation goes when the bot hands it over: the seam for people.

`holder` decides who gets a message: `bot` and `waiting` → Rasa, since who waits may go on with the
bot; `agent` → the log only, where a person reads it; `closed` → the bot again, by the first word.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.conversations import Conversation
from gateway.events import Json
from gateway.replies import Reply


class Handover(Protocol):
    async def request(
        self,
        connection: AsyncConnection,
        conversation: Conversation,
        details: Mapping[str, Json],
        /,
        *,
        now: datetime,
    ) -> tuple[Reply, ...]:
        """Take the conversation over from the bot, within the turn's own transaction; returns what
        the log shall say after the bot's words."""
