"""The Swedish training data covers every label in every voice and contradicts itself nowhere."""

import re
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

FOLDER = Path(__file__).resolve().parents[3] / "data" / "nlu"
LABEL_LIST = """
    pay_invoices list_invoices show_invoice list_cards add_card remove_card request_receipt
    payment_status use_credit list_quotes accept_quote log_in log_out request_human
    dispute_invoice request_extension
    select_invoices choose_card inform_email inform_code affirm deny cancel go_back
    greet goodbye thank help bot_challenge repeat complain other_language out_of_scope
    faq_mass_payment faq_card_payment faq_save_card faq_view_quotes faq_payment_methods
    faq_card_security faq_card_declined faq_late_fee faq_service_suspension faq_receipt
    faq_login_help faq_due_date faq_refund faq_autopay faq_contact faq_change_details
    faq_cancel_service faq_processing_time
"""
VOICE_LIST = """
    polite elder teen bookkeeper finland learner dictated dyslexic plain owner student office
"""
LABELS = frozenset(LABEL_LIST.split())
VOICES = frozenset(VOICE_LIST.split())
FEWEST_EXAMPLES = 70
FEWEST_OF_A_VOICE = 6
LONGEST_LINE = 400


class Example(NamedTuple):
    intent: str
    voice: str
    text: str
    stem: str


def read_examples(path: Path) -> list[Example]:
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [
        Example(block["intent"], block["metadata"]["voice"], line[2:], path.stem)
        for block in document["nlu"]
        for line in block["examples"].splitlines()
    ]


EXAMPLES = [example for path in sorted(FOLDER.glob("*.yml")) for example in read_examples(path)]


def sounding_of(text: str) -> str:
    """Fold case, spaces and punctuation; a message of signs alone stands for itself."""
    return " ".join(re.findall(r"\w+", text.lower())) or text.strip()


def test_every_label_has_its_own_file_and_no_other_label_exists() -> None:
    assert {example.intent for example in EXAMPLES} == LABELS
    assert [e for e in EXAMPLES if e.intent != e.stem] == []


@pytest.mark.parametrize("label", sorted(LABELS))
def test_a_label_has_enough_examples_in_every_voice(label: str) -> None:
    voices = Counter(example.voice for example in EXAMPLES if example.intent == label)

    assert set(voices) == VOICES
    assert min(voices.values()) >= FEWEST_OF_A_VOICE
    assert voices.total() >= FEWEST_EXAMPLES


def test_no_example_stands_twice_whether_under_one_intent_or_two() -> None:
    places = defaultdict(list)
    for example in EXAMPLES:
        places[sounding_of(example.text)].append(example.intent)

    assert {text: found for text, found in places.items() if len(found) > 1} == {}


def test_every_file_is_composed_unicode() -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.yml")}

    assert [n for n, t in texts.items() if not unicodedata.is_normalized("NFC", t)] == []


def test_examples_are_plain_single_lines_that_rasa_reads_as_text() -> None:
    """Brackets would be read as entities, a leading slash as a finished intent."""
    odd = [e for e in EXAMPLES if re.search(r"[\[\]{}]|^/|^\s|\s$|^$", e.text)]
    long = [e for e in EXAMPLES if len(e.text) > LONGEST_LINE]

    assert odd == []
    assert long == []


def test_every_example_line_is_written_as_a_list_item() -> None:
    for path in FOLDER.glob("*.yml"):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            assert all(line.startswith("- ") for line in block["examples"].splitlines())
