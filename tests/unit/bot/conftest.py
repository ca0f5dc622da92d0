"""Imports Rasa and spaCy once, before warnings are errors: what they import warns of its age."""

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import spacy  # noqa: F401
