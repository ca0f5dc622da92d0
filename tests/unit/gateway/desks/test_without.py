"""Without Chatwoot: it cannot be reached, it lets nobody in, or it is not configured."""

from __future__ import annotations

import pytest

from gateway.__main__ import build
from kvitt.settings import SettingsError
from tests.unit.gateway.console.people import ASK
from tests.unit.gateway.desks.conftest import chatwoot_settings, running_company
from tests.unit.gateway.running import running_gateway, test_settings


async def test_unreachable_the_customer_is_told_and_gets_a_ticket(sqlite_url: str) -> None:
    async with running_company(
        sqlite_url, chatwoot_url="http://127.0.0.1:9", chatwoot_patience_seconds=0.2
    ) as company:
        visitor, _ = await company.office.waiting()
        told = await visitor.until(lambda found: "Skriv din e-postadress" in str(found))
        assert "når jag inte kundtjänst" in str(told)
        await visitor.say("maja@exempel.se")
        await visitor.until(lambda found: "Ditt ärende har nummer" in str(found))

        (ticket,) = company.tickets()
        assert ASK in ticket
        assert (await visitor.ask("hej"))[0]["author"] == "bot"


async def test_lost_in_the_middle_the_customer_is_told_and_the_bot_goes_on(
    sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with running_company(sqlite_url, chatwoot_patience_seconds=0.3) as company:
        visitor, _, place = await company.handed_over()
        await company.chatwoot.say(place, "Hej!")
        company.chatwoot.faults["add"] = ["500"] * 200
        company.chatwoot.faults["list"] = ["500"] * 200
        await visitor.say("hör du mig?")
        await visitor.until(lambda found: "tappade jag kontakten" in str(found))
        await visitor.say("maja@exempel.se")
        await visitor.until(lambda found: "Ditt ärende har nummer" in str(found))

        (ticket,) = company.tickets()
        assert "Kund: hör du mig?" in ticket
        assert (await visitor.ask("hej"))[0]["author"] == "bot"
    logged = capsys.readouterr().out
    assert "desk_lost" in logged
    assert "hör du" not in logged


async def test_refused_there_is_no_waiting_for_a_ticket(sqlite_url: str) -> None:
    async with running_company(sqlite_url, chatwoot_token="a-wrong-one") as company:
        visitor, _ = await company.office.waiting()
        await visitor.until(lambda found: "når jag inte kundtjänst" in str(found))

    assert company.chatwoot.calls.count("add") == 1


async def test_outside_hours_nothing_is_sent(sqlite_url: str) -> None:
    async with running_company(sqlite_url, desk_hours="") as company:
        visitor, _ = await company.office.waiting()

        assert "Kundtjänst har stängt" in str(await visitor.history())
        assert company.chatwoot.calls == []


# Configuration


@pytest.mark.parametrize(
    "missing", ["url", "account_id", "inbox_identifier", "token", "webhook_secret"]
)
def test_half_a_configuration_stops_the_start(missing: str, sqlite_url: str) -> None:
    settings = chatwoot_settings("http://127.0.0.1:9") | {f"chatwoot_{missing}": ""}

    with pytest.raises(SettingsError, match=f"KVITT_CHATWOOT_{missing.upper()}: missing"):
        build(test_settings(sqlite_url, **settings))


@pytest.mark.parametrize(("name", "wrong"), [("account_id", "sju"), ("url", "chatwoot.example")])
def test_what_cannot_be_right_stops_it_too(name: str, wrong: str, sqlite_url: str) -> None:
    settings = chatwoot_settings("http://127.0.0.1:9") | {f"chatwoot_{name}": wrong}

    with pytest.raises(SettingsError, match=f"KVITT_CHATWOOT_{name.upper()}: "):
        build(test_settings(sqlite_url, **settings))


async def test_without_configuration_there_is_no_such_address(sqlite_url: str) -> None:
    async with running_gateway(sqlite_url) as gateway:
        answer = await gateway.visitor().http.post("/api/desks/chatwoot", json={})

        assert answer.status_code == 404
        assert gateway.services.elsewhere is None
