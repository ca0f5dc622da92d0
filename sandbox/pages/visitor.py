"""Who is looking at a page: the session, the user, the account, and forms that are theirs."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from sanic import HTTPResponse, Request
from sanic.response import redirect

from sandbox.api.clients import permissions_of
from sandbox.pages.rendering import page
from sandbox.records import Client, Invoice, Membership, User, WebSession
from sandbox.world import World

COOKIE = "whmcs_sandbox"


class NotLoggedIn(Exception):
    """Send them to the login page, and back afterwards."""

    def __init__(self, next_path: str) -> None:
        super().__init__(next_path)
        self.next_path = next_path


class NotShown(Exception):
    """There is no such thing for this visitor; the message is theirs to read."""

    def __init__(self, message: str, *, status: int = 404) -> None:
        super().__init__(message)
        self.message = message
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Visitor:
    world: World
    session: WebSession
    user: User
    client: Client
    permissions: frozenset[str]

    def page(self, template: str, *, status: int = 200, **values: object) -> HTTPResponse:
        """A page with the menu and the form token of this visitor."""
        return page(
            template,
            status=status,
            company=self.world.company,
            visitor=self,
            csrf=self.session.csrf,
            **values,
        )

    def invoice(self, id: int) -> Invoice:
        """One of the account's invoices."""
        invoice = self.world.store.get(Invoice, id)
        if invoice is None or invoice.client_id != self.client.id or invoice.status == "Draft":
            raise NotShown("Den fakturan finns inte.")
        return invoice


def world_of(request: Request) -> World:
    world: World = request.app.ctx.world
    return world


def session_of(request: Request) -> WebSession | None:
    token = request.cookies.get(COOKIE)
    return world_of(request).store.first(WebSession, token=token) if token else None


def start_session(world: World, *, user_id: int = 0, client_id: int = 0) -> WebSession:
    return world.store.add(
        WebSession(
            token=world.token(),
            user_id=user_id,
            client_id=client_id,
            csrf=world.token(),
            started_at=world.timestamp,
        )
    )


def with_cookie(response: HTTPResponse, session: WebSession) -> HTTPResponse:
    response.add_cookie(
        COOKIE, session.token, path="/", httponly=True, samesite="Lax", secure=False
    )
    return response


def enter(request: Request, permission: str) -> Visitor:
    """The visitor, if they are logged in and may do this; the form token is checked on a POST."""
    session = session_of(request)
    if session is None or not session.user_id or not session.client_id:
        raise NotLoggedIn(_here(request))
    visitor = _visitor(world_of(request), session)
    if request.method == "POST":
        check_form(request, session)
    if permission not in visitor.permissions:
        raise NotShown("Ditt konto har inte behörighet till den här sidan.", status=403)
    return visitor


def _visitor(world: World, session: WebSession) -> Visitor:
    user, client = (
        world.store.get(User, session.user_id),
        world.store.get(Client, session.client_id),
    )
    membership = world.store.first(Membership, user_id=session.user_id, client_id=session.client_id)
    if user is None or client is None or membership is None:
        raise NotLoggedIn("clientarea.php")
    return Visitor(
        world=world,
        session=session,
        user=user,
        client=client,
        permissions=frozenset(permissions_of(membership)),
    )


def _here(request: Request) -> str:
    """Where they wanted to go; after a form they start over."""
    return request.raw_url.decode("ascii", "replace").lstrip("/") if request.method == "GET" else ""


def check_form(request: Request, session: WebSession) -> None:
    if not hmac.compare_digest(field(request, "token"), session.csrf):
        raise NotShown("Formuläret är för gammalt. Gå tillbaka och försök igen.", status=400)


def field(request: Request, name: str) -> str:
    """A form field as text."""
    return fields(request).get(name, "").strip()


def fields(request: Request) -> dict[str, str]:
    """The last value of each form field."""
    form: Mapping[str, list[str]] = request.form or {}
    return {name: str(values[-1]) for name, values in form.items() if values}


def numbers(request: Request, name: str) -> set[int]:
    """The values of a repeated form field."""
    form: Mapping[str, list[str]] = request.form or {}
    return {number(str(value)) for value in dict(form).get(name, [])}


def number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 18 else 0


def query_number(request: Request, name: str) -> int:
    return number(str(request.args.get(name) or ""))


def inside(path: str) -> str:
    """A path of this install, whatever was asked for."""
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or "\\" in path or any(ord(letter) < 32 for letter in path):
        return "/clientarea.php"
    return f"/{path.lstrip('/')}"


def to(path: str) -> HTTPResponse:
    """See other: a form is not sent twice by a reload."""
    return redirect(inside(path), status=303)


async def ask_to_log_in(_request: Request, error: Exception) -> HTTPResponse:
    next_path = error.next_path if isinstance(error, NotLoggedIn) else ""
    return to(f"login.php?next={quote(next_path, safe='')}")


async def say_not_shown(request: Request, error: Exception) -> HTTPResponse:
    message, status = str(error), 404
    if isinstance(error, NotShown):
        message, status = error.message, error.status
    company = world_of(request).company
    return page("message.html", status=status, company=company, title="Oj", message=message)
