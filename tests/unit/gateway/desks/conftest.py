"""A gateway whose customers are handed over to a stand-in for Chatwoot."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from gateway.console import tables
from tests.unit.gateway.conftest import (  # noqa: F401
    postgresql_url,
    sqlite_template,
    sqlite_url,
)
from tests.unit.gateway.console.people import ASK, Office, running_office, until
from tests.unit.gateway.desks import stand_in
from tests.unit.gateway.desks.stand_in import Chatwoot, Place, running_chatwoot
from tests.unit.gateway.running import Visitor


@dataclass(slots=True, kw_only=True)
class Company:
    office: Office
    chatwoot: Chatwoot

    async def handed_over(self) -> tuple[Visitor, str, Place]:
        """A visitor who has asked for a person, and whom Chatwoot knows with these words."""
        visitor, conversation = await self.office.waiting()
        place = await self.place_of(conversation)
        return visitor, conversation, place

    async def place_of(self, conversation: str, *, words: str = ASK) -> Place:
        async def known() -> Place | None:
            for place in self.chatwoot.places.values():
                key = self.chatwoot.contacts[place.source]["identifier"]
                is_ours = key == f"kvitt-visitor-{conversation}" or "customer" in key
                if is_ours and words in place.texts():
                    return place
            return None

        found: Place = await until(known)
        return found

    async def audited(self, conversation: str) -> list[tuple[str, str]]:
        table = tables.audit
        query = select(table.c.agent, table.c.act).where(table.c.conversation_id == conversation)
        async with self.office.gateway.services.store.read() as connection:
            rows = await connection.execute(query.order_by(table.c.id))
            return [(row.agent, row.act) for row in rows]

    def tickets(self) -> list[str]:
        return [messages[0] for messages in self.office.gateway.billing.tickets.values()]


def chatwoot_settings(url: str) -> dict[str, Any]:
    return {
        "chatwoot_url": url,
        "chatwoot_account_id": str(stand_in.ACCOUNT),
        "chatwoot_inbox_identifier": stand_in.INBOX,
        "chatwoot_token": stand_in.TOKEN,
        "chatwoot_webhook_secret": stand_in.WEBHOOK_SECRET,
        "chatwoot_identity_secret": stand_in.IDENTITY_SECRET,
        "chatwoot_read_timeout_seconds": 0.4,
        "chatwoot_retry_seconds": 0.05,
        "chatwoot_patience_seconds": 20.0,
    }


@asynccontextmanager
async def running_company(
    url: str, *, chatwoot: Chatwoot | None = None, **overrides: Any
) -> AsyncIterator[Company]:
    """With a Chatwoot of its own unless one is given."""
    if chatwoot is None:
        async with (
            running_chatwoot() as own,
            running_company(url, chatwoot=own, **overrides) as company,
        ):
            yield company
        return
    settings = chatwoot_settings(chatwoot.url) | overrides
    async with running_office(url, **settings) as office:
        chatwoot.gateway_url = office.gateway.url
        yield Company(office=office, chatwoot=chatwoot)


@pytest.fixture
async def company(sqlite_url: str) -> AsyncIterator[Company]:  # noqa: F811
    async with running_company(sqlite_url) as running:
        yield running
