"""Agents' sessions: an own cookie, an idle limit, an end. Kept as hashes of their tokens."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, insert, select, update

from gateway.console import agents, audit, tables
from gateway.console.desk import Agent, find_agent
from gateway.conversations import hash_token
from gateway.errors import Forbidden, NoConversation
from gateway.storage import Store

TOUCH_AFTER = timedelta(minutes=1)
LONGEST_PASSWORD = 256


class NotSignedIn(NoConversation):
    """No session, or one that is over."""

    def __init__(self) -> None:
        super().__init__("agent_login")


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentSessions:
    store: Store
    clock: Callable[[], datetime]
    idle: timedelta
    absolute: timedelta

    async def sign_in(self, name: str, password: str) -> str:
        """A new session's token; raises Forbidden. Same words and time for an unknown name."""
        async with self.store.read() as connection:
            table = tables.agents
            query = select(table).where(table.c.name == name, table.c.is_active.is_(True))
            row = (await connection.execute(query)).first()
        known = row.password_hash if row else ""
        if not await asyncio.to_thread(agents.is_right, known, password[:LONGEST_PASSWORD]):
            raise Forbidden("agent_credentials")
        return await self.begin(name, how="password")

    async def begin(self, name: str, *, how: str) -> str:
        """A session of somebody who has shown who they are."""
        token, now = secrets.token_urlsafe(32), self.clock()
        async with self.store.write() as connection:
            await connection.execute(
                delete(tables.agent_sessions).where(tables.agent_sessions.c.idle_until <= now)
            )
            await connection.execute(
                insert(tables.agent_sessions).values(
                    token_hash=hash_token(token),
                    agent=name,
                    created_at=now,
                    idle_until=now + min(self.idle, self.absolute),
                    ends_at=now + self.absolute,
                )
            )
            await audit.write(connection, agent=name, act="sign_in", now=now, how=how)
        return token

    async def current(self, token: str | None, *, touch: bool = True) -> Agent:
        """Whose session it is; raises NotSignedIn."""
        if token is None:
            raise NotSignedIn
        now, table = self.clock(), tables.agent_sessions
        async with self.store.read() as connection:
            query = select(table).where(table.c.token_hash == hash_token(token))
            row = (await connection.execute(query)).first()
            if row is None or row.idle_until <= now or row.ends_at <= now:
                raise NotSignedIn
            agent = await find_agent(connection, row.agent)
        if agent is None:
            raise NotSignedIn
        if touch and row.idle_until < now + self.idle - TOUCH_AFTER:
            await self._touch(row.token_hash, min(now + self.idle, row.ends_at))
        return agent

    async def _touch(self, token_hash: str, until: datetime) -> None:
        table = tables.agent_sessions
        async with self.store.write() as connection:
            await connection.execute(
                update(table).where(table.c.token_hash == token_hash).values(idle_until=until)
            )

    async def sign_out(self, token: str, agent: Agent) -> None:
        table = tables.agent_sessions
        async with self.store.write() as connection:
            await connection.execute(delete(table).where(table.c.token_hash == hash_token(token)))
            await audit.write(connection, agent=agent.name, act="sign_out", now=self.clock())
