"""A visitor in a browser: what they do, by the names that they can see or hear."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from playwright.sync_api import Frame, FrameLocator, Locator, Page, expect

from tests.browser.stage import Stage
from tests.conftest import CHROMIUM_DEADLINE_MS

POLL_MS = 20
STORED = "() => Object.keys(localStorage).concat(Object.keys(sessionStorage))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    page: Page
    served: Stage

    def arrive(self, path: str = "/") -> Self:
        self.page.goto(path)
        expect(self.launcher).to_be_visible()
        return self

    def open(self) -> Self:
        self.launcher.click()
        expect(self.button("Betala fakturor")).to_be_visible()
        return self

    def open_again(self) -> Self:
        """Come back to a conversation that has gone on."""
        self.launcher.click()
        expect(self.log).to_be_visible()
        return self

    @property
    def launcher(self) -> Locator:
        return self.page.locator("div > button[aria-controls=chat]")

    @property
    def chat(self) -> FrameLocator:
        return self.page.frame_locator("iframe")

    @property
    def frame(self) -> Frame:
        return next(one for one in self.page.frames if "/widget/" in one.url)

    @property
    def composer(self) -> Locator:
        return self.chat.get_by_label("Skriv ett meddelande")

    @property
    def log(self) -> Locator:
        return self.chat.get_by_role("log")

    def button(self, name: str) -> Locator:
        return self.chat.get_by_role("button", name=name)

    def said(self, text: str) -> Locator:
        return self.log.locator(".words").get_by_text(text, exact=True)

    def say(self, text: str) -> Self:
        self.composer.fill(text)
        self.composer.press("Enter")
        return self

    def ask(self, text: str, answer: str) -> Self:
        """Say something and wait for a button of the answer."""
        self.say(text)
        expect(self.button(answer).last).to_be_visible()
        return self

    def choose_invoices(self, *numbers: int) -> Self:
        for number in numbers:
            self.chat.get_by_label(f"Faktura {number}").last.check()
        self.log.get_by_role("button", name="Välj").last.click()
        expect(self.button("Använd kortet")).to_be_visible()
        return self

    def to_summary(self, *numbers: int) -> Self:
        self.ask("fakturor", "Välj minst en faktura")
        self.choose_invoices(*numbers or (1042, 1057))
        self.button("Använd kortet").click()
        expect(self.button("Ja, betala")).to_be_visible()
        return self

    @property
    def conversation_id(self) -> str:
        """Of the last turn that reached the bot."""
        return str(self.served.rasa.turns[-1]["sender"]).rsplit(".", 1)[0]

    def eventually(self, condition: Callable[[], object]) -> None:
        """Wait for what no locator shows; fails after a while."""
        deadline = time.monotonic() + CHROMIUM_DEADLINE_MS / 1000
        while not condition():
            assert time.monotonic() < deadline, "not in time"
            self.page.wait_for_timeout(POLL_MS)

    def has_nothing_kept(self) -> bool:
        """In the browser, of the chat."""
        return not self.page.context.cookies() and not self.page.evaluate(STORED)

    def focused_name(self) -> str:
        """What a screen reader would say of the element with the keyboard."""
        return str(
            self.frame.evaluate(
                """() => {
                    const element = document.activeElement;
                    const label = element.labels && element.labels[0];
                    return element.getAttribute("aria-label")
                        || (label && label.innerText) || element.innerText || "";
                }"""
            )
        )

    def tab_to(self, name: str, *, back: bool = True) -> Self:
        """Move the keyboard until something of that name has it."""
        for _ in range(40):
            if name in self.focused_name():
                return self
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
        raise AssertionError(f"the keyboard never came to {name!r}")
