"""The console's API: `/api/console/…`, for signed-in agents and pages of this origin only."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import Annotated

import msgspec
from sanic import Blueprint, HTTPResponse, Request

from gateway import http
from gateway.console import audit, states
from gateway.console.board import Board
from gateway.console.desk import Agent
from gateway.console.reading import Reading
from gateway.console.session_routes import agent, supervisor
from gateway.console.sign_in import NotSignedIn
from gateway.errors import BadRequest
from gateway.http import json_answer, services
from gateway.incoming import clean_text, decode

blueprint = Blueprint("console", url_prefix="/api/console")

STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}

_ID = re.compile(r"[0-9a-f]{32}")

type Short = Annotated[str, msgspec.Meta(max_length=256)]
type Long = Annotated[str, msgspec.Meta(max_length=8000)]


class Words(msgspec.Struct, frozen=True, kw_only=True):
    text: Long
    client_message_id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{1,64}$")] = ""


class Transfer(msgspec.Struct, frozen=True, kw_only=True):
    to: Short | None = None


class Attention(msgspec.Struct, frozen=True, kw_only=True):
    conversation: Short | None = None
    is_typing: bool = False


# Live


@blueprint.get("/events")
async def stream(request: Request) -> None:
    await agent(request)
    board: Board = services(request).board

    async def is_signed_in() -> bool:
        try:
            await agent(request, touch=False)
        except NotSignedIn:
            return False
        return True

    response = await request.respond(content_type="text/event-stream", headers=STREAM_HEADERS)
    await board.run(response.send, is_signed_in)
    await response.eof()


@blueprint.post("/attention")
async def attend(request: Request) -> HTTPResponse:
    """Which conversation the agent looks at, and whether they write."""
    found, who = services(request), await agent(request, touch=False)
    given = decode(http.body(request), Attention)
    conversation_id = _checked(given.conversation) if given.conversation else None
    found.board.presence.note(
        who.name, conversation_id, is_typing=given.is_typing, now=found.clock()
    )
    if conversation_id and given.is_typing:
        await _tell_customer(request, who, conversation_id)
    found.hub.stir()
    return HTTPResponse(status=HTTPStatus.NO_CONTENT)


async def _tell_customer(request: Request, who: Agent, conversation_id: str) -> None:
    """That a person writes, if it is the one who holds the conversation."""
    found = services(request)
    async with found.store.read() as connection:
        latest = await states.latest(connection, conversation_id)
    if latest is not None and latest.is_held_by(who.name):
        found.hub.type(conversation_id)


# Reading


def reading(request: Request) -> Reading:
    return services(request).reading


@blueprint.get("/conversations")
async def find(request: Request) -> HTTPResponse:
    who = await agent(request)
    text = (request.args.get("text") or "")[:100].strip()
    if request.args.get("list") == "all":
        return json_answer({"conversations": await reading(request).find_any(text=text)})
    mine = who.name if request.args.get("list") == "mine" else ""
    state = (request.args.get("state") or "")[:12]
    found = await reading(request).find(text=text, state=state, agent=mine)
    return json_answer({"conversations": found})


@blueprint.get("/conversations/<conversation_id:str>")
async def read(request: Request, conversation_id: str) -> HTTPResponse:
    who = await agent(request)
    found = await reading(request).conversation(
        who,
        _checked(conversation_id),
        after=http.query_number(request, "after", default=0),
        notes_after=http.query_number(request, "notes_after", default=0),
    )
    return json_answer(found)


@blueprint.get("/conversations/<conversation_id:str>/card")
async def read_card(request: Request, conversation_id: str) -> HTTPResponse:
    await agent(request)
    return json_answer(await reading(request).card(_checked(conversation_id)))


# Acts


@blueprint.post("/conversations/<conversation_id:str>/claim")
async def claim(request: Request, conversation_id: str) -> HTTPResponse:
    who = await agent(request)
    await services(request).desk.claim(who, _checked(conversation_id))
    return _done()


@blueprint.post("/conversations/<conversation_id:str>/reopen")
async def reopen(request: Request, conversation_id: str) -> HTTPResponse:
    who = await agent(request)
    await services(request).desk.reopen(who, _checked(conversation_id))
    return _done()


@blueprint.post("/conversations/<conversation_id:str>/messages")
async def reply(request: Request, conversation_id: str) -> HTTPResponse:
    who = await agent(request)
    given = decode(http.body(request), Words)
    if not given.client_message_id:
        raise BadRequest("message_id")
    cursor = await services(request).desk.reply(
        who, _checked(conversation_id), clean_text(given.text), given.client_message_id
    )
    return json_answer({"cursor": cursor}, HTTPStatus.ACCEPTED)


@blueprint.post("/conversations/<conversation_id:str>/notes")
async def note(request: Request, conversation_id: str) -> HTTPResponse:
    who = await agent(request)
    given = decode(http.body(request), Words)
    await services(request).desk.note(who, _checked(conversation_id), clean_text(given.text))
    return _done()


@blueprint.post("/conversations/<conversation_id:str>/transfer")
async def transfer(request: Request, conversation_id: str) -> HTTPResponse:
    who = await agent(request)
    given = decode(http.body(request), Transfer)
    await services(request).desk.transfer(who, _checked(conversation_id), given.to)
    return _done()


@blueprint.post("/conversations/<conversation_id:str>/hand-back")
async def hand_back(request: Request, conversation_id: str) -> HTTPResponse:
    who = await agent(request)
    given = decode(http.body(request), Words)
    text = clean_text(given.text) if given.text.strip() else ""
    await services(request).desk.hand_back(who, _checked(conversation_id), text)
    return _done()


@blueprint.post("/conversations/<conversation_id:str>/close")
async def close(request: Request, conversation_id: str) -> HTTPResponse:
    who = await agent(request)
    await services(request).desk.close(who, _checked(conversation_id))
    return _done()


def _done() -> HTTPResponse:
    return HTTPResponse(status=HTTPStatus.NO_CONTENT)


def _checked(conversation_id: str) -> str:
    if not _ID.fullmatch(conversation_id):
        raise BadRequest("desk_unknown")
    return conversation_id


# The supervisor's


@blueprint.get("/insight")
async def insight(request: Request) -> HTTPResponse:
    await supervisor(request)
    return json_answer(await services(request).insight.numbers(days=_days(request)))


@blueprint.get("/insight/training")
async def training_candidates(request: Request) -> HTTPResponse:
    """What was not understood, one JSON object a line, masked as it is in the log."""
    who, found = await supervisor(request), services(request)
    lines = await found.insight.not_understood(days=_days(request))
    async with found.store.write() as connection:
        await audit.write(connection, agent=who.name, act="export", now=found.clock())
    body = b"".join(msgspec.json.encode(line) + b"\n" for line in lines)
    headers = {"Content-Disposition": 'attachment; filename="traningsforslag.jsonl"'}
    return HTTPResponse(body, HTTPStatus.OK, headers, "application/x-ndjson")


@blueprint.get("/audit")
async def audit_log(request: Request) -> HTTPResponse:
    await supervisor(request)
    conversation_id = request.args.get("conversation")
    async with services(request).store.read() as connection:
        lines = await audit.read(
            connection,
            conversation_id=_checked(conversation_id) if conversation_id else None,
            before=http.query_number(request, "before", default=0),
        )
    return json_answer({"lines": lines})


def _days(request: Request) -> int:
    return max(1, http.query_number(request, "days", default=30, most=365))
