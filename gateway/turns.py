"""Running turns: claim one, ask Rasa, record the answer.

If the process dies anywhere, the row stays and the turn is claimed again, with the same message id
for Rasa; what the first run would still write is refused by the fence.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway import events, metrics, outcomes, queue
from gateway.conversations import Conversation
from gateway.events import Event, turn_event
from gateway.fanout import Fanout
from gateway.incoming import neutralise
from gateway.logins import Session, Sessions
from gateway.outcomes import Outcome
from gateway.queue import Claim, Fenced, NothingToDo, Turn
from gateway.rasa import RasaAnswer, RasaChannel, RasaError, RasaUnreachable
from gateway.recording import Recorder
from gateway.replies import Renderer
from gateway.storage import Store

log = structlog.get_logger()

ATTEMPTS_LIMIT = 4
RECONNECT_SECONDS = 0.5
POLL_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TurnSettings:
    owner: str
    """This process, in leases."""
    lease: timedelta
    concurrency: int


class TurnRunner:
    """Runs turns: several conversations at once, one turn at a time in each."""

    def __init__(
        self,
        *,
        store: Store,
        rasa: RasaChannel,
        renderer: Renderer,
        sessions: Sessions,
        recorder: Recorder,
        fanout: Fanout,
        clock: Callable[[], datetime],
        settings: TurnSettings,
    ) -> None:
        self._store = store
        self._rasa = rasa
        self._renderer = renderer
        self._sessions = sessions
        self._recorder = recorder
        self._fanout = fanout
        self._clock = clock
        self._settings = settings
        self._slots = asyncio.Semaphore(settings.concurrency)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._again: set[str] = set()
        self._fences: dict[str, int] = {}
        self._is_stopping = False

    # Which conversations are at work

    def wake(self, conversation_id: str) -> None:
        """There may be something to do in this conversation."""
        if self._is_stopping:
            return
        if conversation_id in self._tasks:
            self._again.add(conversation_id)
            return
        task = asyncio.get_running_loop().create_task(self._work(conversation_id))
        self._tasks[conversation_id] = task
        task.add_done_callback(lambda ended: self._rest(conversation_id, ended))

    def _rest(self, conversation_id: str, ended: asyncio.Task[None]) -> None:
        del self._tasks[conversation_id]
        if ended.cancelled():
            return
        if error := ended.exception():
            # The row is still there: the next poll takes it up again.
            log.error("turn_crashed", conversation=conversation_id, exc_info=error)
        if conversation_id in self._again:
            self._again.discard(conversation_id)
            self.wake(conversation_id)

    async def _work(self, conversation_id: str) -> None:
        async with self._slots:
            while not self._is_stopping:
                self._again.discard(conversation_id)
                try:
                    claim = await self._claim(conversation_id)
                except NothingToDo:
                    return
                if not await self._run(claim) and conversation_id not in self._again:
                    return

    async def poll(self) -> None:
        """Take up what others left: a crashed process's turns, and retries that are due."""
        async with self._store.read() as connection:
            found = await queue.waiting(connection, now=self._clock(), limit=POLL_LIMIT)
        for conversation_id in found:
            self.wake(conversation_id)

    async def renew(self) -> None:
        """Keep the leases of turns that take long."""
        if not self._fences:
            return
        fences = dict(self._fences)
        async with self._store.write() as connection:
            await queue.renew(connection, fences, now=self._clock(), lease=self._settings.lease)

    async def drain(self, timeout_seconds: float) -> bool:
        """Take nothing new and wait for the turns that run; False when some had to be left."""
        self._is_stopping = True
        tasks = tuple(self._tasks.values())
        if not tasks:
            return True
        _, left = await asyncio.wait(tasks, timeout=timeout_seconds)
        for task in left:
            task.cancel()
        return not left

    # One turn

    async def _claim(self, conversation_id: str) -> Claim:
        now, settings = self._clock(), self._settings
        async with self._store.write() as connection:
            claim = await queue.claim(
                connection, conversation_id, owner=settings.owner, now=now, lease=settings.lease
            )
            started = await _start(connection, claim, now)
        self._fanout.publish(conversation_id, started)
        return claim

    async def _run(self, claim: Claim) -> bool:
        """Answer the turn; True when there may be another one."""
        conversation_id = claim.conversation.id
        self._fences[conversation_id] = claim.fence
        try:
            with metrics.turn_seconds.time():
                outcome = await self._answer(claim)
                has_more = await self._record(claim, outcome)
            metrics.turns.labels(outcome=outcome.name).inc()
            return has_more
        except Fenced:
            log.warning("turn_fenced", conversation=conversation_id, turn=claim.turn.id)
            return True
        finally:
            self._fences.pop(conversation_id, None)

    async def _answer(self, claim: Claim) -> Outcome:
        conversation, turn = claim.conversation, claim.turn
        if not conversation.is_with_bot:
            return outcomes.FOR_PERSON
        if turn.attempts >= ATTEMPTS_LIMIT and not turn.is_internal:
            return outcomes.failed(turn, RasaError("given up"))
        try:
            answer = await self._ask(conversation, turn)
            rendered = self._renderer.render(answer.messages, now=self._clock())
        except RasaError as error:
            _log_failure(conversation, turn, error)
            return outcomes.failed(turn, error)
        except Exception as error:  # whatever it is, the customer gets a reply
            log.error("turn_broke", conversation=conversation.id, turn=turn.id, exc_info=error)
            return outcomes.failed(turn, RasaError("unexpected"))
        return outcomes.answered(turn, rendered, answer.understood)

    async def _ask(self, conversation: Conversation, turn: Turn) -> RasaAnswer:
        try:
            return await self._send(conversation, turn)
        except RasaUnreachable:
            await asyncio.sleep(RECONNECT_SECONDS)
            return await self._send(conversation, turn)

    async def _send(self, conversation: Conversation, turn: Turn) -> RasaAnswer:
        with metrics.rasa_seconds.time():
            return await self._rasa.turn(
                sender=conversation.sender,
                message_id=str(turn.id),
                text=neutralise(turn.text),
                intent=turn.intent,
                entities=turn.entities,
            )

    async def _record(self, claim: Claim, outcome: Outcome) -> bool:
        conversation_id = claim.conversation.id
        session = await self._session(conversation_id, outcome)
        async with self._store.write() as connection:
            recorded = await self._recorder.record(
                connection, claim, outcome, session, now=self._clock()
            )
        if recorded.hidden_until is not None:
            self._fanout.hide(conversation_id, recorded.hidden_until)
        self._fanout.publish(conversation_id, recorded.events)
        return recorded.has_more

    async def _session(self, conversation_id: str, outcome: Outcome) -> Session | None:
        """Who is logged in after this turn."""
        now = self._clock()
        if any(control.do == "logout" for control in outcome.answer.controls):
            await self._sessions.end(conversation_id, now=now)
        return await self._sessions.current(conversation_id, now=now, touch=False)


async def _start(connection: AsyncConnection, claim: Claim, now: datetime) -> tuple[Event, ...]:
    """The first claim of a customer's turn says in the log that the bot is at it."""
    turn, conversation = claim.turn, claim.conversation
    if turn.is_internal or turn.attempts or not conversation.is_with_bot:
        return ()
    return await events.append(
        connection, conversation.id, (turn_event("started", turn.cursor),), now=now
    )


def _log_failure(conversation: Conversation, turn: Turn, error: RasaError) -> None:
    log.warning(
        "rasa_failed",
        conversation=conversation.id,
        turn=turn.id,
        error=type(error).__name__,
        detail=str(error),
    )
