"""`python -m tests.browser.screenshots`: the pictures of the main states, into web/screenshots/."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path

from playwright.sync_api import Browser, expect, sync_playwright

from tests.browser.stage import Stage, stage
from tests.browser.visit import Visit

FOLDER = Path(__file__).parents[2] / "web" / "screenshots"
SIZES = {
    "desktop-light": (1280, 800, "light"),
    "tablet-dark": (768, 900, "dark"),
    "phone-light": (390, 780, "light"),
    "phone-dark": (390, 780, "dark"),
    "small-light": (320, 640, "light"),
}


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("chromium is missing (Debian: apt-get install chromium)", file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    with stage() as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium)
        for name in SIZES:
            _take(browser, served, name)
        browser.close()
    print(f"{len(list(FOLDER.glob('*.png')))} pictures in {FOLDER.name}/")
    return 0


def _take(browser: Browser, served: Stage, name: str) -> None:
    width, height, theme = SIZES[name]
    page = browser.new_page(
        base_url=served.url,
        viewport={"width": width, "height": height},
        color_scheme=theme,  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    visit = Visit(page=page, served=served).arrive("/?visitor=maja")
    shoot = partial(_shoot, visit, name)
    shoot("zone")
    visit.open()
    shoot("greeting")
    visit.ask("fakturor", "Välj minst en faktura")
    visit.chat.get_by_label("Faktura 1042").check()
    visit.chat.get_by_label("Faktura 1057").check()
    shoot("invoices")
    visit.button("Välj 2 fakturor").click()
    expect(visit.button("Använd kortet")).to_be_visible()
    shoot("cards")
    visit.button("Använd kortet").click()
    expect(visit.button("Ja, betala")).to_be_visible()
    shoot("summary")
    visit.button("Ja, betala").click()
    served.tell(visit.conversation_id, f"payment_news:{name}", done=2)
    expect(visit.chat.get_by_label("Betalning", exact=True)).to_be_visible()
    shoot("receipt")
    page.close()


def _shoot(visit: Visit, name: str, state: str) -> None:
    visit.page.wait_for_timeout(150)  # fonts and scrolling come to rest
    visit.page.screenshot(path=FOLDER / f"{name}-{state}.png")


if __name__ == "__main__":
    sys.exit(main())
