"""A conversation over the chat API."""

from __future__ import annotations

from tests.unit.gateway.running import Gateway


async def test_a_conversation_opens_with_a_cookie_and_a_greeting(gateway: Gateway) -> None:
    visitor = gateway.visitor()

    opened = await visitor.open()

    events = await visitor.until(lambda found: len(found) == 3)
    assert opened["cursor"] == 0
    assert [event["id"] for event in events] == [1, 2, 3]
    assert [event["type"] for event in events] == ["turn", "text", "turn"]
    assert events[1]["text"] == "Hej!"


async def test_a_message_is_answered_within_a_frame(gateway: Gateway) -> None:
    visitor = await gateway.opened()

    cursor = await visitor.say("hej på dig")

    events = await visitor.until(lambda found: len(found) == 4, after=cursor - 1)
    assert [(event["author"], event["type"]) for event in events] == [
        ("customer", "text"),
        ("bot", "turn"),
        ("bot", "text"),
        ("bot", "turn"),
    ]
    assert events[2]["text"] == "Du skrev: hej på dig"
    assert events[1]["message"] == events[3]["message"] == cursor


async def test_the_same_message_id_gets_the_same_answer_and_no_second_effect(
    gateway: Gateway,
) -> None:
    visitor = await gateway.opened()
    body = {"client_message_id": "0d7e3d1e-1111-4222-8333-444455556666", "text": "en gång"}

    first = await visitor.post(**body)
    again = await visitor.post(**body)
    other = await visitor.post(**body | {"text": "något annat"})

    await visitor.answered(first.json()["cursor"])
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json() == again.json()
    assert other.status_code == 409
    assert other.json()["error"]["code"] == "message_id_reused"
    assert gateway.rasa.texts() == ["en gång"]


async def test_a_stream_gives_what_came_before_and_what_comes_after(gateway: Gateway) -> None:
    visitor = await gateway.opened()

    async with visitor.stream() as stream:
        before = await stream.until(lambda event: event["id"] == 3)
        cursor = await visitor.say("hej")
        after = await stream.until(
            lambda event: event["type"] == "turn" and event["state"] == "finished"
        )

    assert [event["id"] for event in before + after] == [1, 2, 3, 4, 5, 6, 7]
    assert after[0]["id"] == cursor


async def test_a_stream_resumes_after_the_last_event_id(gateway: Gateway) -> None:
    visitor = await gateway.opened()

    async with visitor.stream(after=0, **{"Last-Event-ID": "2"}) as stream:
        event = await stream.next()

    assert event["id"] == 3


async def test_a_choice_becomes_an_intent_once_and_retires_its_siblings(gateway: Gateway) -> None:
    gateway.rasa.on_text["betala"] = [
        {
            "text": "Stämmer det?",
            "buttons": [
                {"title": "Ja", "payload": "/affirm"},
                {"title": "Nej", "payload": '/deny{"why": "changed"}'},
            ],
            "custom": {"bind": {"confirmation": "c1"}, "button_styles": ["primary"]},
        }
    ]
    visitor = await gateway.opened()
    [asked] = await visitor.ask("betala")

    yes, no = asked["choices"]
    cursor = await visitor.choose(yes["token"])
    refused = await visitor.post(choice=no["token"])

    await visitor.answered(cursor)
    echo = (await visitor.history(cursor - 1))[0]
    assert asked["type"] == "choices"
    assert (yes["title"], yes["style"]) == ("Ja", "primary")
    assert "bind" not in asked
    assert (echo["author"], echo["text"], echo["answers"]) == ("customer", "Ja", asked["id"])
    assert gateway.rasa.turns[-1]["intent"] == {
        "name": "affirm",
        "entities": {"confirmation": "c1"},
    }
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "choice_used")


async def test_picked_values_must_be_among_those_offered(gateway: Gateway) -> None:
    gateway.rasa.on_text["visa"] = [
        {
            "text": "Vilka?",
            "custom": {
                "type": "invoices",
                "invoices": [],
                "bind": {"list": "l1"},
                "select": {
                    "intent": "select_invoices",
                    "entity": "invoices",
                    "values": [7, 8, 9],
                    "titles": {"7": "Faktura 1042", "8": "Faktura 1043"},
                    "multiple": True,
                },
            },
        }
    ]
    visitor = await gateway.opened()
    [asked] = await visitor.ask("visa")

    wrong = await visitor.post(choice=asked["choice"], values=[7, 10])
    none = await visitor.post(choice=asked["choice"], values=[])
    cursor = await visitor.choose(asked["choice"], 8, 7)

    await visitor.answered(cursor)
    assert (wrong.status_code, none.status_code) == (400, 400)
    assert (await visitor.history(cursor - 1))[0]["text"] == "Faktura 1043, Faktura 1042"
    assert gateway.rasa.turns[-1]["intent"] == {
        "name": "select_invoices",
        "entities": {"list": "l1", "invoices": [8, 7]},
    }


async def test_an_ended_conversation_is_closed_to_its_cookie(gateway: Gateway) -> None:
    visitor = await gateway.opened()
    cookie = visitor.http.cookies["kvitt_session"]

    ended = await visitor.http.delete("/api/chat/conversations")

    assert ended.status_code == 204
    assert "kvitt_session" not in visitor.http.cookies
    stale = gateway.visitor(Cookie=f"kvitt_session={cookie}")
    for path in ("history", "events"):
        assert (await stale.http.get(f"/api/chat/{path}")).status_code == 401
    assert (await stale.post(text="hej")).status_code == 401
