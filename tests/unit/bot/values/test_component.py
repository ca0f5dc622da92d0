"""The component adds entities to a message, and needs nothing else of Rasa's."""

from __future__ import annotations

from rasa.engine.graph import ExecutionContext
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.values_component import SwedishValues


def _processed(text: str, **metadata: str) -> Message:
    component = SwedishValues.create({}, None, None, ExecutionContext(None))  # type: ignore[arg-type]
    message = Message({"text": text, "metadata": metadata})
    return component.process([message])[0]


def test_an_expression_becomes_one_entity_with_a_dict() -> None:
    (found,) = _processed("de två äldsta", today="2026-11-23").get("entities")

    assert found["entity"] == "values"
    assert {"kind": "superlative", "n": 1, "text": "age"} in found["value"]["terms"]


def test_an_address_and_a_code_become_strings() -> None:
    found = _processed("anna@exempel.se 482913").get("entities")

    assert [(e["entity"], e["value"]) for e in found[1:]] == [
        ("email", "anna@exempel.se"),
        ("code", "482913"),
    ]


def test_the_day_comes_from_the_channel() -> None:
    (found,) = _processed("förra månaden", today="2025-03-09").get("entities")

    assert found["value"]["terms"][0]["text"] == "2025-02-01/2025-02-28"


def test_a_message_without_text_is_left_alone() -> None:
    assert _processed("").get("entities") is None
