"""Choices: what a button or a list may become, kept here and given out as an opaque token.

A token belongs to one conversation, works once and expires. Redeeming one retires the others of
the same event, and those of the account's earlier events when a login ends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import tables
from gateway.errors import BadRequest, Conflict, Gone, Unknown
from gateway.events import Json


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """What the customer may pick among; `titles` say it in words."""

    intent: str
    entity: str
    values: tuple[int | str, ...]
    titles: dict[str, str] = {}
    multiple: bool = False

    def title(self, picked: Sequence[int | str]) -> str:
        return ", ".join(self.titles.get(str(value), str(value)) for value in picked)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    token: str
    title: str
    intent: str
    entities: Mapping[str, Json]
    selection: Selection | None
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Redeemed:
    """What the customer said by tapping."""

    event_id: int
    title: str
    intent: str
    entities: Mapping[str, Json]


async def keep(
    connection: AsyncConnection, conversation_id: str, event_id: int, given: Sequence[Choice]
) -> None:
    """Remember the choices of an event."""
    if given:
        await connection.execute(
            insert(tables.choices), [_row(conversation_id, event_id, choice) for choice in given]
        )


def _row(conversation_id: str, event_id: int, choice: Choice) -> dict[str, Json]:
    return {
        "conversation_id": conversation_id,
        "event_id": event_id,
        "token": choice.token,
        "title": choice.title,
        "intent": choice.intent,
        "entities": dict(choice.entities),
        "selection": msgspec.to_builtins(choice.selection) if choice.selection else None,
        "expires_at": choice.expires_at,
    }


async def redeem(
    connection: AsyncConnection,
    conversation_id: str,
    token: str,
    picked: Sequence[int | str],
    *,
    now: datetime,
) -> Redeemed:
    """Use a token; raises Unknown, Conflict, Gone or BadRequest, and then nothing is used."""
    table = tables.choices
    mine = table.c.conversation_id == conversation_id
    row = (await connection.execute(select(table).where(mine, table.c.token == token))).first()
    redeemed = check(row, picked, now=now)
    used = await connection.execute(
        update(table)
        .where(mine, table.c.event_id == redeemed.event_id, table.c.used_at.is_(None))
        .values(used_at=now)
    )
    if not used.rowcount:
        raise Conflict("choice_used")
    return redeemed


def check(row: Row[Any] | None, picked: Sequence[int | str], *, now: datetime) -> Redeemed:
    """Whether a kept choice may be used with these values, and what it means then."""
    if row is None:
        raise Unknown("choice_unknown")
    if row.used_at is not None:
        raise Conflict("choice_used")
    if row.expires_at <= now:
        raise Gone("choice_expired")
    if row.selection is None:
        return _redeemed_button(row, picked)
    return _redeemed_selection(row, msgspec.convert(row.selection, Selection), picked)


def _redeemed_button(row: Row[Any], picked: Sequence[int | str]) -> Redeemed:
    if picked:
        raise BadRequest("choice_values")
    return Redeemed(
        event_id=row.event_id, title=row.title, intent=row.intent, entities=row.entities
    )


def _redeemed_selection(
    row: Row[Any], selection: Selection, picked: Sequence[int | str]
) -> Redeemed:
    by_text = {str(value): value for value in selection.values}
    wanted = tuple(dict.fromkeys(str(value) for value in picked))
    if not wanted or not by_text.keys() >= set(wanted):
        raise BadRequest("choice_values")
    if len(wanted) > 1 and not selection.multiple:
        raise BadRequest("choice_values")
    values = [by_text[value] for value in wanted]
    return Redeemed(
        event_id=row.event_id,
        title=selection.title(values),
        intent=row.intent,
        entities=row.entities | {selection.entity: values},
    )


async def retire_all(connection: AsyncConnection, conversation_id: str, *, now: datetime) -> None:
    """None of the choices given out so far can be used any more."""
    await connection.execute(
        update(tables.choices)
        .where(tables.choices.c.conversation_id == conversation_id)
        .where(tables.choices.c.used_at.is_(None))
        .values(used_at=now)
    )
