"""What the desk's agents are told of the customer and of the log. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gateway.console.states import Request
from gateway.console.texts import speaker_text, topic_text
from gateway.conversations import Conversation
from gateway.desks import texts
from gateway.desks.port import Contact, Line
from gateway.events import Author, Event
from kvitt.identity.sessions import Session

_UNTOLD = frozenset({"turn", "rating", "handover"})


def lines(told: Sequence[Event]) -> Iterator[tuple[int, Line]]:
    """The customer's words as they are; the bot's and the gateway's as notes. What an agent said
    stands there already."""
    for event in told:
        if not event.text or event.type in _UNTOLD or event.author == Author.AGENT:
            continue
        if event.author == Author.CUSTOMER:
            yield event.id, Line(text=event.text)
        else:
            speaker = speaker_text(event.author)
            text = texts.agents_text("said", speaker=speaker, text=event.text)
            yield event.id, Line(text=text, is_note=True)


def topic_of(request: Request) -> str:
    return request.topic or topic_text(request.reason)


def contact_of(conversation: Conversation, session: Session | None) -> Contact:
    """By a key that only an identified customer has; nothing that somebody merely typed."""
    if session is None or session.client_id != conversation.client_id:
        return Contact(key=f"kvitt-visitor-{conversation.id}", name=texts.agents_text("visitor"))
    return Contact(
        key=f"kvitt-customer-{session.client_id}",
        name=session.name or session.email,
        email=session.email,
        facts={"kundnummer": str(session.client_id)},
    )


def customer_of(conversation: Conversation, session: Session | None) -> str:
    if conversation.client_id is None:
        return texts.agents_text("unknown")
    if session is None or session.client_id != conversation.client_id:
        return texts.agents_text("known_before", client_id=conversation.client_id)
    return texts.agents_text(
        "known",
        name=session.name or session.email,
        client_id=session.client_id,
        proof=texts.proof_text(session.proof),
    )
