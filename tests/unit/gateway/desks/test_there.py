"""From the chat to Chatwoot: opened with what was said, then word by word, in order and once."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import pytest
from sqlalchemy import select

from gateway.desks import links, tables
from tests.unit.gateway.console.people import ASK, kinds, until, words
from tests.unit.gateway.desks.conftest import Company, running_chatwoot, running_company
from tests.unit.gateway.desks.stand_in import IDENTITY_SECRET, Place
from tests.unit.gateway.test_logins import log_in

CARD = "4111 1111 1111 1111"


async def heard(place: Place, *wanted: str) -> None:
    async def is_there() -> bool:
        return all(text in place.texts() for text in wanted)

    await until(is_there)


async def test_who_asks_for_a_person_is_told_and_the_talk_so_far_is_there(company: Company) -> None:
    visitor = await company.office.gateway.opened()
    await visitor.ask(f"mitt kort är {CARD}")
    await visitor.ask(ASK)
    conversation = str(company.office.rasa.turns[-1]["sender"]).rsplit(".", 1)[0]
    place = await company.place_of(conversation)

    (told,) = kinds(await visitor.history(), "handover")
    assert told["state"] == "waiting"
    assert "svarar här i chatten" in told["text"]
    assert [choice["title"] for choice in told["choices"]] == ["Avbryt väntan"]
    (note, *_) = place.texts(private=True)
    assert "Vill prata med en människa" in note
    assert "har inte visat vem den är" in note
    assert "Kund: mitt kort är •••• •••• •••• 1111" in note
    assert f"Kund: {ASK}" not in note
    assert place.texts() == [ASK]
    assert CARD not in str(company.chatwoot.places)


async def test_a_known_customer_comes_with_a_proven_identity(company: Company) -> None:
    visitor = await company.office.gateway.opened()
    conversation = await log_in(company.office.gateway, visitor)
    await visitor.ask(ASK)
    place = await company.place_of(conversation)

    contact = company.chatwoot.contacts[place.source]
    key = contact["identifier"]
    assert (contact["name"], contact["email"]) == ("Anna Berg", "anna@example.se")
    assert key.startswith("kvitt-customer-")
    expected = hmac.new(IDENTITY_SECRET.encode(), key.encode(), hashlib.sha256).hexdigest()
    assert contact["identifier_hash"] == expected
    assert "bekräftad med kod via e-post" in place.texts(private=True)[0]


async def test_a_stranger_s_typed_address_is_no_identity(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    await visitor.say("jag är anna@example.se")
    await heard(place, "jag är anna@example.se")

    assert "email" not in company.chatwoot.contacts[place.source]


async def test_what_another_login_was_shown_stays_hidden(company: Company) -> None:
    rasa = company.office.rasa
    rasa.on_text["visa mina fakturor"] = [{"text": "Faktura 1042, 499 kr"}]
    rasa.on_text["logga ut"] = [{"custom": {"type": "control", "do": "logout"}}]
    visitor = await company.office.gateway.opened()
    conversation = await log_in(company.office.gateway, visitor)
    await visitor.ask("logga ut")
    await visitor.ask(ASK)
    place = await company.place_of(conversation)

    assert "1042" not in str(place.messages)
    assert "email" not in company.chatwoot.contacts[place.source]


async def test_while_nobody_has_answered_the_bot_goes_on_and_agents_can_read_it(
    company: Company,
) -> None:
    visitor, _, place = await company.handed_over()

    (answer,) = await visitor.ask("vad är en ocr?")

    assert answer["author"] == "bot"
    await heard(place, "vad är en ocr?")

    async def is_noted() -> bool:
        return "Kvitt: Du skrev: vad är en ocr?" in place.texts(private=True)

    await until(is_noted)


async def test_words_arrive_in_order_and_once_though_chatwoot_fails(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    await company.chatwoot.say(place, "Hej!")
    company.chatwoot.faults["add"] = [
        "500",
        "500_after",
        "hang",
        "hang_after",
        "429",
        "",
        "502_after",
    ]
    said = [f"ord {number}" for number in range(8)] + ["samma", "samma"]
    for text in said:
        await visitor.say(text)

    async def are_there() -> bool:
        return len(place.texts()) > len(said)

    await until(are_there)
    assert place.texts() == [ASK, *said]
    assert company.chatwoot.faults["add"] == []


async def test_it_is_opened_once_though_no_answer_comes(company: Company) -> None:
    company.chatwoot.faults |= {
        "add_contact": ["500_after"],
        "open": ["hang_after"],
        "add": ["hang_after", "500_after"],
    }
    await company.handed_over()

    assert len(company.chatwoot.places) == 1
    assert company.chatwoot.place.texts() == [ASK]
    assert len([n for n in company.chatwoot.place.texts(private=True) if "lämnar över" in n]) == 1


async def test_what_a_stopped_process_had_under_way_is_looked_for(sqlite_url: str) -> None:
    """It was done there, and nobody has noted it here."""
    async with running_chatwoot() as chatwoot:
        async with running_company(
            sqlite_url, chatwoot=chatwoot, chatwoot_read_timeout_seconds=20
        ) as company:
            visitor, _, place = await company.handed_over()
            chatwoot.faults["add"] = ["hang_after"]
            await visitor.say("ett")
            await heard(place, "ett")
            await visitor.say("två")
        async with running_company(sqlite_url, chatwoot=chatwoot):
            await heard(place, "två")

    assert place.texts() == [ASK, "ett", "två"]


@pytest.mark.postgresql
async def test_two_gateways_on_one_database_forward_once(postgresql_url: str) -> None:
    async with (
        running_company(postgresql_url) as company,
        running_company(postgresql_url, chatwoot=company.chatwoot),
    ):
        company.chatwoot.gateway_url = company.office.gateway.url
        visitor, _, place = await company.handed_over()
        company.chatwoot.faults["add"] = ["500_after", "", "hang_after"]
        said = [f"ord {number}" for number in range(12)]
        for text in said:
            await visitor.say(text)
        answers = [await company.chatwoot.say(place, text) for text in ("Hej!", "Jag ser det.")]
        await heard(place, said[-1])

        assert answers == [200, 200]
        assert place.texts() == [ASK, *said]
        assert words(await visitor.history(), "agent") == ["Hej!", "Jag ser det."]


async def test_a_slow_desk_does_not_slow_the_customer(company: Company) -> None:
    visitor, _, _ = await company.handed_over()
    company.chatwoot.faults["add"] = ["hang"] * 20

    for number in range(5):
        (answer,) = await visitor.ask(f"fråga {number}")
        assert answer["author"] == "bot"


async def test_who_leaves_the_queue_is_not_waited_for_there(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    await visitor.say("avbryt väntan")

    async def is_resolved() -> bool:
        return place.status == "resolved"

    await until(is_resolved)
    await visitor.ask("nu med boten")
    assert "väntar inte längre" in place.texts(private=True)[-1]
    assert "nu med boten" not in str(place.messages)


async def test_who_leaves_the_chat_is_reported(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    await visitor.http.delete("/api/chat/conversations")

    async def is_told() -> bool:
        return "har avslutat chatten" in place.texts(private=True)[-1]

    await until(is_told)
    assert await company.chatwoot.say(place, "Är du kvar?") == 409


async def test_nobody_in_time_is_a_ticket_and_told_there(sqlite_url: str) -> None:
    async with running_company(sqlite_url, desk_waiting_minutes=0.02) as company:
        visitor, _, place = await company.handed_over()
        await visitor.until(lambda found: "hann ingen" in str(found))

        async def is_resolved() -> bool:
            return place.status == "resolved"

        await until(is_resolved)
        assert "Ingen hann svara" in place.texts(private=True)[-1]


async def test_of_two_processes_one_forwards(company: Company) -> None:
    _, conversation, _ = await company.handed_over()
    store = company.office.gateway.services.store
    until_then = company.office.gateway.services.clock() + timedelta(minutes=1)
    query = select(tables.links).where(tables.links.c.conversation_id == conversation)
    async with store.write() as connection:
        link = links.Link.from_row((await connection.execute(query)).one())
        taken = [await links.take(connection, link, until=until_then) for _ in range(2)]

    assert taken == [True, False]
