"""A gateway whose customers are handed over to a stand-in for Chatwoot."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
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
from tests.unit.gateway.desks.stand_in import Chatwoot, Place
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
async def running_chatwoot() -> AsyncIterator[Chatwoot]:
    listener = socket.create_server(("127.0.0.1", 0))
    limits = httpx.Limits(max_keepalive_connections=0)  # or the gateway would wait for it to stop
    async with httpx.AsyncClient(trust_env=False, timeout=10, limits=limits) as http:
        chatwoot = Chatwoot(http=http, url=f"http://127.0.0.1:{listener.getsockname()[1]}")
        app = chatwoot.routes()
        app.config.TOUCHUP = False
        app.config.KEEP_ALIVE = False
        server = await app.create_server(sock=listener, return_asyncio_server=True)
        assert server is not None
        await server.startup()  # type: ignore[no-untyped-call]
        await server.before_start()  # type: ignore[no-untyped-call]
        await server.start_serving()  # type: ignore[no-untyped-call]
        try:
            yield chatwoot
        finally:
            for task in tuple(chatwoot.tasks):
                task.cancel()
            await asyncio.gather(*chatwoot.tasks, return_exceptions=True)
            chatwoot.released.set()
            await http.aclose()
            await server.before_stop()  # type: ignore[no-untyped-call]
            await server.close()  # type: ignore[no-untyped-call]
            await server.after_stop()  # type: ignore[no-untyped-call]
            listener.close()


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


def event_of(chatwoot: Chatwoot, place: Place, text: str, **values: object) -> dict[str, Any]:
    """The webhook's body for something that Anna has written."""
    message = chatwoot.add(place, text, "outgoing", sender=stand_in.ANNA)
    return chatwoot.message_event(place, message) | values


async def written_again(company: Company, place: Place) -> None:
    """Anna writes again, long after the closing."""
    table = tables.handovers
    early = company.office.gateway.services.clock().replace(year=2020)
    async with company.office.gateway.services.store.write() as connection:
        await connection.execute(
            table.update().where(table.c.state == "closed").values(ended_at=early)
        )
    assert await company.chatwoot.say(place, "En sak till.") == 200
