"""Reading a conversation's log back, page by page, from where it may be read."""

from __future__ import annotations

from gateway import events
from gateway.conversations import Conversation
from gateway.events import Page
from gateway.storage import Store

PAGE_LIMIT = 1000


async def read(
    store: Store, conversation: Conversation, *, after: int, before: int | None, limit: int
) -> Page:
    """The events between two cursors: the first `limit` after one, or the last before the other."""
    floor = max(after, conversation.hidden_until)
    async with store.read() as connection:
        if before is None:
            found = await events.read_after(connection, conversation.id, after=floor, limit=limit)
        else:
            found = await events.read_before(
                connection, conversation.id, after=floor, before=before, limit=limit
            )
    first = found[0].id if found else floor + 1
    return Page(
        events=found,
        cursor=found[-1].id if found else max(after, conversation.hidden_until),
        has_older=first > conversation.hidden_until + 1,
    )
