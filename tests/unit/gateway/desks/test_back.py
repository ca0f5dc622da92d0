"""From Chatwoot to the chat: agents' words, in order and once, and nothing that is not theirs."""

from __future__ import annotations

import asyncio
import uuid

import pytest
from sqlalchemy import select

from gateway.console import tables
from tests.unit.gateway.console.people import ASK, kinds, until, words
from tests.unit.gateway.desks.conftest import Company, event_of, written_again
from tests.unit.gateway.desks.stand_in import BERTIL, Place

CARD = "4111 1111 1111 1111"


async def test_an_agent_s_words_appear_with_the_name_and_the_bot_is_silent(
    company: Company,
) -> None:
    visitor, conversation, place = await company.handed_over()
    await company.chatwoot.say(place, f"Hej, jag ser kortet {CARD}.")
    asked = len(company.office.rasa.turns)
    await visitor.say("är du där?")
    await company.chatwoot.say(place, "Ja!")

    events = await visitor.history()
    said = [event for event in events if event["author"] == "agent"]
    assert [event["text"] for event in said] == ["Hej, jag ser kortet •••• •••• •••• 1111.", "Ja!"]
    assert {event["agent"] for event in said} == {"Anna"}
    assert kinds(events, "handover")[-1]["text"] == "Du pratar nu med Anna på kundtjänst."
    assert len(company.office.rasa.turns) == asked
    assert await company.audited(conversation) == [
        ("chatwoot:12", "claim"),
        ("chatwoot:12", "reply"),
        ("chatwoot:12", "reply"),
    ]


