"""What must not be kept is kept nowhere: databases, logs, Rasa's side."""

from __future__ import annotations

import io
import logging
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from gateway.texts import event_text
from kvitt import logs
from tests.unit.gateway.running import Gateway, running_gateway, test_settings

CARD = "4111 1111 1111 1111"
DIGITS = CARD.replace(" ", "")


async def test_a_card_number_is_masked_and_the_customer_is_told(gateway: Gateway) -> None:
    visitor = await gateway.opened()

    notice, answer = await visitor.ask(f"mitt kort är {CARD}")

    assert notice["text"] == event_text("masked_card")
    assert DIGITS not in answer["text"].replace(" ", "")


def database_bytes(url: str) -> bytes:
    folder = Path(url.removeprefix("sqlite+aiosqlite:///")).parent
    return b"".join(path.read_bytes() for path in folder.glob("kvitt.sqlite*"))


async def test_planted_card_numbers_are_found_nowhere(
    sqlite_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    written = io.StringIO()
    caplog.set_level(logging.DEBUG)
    with redirect_stdout(written):
        async with running_gateway(sqlite_url) as gateway:
            logs.configure("gateway", test_settings(sqlite_url, log_level="debug"))
            gateway.rasa.on_text["trasig"] = 500
            visitor = await gateway.opened()
            for text in (CARD, f"kort{DIGITS}", f"nr: {CARD.replace(' ', chr(0xA0))}", "trasig"):
                await visitor.ask(text)
            body = {"client_message_id": "aaaaaaaa-1", "text": f"igen {CARD}"}
            await visitor.post(**body)
            await visitor.post(**body)
            seen_by_rasa = repr(gateway.rasa.turns)
    kept = database_bytes(sqlite_url)

    everywhere = kept.decode("utf-8", "replace") + written.getvalue() + caplog.text + seen_by_rasa
    plain = "".join(letter for letter in everywhere if letter not in " \xa0")
    assert DIGITS not in plain
    assert "rasa_failed" in written.getvalue()


async def test_logs_carry_no_text_even_when_something_breaks(
    gateway: Gateway, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.configure("gateway", test_settings("sqlite+aiosqlite://", log_format="json"))
    visitor = await gateway.opened()

    def broken(turn: dict[str, str]) -> list[dict[str, object]]:
        raise RuntimeError(turn["text"])

    gateway.rasa.on_text["min hemlighet"] = broken
    [apology] = await visitor.ask("min hemlighet")
    [answer] = await visitor.ask("hej")

    out = capsys.readouterr()
    assert apology["text"] == event_text("rasa_failed")
    assert answer["text"] == "Du skrev: hej"
    assert "min hemlighet" not in out.out + out.err
