"""Who gets in by the company's login, as what, and what is left to passwords."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from gateway.console import agents, openid, tables
from gateway.console.openid_accounts import Person, Roles
from kvitt.identity import KeyedHash
from kvitt.settings import SettingsError, load
from tests.fakes.openid import Provider
from tests.unit.gateway.console.company import ADDRESS, NOW, Company, running_company
from tests.unit.gateway.console.people import Office


async def test_an_account_is_made_once_and_follows_the_role(company: Company) -> None:
    await company.me()
    company.provider.person |= {"roles": ["supervisor"], "preferred_username": "anna.ek"}
    me = await company.me()

    assert (me["name"], me["role"]) == (ADDRESS, "supervisor")
    assert "role_changed" in await company.office.audited()


async def test_the_table_says_who_is_an_agent_where_no_claim_does(small_company: Company) -> None:
    await small_company.office.hire(ADDRESS, "supervisor")

    me = await small_company.me()
    assert (me["name"], me["role"]) == (ADDRESS, "supervisor")


async def test_of_browsers_at_once_all_come_to_one_account(
    database_url: str, provider: Provider
) -> None:
    provider.person["roles"] = ["agent"]
    async with running_company(
        database_url, provider, console_openid_roles_claim="roles"
    ) as company:
        signed_in = await asyncio.gather(*(company.me() for _ in range(4)))

        assert {me["name"] for me in signed_in} == {ADDRESS}
        async with company.office.gateway.services.store.read() as connection:
            count = select(func.count()).select_from(tables.agents)
            assert (await connection.execute(count)).scalar_one() == 1


@pytest.mark.parametrize("roles", [None, [], "Agent", ["kund"], {"agent": True}, 1])
async def test_nobody_gets_in_without_a_role(company: Company, roles: object) -> None:
    company.provider.person["roles"] = roles

    assert "har ingen behörighet till kundtjänst" in await company.refused()
    assert await company.office.audited() == []


async def test_one_who_has_lost_the_role_loses_the_sessions(company: Company) -> None:
    browser, _ = await company.sign_in()
    company.provider.person["roles"] = []
    await company.refused()

    assert (await browser.http.get("/api/console/session")).status_code == 401
    assert (await company.office.audited())[-1] == "role_lost"


async def test_an_account_that_was_removed_stays_closed(company: Company) -> None:
    await company.me()
    async with company.office.gateway.services.store.write() as connection:
        await agents.remove(connection, ADDRESS)

    assert "är avstängt" in await company.refused()


@pytest.mark.parametrize("verified", [None, False, "false", 0, [True]])
async def test_an_address_that_is_not_verified_opens_nothing(
    small_company: Company, verified: object
) -> None:
    await small_company.office.hire(ADDRESS)
    small_company.provider.person["email_verified"] = verified

    assert "är inte bekräftad" in await small_company.refused()


async def test_an_address_without_an_account_opens_nothing(small_company: Company) -> None:
    assert "har ingen behörighet" in await small_company.refused()


async def test_an_address_with_a_new_owner_opens_nothing_until_it_is_said(
    small_company: Company,
) -> None:
    office = small_company.office
    await office.hire(ADDRESS)
    await small_company.me()
    small_company.provider.person["sub"] = "u-2"
    assert "har ingen behörighet" in await small_company.refused()
    async with office.gateway.services.store.write() as connection:
        await agents.put(
            connection, ADDRESS, display_name="Anna", role="agent", password=None, now=NOW,
            is_for_new_owner=True,
        )  # fmt: skip

    assert (await small_company.me())["name"] == ADDRESS


async def test_a_name_there_never_opens_somebody_elses_account(company: Company) -> None:
    await company.office.hire("demo", "supervisor")
    company.provider.person |= {"preferred_username": "demo", "email": "demo"}

    me = await company.me()
    assert me["name"].startswith("demo-")
    assert me["role"] == "agent"


# Pure


@pytest.mark.parametrize(
    ("claim", "claims"),
    [
        ("groups", {"groups": ["/kunder", "stöd"]}),
        ("realm_access.roles", {"realm_access": {"roles": ["stöd"]}}),
        ("resource_access.kvitt.roles", {"resource_access": {"kvitt": {"roles": ["stöd"]}}}),
        ("https://kvitt.example/roles", {"https://kvitt.example/roles": "stöd"}),
    ],
)
def test_a_claim_is_found_by_its_name_or_by_its_path(claim: str, claims: dict[str, Any]) -> None:
    roles = Roles(claim=claim, agent=frozenset({"stöd"}), supervisor=frozenset())

    assert roles.found_in(claims) == "agent"
    assert roles.found_in({}) is None
    assert roles.found_in({claim.partition(".")[0]: ["annat"]}) is None


@pytest.mark.parametrize(
    ("claims", "name", "shown"),
    [
        ({"email": "Åsa@bolaget.example", "email_verified": True}, "sa@bolaget.example", "sa"),
        ({"email": "boss@bolaget.example", "preferred_username": "eva"}, "eva", "eva"),
        ({"preferred_username": "Eva Ek", "name": "Eva\u200b  Ek\n"}, "eva-ek", "Eva Ek"),
        ({"preferred_username": "e" * 99, "given_name": "E" * 99}, "e" * 64, "E" * 64),
        ({"preferred_username": ["x"], "given_name": 7}, "openid-6dbf", "openid-6dbf"),
    ],
)
def test_a_new_account_has_a_name_that_may_be_one(
    claims: dict[str, Any], name: str, shown: str
) -> None:
    person = Person.from_claims({"iss": "i", "sub": "s"} | claims)

    assert (person.name, person.display_name) == (name, shown)
    assert all(agents.NAME.fullmatch(one) for one in person.names)


# Beside passwords


@pytest.mark.parametrize("is_known", [False, True])
async def test_a_login_that_is_down_is_said_and_passwords_still_work(
    company: Company, is_known: bool
) -> None:
    await company.office.hire("bo")
    if is_known:
        await company.me()
        company.clock.now += timedelta(hours=2)
    company.provider.is_down = True
    browser = company.office.browser("bo")

    answer = await browser.http.post("/api/console/openid")
    assert answer.status_code == 503
    assert "går inte att nå just nu" in answer.json()["error"]["message"]
    assert (await browser.sign_in()).status_code == 201


async def test_a_login_that_goes_down_on_the_way_lets_nobody_in(company: Company) -> None:
    browser = company.browser()
    brought = await company.begun(browser)
    company.provider.is_down = True

    assert "bekräfta" in await company.said(browser, await company.came_back(browser, brought))


async def test_passwords_can_be_turned_off(sqlite_url: str, provider: Provider) -> None:
    more = {"console_passwords": False, "console_openid_name": "Bolagets konto"}
    async with running_company(sqlite_url, provider, **more) as running:
        await running.office.hire("bo")
        browser = running.office.browser("bo")

        ways = (await browser.http.get("/api/console/ways")).json()
        assert ways == {"passwords": False, "openid": "Bolagets konto"}
        assert (await browser.sign_in()).status_code == 403


async def test_without_configuration_there_are_passwords_only(office: Office) -> None:
    browser = office.browser("")

    ways = (await browser.http.get("/api/console/ways")).json()
    assert ways == {"passwords": True, "openid": None}
    assert (await browser.http.post("/api/console/openid")).status_code == 404
    assert (await browser.http.get("/login/console/callback?state=a&code=b")).status_code == 404


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"console_passwords": False}, "KVITT_CONSOLE_PASSWORDS"),
        ({"console_openid_discovery_url": "https://x.example"}, "CLIENT_ID"),
        (
            {"console_openid_discovery_url": "https://x.example", "console_openid_client_id": "k"},
            "CLIENT_SECRET",
        ),
    ],
)
async def test_half_a_configuration_stops_the_start(given: dict[str, Any], named: str) -> None:
    office: Any = None
    async with httpx.AsyncClient() as client:
        with pytest.raises(SettingsError, match=named):
            openid.connect(load(**given), office, KeyedHash(b"0123456789abcdef"), client)
