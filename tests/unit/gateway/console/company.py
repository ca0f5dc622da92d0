"""Builders: a company with a login of its own (`tests.fakes.openid`), and its agents' browsers."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import httpx

from tests.fakes.openid import Provider, returned, settings
from tests.unit.gateway.console.people import Colleague, Office, running_office

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ADDRESS = "anna.berg@bolaget.example"
CALLBACK = "http://127.0.0.1:8080/login/console/callback"


@dataclass(slots=True)
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(slots=True, kw_only=True)
class Company:
    """An office, and the login that its agents have elsewhere."""

    office: Office
    provider: Provider
    clock: Clock

    def browser(self) -> Colleague:
        return self.office.browser("")

    async def begun(self, browser: Colleague) -> dict[str, str]:
        """Gone there, logged in, and sent back: what the browser brings."""
        begun = await browser.http.post("/api/console/openid")
        assert begun.status_code == 201, begun.text
        async with httpx.AsyncClient(trust_env=False) as there:
            answer = await there.get(begun.json()["address"])
        assert answer.headers["Location"].startswith(f"{CALLBACK}?")
        return returned(answer.headers["Location"])

    async def came_back(self, browser: Colleague, brought: dict[str, str]) -> httpx.Response:
        page = await browser.http.get("/login/console/callback", params=brought)
        assert page.status_code == 200
        assert brought["code"] in page.text
        return await browser.http.post("/login/console/finish", data=brought)

    async def sign_in(self) -> tuple[Colleague, httpx.Response]:
        browser = self.browser()
        return browser, await self.came_back(browser, await self.begun(browser))

    async def me(self) -> dict[str, Any]:
        """Signed in, and who that is."""
        browser, answer = await self.sign_in()
        assert answer.status_code == 303, answer.text
        return dict((await browser.http.get("/api/console/session")).json())

    async def refused(self) -> str:
        """Tried to sign in, and what was said instead."""
        browser, answer = await self.sign_in()
        return await self.said(browser, answer)

    async def said(self, browser: Colleague, answer: httpx.Response) -> str:
        assert answer.status_code == 403, answer.text
        assert "kvitt_agent=" not in answer.headers.get("set-cookie", "")
        assert (await browser.http.get("/api/console/session")).status_code == 401
        return answer.text


@asynccontextmanager
async def running_company(url: str, provider: Provider, **more: Any) -> AsyncIterator[Company]:
    clock = provider.clock
    assert isinstance(clock, Clock)
    wiring = {"clock": clock}
    async with running_office(url, wiring=wiring, **settings(provider, **more)) as office:
        yield Company(office=office, provider=provider, clock=clock)
