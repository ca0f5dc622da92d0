"""Hostile input over every entrance of one real gateway process.

    python -m tests.faults.fuzz_gateway [--messages 100000] [--seed N]

Nothing may be answered with a 5xx, change anything without being accepted, reach Rasa as a command,
or end the process. Prints one JSON line; exits with 1 when a promise was broken.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import string
import sys
import tempfile
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.faults.gateway_processes import RasaStandIn, gateway_process, rasa_stand_in
from tests.faults.load_gateway import forgetful

SPACES = [
    *"\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005",
    *"\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\u200b\u200c\u200d\u2060\ufeff",
]
COMMANDS = ["/restart", "/pay_all", '/inform{"customer_id":"42"}', "/back", "/affirm@0.99", "/"]
ODD_TEXTS = [
    "", " ", "\u200b", "\0", "a\0b", "\ud800", "x" * 2001, "å" * 2000, "e\u0301" * 1000,
    "\ufdfa" * 1999,
    "\u202eneg", "\x1b[31m", "<script>alert(1)</script>", "' OR 1=1 --", "{{7*7}}",
    "${jndi:ldap://x}",
    "٤٢", "👩‍👩‍👧‍👦" * 200, "%00", "\r\n\r\nGET / HTTP/1.1",
]  # fmt: skip
ODD_VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    1.5,
    2**63,
    2**53 + 1,
    "",
    "x" * 65,
    [],
    {},
    [[]],
    {"a": 1},
    "null",
]
TOKENS = [
    "", "x", "a.b.c", "e30.e30.", "eyJhbGciOiJub25lIn0.eyJzdWIiOiIxIn0.", "x" * 9000, "å.å.å", "\0",
]  # fmt: skip

type Shot = tuple[str, str, dict[str, Any]]


@dataclass(slots=True)
class Hostile:
    chance: random.Random
    cookie: str

    def shot(self) -> Shot:
        """One request: method, path, and the rest."""
        makers: list[Callable[[], Shot]] = [
            self._text, self._text, self._command, self._command, self._broken_json, self._fields,
            self._choice, self._query, self._opening, self._page, self._header, self._method,
        ]  # fmt: skip
        return self.chance.choice(makers)()

    def _message(self, **body: Any) -> Shot:
        body.setdefault("client_message_id", str(uuid.UUID(int=self.chance.getrandbits(128))))
        return "POST", "/api/chat/messages", {"content": _json(body), "headers": _JSON}

    def _text(self) -> Shot:
        random_text = "".join(
            chr(self.chance.choice([self.chance.randrange(0x250), self.chance.randrange(0x11000)]))
            for _ in range(self.chance.randrange(60))
        )
        return self._message(text=self.chance.choice([*ODD_TEXTS, random_text, random_text]))

    def _command(self) -> Shot:
        lead = "".join(self.chance.choices(SPACES, k=self.chance.randrange(4)))
        return self._message(text=lead + self.chance.choice(COMMANDS))

    def _broken_json(self) -> Shot:
        deep = self.chance.choice([10, 1000, 20_000])
        bodies = [
            b"", b"{", b"null", b"[]", b'{"text": NaN}', b'{"text": Infinity}', b"\xff\xfe", b"\0",
            b"[" * deep, b'{"text":' + b"[" * deep + b"]" * deep + b"}", b'{"a":' * 1000,
            b'{"client_message_id":"aaaaaaaa","text":"\\ud800"}', b"x" * 70_000,
            bytes(self.chance.randrange(256) for _ in range(self.chance.randrange(200))),
        ]  # fmt: skip
        body = self.chance.choice(bodies)
        path = self.chance.choice(["/api/chat/messages", "/api/chat/conversations"])
        return "POST", path, {"content": body, "headers": _JSON}

    def _fields(self) -> Shot:
        name = self.chance.choice(["client_message_id", "text", "choice", "values", "extra", "id"])
        body: dict[str, Any] = {"client_message_id": "x" * self.chance.choice([1, 8, 64, 300])}
        return self._message(**body | {name: self.chance.choice(ODD_VALUES)})

    def _choice(self) -> Shot:
        token = "".join(self.chance.choices(string.ascii_letters + "-_", k=43))
        values = self.chance.choices(ODD_VALUES, k=self.chance.randrange(4))
        return self._message(choice=token, values=values)

    def _query(self) -> Shot:
        odd = self.chance.choice(
            ["-1", "1e9", "9" * 30, "٣", "NaN", "%00", "1;drop", "0x1", "", "1"]
        )
        path = self.chance.choice(
            ["history?after=", "history?before=", "history?limit=", "history?x="]
        )
        return "GET", f"/api/chat/{path}{odd}", {}

    def _opening(self) -> Shot:
        body = {"identity": self.chance.choice([*TOKENS, *ODD_VALUES])}
        headers = {**_JSON, "Cookie": ""}
        return "POST", "/api/chat/conversations", {"content": _json(body), "headers": headers}

    def _page(self) -> Shot:
        odd = self.chance.choice(
            ["/go/x", "/go/%00", "/go/" + "x" * 300, "/go/..%2f..", "/widget/../../app.py",
             "/widget/%2e%2e/%2e%2e/app.py", "/console/%00",
             "/login/openid/callback?state=x&code=y",
             "/login/openid/callback", "/assets/%2e%2e/texts.yml", "/%ff", "/metrics/x"]
        )  # fmt: skip
        return self.chance.choice(["GET", "POST"]), odd, {}

    def _header(self) -> Shot:
        name, value = self.chance.choice(
            [("Cookie", "kvitt_session=" + "x" * 5000), ("Cookie", "kvitt_session=\xff"),
             ("Cookie", "=;=;kvitt_session"), ("Origin", "null"), ("Origin", "https://evil.example"),
             ("Last-Event-ID", "x"), ("Content-Type", "text/plain"), ("Accept-Encoding", "\xff"),
             ("X-Forwarded-For", "x" * 500), ("If-None-Match", '"' * 300)]
        )  # fmt: skip
        method, path, parts = self._message(text="hej")
        headers = {**_JSON, name: value.encode("latin-1")}
        return method, path, {**parts, "headers": headers}

    def _method(self) -> Shot:
        method = self.chance.choice(["PUT", "PATCH", "OPTIONS", "HEAD", "TRACE", "BREW"])
        return method, self.chance.choice(["/api/chat/messages", "/", "/health", "/go/x"]), {}


_JSON = {"Content-Type": "application/json"}


def _json(body: Any) -> bytes:
    return json.dumps(body).encode()


@dataclass(slots=True)
class Findings:
    statuses: Counter[int] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)
    accepted: int = 0
    ids: set[str] = field(default_factory=set)

    def take(self, shot: Shot, response: httpx.Response, cookie: str) -> None:
        self.statuses[response.status_code] += 1
        if response.status_code >= 500:
            self.failures.append(
                f"{response.status_code} for {shot[0]} {shot[1]} {str(shot[2])[:200]}"
            )
        if "Traceback" in response.text or 'File "' in response.text:
            self.failures.append(f"internals in the answer to {shot[0]} {shot[1]}")
        if response.status_code == 202:
            self.ids.add(cookie + json.loads(shot[2]["content"])["client_message_id"])


async def attack(
    client: httpx.AsyncClient, chance: random.Random, messages: int, findings: Findings
) -> int:
    """One conversation under fire; how many messages of its customer the log holds in the end."""
    opened = await client.post("/api/chat/conversations")
    cookie = opened.cookies["kvitt_session"]
    hostile = Hostile(chance=chance, cookie=cookie)
    for _ in range(messages):
        shot = method, path, parts = hostile.shot()
        headers = {"Cookie": f"kvitt_session={cookie}", **parts.get("headers", {})}
        try:
            response = await client.request(method, path, **{**parts, "headers": headers})
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            findings.statuses[0] += 1  # refused at the level of HTTP
            continue
        findings.take(shot, response, cookie)
    return await _said(client, cookie)


async def _said(client: httpx.AsyncClient, cookie: str) -> int:
    said: int = 0
    after: int = 0
    while True:
        path = f"/api/chat/history?after={after}"
        response = await client.get(path, headers={"Cookie": f"kvitt_session={cookie}"})
        page: dict[str, Any] = response.json()
        said += sum(event["author"] == "customer" for event in page["events"])
        if not page["events"]:
            return said
        after = int(page["cursor"])


async def run(*, messages: int, seed: int, folder: Path, customers: int = 8) -> dict[str, Any]:
    findings = Findings()
    limits = {
        "KVITT_MESSAGES_PER_MINUTE_CONVERSATION": "1000000",
        "KVITT_MESSAGES_PER_MINUTE_ADDRESS": "1000000",
        "KVITT_CONVERSATIONS_PER_MINUTE_ADDRESS": "1000000",
    }
    url = f"sqlite+aiosqlite:///{folder / 'kvitt.sqlite'}"
    async with (
        rasa_stand_in() as rasa,
        gateway_process(url, rasa, folder / "gateway.log", **limits) as gateway,
        httpx.AsyncClient(
            base_url=gateway.url, timeout=30, trust_env=False, cookies=forgetful()
        ) as client,
    ):
        said = await asyncio.gather(
            *(
                attack(client, random.Random(seed + number), messages // customers, findings)
                for number in range(customers)
            )
        )
        assert gateway.process is not None
        if gateway.process.poll() is not None:
            findings.failures.append("the process ended")
        if sum(said) != len(findings.ids):
            findings.failures.append(
                f"{sum(said)} messages in the log, {len(findings.ids)} accepted"
            )
        findings.failures += _commands(rasa)
    return {
        "requests": sum(findings.statuses.values()),
        "statuses": {str(status): many for status, many in sorted(findings.statuses.items())},
        "failures": findings.failures[:20],
    }


def _commands(rasa: RasaStandIn) -> list[str]:
    """What reached Rasa as more than plain text."""
    return [f"command: {turn}" for turn in rasa.commands]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(run(messages=given.messages, seed=given.seed, folder=Path(folder)))
    print(json.dumps({"seed": given.seed, **report}))
    sys.exit(1 if report["failures"] else 0)


if __name__ == "__main__":
    main()
