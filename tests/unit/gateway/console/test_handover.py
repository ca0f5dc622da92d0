"""The way to a person and back, between a visitor, a bot and two agents."""

from __future__ import annotations

import asyncio

from tests.unit.gateway.console.people import Office, kinds, words


async def test_who_asks_for_a_person_learns_the_place_in_the_queue(office: Office) -> None:
    await office.hire("anna")
    visitor, _ = await office.waiting()
    second, _ = await office.waiting()

    (told,) = kinds(await visitor.history(), "handover")
    (later,) = kinds(await second.history(), "handover")
    assert (told["state"], told["position"]) == ("waiting", 1)
    assert (later["state"], later["position"]) == ("waiting", 2)
    assert [choice["title"] for choice in told["choices"]] == ["Avbryt väntan"]


async def test_who_waits_goes_on_with_the_bot(office: Office) -> None:
    await office.hire("anna")
    visitor, _ = await office.waiting()

    (answer,) = await visitor.ask("vad är en ocr?")

    assert answer["text"] == "Du skrev: vad är en ocr?"


async def test_the_queue_can_be_left_by_a_tap_and_by_words(office: Office) -> None:
    anna = await office.agent("anna")
    visitor, _ = await office.waiting()
    (told,) = kinds(await visitor.history(), "handover")
    await visitor.choose(told["choices"][0]["token"])
    other, _ = await office.waiting()
    await other.say("Avbryt väntan.")

    assert await anna.queue() == []
    assert kinds(await other.history(), "handover")[-1]["state"] == "bot"
    (answer,) = await other.ask("hej igen")
    assert answer["author"] == "bot"


async def test_of_two_agents_one_wins_and_the_other_learns_who(office: Office) -> None:
    anna, bertil = await office.agent("anna"), await office.agent("bertil")
    visitor, conversation = await office.waiting()

    answers = await asyncio.gather(
        anna.act(conversation, "claim"), bertil.act(conversation, "claim")
    )

    assert sorted(answer.status_code for answer in answers) == [204, 409]
    lost = next(answer for answer in answers if answer.status_code == 409).json()["error"]
    winner = kinds(await visitor.history(), "handover")[-1]["agent"]
    assert lost["code"] == "desk_taken"
    assert winner in lost["message"]


async def test_they_write_to_each_other_while_the_bot_is_silent(office: Office) -> None:
    anna = await office.agent("anna")
    visitor, conversation = await office.waiting()
    asked = len(office.rasa.turns)
    await anna.act(conversation, "claim")
    await visitor.say("är du där?")
    await anna.say(conversation, "Ja, hej!")

    events = await visitor.history()
    seen = (await anna.read(conversation))["events"]
    assert words(events, "agent") == ["Ja, hej!"]
    assert [event["id"] for event in seen] == [event["id"] for event in events]
    assert words(seen, "customer")[-1] == "är du där?"
    assert len(office.rasa.turns) == asked


async def test_a_note_is_for_colleagues_only(office: Office) -> None:
    anna = await office.agent("anna")
    visitor, conversation = await office.waiting()
    await anna.act(conversation, "notes", text="Ring banken. Kort 4111 1111 1111 1111.")

    (note,) = (await anna.read(conversation))["notes"]
    assert note["text"].startswith("Ring banken.")
    assert "4111 1111" not in note["text"]
    assert "banken" not in str(await visitor.history())


async def test_the_bot_goes_on_with_the_note_when_it_has_it_back(office: Office) -> None:
    anna = await office.agent("anna")
    visitor, conversation = await office.waiting()
    await anna.act(conversation, "claim")
    await visitor.say("tack")
    assert (await anna.act(conversation, "hand-back", text="Uppskov ges.")).status_code == 204

    await visitor.until(lambda found: "Då fortsätter vi" in str(found))
    turn = office.rasa.turns[-1]
    assert turn["intent"] == {"name": "handback", "entities": {"note": "Uppskov ges."}}
    assert (await visitor.ask("hej"))[0]["text"] == "Du skrev: hej"


async def test_closing_asks_for_a_rating_and_a_word_goes_on_with_the_bot(office: Office) -> None:
    anna = await office.agent("anna")
    visitor, conversation = await office.waiting()
    await anna.act(conversation, "claim")
    await anna.act(conversation, "close")
    (rating,) = kinds(await visitor.history(), "rating")
    await visitor.choose(rating["choices"][3]["token"])

    (request, *_) = (await anna.read(conversation))["requests"]
    assert (request["state"], request["rating"]) == ("closed", 4)
    assert (await visitor.ask("en sak till"))[0]["author"] == "bot"


async def test_a_rating_can_be_typed(office: Office) -> None:
    anna = await office.agent("anna")
    visitor, conversation = await office.waiting()
    await anna.act(conversation, "claim")
    await anna.act(conversation, "close")
    await visitor.say("5")

    assert (await anna.read(conversation))["requests"][0]["rating"] == 5


async def test_it_can_be_given_to_a_colleague_and_back_into_the_queue(office: Office) -> None:
    anna, bertil = await office.agent("anna"), await office.agent("bertil")
    visitor, conversation = await office.waiting()
    await anna.act(conversation, "claim")
    assert (await anna.act(conversation, "transfer", to="bertil")).status_code == 204

    assert (await anna.say(conversation, "nej")).json()["error"]["code"] == "desk_not_yours"
    assert (await bertil.say(conversation, "hej")).status_code == 202
    await bertil.act(conversation, "transfer")
    assert [found["id"] for found in await anna.queue()] == [conversation]
    assert kinds(await visitor.history(), "handover")[-1]["position"] == 1


async def test_a_closed_conversation_can_be_taken_up_again(office: Office) -> None:
    anna = await office.agent("anna")
    visitor, conversation = await office.waiting()
    await anna.act(conversation, "claim")
    await anna.act(conversation, "close")
    assert (await anna.act(conversation, "reopen")).status_code == 204

    await anna.say(conversation, "En sak till.")
    assert words(await visitor.history(), "agent") == ["En sak till."]


async def test_the_same_reply_twice_is_said_once(office: Office) -> None:
    anna = await office.agent("anna")
    visitor, conversation = await office.waiting()
    await anna.act(conversation, "claim")
    body = {"text": "Hej!", "client_message_id": "0001"}
    first = await anna.act(conversation, "messages", **body)
    second = await anna.act(conversation, "messages", **body)

    assert first.json() == second.json()
    assert words(await visitor.history(), "agent") == ["Hej!"]


async def test_an_answer_of_the_bot_that_comes_too_late_is_not_said(office: Office) -> None:
    anna = await office.agent("anna")
    visitor, conversation = await office.waiting()
    gate = office.rasa.hold()
    cursor = await visitor.say("långsam fråga")
    await anna.act(conversation, "claim")
    gate.set()

    after = await visitor.answered(cursor)
    assert words(after, "bot") == []


async def test_every_look_and_act_is_audited(office: Office) -> None:
    anna = await office.agent("anna")
    _, conversation = await office.waiting()
    await anna.read(conversation)
    await anna.act(conversation, "claim")
    await anna.say(conversation, "Hej!")
    await anna.act(conversation, "notes", text="Klart.")
    await anna.act(conversation, "close")
    await anna.act(conversation, "reopen")
    await anna.act(conversation, "hand-back", text="")

    assert await office.audited(conversation) == [
        "look", "claim", "reply", "note", "close", "reopen", "hand_back",
    ]  # fmt: skip
