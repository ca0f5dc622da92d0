"""Where a conversation goes when the bot hands it over: the seam for people.

`holder` decides who gets a message: the bot holds → Rasa; `waiting` and `agent` → the log only,
where a person reads it; `closed` → nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.conversations import Conversation
from gateway.events import Author, Draft, Json
from gateway.texts import event_text


class Handover(Protocol):
    async def request(
        self,
        connection: AsyncConnection,
        conversation: Conversation,
        details: Mapping[str, Json],
        /,
        *,
        now: datetime,
    ) -> tuple[Draft, ...]:
        """Take the conversation over from the bot, within the turn's own transaction; returns what
        the log shall say after the bot's words."""


class NobodyThere:
    """No people are connected: says so, and the bot goes on."""

    async def request(
        self,
        _connection: AsyncConnection,
        _conversation: Conversation,
        _details: Mapping[str, Json],
        /,
        *,
        now: datetime,  # noqa: ARG002
    ) -> tuple[Draft, ...]:
        return (Draft(author=Author.SYSTEM, text=event_text("handover_unavailable")),)
