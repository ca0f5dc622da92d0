"""The sandbox's own front page: what this is, who can log in, and a way back to the fresh demo."""

from __future__ import annotations

from sanic import Blueprint, HTTPResponse, Request

from sandbox.demo import demo
from sandbox.loading import DEFAULT_PASSWORD, load
from sandbox.pages.rendering import page
from sandbox.pages.visitor import world_of
from sandbox.records import User
from sandbox.switches import ClockSetting, write

blueprint = Blueprint("home")


@blueprint.get("/")
async def home(request: Request) -> HTTPResponse:
    world = world_of(request)
    return page(
        "home.html",
        company=world.company,
        home="/",
        users=world.store.all(User)[:12],
        password=DEFAULT_PASSWORD,
        today=world.today.isoformat(),
    )


@blueprint.post("/reset")
async def reset(request: Request) -> HTTPResponse:
    """Only for its own page: nobody else's site may press this button."""
    world = world_of(request)
    origin = request.headers.get("origin")
    if origin not in (None, f"{request.scheme}://{request.host}"):
        return page("message.html", status=403, company=world.company, title="Nej", message="Nej.")
    write(world.store, "clock", ClockSetting())
    load(world, demo(world.today))
    return page(
        "message.html",
        company=world.company,
        home="/",
        title="Klart",
        message="Demon är återställd: kunder, fakturor och kort är som från början.",
    )
