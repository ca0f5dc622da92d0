"""Mails the login codes that were asked for, in the background.

Only here is it looked up whether anybody has the address, so nothing that a visitor can see or time
depends on it. What a visitor may be told, that no code can be sent at the moment, is said for known
and unknown addresses alike: when the lookup itself cannot be done.

A code goes to the billing system's address of an account, so it proves a person only where that is
the address that was asked for; others log in through the customer zone. Several processes may run a
mailer: a request is leased to one of them at a time.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import BillingError, NotReached, OutcomeUnknown
from billing.model import Customer
from billing.port import BillingPort
from kvitt.identity.keyed_hash import KeyedHash
from kvitt.identity.login_codes import CODE_DIGITS, RequestState, hashed_code
from kvitt.identity.mail_texts import login_code_text
from kvitt.identity.tables import code_requests

LEASE = timedelta(seconds=90)
"""Longer than a lookup and a mail may take; then another process takes the request over."""
RETRY_AFTER = tuple(timedelta(seconds=seconds) for seconds in (1, 2, 5, 10, 20, 40))
AT_ONCE = 8
POLL_SECONDS = 0.4

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeNotSent:
    """No code can be sent to this conversation now; it is to be told so."""

    conversation_id: str


Tell = Callable[[CodeNotSent], Awaitable[None]]


def new_code() -> str:
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def utc_now() -> datetime:
    return datetime.now(UTC)


async def tell_nobody(news: CodeNotSent) -> None:
    log.warning("login_code_not_sent", conversation=news.conversation_id)


class CodeMailer:
    def __init__(
        self,
        engine: AsyncEngine,
        billing: BillingPort,
        keyed: KeyedHash,
        *,
        company: str,
        tell: Tell = tell_nobody,
        clock: Callable[[], datetime] = utc_now,
        new_code: Callable[[], str] = new_code,
    ) -> None:
        self._engine = engine
        self._reader = engine.execution_options(is_reading=True)
        self._billing = billing
        self._keyed = keyed
        self._company = company
        self._tell = tell
        self._clock = clock
        self._new_code = new_code

    async def run(self, *, poll_seconds: float = POLL_SECONDS) -> None:
        """Mail what is due until cancelled; a failure of one round never ends it."""
        while True:
            try:
                handled = await self.mail_due()
            except Exception as error:
                log.error("code_mailer_round_failed", error=type(error).__name__)
                handled = 0
            if handled < AT_ONCE:
                await asyncio.sleep(poll_seconds)

    async def mail_due(self) -> int:
        """Handle the requests that are due now; how many there were."""
        rows = await self._lease()
        results = await asyncio.gather(*(self._handle(row) for row in rows), return_exceptions=True)
        for row, result in zip(rows, results, strict=True):
            if isinstance(result, BaseException):
                log.error("login_code_failed", request=row["id"], error=type(result).__name__)
        return len(rows)

    async def _lease(self) -> list[RowMapping]:
        """Take requests that are due, so that no other process has them until the lease ends."""
        now = self._clock()
        is_due = (
            (code_requests.c.state == RequestState.PENDING.value)
            & (code_requests.c.next_attempt_at <= now)
            & code_requests.c.used_at.is_(None)
        )
        first = select(code_requests.c.id).where(is_due).order_by(code_requests.c.id).limit(AT_ONCE)
        async with self._reader.connect() as connection:
            due = [id_ for (id_,) in await connection.execute(first)]
        if not due:
            return []
        async with self._engine.begin() as connection:
            leased = await connection.execute(
                update(code_requests)
                .where(code_requests.c.id.in_(due), is_due)
                .values(next_attempt_at=now + LEASE, attempts=code_requests.c.attempts + 1)
                .returning(*code_requests.c)
            )
            return list(leased.mappings())

    async def _handle(self, row: RowMapping) -> None:
        if self._clock() >= row["expires_at"]:
            await self._settle(row, RequestState.FAILED)
            return
        try:
            customers = await self._billing.find_customers(row["email"])
        except BillingError as error:
            log.warning("login_code_lookup_failed", request=row["id"], error=type(error).__name__)
            await self._try_later(row)
            return
        recipient = recipient_of(customers, row["email"])
        if recipient is None:
            await self._settle(row, RequestState.NOBODY)
        else:
            await self._mail(row, recipient)

    async def _mail(self, row: RowMapping, recipient: Customer) -> None:
        """Keep the hash first, so that a code which arrives can always be used."""
        code = self._new_code()
        await self._change(row, code_hash=hashed_code(self._keyed, row["salt"], code))
        life = row["expires_at"] - row["requested_at"]
        minutes = int(life.total_seconds() // 60)
        text = login_code_text().filled(company=self._company, code=code, minutes=minutes)
        try:
            await self._billing.send_login_code(recipient.client_id, text.subject, text.body)
        except OutcomeUnknown:
            await self._settle(row, RequestState.MAILED)
        except NotReached as error:
            log.warning("login_code_not_mailed", request=row["id"], error=type(error).__name__)
            await self._try_later(row, is_lookup=False)
        except BillingError as error:
            log.error("login_code_refused", request=row["id"], error=type(error).__name__)
            await self._settle(row, RequestState.FAILED)
        else:
            await self._settle(row, RequestState.MAILED)

    async def _try_later(self, row: RowMapping, *, is_lookup: bool = True) -> None:
        """Again after a while. When the lookup goes on failing the customer is told; never when
        the mail did, since only addresses of customers get that far."""
        attempt = row["attempts"] - 1
        if attempt < len(RETRY_AFTER):
            await self._change(row, next_attempt_at=self._clock() + RETRY_AFTER[attempt])
            return
        await self._settle(row, RequestState.FAILED)
        if is_lookup:
            await self._tell(CodeNotSent(conversation_id=row["conversation_id"]))

    async def _settle(self, row: RowMapping, state: RequestState) -> None:
        await self._change(row, state=state.value)

    async def _change(self, row: RowMapping, **values: Any) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(
                update(code_requests).where(code_requests.c.id == row["id"]).values(**values)
            )


def recipient_of(customers: tuple[Customer, ...], email: str) -> Customer | None:
    """The account whose mail reaches the address itself."""
    return next((customer for customer in customers if customer.gets_mail_at(email)), None)
