"""Swedish tokens for Rasa, by spaCy's rules for Swedish: the tokenizer alone, and no model."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Dict, List, Text

import spacy
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.training_data.message import Message
from spacy.language import Language

from bot.nlu.text import MAX_CHARACTERS, fold


@lru_cache(maxsize=1)
def swedish() -> Language:
    """spaCy's Swedish without a model; made once in a process."""
    return spacy.blank("sv")


def tokens_of(text: str) -> List[Token]:
    """Tokens with their places in `text`; the lemma slot carries the folded form."""
    return [
        Token(token.text, token.idx, lemma=fold(token.text) or token.text)
        for token in swedish().make_doc(text[:MAX_CHARACTERS])
        if not token.is_space
    ]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_TOKENIZER, is_trainable=False)
class SwedishTokenizer(Tokenizer):
    """The pipeline's first component."""

    @staticmethod
    def get_default_config() -> Dict[Text, Any]:
        return {
            "intent_tokenization_flag": False,
            "intent_split_symbol": "_",
            "token_pattern": None,
        }

    @staticmethod
    def required_packages() -> List[Text]:
        return ["spacy"]

    def tokenize(self, message: Message, attribute: Text) -> List[Token]:
        return tokens_of(message.get(attribute))
