"""A person who may act for several accounts chooses one, after the proof and before the session."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.model import Customer
from billing.port import BillingPort
from kvitt.identity.sessions import Proof
from kvitt.identity.tables import account_choices
from kvitt.identity.upserts import insert_for

TIME_TO_CHOOSE = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    customer: Customer
    proof: Proof


class AccountChoices:
    """What a conversation has proven and not yet chosen from; kept here, never in a slot."""

    def __init__(self, engine: AsyncEngine, billing: BillingPort) -> None:
        self._engine = engine
        self._reader = engine.execution_options(is_reading=True)
        self._billing = billing

    async def offer(
        self,
        conversation_id: str,
        email: str,
        customers: Iterable[Customer],
        *,
        proof: Proof,
        now: datetime,
    ) -> None:
        row = {
            "conversation_id": conversation_id,
            "email": email,
            "client_ids": [customer.client_id for customer in customers],
            "proof": proof.value,
            "expires_at": now + TIME_TO_CHOOSE,
        }
        async with self._engine.begin() as connection:
            await connection.execute(
                insert_for(connection, account_choices)
                .values(row)
                .on_conflict_do_update(index_elements=["conversation_id"], set_=row)
            )

    async def pending(self, conversation_id: str, *, now: datetime) -> tuple[Customer, ...]:
        """The accounts that may be chosen now, read afresh; empty when there is no choice."""
        row = await self._live(conversation_id, now)
        return await self._customers(row) if row is not None else ()

    async def choose(self, conversation_id: str, client_id: int, *, now: datetime) -> Chosen | None:
        """Take one of what was offered; None when it was not, or no longer, on offer."""
        row = await self._live(conversation_id, now)
        if row is None or client_id not in row["client_ids"]:
            return None
        found = [c for c in await self._customers(row) if c.client_id == client_id]
        if not found or not await self._take(conversation_id):
            return None
        return Chosen(customer=found[0], proof=Proof(row["proof"]))

    async def _live(self, conversation_id: str, now: datetime) -> RowMapping | None:
        query = select(account_choices).where(
            account_choices.c.conversation_id == conversation_id,
            account_choices.c.expires_at > now,
        )
        async with self._reader.connect() as connection:
            return (await connection.execute(query)).mappings().one_or_none()

    async def _customers(self, row: RowMapping) -> tuple[Customer, ...]:
        found = await self._billing.find_customers(row["email"])
        return tuple(customer for customer in found if customer.client_id in row["client_ids"])

    async def _take(self, conversation_id: str) -> bool:
        async with self._engine.begin() as connection:
            taken = await connection.execute(
                delete(account_choices).where(account_choices.c.conversation_id == conversation_id)
            )
            return taken.rowcount == 1
