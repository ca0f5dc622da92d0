"""To the company's login and back: nobody gets in whom it did not send, in this browser, now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from gateway.console import tables
from tests.fakes.openid import signed_by_somebody_else, signed_with_the_public_key, unsigned
from tests.unit.gateway.console.company import ADDRESS, CALLBACK, NOW, Company

AT = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("roles", "role"),
    [("agent", "agent"), (["other", "supervisor"], "supervisor"),
     (["agent", "supervisor"], "supervisor")],
)  # fmt: skip
async def test_a_role_there_is_a_role_here(company: Company, roles: object, role: str) -> None:
    company.provider.person["roles"] = roles
    browser, answer = await company.sign_in()

    assert answer.headers["Location"] == "/console"
    assert "HttpOnly" in answer.headers["set-cookie"]
    me = (await browser.http.get("/api/console/session")).json()
    assert (me["name"], me["display_name"], me["role"]) == (ADDRESS, "Anna", role)
    assert await company.office.audited() == ["openid_account", "sign_in"]
    async with company.office.gateway.services.store.read() as connection:
        details = (await connection.execute(select(tables.audit.c.details))).scalars().all()
    assert details[-1] == {"how": "openid"}


async def test_the_address_there_is_exact_and_carries_a_challenge(company: Company) -> None:
    await company.begun(company.browser())

    asked = company.provider.asked
    assert asked["redirect_uri"] == CALLBACK
    assert asked["response_type"] == "code"
    assert asked["code_challenge_method"] == "S256"
    assert set(asked["scope"].split()) == {"openid", "email", "profile"}


# The way there and back


@pytest.mark.parametrize("name", ["state", "code"])
async def test_what_was_not_given_out_opens_nothing(company: Company, name: str) -> None:
    browser = company.browser()
    brought = await company.begun(browser) | {name: "made-up"}

    text = await company.said(browser, await company.came_back(browser, brought))
    assert "Inloggningen gick inte att bekräfta." in text
    assert 'href="/console"' in text


async def test_a_return_works_once(company: Company) -> None:
    browser = company.browser()
    brought = await company.begun(browser)
    binding = dict(browser.http.cookies)
    assert (await company.came_back(browser, brought)).status_code == 303
    again = company.browser()
    again.http.cookies.update(binding)

    assert "bekräfta" in await company.said(again, await company.came_back(again, brought))


async def test_a_code_works_with_its_own_state_only(company: Company) -> None:
    browser = company.browser()
    first = await company.begun(browser)
    second = await company.begun(browser)

    mixed = second | {"code": first["code"]}
    assert "bekräfta" in await company.said(browser, await company.came_back(browser, mixed))


@pytest.mark.parametrize("has_begun", [False, True])
async def test_another_browser_cannot_take_over_a_return(company: Company, has_begun: bool) -> None:
    owner, victim = company.browser(), company.browser()
    brought = await company.begun(owner)
    if has_begun:
        await company.begun(victim)

    assert "bekräfta" in await company.said(victim, await company.came_back(victim, brought))
    assert (await company.came_back(owner, brought)).status_code == 303


async def test_a_state_lives_ten_minutes(company: Company) -> None:
    browser = company.browser()
    brought = await company.begun(browser)
    company.clock.now += timedelta(minutes=10)

    assert "bekräfta" in await company.said(browser, await company.came_back(browser, brought))


async def test_a_login_that_was_declined_there_leads_back(company: Company) -> None:
    answer = await company.browser().http.get("/login/console/callback?error=access_denied&state=x")

    assert answer.status_code == 403
    assert "Till inloggningen" in answer.text


async def test_another_site_neither_begins_nor_finishes(company: Company) -> None:
    browser = company.browser()
    brought = await company.begun(browser)
    browser.http.headers["Origin"] = "https://embedding.example.com"

    assert (await browser.http.post("/api/console/openid")).status_code == 403
    assert (await company.came_back(browser, brought)).status_code == 403


async def test_the_binding_is_for_the_way_back_only(company: Company) -> None:
    answer = await company.browser().http.post("/api/console/openid")

    cookie = answer.headers["set-cookie"]
    for part in ("HttpOnly", "SameSite=Strict", "Path=/login/console", "Max-Age=600"):
        assert part in cookie


# The ID token


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "of another login"},
        {"exp": AT - 61},
        {"iat": AT + 90},
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"aud": ["kvitt-console", "another client"]},
        {"aud": ["kvitt-console", "another client"], "azp": "another client"},
        {"sub": None},
    ],
    ids=str,
)
async def test_an_id_token_that_is_not_right_is_refused(
    company: Company, claims: dict[str, Any]
) -> None:
    company.provider.changed_claims = claims

    assert "bekräfta" in await company.refused()


async def test_a_token_for_several_is_ours_when_it_says_so(company: Company) -> None:
    both = ["kvitt-console", "another client"]
    company.provider.changed_claims = {"aud": both, "azp": "kvitt-console"}

    assert (await company.me())["name"] == ADDRESS


@pytest.mark.parametrize(
    "token_of", [unsigned, signed_with_the_public_key, signed_by_somebody_else]
)
async def test_a_signature_is_the_logins_own_or_none(company: Company, token_of: Any) -> None:
    company.provider.token_of = token_of

    assert "bekräfta" in await company.refused()


async def test_a_new_key_is_taken_up_once_it_is_published(company: Company) -> None:
    await company.me()
    company.provider.kid = "second"
    company.clock.now += timedelta(minutes=2)
    assert "bekräfta" in await company.refused()
    company.provider.published = ["second"]
    company.clock.now += timedelta(minutes=2)

    assert (await company.me())["name"] == ADDRESS
