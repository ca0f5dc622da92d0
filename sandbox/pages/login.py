"""Logging in with a password and a second factor, choosing an account, logging out."""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from sandbox.credentials import is_code_good, one_time_code, verify_password
from sandbox.pages.rendering import page
from sandbox.pages.visitor import (
    COOKIE,
    check_form,
    field,
    inside,
    number,
    session_of,
    start_session,
    to,
    with_cookie,
    world_of,
)
from sandbox.records import Client, Membership, User, WebSession
from sandbox.world import World

blueprint = Blueprint("login")

WRONG = "E-postadressen eller lösenordet stämmer inte."
WRONG_CODE = "Koden stämmer inte. Prova den som visas nu."


@blueprint.get("/login.php")
async def show_login(request: Request) -> HTTPResponse:
    world = world_of(request)
    session = session_of(request) or start_session(world)
    return with_cookie(_login_page(world, session, _next(request)), session)


def _next(request: Request) -> str:
    return inside(str(request.args.get("next") or field(request, "next") or "clientarea.php"))


def _login_page(
    world: World, session: WebSession, next_path: str, problem: str = ""
) -> HTTPResponse:
    hints = [user.email for user in world.store.all(User)[:8]]
    return page(
        "login.html",
        status=200 if not problem else 401,
        company=world.company,
        csrf=session.csrf,
        next=next_path,
        problem=problem,
        hints=hints,
    )


@blueprint.post("/login.php")
async def log_in(request: Request) -> HTTPResponse:
    world = world_of(request)
    session = session_of(request)
    if session is None:
        return to("login.php")
    check_form(request, session)
    user = world.store.first(User, email=field(request, "email").lower())
    if user is None or not verify_password(user.password, field(request, "password")):
        return _login_page(world, session, _next(request), WRONG)
    if user.second_factor:
        world.store.change(session, pending_user_id=user.id)
        return _factor_page(world, session, user, _next(request))
    return _welcome(world, session, user, _next(request))


def _factor_page(
    world: World, session: WebSession, user: User, next_path: str, problem: str = ""
) -> HTTPResponse:
    return page(
        "second_factor.html",
        status=200 if not problem else 401,
        company=world.company,
        csrf=session.csrf,
        next=next_path,
        problem=problem,
        code=one_time_code(user.second_factor, world.timestamp),
    )


@blueprint.post("/login-second-factor.php")
async def second_factor(request: Request) -> HTTPResponse:
    world = world_of(request)
    session = session_of(request)
    user = world.store.get(User, session.pending_user_id) if session else None
    if session is None or user is None:
        return to("login.php")
    check_form(request, session)
    if not is_code_good(user.second_factor, field(request, "code"), world.timestamp):
        return _factor_page(world, session, user, _next(request), WRONG_CODE)
    return _welcome(world, session, user, _next(request))


def _welcome(world: World, old: WebSession, user: User, next_path: str) -> HTTPResponse:
    """A new session (never the one that was there before the login)."""
    world.store.remove(old)
    memberships = world.store.all(Membership, user_id=user.id)
    only = memberships[0].client_id if len(memberships) == 1 else 0
    session = start_session(world, user_id=user.id, client_id=only)
    is_choice_needed = not only and not next_path.startswith("/oauth/")
    if not is_choice_needed:
        return with_cookie(to(next_path), session)
    clients = [world.store.get(Client, row.client_id) for row in memberships]
    choice = page(
        "choose_account.html",
        company=world.company,
        csrf=session.csrf,
        next=next_path,
        clients=[client for client in clients if client],
    )
    return with_cookie(choice, session)


@blueprint.post("/choose-account.php")
async def choose_account(request: Request) -> HTTPResponse:
    world = world_of(request)
    session = session_of(request)
    if session is None or not session.user_id:
        return to("login.php")
    check_form(request, session)
    client_id = number(field(request, "client_id"))
    if world.store.first(Membership, user_id=session.user_id, client_id=client_id) is None:
        return to("login.php")
    world.store.change(session, client_id=client_id)
    return to(_next(request))


@blueprint.post("/logout.php")
async def log_out(request: Request) -> HTTPResponse:
    session = session_of(request)
    if session is not None:
        check_form(request, session)
        world_of(request).store.remove(session)
    response = to("login.php")
    response.delete_cookie(COOKIE, path="/")
    return response
