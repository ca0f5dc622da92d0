"""The one way into Rasa: a private HTTP channel for the gateway, behind a shared secret.

`POST /webhooks/kvitt/turn` takes free text, or an intent that the gateway has made from a redeemed
choice, and answers with all messages of the turn at once. Free text is neutralised here once more
(`bot.guard`), so that no caller can make a command of it. A turn that was already answered is
answered again from memory and not run twice.
"""

from __future__ import annotations

import hmac
import json
from collections import OrderedDict
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, Awaitable, Callable, Dict, List, Optional, Text

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from bot.guard import neutralise

CHANNEL = "kvitt"
MAX_ID_CHARACTERS = 200  # above 255 Rasa would move a conversation to memory
REMEMBERED_TURNS = 2000
MESSAGE_KEYS = ("text", "custom", "buttons")
ALTERNATIVES = 3


class BadTurn(ValueError):
    """The request is not a turn; the message says why."""


@dataclass(frozen=True)
class Turn:
    """One thing that happened in a conversation: words, or an intent with values."""

    sender: str
    message_id: str
    text: str
    intent: Optional[str] = None
    entities: Dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        return f"{self.sender}\n{self.message_id}"

    def parse_data(self) -> Dict[str, Any]:
        """What understanding would have said, had the intent been read from text."""
        return {
            "text": self.text,
            "intent": {"name": self.intent, "confidence": 1.0},
            "intent_ranking": [],
            "entities": [{"entity": k, "value": v} for k, v in self.entities.items()],
        }


def read_turn(body: Any) -> Turn:
    """The turn in a decoded request body; raises BadTurn."""
    if not isinstance(body, dict):
        raise BadTurn("the body is not an object")
    intent = body.get("intent") or {}
    if not isinstance(intent, dict) or not isinstance(intent.get("entities") or {}, dict):
        raise BadTurn("intent is not an object")
    text = body.get("text")
    if not isinstance(text, str) or not (text.strip() or intent):
        raise BadTurn("text is missing")
    return Turn(
        sender=_identifier(body, "sender"),
        message_id=_identifier(body, "message_id"),
        text=neutralise(text),
        intent=_intent_name(intent),
        entities=intent.get("entities") or {},
    )


def _identifier(body: Dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value or len(value) > MAX_ID_CHARACTERS:
        raise BadTurn(f"{key} is missing or too long")
    if not value.isascii() or not value.isprintable():
        raise BadTurn(f"{key} has a character that an id may not have")
    return value


def _intent_name(intent: Dict[str, Any]) -> Optional[str]:
    if not intent:
        return None
    name = intent.get("name")
    if not isinstance(name, str) or not name:
        raise BadTurn("intent has no name")
    return name


class Replies(OutputChannel):
    """Collects the messages of one turn, whole, instead of taking them apart by kind."""

    def __init__(self) -> None:
        self.messages: List[Dict[str, Any]] = []

    @classmethod
    def name(cls) -> Text:
        return CHANNEL

    async def send_response(self, recipient_id: Text, message: Dict[Text, Any]) -> None:
        self.messages.append({key: message.get(key) for key in MESSAGE_KEYS})


class KvittChannel(InputChannel):
    """Rasa's input channel for the gateway; configured in `credentials.yml`."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()
        self._answered: "OrderedDict[str, Dict[str, Any]]" = OrderedDict()

    @classmethod
    def name(cls) -> Text:
        return CHANNEL

    @classmethod
    def from_credentials(cls, credentials: Optional[Dict[Text, Any]]) -> InputChannel:
        secret = (credentials or {}).get("secret")
        if not secret or secret.startswith("${"):
            raise RasaException("KVITT_SERVICE_SECRET is not set: the channel needs it.")
        return cls(secret)

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        routes = Blueprint("kvitt_channel", "kvitt")

        @routes.get("/")
        async def health(request: Request) -> HTTPResponse:
            agent = request.app.ctx.agent
            ready = bool(agent and agent.is_ready())
            status = HTTPStatus.OK if ready else HTTPStatus.SERVICE_UNAVAILABLE
            return json_response({"model": ready}, status=status)

        @routes.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            if not self._is_trusted(request.headers.get("Authorization", "")):
                return json_response({"error": "not authorised"}, status=HTTPStatus.UNAUTHORIZED)
            try:
                wanted = read_turn(json.loads(request.body))
            except (ValueError, RecursionError) as error:
                reason = str(error) if isinstance(error, BadTurn) else "the body is not JSON"
                return json_response({"error": reason}, status=HTTPStatus.BAD_REQUEST)
            return json_response(await self._answer(request.app.ctx.agent, wanted, on_new_message))

        return routes

    def _is_trusted(self, header: str) -> bool:
        return hmac.compare_digest(header.encode(), b"Bearer " + self._secret)

    async def _answer(
        self, agent: Any, turn: Turn, handle: Callable[[UserMessage], Awaitable[Any]]
    ) -> Dict[str, Any]:
        if turn.key in self._answered:
            return self._answered[turn.key]
        understood = turn.parse_data() if turn.intent else await _understand(agent, turn)
        replies = Replies()
        await handle(
            UserMessage(
                turn.text or turn.intent,
                replies,
                turn.sender,
                parse_data=understood,
                input_channel=CHANNEL,
                message_id=turn.message_id,
            )
        )
        answer = {"messages": replies.messages, "understood": _summary(understood)}
        self._remember(turn.key, answer)
        return answer

    def _remember(self, key: str, answer: Dict[str, Any]) -> None:
        self._answered[key] = answer
        while len(self._answered) > REMEMBERED_TURNS:
            self._answered.popitem(last=False)


async def _understand(agent: Any, turn: Turn) -> Dict[str, Any]:
    return await agent.processor.parse_message(UserMessage(turn.text, sender_id=turn.sender))


def _summary(understood: Dict[str, Any]) -> Dict[str, Any]:
    intent = understood.get("intent") or {}
    ranking = understood.get("intent_ranking") or []
    return {
        "intent": intent.get("name"),
        "confidence": intent.get("confidence"),
        "alternatives": [
            {"intent": other.get("name"), "confidence": other.get("confidence")}
            for other in ranking[:ALTERNATIVES]
        ],
    }
