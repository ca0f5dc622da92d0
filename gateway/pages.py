"""Small pages of the gateway itself, from one template that escapes everything."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from gateway.texts import page_text

HERE = Path(__file__).parent

_templates = Environment(
    loader=FileSystemLoader(HERE / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)


def onward(action: str, fields: Mapping[str, str], *, words: str, company: str) -> str:
    """A page that posts itself, or is posted by its button where no script runs; `words` names its
    texts."""
    return _templates.get_template("page.html").render(
        title=page_text(f"{words}_title"),
        text=page_text(f"{words}_text", company=company),
        button=page_text("go_button"),
        action=action,
        fields=fields,
        back="",
        back_text="",
    )


def message(title: str, text: str, *, back: str = "") -> str:
    """A page that only says something; `back` is where an agent signs in."""
    return _templates.get_template("page.html").render(
        title=title,
        text=text,
        action=None,
        fields={},
        button="",
        back=back,
        back_text=page_text("console_back"),
    )
