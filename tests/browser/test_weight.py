"""What the chat costs a host page: bytes, other hosts, policies, and time of the main thread."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewContext
from tests.browser.stage import Stage
from tests.browser.visit import Visit

pytestmark = pytest.mark.chromium

BUILT = Path(__file__).parents[2] / "gateway" / "static" / "widget"
WATCH = """
window.reports = [];
document.addEventListener("securitypolicyviolation",
    (event) => window.reports.push(`${event.violatedDirective} ${event.blockedURI}`));
"""
HOST = """<!doctype html><html lang="sv"><title>En butik</title>
<body><main><h1>Butik</h1></main>
<script src="/widget.js" data-position="left" data-accent="#7a2e8f"></script></body></html>"""
ALLOWED_MS = 100
TRIES = 4
SLOWER = 4
TIMELINE = "disabled-by-default-devtools.timeline"


def test_the_launcher_and_the_widget_are_small() -> None:
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in BUILT.iterdir()}

    launcher = sizes.pop("widget.js")

    assert launcher <= 3 * 1024
    assert sum(sizes.values()) <= 25 * 1024


def test_the_path_breaks_no_policy_and_asks_no_other_host(page: Page, served: Stage) -> None:
    page.add_init_script(WATCH)
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    visit = Visit(page=page, served=served).arrive().open()

    visit.to_summary()
    visit.button("Ja, betala").click()
    visit.ask("delvis", "Prova ett annat kort")

    assert {url for url in asked if not url.startswith((served.url, "data:"))} == set()
    assert page.evaluate("reports") + visit.frame.evaluate("reports") == []
    assert complaints == []


def test_a_site_with_the_strictest_policy_can_embed_it(page: Page, served: Stage) -> None:
    policy = (
        f"default-src 'none'; script-src {served.url}; frame-src {served.url};"
        " base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
    )

    page.add_init_script(WATCH)
    _serve_host(page, {"Content-Security-Policy": policy})
    visit = Visit(page=page, served=served).arrive("/butik").open()

    expect(visit.composer).to_be_visible()
    box = page.locator("iframe").bounding_box()
    assert box is not None
    assert box["x"] < 50
    assert page.evaluate("reports") == []


def _serve_host(page: Page, headers: dict[str, str]) -> None:
    """A page with nothing of its own."""
    headers |= {"Content-Type": "text/html; charset=utf-8"}
    page.route("**/butik", lambda route: route.fulfill(body=HOST, headers=headers))


def test_it_hardly_blocks_a_slow_processor(
    chromium: Browser, new_context: NewContext, served: Stage
) -> None:
    """Opening the chat and getting an answer, on a processor four times slower than this one; the
    best of a few tries, as a busy machine has colder caches."""
    blocked: list[float] = []
    while len(blocked) < TRIES and min(blocked, default=ALLOWED_MS + 1) > ALLOWED_MS:
        blocked.append(_blocked_ms(_trace(chromium, new_context().new_page(), served)))

    assert min(blocked) <= ALLOWED_MS


def _trace(chromium: Browser, page: Page, served: Stage) -> list[dict[str, Any]]:
    _serve_host(page, {})
    page.context.set_default_timeout(30_000)
    chromium.start_tracing(page=page, categories=["toplevel", "devtools.timeline", TIMELINE])
    visit = Visit(page=page, served=served).arrive("/butik")
    visit.launcher.click()
    visit.button("Betala fakturor").wait_for()
    visit.say("fakturor")
    visit.button("Välj minst en faktura").wait_for()
    return list(json.loads(chromium.stop_tracing())["traceEvents"])


def _blocked_ms(events: list[dict[str, Any]]) -> float:
    """What tasks of the main threads would take beyond 50 ms each on the slower processor. By
    processor time, since what else this machine does meanwhile is not the widget's doing; throttled
    by arithmetic, since Chromium's own throttle waits by the clock."""
    threads = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    tasks = [
        SLOWER * event.get("tdur", 0) / 1000
        for event in events
        if event["name"] == "RunTask" and (event["pid"], event["tid"]) in threads
    ]
    assert any(tasks), "the trace has no processor times"
    return float(sum(max(0.0, task - 50) for task in tasks))
