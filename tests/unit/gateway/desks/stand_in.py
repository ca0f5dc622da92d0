"""A stand-in for Chatwoot that follows its API description: contacts and conversations by the
client API, messages and status by the application API, and signed webhooks.

    chatwoot.faults["add"] = ["500_after", "hang"]     # the next calls, in order
    await chatwoot.say(place, "Hej!")                  # as an agent in its dashboard

Webhooks go out for everything that happens, as Chatwoot's do, also for what the API itself adds.
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import uuid
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

import httpx
from sanic import HTTPResponse, Request, Sanic
from sanic.response import json as answer

ACCOUNT = 7
INBOX = "inbox-identifier-of-the-api-channel"
TOKEN = "a-user-access-token"
WEBHOOK_SECRET = "the-secret-of-the-inbox"
IDENTITY_SECRET = "the-hmac-token-of-the-inbox"
TYPES = {"incoming": 0, "outgoing": 1, "template": 3}
ANNA = {"id": 12, "name": "Anna", "email": "anna@foretag.example", "type": "user"}
BERTIL = {"id": 13, "name": "Bertil", "email": "bertil@foretag.example", "type": "user"}

_numbers = count(1)


@dataclass(slots=True)
class Place:
    """One conversation."""

    id: int
    source: str
    custom_attributes: dict[str, Any]
    status: str = "open"
    assignee: dict[str, Any] | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)

    def texts(self, *, private: bool = False) -> list[str]:
        """The customer's words, or the notes."""
        return [
            str(one["content"])
            for one in self.messages
            if one["private"] is private and (private or one["message_type"] == "incoming")
        ]


