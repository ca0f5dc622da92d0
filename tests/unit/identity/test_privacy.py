"""Erasing a customer and handing out what is held: all that is theirs, nothing of anyone else."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Integer,
    MetaData,
    Numeric,
    func,
    insert,
    select,
)
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from billing.errors import NotReached
from billing.model import Customer
from gateway import conversations, events, tables
from gateway.events import Author, Draft
from gateway.privacy.__main__ import Unclear, as_json, erased_text, identify
from gateway.privacy.erasing import erase
from gateway.privacy.exporting import export, is_within
from gateway.privacy.finding import Whom, chat_tables, journal_tables, reflected
from kvitt.database import create_engine
from kvitt.identity import KeyedHash, LoginCodes, Proof, Sessions
from kvitt.identity.tables import logins
from kvitt.migrate import upgrade
from tests.fakes.billing import FakeBilling
from tests.unit.identity.conftest import NOW

ANNA, BO = "anna@example.se", "bo@example.se"


class Office:
    """A database as it is after a day: Anna's chat, Bo's chat, and one that both logged in to."""

    def __init__(self, engine: AsyncEngine, trackers: Path, billing: FakeBilling) -> None:
        self.engine, self.trackers, self.billing = engine, trackers, billing
        self.anna = billing.add_customer(email=ANNA, id=7)
        self.bo = billing.add_customer(email=BO, id=8)
        self.sessions = Sessions(engine)

    @property
    def tracker_url(self) -> str:
        return f"sqlite:///{self.trackers}"

    async def fill(self, keyed: KeyedHash) -> None:
        await self.chat("anna-chat", (self.anna, 0))
        await self.chat("bo-chat", (self.bo, 0))
        await self.chat("shared", (self.anna, 0), (self.bo, 30))
        codes = LoginCodes(self.engine, self.billing, keyed)
        await codes.request("asked-only", ANNA, address="192.0.2.1", now=NOW)
        await self.pay("anna-chat", 7)
        self.remember("anna-chat.1", "anna-chat.2", "bo-chat.1", "shared.1", "anna-chatter.1")

    async def chat(self, id_: str, *people: tuple[Customer, int]) -> None:
        async with self.engine.begin() as connection:
            await conversations.create(connection, id_, now=NOW)
            await conversations.give_cookie(connection, id_, f"cookie of {id_}", now=NOW)
            await self.say(connection, id_, "before", -1)
        for person, minute in people:
            at = NOW + timedelta(minutes=minute)
            await self.sessions.begin(id_, person, proof=Proof.EMAIL_CODE, now=at)
            async with self.engine.begin() as connection:
                await self.say(connection, id_, f"secret of {person.client_id}", minute + 1)

    async def say(self, connection: AsyncConnection, id_: str, text: str, minute: int) -> None:
        draft = Draft(author=Author.CUSTOMER, text=text)
        at = NOW + timedelta(minutes=minute)
        await events.append(connection, id_, (draft,), now=at)

    async def pay(self, id_: str, client_id: int) -> None:
        async with self.engine.begin() as connection:
            found = await reflected(connection)
            for table in journal_tables(found):
                row = {c.name: value_for(c) for c in table.c if not c.nullable}
                row["client_id"] = client_id
                if "conversation_id" in table.c:
                    row["conversation_id"] = id_
                await connection.execute(insert(table).values(row))

    def remember(self, *senders: str) -> None:
        with sqlite3.connect(self.trackers) as database:
            database.execute("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT)")
            for sender in senders:
                database.execute("INSERT INTO events (sender_id) VALUES (?)", (sender,))
        database.close()

    def remembered(self) -> list[str]:
        with sqlite3.connect(self.trackers) as database:
            rows = database.execute("SELECT sender_id FROM events ORDER BY id").fetchall()
        database.close()
        return [sender for (sender,) in rows]


def value_for(column: Column[Any]) -> object:
    """Something that fits a column."""
    kind = column.type
    if isinstance(kind, DateTime):
        return NOW.replace(tzinfo=None) if not kind.timezone else NOW
    if isinstance(kind, JSON):
        return []
    return 1 if isinstance(kind, Boolean | Integer | Numeric) else "x"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite+aiosqlite:///{tmp_path / 'migrated.sqlite'}"
    return str(request.getfixturevalue("postgresql_url"))


@pytest.fixture
async def office(
    migrated_url: str, tmp_path: Path, billing: FakeBilling, keyed: KeyedHash
) -> AsyncIterator[Office]:
    engine = create_engine(migrated_url)
    found = Office(engine, tmp_path / "rasa.sqlite", billing)
    try:
        await _drop_everything(engine)
        await upgrade(engine)
        await found.fill(keyed)
        yield found
        await _drop_everything(engine)
    finally:
        await engine.dispose()


async def _drop_everything(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        found = MetaData()
        await connection.run_sync(found.reflect)
        await connection.run_sync(found.drop_all)


async def conversation_ids(office: Office) -> dict[str, set[str]]:
    """By table, the conversations that something is still held of."""
    async with office.engine.begin() as connection:
        found = await reflected(connection)
        held = {
            table.name: set((await connection.execute(select(table.c.conversation_id))).scalars())
            for table in chat_tables(found)
        }
        query = select(tables.conversations.c.id)
        return held | {"conversations": set((await connection.execute(query)).scalars())}


async def test_erasing_clears_every_chat_of_the_customer_and_no_other(office: Office) -> None:
    await erase(office.engine, office.tracker_url, Whom(client_id=7, emails=frozenset({ANNA})))

    held = await conversation_ids(office)
    assert set().union(*held.values()) == {"bo-chat"}
    assert held["events"] == {"bo-chat"}
    assert held["identity_sessions"] == {"bo-chat"}


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_erasing_clears_what_rasa_remembers(office: Office) -> None:
    await erase(office.engine, office.tracker_url, Whom(client_id=7))

    assert office.remembered() == ["bo-chat.1", "anna-chatter.1"]


async def test_erasing_keeps_the_payment_journal_and_says_so(office: Office) -> None:
    whom = Whom(client_id=7, emails=frozenset({ANNA}))
    erased = await erase(office.engine, office.tracker_url, whom)

    text = erased_text(whom, erased)
    assert erased.kept["payment_orders"] == 1
    assert "payment_orders: 1" in text
    assert "Kept, the payment journal" in text
    assert "conversations: 2" in text
    assert "rasa events: 3" in text
    async with office.engine.begin() as connection:
        found = await reflected(connection)
        for table in journal_tables(found):
            query = select(func.count()).select_from(table)
            assert (await connection.execute(query)).scalar_one() == 1, table.name


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_erasing_twice_finds_nothing_the_second_time(office: Office) -> None:
    whom = Whom(client_id=7, emails=frozenset({ANNA}))
    await erase(office.engine, office.tracker_url, whom)

    again = await erase(office.engine, office.tracker_url, whom)

    assert again.gone == {}
    assert "nothing was there" in erased_text(whom, again)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_erasing_works_before_rasa_has_remembered_anything(
    office: Office, tmp_path: Path
) -> None:
    missing = tmp_path / "never-made.sqlite"

    await erase(office.engine, f"sqlite:///{missing}", Whom(client_id=7))

    assert not missing.exists()


async def test_an_export_holds_what_is_theirs_and_nothing_of_another(office: Office) -> None:
    whom = Whom(client_id=7, emails=frozenset({ANNA}))
    document = await export(office.engine, whom, now=NOW)

    text = as_json(document)
    assert json.loads(text)["client_id"] == 7
    assert {one["conversation_id"] for one in document["conversations"]} == {"anna-chat", "shared"}
    assert "secret of 7" in text
    assert "before" in text
    assert "secret of 8" not in text
    assert BO not in text
    assert len(document["payments"]["payment_orders"]) == 1
    assert not {"code_hash", "salt", "address_key", "token_hash"} & set(text.split('"'))


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_an_export_of_the_second_to_log_in_holds_only_their_part(office: Office) -> None:
    document = await export(office.engine, Whom(client_id=8), now=NOW)

    shared = next(c for c in document["conversations"] if c["conversation_id"] == "shared")
    assert [event["text"] for event in shared["events"]] == ["secret of 8"]
    assert "secret of 7" not in as_json(document)


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
async def test_what_is_said_after_a_logout_is_nobodys(office: Office) -> None:
    await office.sessions.end("anna-chat", now=NOW + timedelta(minutes=5))
    async with office.engine.begin() as connection:
        await office.say(connection, "anna-chat", "somebody else", 6)

    document = await export(office.engine, Whom(client_id=7), now=NOW)

    assert "somebody else" not in as_json(document)
    async with office.engine.begin() as connection:
        query = select(logins.c.ended_at).where(logins.c.conversation_id == "anna-chat")
        assert (await connection.execute(query)).scalar_one() == NOW + timedelta(minutes=5)


def test_spans_include_their_ends() -> None:
    start, end = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 2, tzinfo=UTC)

    assert is_within(start, [(start, end)])
    assert is_within(end, [(start, end)])
    assert is_within(datetime(1999, 1, 1, tzinfo=UTC), [(None, end)])
    assert is_within(datetime(2030, 1, 1, tzinfo=UTC), [(start, None)])
    assert not is_within(datetime(2030, 1, 1, tzinfo=UTC), [(start, end)])


async def test_a_customer_is_named_by_number_or_by_address(billing: FakeBilling) -> None:
    billing.add_customer(email=ANNA, id=7)

    assert await identify("7", billing) == Whom(client_id=7, emails=frozenset({ANNA}))
    assert await identify(ANNA, billing) == Whom(client_id=7, emails=frozenset({ANNA}))
    assert await identify("99", billing) == Whom(client_id=99)


@pytest.mark.parametrize("client", ["", "anna", "ingen@example.se", "-7", "7; drop"])
async def test_a_customer_who_is_not_one_account_is_not_guessed(
    billing: FakeBilling, client: str
) -> None:
    with pytest.raises(Unclear):
        await identify(client, billing)


async def test_with_billing_down_the_number_is_enough(billing: FakeBilling) -> None:
    billing.script("customer", NotReached("GetClientsDetails"))
    assert await identify("7", billing) == Whom(client_id=7)

    billing.script("find_customers", NotReached("GetUsers"))
    with pytest.raises(Unclear, match="give the number"):
        await identify(ANNA, billing)
