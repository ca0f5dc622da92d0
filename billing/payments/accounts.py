"""Whose journal this is: the same account number in another installation is another account.

WHMCS gives every client a lasting `uuid`. Where it has changed behind the same address, the billing
system was set up anew (a restored or replaced installation, a sandbox with another scenario), and
its numbers mean other invoices. Then what the journal knows of the old account is put aside under a
name of its own: kept for the accountant, and no longer taken for the new account's.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, String, Table, and_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from billing.payments.tables import captures, confirmations, orders, queue
from kvitt.database import metadata

accounts = Table(
    "payment_accounts",
    metadata,
    Column("billing", String(255), primary_key=True),
    Column("client_id", BigInteger, primary_key=True, autoincrement=False),
    Column("uuid", String(64), nullable=False),
)


class Accounts:
    """Knows the accounts of one billing system by their uuid."""

    def __init__(self, engine: AsyncEngine, *, billing: str) -> None:
        self._engine = engine
        self._billing = billing

    async def recognise(self, client_id: int, uuid: str) -> bool:
        """Called at every login. True: the number belongs to another account than before, whose
        journal has been put aside. Without a uuid (older systems) nothing can be told."""
        if not uuid:
            return False
        mine = and_(accounts.c.billing == self._billing, accounts.c.client_id == client_id)
        async with self._engine.begin() as db:
            known = (await db.execute(select(accounts.c.uuid).where(mine))).scalar()
            if known == uuid:
                return False
            if known is None:
                row = {"billing": self._billing, "client_id": client_id, "uuid": uuid}
                await db.execute(accounts.insert().values(row))
                return False
            await self._put_aside(db, client_id, known)
            await db.execute(update(accounts).where(mine).values(uuid=uuid))
            return True

    async def _put_aside(self, db: AsyncConnection, client_id: int, uuid: str) -> None:
        aside = f"{self._billing}#{uuid}"
        for table in (confirmations, orders, captures, queue):
            theirs = and_(table.c.billing == self._billing, table.c.client_id == client_id)
            await db.execute(update(table).where(theirs).values(billing=aside))
