"""What a Swedish message says, as language-free values: `extract(text, today=…, nlp=…)`.

Pure Python on spaCy's blank Swedish tokeniser; runs in Rasa's environment (3.10) and the main one.
"""

from bot.nlu.values.extract import extract
from bot.nlu.values.model import Term, Values

__all__ = ["Term", "Values", "extract"]