@dataclass(slots=True, kw_only=True)
class Chatwoot:
    http: httpx.AsyncClient
    url: str = ""
    gateway_url: str = ""
    contacts: dict[str, dict[str, Any]] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    faults: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    calls: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    """What the gateway answered to webhooks."""
    ids: count[int] = field(default_factory=lambda: count(1001))
    released: asyncio.Event = field(default_factory=asyncio.Event)
    """What hangs, hangs until then."""
    tasks: set[asyncio.Task[Any]] = field(default_factory=set)

    @property
    def place(self) -> Place:
        """The only one."""
        (one,) = self.places.values()
        return one

    # What agents do

    async def say(
        self, place: Place, text: str | None, *, agent: dict[str, Any] | None = None, **values: Any
    ) -> int:
        """The gateway's answer to the webhook; 0 for none."""
        message = self.add(place, text, "outgoing", sender=agent or ANNA, **values)
        return await self.deliver(self.message_event(place, message))

    async def resolve(self, place: Place, *, event: str = "conversation_status_changed") -> int:
        place.status = "resolved"
        return await self.deliver(self.conversation_event(place, event))

    # What happens

    def add(
        self,
        place: Place,
        text: str | None,
        message_type: str,
        *,
        private: bool = False,
        sender: dict[str, Any] | None = None,
        attachments: list[dict[str, Any]] | None = None,
    ) -> dict[str, Any]:
        message: dict[str, Any] = {
            "id": next(self.ids),
            "content": text,
            "message_type": message_type,
            "private": private,
            "content_type": "text",
            "content_attributes": {},
            "source_id": None,
            "sender": sender,
            "created_at": datetime.now(UTC).isoformat(),
        }
        if attachments:
            message["attachments"] = attachments
        place.messages.append(message)
        if message_type == "incoming" and place.status == "resolved":
            place.status = "open"
        return message

    def message_event(self, place: Place, message: dict[str, Any]) -> dict[str, Any]:
        return message | {
            "event": "message_created",
            "account": {"id": ACCOUNT, "name": "Företaget"},
            "inbox": {"id": 3, "name": "Kvitt"},
            "conversation": self._conversation(place),
        }

    def conversation_event(self, place: Place, event: str) -> dict[str, Any]:
        return self._conversation(place) | {"event": event}

    def _conversation(self, place: Place) -> dict[str, Any]:
        return {
            "id": place.id,
            "inbox_id": 3,
            "channel": "Channel::Api",
            "can_reply": True,
            "status": place.status,
            "contact_inbox": {"id": 5, "inbox_id": 3, "source_id": place.source},
            "meta": {"sender": {"type": "contact"}, "assignee": place.assignee},
            "custom_attributes": place.custom_attributes,
            "messages": [],
        }

    # Webhooks

    async def deliver(self, event: dict[str, Any], **how: Any) -> int:
        return (await self.post(json.dumps(event, ensure_ascii=False).encode(), **how)).status_code

    async def post(
        self,
        body: bytes,
        *,
        secret: str = WEBHOOK_SECRET,
        age_seconds: float = 0,
        delivery: str = "",
        signed_body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        moment = str(int(datetime.now(UTC).timestamp() - age_seconds))
        content = f"{moment}.".encode() + (body if signed_body is None else signed_body)
        digest = hmac.new(secret.encode(), content, hashlib.sha256).hexdigest()
        own = {
            "Content-Type": "application/json",
            "X-Chatwoot-Signature": f"sha256={digest}",
            "X-Chatwoot-Timestamp": moment,
            "X-Chatwoot-Delivery": delivery or str(uuid.uuid4()),
        }
        given = {name: value for name, value in (own | (headers or {})).items() if value}
        response = await self.http.post(
            f"{self.gateway_url}/api/desks/chatwoot", content=body, headers=given
        )
        self.answers.append(response.status_code)
        return response

    def later(self, event: dict[str, Any]) -> None:
        task = asyncio.get_running_loop().create_task(self.deliver(event))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    # The API

    def routes(self) -> Sanic[Any, Any]:
        app: Sanic[Any, Any] = Sanic(f"chatwoot-{next(_numbers)}", configure_logging=False)
        inbox = "/public/api/v1/inboxes/<inbox:str>/contacts"
        account = f"/api/v1/accounts/{ACCOUNT}"
        app.add_route(self._add_contact, inbox, methods=["POST"])
        app.add_route(self._open, f"{inbox}/<source:str>/conversations", methods=["POST"])
        app.add_route(self._contact_places, f"{account}/contacts/<number:int>/conversations")
        messages = f"{account}/conversations/<place:int>/messages"
        app.add_route(self._add, messages, methods=["POST"], name="add")
        app.add_route(self._messages, messages, name="list")
        toggle = f"{account}/conversations/<place:int>/toggle_status"
        app.add_route(self._toggle, toggle, methods=["POST"])
        return app

    async def _do(
        self, name: str, request: Request, work: Callable[[], dict[str, Any]]
    ) -> HTTPResponse:
        """One call, with the fault that is its turn: before the effect, or after it."""
        self.calls.append(name)
        if (
            not request.path.startswith("/public/")
            and request.headers.get("api_access_token") != TOKEN
        ):
            return answer({"errors": ["You need to sign in"]}, status=401)
        fault = self.faults[name].pop(0) if self.faults[name] else ""
        done = work() if not fault or fault.endswith("_after") else {}
        if fault.startswith("hang"):
            await self.released.wait()
        if fault[:3].isdigit():
            return answer({"error": "as scripted"}, status=int(fault[:3]))
        return answer(done)

    async def _add_contact(self, request: Request, inbox: str) -> HTTPResponse:
        if inbox != INBOX:
            return answer({}, status=404)

        def work() -> dict[str, Any]:
            source = str(uuid.uuid4())
            identifier = str(request.json["identifier"])
            known = [one for one in self.contacts.values() if one["identifier"] == identifier]
            number = known[0]["id"] if known else next(self.ids)
            self.contacts[source] = request.json | {"id": number}
            return {"source_id": source, "id": number, "name": "", "pubsub_token": "p"}

        return await self._do("add_contact", request, work)

    async def _open(self, request: Request, inbox: str, source: str) -> HTTPResponse:
        if inbox != INBOX or source not in self.contacts:
            return answer({}, status=404)

        def work() -> dict[str, Any]:
            place = Place(next(self.ids), source, request.json["custom_attributes"])
            self.places[place.id] = place
            self.later(self.conversation_event(place, "conversation_created"))
            return {"id": place.id, "inbox_id": 3, "messages": [], "contact": {}}

        return await self._do("open", request, work)

    async def _contact_places(self, request: Request, number: int) -> HTTPResponse:
        def work() -> dict[str, Any]:
            own = [p for p in self.places.values() if self.contacts[p.source]["id"] == number]
            return {"payload": [self._conversation(place) for place in own]}

        return await self._do("contact_places", request, work)

    async def _add(self, request: Request, place: int) -> HTTPResponse:
        if place not in self.places:
            return answer({"error": "Resource could not be found"}, status=404)
        where = self.places[place]

        def work() -> dict[str, Any]:
            body = request.json
            sender = {"id": 1, "type": "contact"} if body["message_type"] == "incoming" else ANNA
            made = self.add(
                where,
                body["content"],
                body["message_type"],
                private=body["private"],
                sender=sender,
            )
            self.later(self.message_event(where, made))
            return made | {"message_type": TYPES[made["message_type"]], "conversation_id": place}

        return await self._do("add", request, work)

    async def _messages(self, request: Request, place: int) -> HTTPResponse:
        def work() -> dict[str, Any]:
            after = int(request.args.get("after") or 0)
            found = [one for one in self.places[place].messages if one["id"] > after]
            wire = [one | {"message_type": TYPES[one["message_type"]]} for one in found]
            return {"meta": {}, "payload": wire[:100]}

        return await self._do("list", request, work)

    async def _toggle(self, request: Request, place: int) -> HTTPResponse:
        def work() -> dict[str, Any]:
            self.places[place].status = request.json["status"]
            event = self.conversation_event(self.places[place], "conversation_status_changed")
            self.later(event)
            return {"meta": {}, "payload": {"success": True}}

        return await self._do("resolve", request, work)
