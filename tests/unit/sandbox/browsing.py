"""A browser without a screen: follows redirects, keeps cookies, fills in forms by their names."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx

from tests.sandbox_server import RunningSandbox

TAGS = re.compile(r"<[^>]+>")
STYLES = re.compile(r"<style>.*?</style>", re.DOTALL)


@dataclass
class Form:
    action: str
    values: dict[str, list[str]] = field(default_factory=dict)


class _Forms(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append(Form(action=given["action"]))
        elif tag == "input" and self.forms and "name" in given and _is_sent(given):
            self.forms[-1].values.setdefault(given["name"], []).append(given.get("value", ""))


def _is_sent(given: dict[str, str]) -> bool:
    is_ticked = given.get("type") not in ("radio", "checkbox") or "checked" in given
    return is_ticked and "disabled" not in given


class Page:
    def __init__(self, response: httpx.Response) -> None:
        self.status = response.status_code
        self.path = response.url.raw_path.decode()
        self.html = response.text
        self.text = unescape(
            TAGS.sub(" ", re.sub(r"<style>.*?</style>", "", self.html, flags=re.S))
        )
        parser = _Forms()
        parser.feed(self.html)
        self.forms = parser.forms

    def form(self, action_start: str) -> Form:
        return next(form for form in self.forms if form.action.startswith(action_start))


class Browser:
    def __init__(self, sandbox: RunningSandbox) -> None:
        self.client = httpx.Client(base_url=sandbox.url, follow_redirects=True, timeout=30)

    def open(self, path: str) -> Page:
        return Page(self.client.get(path))

    def submit(self, form: Form, **values: Any) -> Page:
        """Send the form as it stands, with these values put in."""
        data = form.values | {
            name: value if isinstance(value, list) else [str(value)]
            for name, value in values.items()
        }
        return Page(self.client.post(form.action, data=data))

    def enter(self, sandbox: RunningSandbox, path: str, client_id: int = 1) -> Page:
        """By single sign-on, as the bot's links do."""
        answer = sandbox.call(
            "CreateSsoToken",
            client_id=client_id,
            destination="sso:custom_redirect",
            sso_redirect_path=path,
        )
        return self.open(answer["redirect_url"])
