"""The mail tray at /mail: every message, newest first."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from markupsafe import Markup
from sanic import Blueprint, HTTPResponse, Request

from sandbox.pages.rendering import page
from sandbox.records import Email
from sandbox.world import World

blueprint = Blueprint("mail_tray")

CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownMail:
    email: Email
    body: Markup
    code: str
    """A six-digit code in the text, so that it can be seen at a glance."""


@blueprint.get("/mail")
async def mail(request: Request) -> HTTPResponse:
    """`?to=address` shows one person's mail only."""
    world: World = request.app.ctx.world
    to = str(request.args.get("to") or "").strip().lower()
    emails = [row for row in world.store.all(Email) if not to or row.to == to]
    shown = [_shown(row) for row in emails[::-1][:SHOWN]]
    return page("mail.html", company=world.company, mails=shown, to=to)


def _shown(email: Email) -> ShownMail:
    text = as_text(email.message)
    found = CODE.search(text) if "faktura" not in email.subject.lower() else None
    return ShownMail(
        email=email,
        body=Markup("<br>").join(text.splitlines()),
        code=found.group() if found else "",
    )


def as_text(html: str) -> str:
    """The message without its markup; what is not plain text has no place on this page."""
    broken = re.sub(r"<br\s*/?>|</(p|div|li|h\d)>\s*", "\n", html)
    return unescape(re.sub(r"<[^>]*>", "", broken)).strip()
