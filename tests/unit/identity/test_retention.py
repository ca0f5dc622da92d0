"""What is over is forgotten, what still counts is kept, and what is held can be told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine

from kvitt.identity import KeyedHash, LoginCodes, Proof, Sessions, tables
from kvitt.identity.retention import (
    OF_A_CONVERSATION,
    conversations_of,
    forget_conversations,
    forget_expired,
    held_about,
)
from tests.fakes.billing import FakeBilling
from tests.unit.identity.conftest import NOW, TABLES

ANNA = "anna@example.se"


async def rows_in(engine: AsyncEngine) -> dict[str, int]:
    async with engine.begin() as connection:
        return {
            table.name: (
                await connection.execute(select(func.count()).select_from(table))
            ).scalar_one()
            for table in TABLES
        }


@pytest.fixture
async def filled(engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash) -> AsyncEngine:
    """One row in each table, all of conversation c1 and Anna's account 7."""
    anna = billing.add_customer(email=ANNA, id=7)
    codes = LoginCodes(engine, billing, keyed)
    await codes.seen("c1", "192.0.2.1", now=NOW)
    await codes.request("c1", ANNA, now=NOW)
    await Sessions(engine).begin("c1", anna, proof=Proof.EMAIL_CODE, now=NOW)
    later = NOW + timedelta(minutes=10)
    choice = {"email": ANNA, "client_ids": [7], "proof": "openid", "expires_at": later}
    spare = {"expires_at": later}
    async with engine.begin() as connection:
        for table, row in (
            (tables.account_choices, choice | {"conversation_id": "c1"}),
            (tables.spent_tokens, spare | {"token_hash": "t"}),
            (
                tables.openid_logins,
                spare | {"state_hash": "s", "conversation_id": "c1", "browser_hash": "b"},
            ),
        ):
            await connection.execute(insert(table).values(row))
    assert all((await rows_in(engine)).values())
    return engine


async def test_nothing_that_counts_is_forgotten(filled: AsyncEngine) -> None:
    before = await rows_in(filled)

    await forget_expired(filled, now=NOW + timedelta(minutes=2))

    assert await rows_in(filled) == before


async def test_what_is_over_is_forgotten_and_the_login_stays_with_the_chat(
    filled: AsyncEngine,
) -> None:
    await forget_expired(filled, now=NOW + timedelta(days=2))

    left = await rows_in(filled)
    assert {name for name, count in left.items() if count} == {"identity_logins"}
    async with filled.begin() as connection:
        ended_at = (await connection.execute(select(tables.logins.c.ended_at))).scalar_one()
    assert ended_at == NOW + timedelta(minutes=15)


async def test_logins_go_when_chats_do(filled: AsyncEngine) -> None:
    await forget_expired(filled, now=NOW + timedelta(days=91), chats_kept_days=90)

    assert not any((await rows_in(filled)).values())


async def test_erasing_clears_every_table_that_knows_the_conversation(filled: AsyncEngine) -> None:
    async with filled.begin() as connection:
        found = await conversations_of(connection, 7, [ANNA])
        await forget_conversations(connection, found, [ANNA])

    assert found == {"c1"}
    left = await rows_in(filled)
    assert not any(left[table.name] for table in OF_A_CONVERSATION)


async def test_every_table_with_a_conversation_is_erased(engine: AsyncEngine) -> None:
    with_conversation = {table for table in TABLES if "conversation_id" in table.c}

    assert with_conversation == set(OF_A_CONVERSATION)


async def test_what_is_held_is_told_without_hashes_and_without_anyone_elses(
    filled: AsyncEngine, billing: FakeBilling
) -> None:
    bo = billing.add_customer(email="bo@example.se", id=8)
    await Sessions(filled).begin("c2", bo, proof=Proof.OPENID, now=NOW)

    async with filled.begin() as connection:
        held = await held_about(connection, 7, [ANNA])

    assert [one["email"] for one in held["sessions"]] == [ANNA]
    assert [one["conversation_id"] for one in held["logins"]] == ["c1"]
    assert [set(one) for one in held["code_requests"]] == [
        {"conversation_id", "email", "requested_at"}
    ]


async def test_a_login_is_remembered_from_when_until_when(
    engine: AsyncEngine, billing: FakeBilling
) -> None:
    sessions = Sessions(engine)
    anna, bo = (billing.add_customer(email=f"{name}@example.se") for name in ("anna", "bo"))
    await sessions.begin("c1", anna, proof=Proof.EMAIL_CODE, now=NOW)
    await sessions.begin("c1", bo, proof=Proof.OPENID, now=NOW + timedelta(minutes=5))
    await sessions.end("c1", now=NOW + timedelta(minutes=60))

    async with engine.begin() as connection:
        rows = await connection.execute(select(tables.logins).order_by(tables.logins.c.began_at))
        kept = [(row.client_id, row.ended_at) for row in rows]

    assert kept == [
        (anna.client_id, NOW + timedelta(minutes=5)),
        (bo.client_id, NOW + timedelta(minutes=20)),
    ]
