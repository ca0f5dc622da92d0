"""A customer at the chat API: writes, taps, and reads what comes back."""

from __future__ import annotations

import time
import uuid
from typing import Any

import httpx

TURN_SECONDS = 40
POLL_SECONDS = 0.1
Event = dict[str, Any]


class Chat:
    """One conversation over HTTP, by history (the event stream has tests of its own)."""

    def __init__(self, url: str, *, identity: str | None = None) -> None:
        self.http = httpx.Client(base_url=url, timeout=30, headers={"Origin": url})
        body = {"identity": identity} if identity else {}
        opened = self.http.post("/api/chat/conversations", json=body)
        opened.raise_for_status()
        self.conversation_id: str = opened.json()["conversation_id"]
        self.cursor: int = 0
        self.events: list[Event] = []
        self._seen = 0

    def close(self) -> None:
        self.http.close()

    def say(self, text: str) -> list[Event]:
        """Write something; everything that comes until the turn is finished."""
        return self._send({"text": text})

    def tap(self, title: str) -> list[Event]:
        """Tap the newest button with this title."""
        for event in reversed(self.events):
            for choice in event.get("choices") or ():
                if choice["title"] == title:
                    return self._send({"choice": choice["token"]})
        raise AssertionError(f"no button {title!r} in {self.said()!r}")

    def pick(self, *values: int) -> list[Event]:
        """Choose rows of the newest list that can be chosen from."""
        for event in reversed(self.events):
            if event.get("choice"):
                return self._send({"choice": event["choice"], "values": list(values)})
        raise AssertionError("nothing to choose from")

    def _send(self, message: dict[str, Any]) -> list[Event]:
        body = {"client_message_id": str(uuid.uuid4()), **message}
        answer = self.http.post("/api/chat/messages", json=body)
        assert answer.status_code == httpx.codes.ACCEPTED, answer.text
        sent = answer.json()["cursor"]
        return self.until(
            lambda events: any(
                e["type"] == "turn" and e.get("state") == "finished" and e.get("message") == sent
                for e in events
            )
        )

    def until(self, is_done: Any, seconds: float = TURN_SECONDS) -> list[Event]:
        """New events, until `is_done(new events)`; fails after a while, with what was said."""
        deadline = time.monotonic() + seconds
        new: list[Event] = []
        while time.monotonic() < deadline:
            new += self.fetch()
            if is_done(new):
                return new
            time.sleep(POLL_SECONDS)
        raise AssertionError(f"it did not come in {seconds} s; said so far: {self.said()!r}")

    def until_type(self, kind: str, seconds: float = TURN_SECONDS) -> Event:
        """The next event of this type that has not been waited for before."""

        def waiting() -> list[Event]:
            return [e for e in self.events if e["type"] == kind and e["id"] > self._seen]

        self.until(lambda _new: bool(waiting()), seconds)
        event = waiting()[-1]
        self._seen = event["id"]
        return event

    def fetch(self) -> list[Event]:
        answer = self.http.get("/api/chat/history", params={"after": self.cursor})
        answer.raise_for_status()
        page = answer.json()
        self.cursor = page["cursor"]
        self.events += page["events"]
        found: list[Event] = page["events"]
        return found

    def said(self) -> str:
        """All that was written so far, a line an event."""
        return "\n".join(
            f"{e['author']}/{e['type']}: {e.get('text', '')}"
            for e in self.events
            if e["type"] != "turn"
        )


def texts(events: list[Event]) -> str:
    """What the bot said in these events, as one text."""
    return "\n".join(str(e.get("text") or "") for e in events if e["author"] != "customer")
