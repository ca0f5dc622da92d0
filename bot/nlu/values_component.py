"""Puts what the extractor reads on the message as entities: `values`, and `email` and `code`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Dict, List, Text
from zoneinfo import ZoneInfo

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.values import Values, extract

EXTRACTOR = "SwedishValues"
_ZONE = ZoneInfo("Europe/Stockholm")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SwedishValues(GraphComponent):
    """A thin skin over `bot.nlu.values.extract`; has nothing to train or to keep."""

    def __init__(self) -> None:
        self._nlp = spacy.blank("sv")

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SwedishValues":
        return cls()

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            text = message.get(TEXT)
            if text:
                values = extract(text, today=today_of(message), nlp=self._nlp)
                found = message.get(ENTITIES, []) + entities(values, len(text))
                message.set(ENTITIES, found, add_to_output=True)
        return messages


def today_of(message: Message) -> date:
    """The day that the channel names in the metadata, else the day in Stockholm."""
    metadata = message.get("metadata") or {}
    try:
        return date.fromisoformat(str(metadata.get("today", "")))
    except ValueError:
        return datetime.now(_ZONE).date()


def entities(values: Values, length: int) -> List[Dict[Text, Any]]:
    """Each spans the whole message: the pieces are terms, and their places say nothing more."""
    found = [_entity("values", values.to_dict(), length)] if values.terms else []
    found += [_entity("email", email, length) for email in values.emails]
    return found + [_entity("code", code, length) for code in values.codes]


def _entity(name: Text, value: Any, length: int) -> Dict[Text, Any]:
    return {"entity": name, "start": 0, "end": length, "value": value, "extractor": EXTRACTOR}
