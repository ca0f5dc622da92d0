"""The rules vary how a message is written, alike for the same seed, and not what it means."""

from random import Random

import pytest

from bot.nlu.augment import (
    FRAMING,
    RULES,
    Rule,
    abbreviate,
    augmented,
    change_figures,
    close,
    drop_dots,
    drop_punctuation,
    drop_word,
    greet,
    may_be_framed,
    mistype,
    speak,
    spell_by_ear,
    split_compound,
    vary,
)

MESSAGE = "Jag vill betala mina förfallna fakturor på 1042 kronor nu, tack!"
ALL_RULES = [rule for rule, _ in (*RULES, *FRAMING)]


def test_the_same_seed_gives_the_same_variants() -> None:
    examples = [(MESSAGE, "pay_invoices"), ("hej", "greet")]

    assert augmented(examples, copies=3, seed=1) == augmented(examples, copies=3, seed=1)
    assert augmented(examples, copies=3, seed=1) != augmented(examples, copies=3, seed=2)


def test_the_examples_themselves_come_first_and_nothing_comes_twice() -> None:
    examples = [("ja", "affirm"), ("nej", "deny")]

    variants = augmented(examples, copies=20, seed=1)

    assert variants[:2] == examples
    assert len(variants) == len(set(variants))


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.__name__)
@pytest.mark.parametrize("text", ["", "a", "å", "1", "?!", "hej", MESSAGE, "🙏" * 9])
def test_every_rule_takes_every_text(rule: Rule, text: str) -> None:
    for seed in range(20):
        assert isinstance(rule(text, Random(seed)), str)


@pytest.mark.parametrize(
    ("rule", "text", "varied"),
    [
        (drop_dots, "åäö ÅÄÖ é", "aao AAO e"),
        (drop_punctuation, "Hej, du! Vad?", "Hej du Vad"),
        (split_compound, "kort", "kort"),
        (drop_word, "nej tack", "nej tack"),
    ],
)
def test_a_rule_without_choice_is_exact(rule: Rule, text: str, varied: str) -> None:
    assert rule(text, Random(1)) == varied


def test_figures_change_and_their_number_stays() -> None:
    changed = change_figures("faktura 1042 på 499 kr, kod 007", Random(4))

    words = changed.split()
    assert [len(words[1]), len(words[3]), len(words[6])] == [4, 3, 3]
    assert changed != "faktura 1042 på 499 kr, kod 007"
    assert words[6].startswith("0")


def test_a_long_word_is_split_once() -> None:
    split = split_compound("visa fakturanummer", Random(2))

    assert split.replace(" ", "") == "visafakturanummer"
    assert split.count(" ") == 2


def test_spoken_forms_replace_whole_words_only() -> None:
    spoken = {speak("jag jagar", Random(seed)) for seed in range(30)}

    assert all(text.endswith(" jagar") for text in spoken)
    assert "ja jagar" in spoken


def test_short_forms_replace_whole_words_only() -> None:
    cut = {abbreviate("betalning av betalningsplan", Random(seed)) for seed in range(30)}

    assert all(text.endswith(" av betalningsplan") for text in cut)
    assert "bet. av betalningsplan" in cut


def test_spelling_by_ear_changes_one_sound_and_never_a_word_of_two_letters() -> None:
    heard = {spell_by_ear("hjälp", Random(seed)) for seed in range(30)}

    assert heard == {"jälp", "hjelp"}
    assert {spell_by_ear("ut", Random(seed)) for seed in range(30)} == {"ut"}


def test_a_slip_keeps_most_of_the_word() -> None:
    for seed in range(50):
        assert abs(len(mistype("betala", Random(seed))) - len("betala")) <= 1


def test_a_frame_goes_round_the_message() -> None:
    assert greet("betala allt", Random(1)).endswith(" betala allt")
    assert close("betala allt.", Random(1)).startswith("betala allt")


@pytest.mark.parametrize("intent", ["greet", "thank", "affirm", "deny", "goodbye"])
def test_a_bare_word_gets_no_frame_that_would_change_its_meaning(intent: str) -> None:
    assert not may_be_framed(intent)


def test_most_variants_differ_from_their_example() -> None:
    variants = [vary(MESSAGE, Random(seed)) for seed in range(100)]

    assert sum(variant != MESSAGE for variant in variants) > 90
