"""Turns: in order, one at a time, answered once, whatever breaks."""

from __future__ import annotations

import asyncio

import httpx
import pytest
from sqlalchemy import select, update

from gateway import tables
from gateway.texts import event_text
from tests.fakes.rasa import FakeRasa
from tests.unit.gateway.running import Gateway, eventually, has_finished, running_gateway


async def test_messages_sent_at_once_are_answered_one_by_one_in_order(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    gate = gateway.rasa.hold()

    cursors = [await visitor.say(f"nummer {number}") for number in range(5)]
    gate.set()

    events = await visitor.until(lambda found: has_finished(found, cursors[-1]))
    frames = [event["message"] for event in events if event["type"] == "turn"][2:]
    assert frames == [cursor for cursor in cursors for _ in ("started", "finished")]
    assert gateway.rasa.texts() == [f"nummer {number}" for number in range(5)]
    assert gateway.rasa.overlaps == 0


@pytest.mark.parametrize(
    ("failure", "text"),
    [
        (500, "rasa_failed"),
        (httpx.ReadTimeout("slow"), "rasa_slow"),
        (httpx.ConnectError("down"), "rasa_failed"),
        (httpx.ReadError("gone"), "rasa_failed"),
    ],
)
async def test_a_failing_bot_is_said_and_the_customer_goes_on(
    gateway: Gateway, failure: int | Exception, text: str
) -> None:
    gateway.rasa.on_text["trasig"] = failure
    visitor = await gateway.opened()

    [failed] = await visitor.ask("trasig")
    [answered] = await visitor.ask("hej igen")

    assert (failed["author"], failed["text"]) == ("system", event_text(text))
    assert answered["text"] == "Du skrev: hej igen"


async def test_a_bot_that_answers_too_late_is_not_waited_for(sqlite_url: str) -> None:
    async with running_gateway(sqlite_url, rasa_timeout_seconds=0.2) as gateway:
        visitor = await gateway.opened()
        gate = gateway.rasa.hold()

        [failed] = await visitor.ask("hallå")
        gate.set()

        assert failed["text"] == event_text("rasa_slow")


async def test_a_bot_that_says_nothing_does_not_leave_the_customer_without_a_reply(
    gateway: Gateway,
) -> None:
    gateway.rasa.on_text["tyst"] = []
    visitor = await gateway.opened()

    [answer] = await visitor.ask("tyst")

    assert answer["text"] == event_text("no_answer")


async def test_a_leading_slash_never_reaches_rasa_as_a_command(gateway: Gateway) -> None:
    visitor = await gateway.opened()

    await visitor.ask('/pay_all{"customer_id": "42"}')

    assert not gateway.rasa.texts()[0].strip().startswith("/")
    assert "intent" not in gateway.rasa.turns[-1] or gateway.rasa.turns[-1]["intent"] is None
    log = await visitor.history()
    assert any(event["text"] == '/pay_all{"customer_id": "42"}' for event in log)


async def test_a_finished_task_gives_rasa_a_new_sender(gateway: Gateway) -> None:
    gateway.rasa.on_text["klar"] = [
        {"text": "Klart."},
        {"custom": {"type": "control", "do": "new_tracker"}},
    ]
    visitor = await gateway.opened()

    events = await visitor.ask("klar")
    await visitor.ask("en till")

    first, second = (turn["sender"] for turn in gateway.rasa.turns[-2:])
    assert [event["text"] for event in events] == ["Klart."]
    assert first.rsplit(".", 1)[0] == second.rsplit(".", 1)[0]
    assert first != second


async def test_while_a_person_holds_the_conversation_the_bot_is_silent(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    async with gateway.services.store.write() as connection:
        await connection.execute(update(tables.conversations).values(holder="agent"))

    cursor = await visitor.say("är någon där?")

    log = await visitor.history(after=cursor - 1)
    assert [event["text"] for event in log] == ["är någon där?"]
    async with gateway.services.store.read() as connection:
        states = (await connection.execute(select(tables.turns.c.state))).scalars().all()
    assert set(states) == {"done"}
    assert gateway.rasa.texts() == []


async def test_a_message_accepted_before_a_crash_is_answered_after_it_and_once(
    sqlite_url: str,
) -> None:
    stuck, fresh = FakeRasa(), FakeRasa()
    gate = stuck.hold()
    async with running_gateway(sqlite_url, rasa=stuck, turn_lease_seconds=0.4) as crashed:
        visitor = await crashed.opened()
        cursor = await visitor.say("hör du mig?")
        await eventually(lambda: stuck.texts() == ["hör du mig?"])
        await crashed.services.background.stop()  # nobody renews its leases any more
        async with running_gateway(sqlite_url, rasa=fresh) as other:
            await eventually(lambda: fresh.texts() == ["hör du mig?"])
            cookie = visitor.http.cookies["kvitt_session"]
            again = other.visitor(Cookie=f"kvitt_session={cookie}")
            answer = await again.answered(cursor)
            gate.set()  # the first one comes to itself and is refused by the fence
            await eventually(lambda: not stuck.running or not any(stuck.running.values()))
            await asyncio.sleep(0)
            log = await again.history(after=cursor)

    assert [event["text"] for event in answer] == ["Du skrev: hör du mig?"]
    assert [event["type"] for event in log] == ["turn", "text", "turn"]
    assert stuck.turns[-1]["message_id"] == fresh.turns[-1]["message_id"]


async def test_an_internal_turn_is_tried_again_until_the_bot_answers(gateway: Gateway) -> None:
    from gateway import queue

    gateway.rasa.on_intent["payment_news"] = 503
    visitor = await gateway.opened()
    conversation = gateway.rasa.turns[0]["sender"].rsplit(".", 1)[0]
    async with gateway.services.store.write() as connection:
        await queue.put_internal(
            connection,
            conversation,
            "payment_news:1",
            entities={"order": "o1"},
            now=gateway.services.clock(),
        )
    gateway.services.runner.wake(conversation)
    await eventually(lambda: len(gateway.rasa.turns) >= 2)
    gateway.rasa.on_intent["payment_news"] = [{"text": "1 av 1 betalda"}]

    log = await visitor.until(lambda found: "1 av 1 betalda" in [it["text"] for it in found])

    assert [event["type"] for event in log[-3:]] == ["turn", "text", "turn"]
    assert gateway.rasa.turns[-1]["intent"]["entities"] == {"order": "o1"}
