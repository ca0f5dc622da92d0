"""Whose log it is: what a login was shown is shown to nobody else."""

from __future__ import annotations

from typing import Any

from gateway.logins import LoginChange, compare
from kvitt.identity import Proof
from tests.unit.gateway.running import Gateway, Visitor


async def log_in(gateway: Gateway, visitor: Visitor, email: str = "anna@example.se") -> str:
    """As the login action does it, within a turn; the conversation's id."""
    conversation = str(gateway.rasa.turns[-1]["sender"]).rsplit(".", 1)[0]
    customer = gateway.billing.add_customer(email=email)
    await gateway.services.sessions.begin(
        conversation, customer, proof=Proof.EMAIL_CODE, now=gateway.services.clock()
    )
    await visitor.ask("visa mina fakturor")
    return conversation


def texts(events: list[dict[str, Any]]) -> list[str]:
    return [event["text"] for event in events if event["text"]]


async def test_after_logging_out_nothing_from_before_can_be_read(gateway: Gateway) -> None:
    gateway.rasa.on_text["visa mina fakturor"] = [{"text": "Faktura 1042, 499 kr"}]
    gateway.rasa.on_text["logga ut"] = [
        {"text": "Klart."},
        {"custom": {"type": "control", "do": "logout"}},
    ]
    visitor = await gateway.opened()
    conversation = await log_in(gateway, visitor)

    async with visitor.stream(after=10_000) as stream:
        await visitor.ask("logga ut")
        ended = (await stream.until(lambda event: event["type"] == "login"))[-1]

    now = gateway.services.clock()
    assert await gateway.services.sessions.current(conversation, now=now) is None
    assert texts(await visitor.history()) == [ended["text"], "Klart."]
    assert (ended["step"], ended["reason"]) == ("ended", "logged_out")
    async with visitor.stream() as stream:
        assert (await stream.next())["id"] == ended["id"]


async def test_after_logging_out_the_customer_goes_on_with_an_empty_tracker(
    gateway: Gateway,
) -> None:
    gateway.rasa.on_text["logga ut"] = [{"custom": {"type": "control", "do": "logout"}}]
    visitor = await gateway.opened()
    await log_in(gateway, visitor)

    await visitor.ask("logga ut")
    before = gateway.rasa.turns[-1]["sender"]
    [answer] = await visitor.ask("hej")

    assert answer["text"] == "Du skrev: hej"
    assert gateway.rasa.turns[-1]["sender"] != before


async def test_a_login_that_runs_out_is_hidden_without_anybody_asking(gateway: Gateway) -> None:
    gateway.rasa.on_text["visa mina fakturor"] = [{"text": "Faktura 1042, 499 kr"}]
    visitor = await gateway.opened()
    conversation = await log_in(gateway, visitor)
    await gateway.services.sessions.end(conversation, now=gateway.services.clock())

    await gateway.services.newsroom.end_expired_logins()

    [told] = await visitor.history()
    assert (told["step"], told["reason"]) == ("ended", "login_expired")


async def test_the_next_word_after_a_login_has_run_out_starts_afresh(gateway: Gateway) -> None:
    gateway.rasa.on_text["visa mina fakturor"] = [{"text": "Faktura 1042, 499 kr"}]
    visitor = await gateway.opened()
    conversation = await log_in(gateway, visitor)
    await gateway.services.sessions.end(conversation, now=gateway.services.clock())

    await visitor.ask("hej igen")

    assert "Faktura 1042, 499 kr" not in texts(await visitor.history())


async def test_another_login_does_not_see_what_the_first_was_shown(gateway: Gateway) -> None:
    gateway.rasa.on_text["visa mina fakturor"] = [{"text": "Faktura 1042, 499 kr"}]
    visitor = await gateway.opened()
    await log_in(gateway, visitor)
    gateway.rasa.on_text["visa mina fakturor"] = [{"text": "Inga fakturor"}]

    await log_in(gateway, visitor, "bo@example.se")

    assert "Faktura 1042, 499 kr" not in texts(await visitor.history())
    assert "Inga fakturor" in texts(await visitor.history())


async def test_choices_of_a_login_end_with_it(gateway: Gateway) -> None:
    gateway.rasa.on_text["visa mina fakturor"] = [
        {"text": "Betala?", "buttons": [{"title": "Ja", "payload": "/affirm"}]}
    ]
    gateway.rasa.on_text["logga ut"] = [{"custom": {"type": "control", "do": "logout"}}]
    visitor = await gateway.opened()
    await log_in(gateway, visitor)
    asked = next(event for event in await visitor.history() if "choices" in event)
    await visitor.ask("logga ut")

    refused = await visitor.post(choice=asked["choices"][0]["token"])

    assert refused.status_code == 409


async def test_nothing_of_one_visitor_reaches_another(gateway: Gateway) -> None:
    gateway.rasa.default = lambda turn: [
        {
            "text": f"hemligt för {turn['sender']}",
            "buttons": [{"title": "Ja", "payload": "/affirm"}],
            "custom": {"type": "link", "purpose": "mass_payment", "ids": [1]},
        }
    ]
    anna, bo = await gateway.opened(), await gateway.opened()
    async with anna.stream() as annas, bo.stream() as bos:
        for number in range(5):
            await anna.ask(f"anna {number}")
            await bo.ask(f"bo {number}")
        seen_by_anna = await annas.until(lambda event: event["text"] == "anna 4")
        seen_by_bo = await bos.until(lambda event: event["text"] == "bo 4")
    secret = next(event for event in await bo.history() if "choices" in event)

    stolen = await anna.post(choice=secret["choices"][0]["token"])
    followed = await anna.http.post(secret["href"])

    assert (stolen.status_code, followed.status_code) == (404, 404)
    for own, events, log in (
        ("anna", seen_by_anna, await anna.history()),
        ("bo", seen_by_bo, await bo.history()),
    ):
        other = "bo" if own == "anna" else "anna"
        assert not any(text.startswith(other) for text in texts(events) + texts(log))
        senders = {text for text in texts(log) if text.startswith("hemligt")}
        assert len(senders) == 1


def test_an_unknown_login_that_stays_unknown_is_no_change() -> None:
    assert compare(None, None) == LoginChange.NONE
