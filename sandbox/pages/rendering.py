"""Renders the templates, with the filters and the security headers that every page has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, select_autoescape
from sanic import HTTPResponse
from sanic.response import html

from sandbox import money

MONTHS = [
    "januari",
    "februari",
    "mars",
    "april",
    "maj",
    "juni",
    "juli",
    "augusti",
    "september",
    "oktober",
    "november",
    "december",
]
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:;"
    " base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
}


def swedish_day(text: str) -> str:
    """ "23 november 2026" of "2026-11-23 …"; nothing of nothing."""
    if len(text) < 10:
        return ""
    return f"{int(text[8:10])} {MONTHS[int(text[5:7]) - 1]} {text[:4]}"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kr"] = money.swedish
    environment.filters["day"] = swedish_day
    return environment


_TEMPLATES = _environment()


def page(template: str, *, status: int = 200, **values: Any) -> HTTPResponse:
    body = _TEMPLATES.get_template(template).render(**values)
    return html(body, status=status, headers=HEADERS)