async def test_both_directions_stay_in_order(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    for number in range(5):
        await visitor.say(f"fråga {number}")
        await company.chatwoot.say(place, f"svar {number}")

    async def are_there() -> bool:
        return "fråga 4" in place.texts()

    await until(are_there)
    assert place.texts() == [ASK, *(f"fråga {number}" for number in range(5))]
    assert words(await visitor.history(), "agent") == [f"svar {number}" for number in range(5)]


async def test_a_delivery_that_comes_again_is_heard_once(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    event, delivery = event_of(company.chatwoot, place, "Hej!"), str(uuid.uuid4())

    answers = await asyncio.gather(
        *(company.chatwoot.deliver(event, delivery=delivery) for _ in range(5)),
        *(company.chatwoot.deliver(event) for _ in range(5)),
    )

    assert set(answers) == {200}
    assert words(await visitor.history(), "agent") == ["Hej!"]


async def test_another_agent_takes_over_by_writing(company: Company) -> None:
    visitor, conversation, place = await company.handed_over()
    await company.chatwoot.say(place, "Hej!")
    await company.chatwoot.say(place, "Jag tar det här.", agent=BERTIL)

    told = kinds(await visitor.history(), "handover")[-1]["text"]
    assert told == "Bertil på kundtjänst tar över samtalet."
    assert ("chatwoot:13", "transfer") in await company.audited(conversation)


@pytest.mark.parametrize(
    "changes",
    [
        {"private": True},
        {"private": None},
        {"message_type": "incoming"},
        {"message_type": "template"},
        {"message_type": "activity"},
        {"sender": None},
        {"sender": {"id": 3, "name": "Robot", "type": "agent_bot"}},
        {"event": "message_updated"},
        {"account": {"id": 8}},
    ],
)
async def test_only_a_person_s_words_to_the_customer_appear(
    changes: dict[str, object], company: Company
) -> None:
    visitor, conversation, place = await company.handed_over()

    assert (
        await company.chatwoot.deliver(event_of(company.chatwoot, place, "hemligt", **changes))
        == 200
    )

    assert "hemligt" not in str(await visitor.history())
    assert await company.audited(conversation) == []
    assert (await visitor.ask("hej"))[0]["author"] == "bot"


async def test_a_message_without_the_field_private_is_taken_for_a_note(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    event = event_of(company.chatwoot, place, "hemligt")
    del event["private"]
    await company.chatwoot.deliver(event)

    assert "hemligt" not in str(await visitor.history())


async def test_the_notes_that_we_write_do_not_come_back(company: Company) -> None:
    visitor, _, place = await company.handed_over()

    async def has_echoed() -> bool:
        return len(company.chatwoot.answers) > len(place.messages)

    await until(has_echoed)
    assert "lämnar över" not in str(await visitor.history())
    assert set(company.chatwoot.answers) == {200}


async def test_a_file_is_announced(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    await company.chatwoot.say(place, None, attachments=[{"id": 1, "file_type": "image"}])

    assert words(await visitor.history(), "agent") == [
        "Kundtjänst har skickat en fil som inte kan visas här i chatten."
    ]


async def test_another_inbox_s_conversation_of_the_same_number_is_not_ours(
    company: Company,
) -> None:
    visitor, _, place = await company.handed_over()
    stranger = Place(place.id, "another-source", {})
    event = event_of(company.chatwoot, stranger, "till någon annan")

    assert await company.chatwoot.deliver(event) == 200
    assert "någon annan" not in str(await visitor.history())


# When it is settled


@pytest.mark.parametrize("event", ["conversation_status_changed", "conversation_resolved"])
async def test_resolving_closes_asks_for_a_rating_and_the_bot_has_it_again(
    event: str, company: Company
) -> None:
    visitor, conversation, place = await company.handed_over()
    await company.chatwoot.say(place, "Klart!")
    await company.chatwoot.resolve(place, event=event)

    events = await visitor.history()
    assert kinds(events, "handover")[-1]["state"] == "closed"
    assert kinds(events, "rating")
    assert (await company.audited(conversation))[-1] == ("chatwoot:12", "close")
    await visitor.say("5")
    assert (await visitor.ask("en sak till"))[0]["author"] == "bot"
    assert "en sak till" not in str(place.messages)


async def test_another_status_is_none_of_ours(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    await company.chatwoot.say(place, "Hej!")
    place.status = "snoozed"
    await company.chatwoot.deliver(
        company.chatwoot.conversation_event(place, "conversation_status_changed")
    )

    assert kinds(await visitor.history(), "handover")[-1]["state"] == "agent"


async def test_words_that_were_on_their_way_when_it_was_closed_arrive_there(
    company: Company,
) -> None:
    visitor, _, place = await company.handed_over()
    await company.chatwoot.say(place, "Klart!")
    company.chatwoot.faults["add"] = ["500"] * 3
    await visitor.say("vänta!")
    await company.chatwoot.resolve(place)

    async def has_come() -> bool:
        return "vänta!" in place.texts()

    await until(has_come)
    assert place.status == "open"


async def test_words_that_come_late_do_not_open_it_again(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    await company.chatwoot.say(place, "Hej!")
    late = event_of(company.chatwoot, place, "Ha det bra!")
    await company.chatwoot.resolve(place)
    assert await company.chatwoot.deliver(late) == 200

    assert words(await visitor.history(), "agent") == ["Hej!", "Ha det bra!"]
    assert (await visitor.ask("hej"))[0]["author"] == "bot"


async def test_an_agent_who_writes_again_has_it_again(company: Company) -> None:
    visitor, conversation, place = await company.handed_over()
    await company.chatwoot.say(place, "Klart!")
    await company.chatwoot.resolve(place)
    place.status = "open"
    await written_again(company, place)
    asked = len(company.office.rasa.turns)
    await visitor.say("tack!")

    async def has_come() -> bool:
        return "tack!" in place.texts()

    await until(has_come)
    assert len(company.office.rasa.turns) == asked
    assert ("chatwoot:12", "reopen") in await company.audited(conversation)
    assert place.texts() == [ASK, "tack!"]


async def test_an_agent_in_an_old_conversation_is_told_that_it_does_not_arrive(
    company: Company,
) -> None:
    visitor, conversation, place = await company.handed_over()
    await company.chatwoot.say(place, "Klart!")
    await company.chatwoot.resolve(place)
    await visitor.ask(ASK)

    async def are_two() -> list[Place]:
        return [one for one in company.chatwoot.places.values() if one.texts() == [ASK]][1:]

    (newer,) = await until(are_two)
    place.status = "open"

    assert await company.chatwoot.say(place, "Hallå?") == 409
    assert await company.chatwoot.say(newer, "Hej igen!") == 200
    assert words(await visitor.history(), "agent") == ["Klart!", "Hej igen!"]
    table = tables.handovers
    query = select(table.c.state).where(table.c.conversation_id == conversation)
    async with company.office.gateway.services.store.read() as connection:
        states = list((await connection.execute(query.order_by(table.c.id))).scalars())
    assert states == ["closed", "agent"]
