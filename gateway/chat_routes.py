"""The chat API: `/api/chat/…`, as `openapi.yml` describes it."""

from __future__ import annotations

from http import HTTPStatus

from sanic import Blueprint, HTTPResponse, Request

from gateway import history, http
from gateway.conversations import Holder
from gateway.http import json_answer, services
from gateway.incoming import CURSOR_LIMIT, read_cursor, read_message, read_opening
from gateway.opening import Opened
from gateway.returns import Returns

blueprint = Blueprint("chat", url_prefix="/api/chat")

STREAM_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


@blueprint.post("/conversations")
async def open_conversation(request: Request) -> HTTPResponse:
    found, cookie = services(request), http.cookie(request)
    opening = read_opening(http.body(request))
    await found.rates.opening(http.address(request))
    if opening.identity is None:
        opened = await found.reception.open(cookie)
    else:
        proven = await found.identities.prove(opening.identity)
        opened = await found.reception.open_as(cookie, proven)
    await found.codes.seen(opened.conversation_id, http.address(request), now=found.clock())
    return _opened_answer(request, opened)


def _opened_answer(request: Request, opened: Opened) -> HTTPResponse:
    body = {"conversation_id": opened.conversation_id, "cursor": opened.cursor}
    response = json_answer(body, HTTPStatus.CREATED)
    if opened.cookie is not None:
        http.set_cookie(response, opened.cookie, services(request).policy)
    return response


@blueprint.delete("/conversations")
async def end_conversation(request: Request) -> HTTPResponse:
    conversation = await http.visitor(request)
    await services(request).reception.end(conversation)
    response = HTTPResponse(status=HTTPStatus.NO_CONTENT)
    http.forget_cookie(response, services(request).policy)
    return response


@blueprint.post("/messages")
async def post_message(request: Request) -> HTTPResponse:
    found = services(request)
    conversation = await http.visitor(request)
    await found.rates.message(http.address(request), conversation.id, conversation.client_id)
    message = read_message(http.body(request))
    cursor = await found.acceptance.accept(conversation.id, message)
    found.board.presence.forget_customer(conversation.id)
    found.hub.stir()
    return json_answer({"cursor": cursor}, HTTPStatus.ACCEPTED)


@blueprint.post("/typing")
async def note_typing(request: Request) -> HTTPResponse:
    """The customer is writing; shown to the person who holds the conversation, and not kept."""
    found = services(request)
    conversation = await http.visitor(request)
    await found.rates.message(http.address(request), conversation.id, conversation.client_id)
    if conversation.holder == Holder.AGENT:
        found.board.presence.note_customer(conversation.id, now=found.clock())
        found.hub.stir()
    return HTTPResponse(status=HTTPStatus.NO_CONTENT)


@blueprint.post("/returns/<token:str>")
async def return_from_page(request: Request, token: str) -> HTTPResponse:
    """The visitor is back from a hosted page that the conversation led to."""
    found = services(request)
    conversation = await http.visitor(request)
    await found.rates.message(http.address(request), conversation.id, conversation.client_id)
    returns = Returns(store=found.store, runner=found.runner, clock=found.clock)
    await returns.note(conversation, token[:200])
    return HTTPResponse(status=HTTPStatus.NO_CONTENT)


@blueprint.get("/history")
async def read_history(request: Request) -> HTTPResponse:
    after = http.query_number(request, "after", default=0)
    before = http.query_number(request, "before", default=0)
    limit = http.query_number(request, "limit", default=history.PAGE_LIMIT, most=history.PAGE_LIMIT)
    page = await history.read(
        services(request).store,
        await http.visitor(request),
        after=after,
        before=before or None,
        limit=max(1, limit),
    )
    body = {
        "events": [event.to_wire() for event in page.events],
        "cursor": page.cursor,
        "has_older": page.has_older,
    }
    return json_answer(body)


@blueprint.get("/events")
async def stream_events(request: Request) -> None:
    found = services(request)
    after = read_cursor(
        request.headers.get("last-event-id"),
        default=http.query_number(request, "after", default=0),
    )
    conversation = await http.visitor(request)
    found.streams.check_room(conversation.id)
    response = await request.respond(content_type="text/event-stream", headers=STREAM_HEADERS)
    await found.streams.run(conversation, min(after, CURSOR_LIMIT), response.send)
    await response.eof()
