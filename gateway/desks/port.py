"""A support desk elsewhere, in the words of those who hand over to it and hear from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Who the customer is, as far as it has been shown."""

    key: str
    """The same for every handover of a known customer."""
    name: str
    email: str = ""
    """Only one that the billing system knows: the desk may join contacts by it."""
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactThere:
    """The customer's place at the desk, a new one for every handover."""

    source: str
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Something for the agents to read: the customer's words, or a note that only they see."""

    text: str
    is_note: bool = False


class DeskElsewhere(Protocol):
    """Every call raises DeskError. `is_retry` says that nobody knows whether the same call has been
    carried out before: then the desk is asked first."""

    @property
    def name(self) -> str:
        """Short; stands before agents' numbers in the audit log and in the webhook's address."""

    async def add_contact(self, contact: Contact) -> ContactThere: ...

    async def open(
        self, contact: ContactThere, *, handover: int, topic: str, is_retry: bool
    ) -> str:
        """A conversation for one handover; returns the desk's id of it."""

    async def add(self, conversation: str, line: Line, *, after: int, is_retry: bool) -> int:
        """Add a line below the one numbered `after`, our last; returns its number."""

    async def resolve(self, conversation: str) -> None:
        """Nobody needs to look at it any more; twice is once."""

    def hear(self, headers: Mapping[str, str], body: bytes, *, now: datetime) -> Delivery:
        """What a webhook says; raises NotProven, or ValueError for one that makes no sense."""

    async def close(self) -> None: ...


# What is heard


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentThere:
    number: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """An agent's words to the customer."""

    conversation: str
    source: str
    message: str
    agent: AgentThere
    text: str
    has_files: bool
    is_resolved: bool
    """The conversation was settled already when this was written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """An agent has settled the conversation."""

    conversation: str
    source: str
    agent: AgentThere | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One webhook whose sender is proven."""

    keys: tuple[str, ...]
    """Each is seen once in a lifetime, whoever sends it again."""
    news: Said | Resolved | None
    """None: about something that does not matter here."""
