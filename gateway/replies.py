"""From the bot's messages to events of the log: choices get tokens, commands become effects.

Pure but for the source of tokens. What an action puts into `custom` goes on to the customer, except
`bind` and `select`, which stay here with the choice.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
import structlog

from gateway.choices import Choice, Selection
from gateway.events import Author, Draft, Json
from gateway.rasa import RasaMessage

log = structlog.get_logger()

_PAYLOAD = re.compile(r"/(?P<intent>[\w./+-]+)\s*(?P<entities>\{.*\})?\s*", re.DOTALL)
_KEPT_HERE = ("bind", "select", "button_styles", "choices", "choice", "choices_until", "href")
_UNSEEN = "control"

OPENID = "openid"
"""The login method and the purpose of a link that leads to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLink:
    """A hosted page to be opened later by a tap."""

    token: str
    purpose: str
    ids: tuple[int, ...]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One event to come, with what has to be remembered for it."""

    draft: Draft
    choices: tuple[Choice, ...] = ()
    link: NewLink | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """An effect that an action asks for: handover, logout, new_tracker."""

    do: str
    details: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    replies: tuple[Reply, ...]
    controls: tuple[Control, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Renderer:
    """Makes events of one turn's messages."""

    make_token: Callable[[], str]
    has_openid: bool
    choice_lifetime: timedelta
    link_lifetime: timedelta

    def render(self, messages: Sequence[RasaMessage], *, now: datetime) -> Answer:
        controls = tuple(
            Control(do=str(message.custom.get("do", "")), details=message.custom)
            for message in messages
            if message.custom and message.custom.get("type") == _UNSEEN
        )
        shown = (
            message
            for message in messages
            if not message.custom or message.custom.get("type") != _UNSEEN
        )
        replies = tuple(self._reply(message, now) for message in shown if _has_content(message))
        return Answer(replies=replies, controls=controls)

    def _reply(self, message: RasaMessage, now: datetime) -> Reply:
        custom = dict(message.custom or {})
        bind = custom.get("bind") or {}
        until = now + self.choice_lifetime
        buttons = self._buttons(message.buttons or (), custom, bind, until)
        selection = self._selection(custom, bind, until)
        link = self._link(custom, now) or self._login_link(custom, now)
        data = {key: value for key, value in custom.items() if key not in _KEPT_HERE}
        data |= _choice_data(buttons, selection, until) | _link_data(link)
        if "methods" in data and link is None:
            data["methods"] = [method for method in data["methods"] if method != OPENID]
        kind = str(data.pop("type", "") or ("choices" if buttons else "text"))
        text = str(message.text or data.pop("text", "") or "")
        return Reply(
            draft=Draft(author=Author.BOT, type=kind, text=text, data=data),
            choices=tuple(choice for choice, _ in buttons) + ((selection,) if selection else ()),
            link=link,
        )

    def _buttons(
        self,
        buttons: Sequence[Mapping[str, Any]],
        custom: Mapping[str, Json],
        bind: Mapping[str, Json],
        until: datetime,
    ) -> tuple[tuple[Choice, str | None], ...]:
        styles = custom.get("button_styles") or ()
        made = []
        for index, button in enumerate(buttons):
            command = read_payload(str(button.get("payload", "")))
            if command is None:
                log.warning("button_unreadable", index=index)
                continue
            style = button.get("style") or (styles[index] if index < len(styles) else None)
            choice = Choice(
                token=self.make_token(),
                title=str(button.get("title", "")),
                intent=command[0],
                entities={**command[1], **bind},
                selection=None,
                expires_at=until,
            )
            made.append((choice, style))
        return tuple(made)

    def _selection(
        self, custom: Mapping[str, Json], bind: Mapping[str, Json], until: datetime
    ) -> Choice | None:
        if not custom.get("select"):
            return None
        try:
            selection = msgspec.convert(custom["select"], Selection)
        except msgspec.ValidationError:
            log.warning("select_unreadable", type=custom.get("type"))
            return None
        return Choice(
            token=self.make_token(),
            title="",
            intent=selection.intent,
            entities=dict(bind),
            selection=selection,
            expires_at=until,
        )

    def _link(self, custom: Mapping[str, Json], now: datetime) -> NewLink | None:
        if custom.get("type") != "link" or not custom.get("purpose"):
            return None
        return NewLink(
            token=self.make_token(),
            purpose=str(custom["purpose"]),
            ids=tuple(int(value) for value in custom.get("ids") or ()),
            expires_at=now + self.link_lifetime,
        )

    def _login_link(self, custom: Mapping[str, Json], now: datetime) -> NewLink | None:
        """Where logging in is offered, the way to the billing system's own login page."""
        if not self.has_openid or OPENID not in (custom.get("methods") or ()):
            return None
        return NewLink(
            token=self.make_token(),
            purpose=OPENID,
            ids=(),
            expires_at=now + self.link_lifetime,
        )


def read_payload(payload: str) -> tuple[str, dict[str, Json]] | None:
    """`/intent{"entity": value}` as its two parts; None when it is something else."""
    match = _PAYLOAD.fullmatch(payload.strip())
    if match is None:
        return None
    try:
        entities = msgspec.json.decode(match["entities"] or "{}")
    except msgspec.DecodeError:
        return None
    return match["intent"], dict(entities)


def _has_content(message: RasaMessage) -> bool:
    return bool(message.text or message.custom or message.buttons)


def _choice_data(
    buttons: Sequence[tuple[Choice, str | None]], selection: Choice | None, until: datetime
) -> dict[str, Json]:
    data: dict[str, Json] = {}
    if buttons:
        data["choices"] = [_button_wire(choice, style) for choice, style in buttons]
    if selection and selection.selection:
        data["choice"] = selection.token
        data["choice_values"] = list(selection.selection.values)
        data["choice_multiple"] = selection.selection.multiple
    if data:
        data["choices_until"] = until.isoformat()
    return data


def _button_wire(choice: Choice, style: str | None) -> dict[str, str]:
    wire = {"token": choice.token, "title": choice.title}
    return wire | {"style": style} if style else wire


def _link_data(link: NewLink | None) -> dict[str, Json]:
    return {"href": f"/go/{link.token}"} if link else {}
