"""When nobody is there: a ticket with the transcript, and its number for the customer."""

from __future__ import annotations

from tests.unit.gateway.console.people import Office, kinds, running_office

A_MOMENT = 0.001


def tickets(office: Office) -> list[str]:
    """The first message of each."""
    return [messages[0] for messages in office.gateway.billing.tickets.values()]


async def test_outside_hours_a_ticket_is_opened_for_a_known_address(
    closed_office: Office,
) -> None:
    await closed_office.hire("anna")
    visitor, _ = await closed_office.waiting()
    assert "Skriv din e-postadress" in str(await visitor.history())
    await visitor.say("ja, maja@exempel.se")

    told = await visitor.until(lambda found: kinds(found, "handover"))
    (event,) = kinds(told, "handover")
    assert event["state"] == "ticket"
    assert event["ticket"] in event["text"]
    (ticket,) = tickets(closed_office)
    assert "Kund: prata med en människa" in ticket
    assert (await visitor.ask("hej"))[0]["author"] == "bot"


async def test_who_waits_too_long_gets_a_ticket_and_the_bot(sqlite_url: str) -> None:
    async with running_office(sqlite_url, desk_waiting_minutes=A_MOMENT) as office:
        anna = await office.agent("anna")
        visitor, _ = await office.waiting()
        await visitor.until(lambda found: "hann ingen" in str(found))

        assert await anna.queue() == []
        await visitor.say("maja@exempel.se")
        await visitor.until(lambda found: "Ditt ärende har nummer" in str(found))


async def test_with_no_agents_at_all_nobody_is_promised_one(office: Office) -> None:
    visitor, _ = await office.waiting()

    assert not kinds(await visitor.history(), "handover")
    assert "Kundtjänst har stängt" in str(await visitor.history())


async def test_one_that_has_been_opened_is_not_opened_again(closed_office: Office) -> None:
    await closed_office.hire("anna")
    visitor, _ = await closed_office.waiting()
    await visitor.say("maja@exempel.se")
    await visitor.until(lambda found: "Ditt ärende" in str(found))
    await closed_office.gateway.services.tickets.open_due()

    assert len(tickets(closed_office)) == 1
