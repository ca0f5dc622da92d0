"""Read tokens as terms: phrases first, then number words, compounds, and slips of the finger."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.nlu.values import calendar
from bot.nlu.values.fillers import NUMBER_SLANG
from bot.nlu.values.literals import TOP_LEVELS
from bot.nlu.values.model import MANY, ONE, Term
from bot.nlu.values.numbers import digits_of, joined, number_of
from bot.nlu.values.text import fold
from bot.nlu.values.tokens import Token
from bot.nlu.values.vocabulary import LONGEST_PHRASE, skeleton, vocabulary

_TOP_LEVELS = frozenset(TOP_LEVELS.split("|"))
_QUARTER = re.compile(r"(?:q|k|kv|kvartal)([1-4])")
_MASKED = re.compile(r"x{2,12}(\d{4})")
_HALF_YEAR = re.compile(r"h([12])")
_FEES = re.compile(r"(?:ars|manads|kvartals|start|engangs)avgift(?:en|er|erna)?")
_HEAD = re.compile(
    r"(?P<stem>.{3,}?)s?-?(?P<head>fakturorna|fakturor|fakturan|faktura|fakturerna|rakningarna|rakningar|rakningen"
    r"|rakning|posterna|poster|posten|notan|nota|grejerna|grejer|grejen|grejs|sakerna|saken|avgiften|avgifterna|avgift"
    r"|manadens|manaden|kostnaden|kostnaderna|hyran|hyrorna|pengarna|biten|bitarna|raden|raderna|betalningen|avin|avierna|delen)"
)
_MONTH_FIRST = re.compile(
    r"(?P<month>januari|februari|mars|april|juni|juli|augusti|september|oktober|november|december)"
    r"(?P<rest>[a-z]{4,})"
)
_CARD_HEAD = re.compile(r"(?P<stem>.{3,}?)s?-?(?P<head>kortet|kort|korten|korte)")
_MANY_ENDINGS = ("arna", "erna", "orna", "ornas", "arnas", "ernas", "nna", "sna", "tna")
_NEUTER: tuple[str, ...] = (
    "hotell",
    "avtal",
    "paket",
    "certifikat",
    "cert",
    "konto",
    "abonnemang",
    "tillagg",
    "namn",
)
_NEUTER += (
    "utrymme",
    "brev",
    "skydd",
    "verktyg",
    "kort",
    "system",
    "program",
    "rack",
    "moln",
    "stall",
    "jobb",
    "projekt",
)
_NEUTER_MANY = tuple(skeleton(f"{noun}en") for noun in _NEUTER)
_PRODUCTS = frozenset(
    [
        "epost",
        "eposten",
        "mejlen",
        "mailen",
        "mejl",
        "mail",
        "server",
        "servern",
        "hosting",
        "hostingen",
        "domanen",
        "domaner",
        "doman",
        "cert",
        "certet",
        "ssl",
        "vps",
        "backup",
        "backupen",
        "support",
        "supporten",
        "lagring",
        "lagringen",
        "licens",
        "licensen",
    ]
)
_DEFINITE_DIGITS = (
    ("ettan", "ett"), ("tvaan", "tva"), ("trean", "tre"), ("fyran", "fyra"), ("femman", "fem"),
    ("sexan", "sex"), ("sjuan", "sju"), ("attan", "atta"), ("nian", "nio"),
)  # fmt: skip
_PLURAL_DIGITS = (
    ("ettorna", "ett"), ("tvaorna", "tva"), ("treorna", "tre"), ("fyrorna", "fyra"),
    ("femmorna", "fem"), ("sexorna", "sex"), ("sjuorna", "sju"), ("attorna", "atta"),
    ("niorna", "nio"), ("ettor", "ett"), ("tvaor", "tva"), ("treor", "tre"), ("fyror", "fyra"),
    ("femmor", "fem"), ("sexor", "sex"), ("sjuor", "sju"), ("attor", "atta"), ("nior", "nio"),
)  # fmt: skip
_MANY_DIGITS = tuple(ending for ending, _ in _PLURAL_DIGITS)
_DIGIT_ENDINGS = tuple(ending for ending, _ in (*_DEFINITE_DIGITS, *_PLURAL_DIGITS))
_ENGLISH = ("two", "three", "four", "five", "six")
_OWNERS = frozenset({"foreningen", "foreningens", "forening", "forenings", "firman", "firmans"})
_MARKS = frozenset("åäö")
_HAS = "har "
_AFTER_HAS = frozenset(
    ["jag", "vi", "du", "ni", "man", "ju", "redan", "inte", "nog", "varit", "legat", "blivit",
     "alltid", "faktiskt", "han", "hon", "nagon", "fatt"]
)  # fmt: skip
_DOTS = ("punkt", "dot")
_SHORT = 3
_DIGITS = 10
_SHORT_NUMBERS = frozenset({"en", "ett", "et"})


def read(tokens: Sequence[Token], today: date) -> list[Term]:
    """Every token is read once, from the left, with the longest reading that fits."""
    tokens = _mended(tokens)
    terms: list[Term] = []
    at = 0
    while at < len(tokens):
        used, found = _step(tokens, at, today)
        terms += found
        at += used
    return terms


def _mended(tokens: Sequence[Token]) -> list[Token]:
    """Slips corrected, and "e posten" as one word."""
    mended: list[Token] = []
    has_marks = any(set(token.word) & _MARKS for token in tokens)
    for at, token in enumerate(tokens):
        following = tokens[at + 1] if at + 1 < len(tokens) else None
        if token.word == "har" and (has_marks or _is_verb_before(following)):
            mended.append(Token(word="har", folded=_HAS))  # and not "här" without its dots
            continue
        before = mended[-1].folded if mended and not mended[-1].terms else ""
        if before == "e" and token.folded.startswith(("post", "mail", "mejl")):
            mended[-1] = Token(word="e" + token.word, folded="e" + token.folded)
        elif token.terms or _is_whole(token.folded):
            mended.append(token)
        else:
            known = vocabulary().mended(token.folded)
            mended.append(token if known == token.folded else Token(word=known, folded=known))
    return mended


def _is_verb_before(following: Token | None) -> bool:
    return following is not None and following.folded in _AFTER_HAS


def _is_whole(word: str) -> bool:
    """Words that are understood in another way than by the lexicon."""
    return word in _PRODUCTS or word in _OWNERS or _value(word) is not None or not word.isalpha()


def _step(tokens: Sequence[Token], at: int, today: date) -> tuple[int, list[Term]]:
    token = tokens[at]
    if token.terms:
        return 1, list(token.terms)
    words = _run_of_words(tokens, at)
    return (
        _address(words)
        or _told_from_today(words, today)
        or _phrase(words, shortest=2)
        or _numbers(words)
        or _phrase(words, shortest=1)
        or (1, list(_single(token)))
    )


def _run_of_words(tokens: Sequence[Token], at: int) -> list[Token]:
    run: list[Token] = []
    for token in tokens[at : at + LONGEST_PHRASE + 6]:
        if token.terms:
            break
        run.append(token)
    return run


def _address(words: list[Token]) -> tuple[int, list[Term]] | None:
    """A domain that is spelled out: "butiken punkt nu", or its end alone."""
    spoken = [token.folded for token in words[:3]]
    if len(spoken) > 1 and spoken[0] in _DOTS and spoken[1] in _TOP_LEVELS:
        return 2, [Term(kind="domain", text=f".{spoken[1]}")]
    is_name = len(spoken) == 3 and spoken[1] in _DOTS and spoken[2] in _TOP_LEVELS
    is_name = is_name and not spoken[0].startswith(("doman", "adress"))
    if is_name and not vocabulary().term((words[0].word,), (spoken[0],)):
        return 3, [Term(kind="domain", text=f"{words[0].word}.{spoken[2]}")]
    return None


def _told_from_today(words: list[Token], today: date) -> tuple[int, list[Term]] | None:
    for size in range(min(calendar.LONGEST_PHRASE, len(words)), 0, -1):
        phrase = " ".join(token.folded for token in words[:size])
        term = calendar.told_from_today(phrase, today)
        if term:
            return size, [term]
    return None


def _phrase(words: list[Token], *, shortest: int) -> tuple[int, list[Term]] | None:
    for size in range(min(LONGEST_PHRASE, len(words)), shortest - 1, -1):
        written = tuple(token.word for token in words[:size])
        folded = tuple(token.folded for token in words[:size])
        term = vocabulary().term(written, folded)
        if term:
            return size, [term]
    return None


def _numbers(words: list[Token]) -> tuple[int, list[Term]] | None:
    """The longest run of number words that makes one number; slang for notes makes money."""
    leading_zero = digits_of(words[0].folded) if words else None
    if leading_zero:
        return 1, [Term(kind="number", n=int(leading_zero), text=leading_zero, form="spelled")]
    values: list[int] = []
    for token in words:
        value = _value(token.folded)
        if value is None:
            break
        values.append(value)
    is_article = bool(words) and words[0].folded in _SHORT_NUMBERS
    if not values or (is_article and (len(values) == 1 or _is_whole_number(values[1]))):
        return None  # "en trehundrafemtio"
    size = next((size for size in range(len(values), 0, -1) if joined(values[:size])), 1)
    number = joined(values[:size]) or values[0]
    if any(_is_slang(token.folded) for token in words[:size]):
        return size, [Term(kind="money", n=number * 100, text="slang")]
    is_many = number > _DIGITS and words[size - 1].folded.endswith(_MANY_DIGITS)
    form = MANY if is_many else "spelled"  # "trehundranittifemmorna"
    return size, [Term(kind="number", n=number, text=str(number), form=form)]


def _is_whole_number(value: int) -> bool:
    """A number that no "ett" multiplies: more than ten, and neither hundred nor thousand."""
    return value > _DIGITS and value not in (100, 1000, 1_000_000)


def _value(word: str) -> int | None:
    if word in _ENGLISH:
        return _ENGLISH.index(word) + 2
    if word in NUMBER_SLANG:
        return NUMBER_SLANG[word]
    for ending in ("lapparna", "lappen", "lappar", "lapp", "ringarna", "ringen", "ringar", "ring"):
        stem = word.removesuffix(ending)
        if stem != word and stem.endswith(("hund", "hundra", "tusen", "tio")):
            return number_of(stem + "ra" if stem.endswith("hund") else stem)
    for ending, digit in (*_DEFINITE_DIGITS, *_PLURAL_DIGITS):
        if word.endswith(ending) and len(word) > len(ending) + _SHORT:
            return number_of(word.removesuffix(ending) + digit)  # "femtionian"
    for ending in ("tusingarna", "tusingen", "tusingar", "tusing"):
        if word.endswith(ending) and word != ending:
            return number_of(word.removesuffix(ending) + "tusen")
    if word.endswith("orna") and number_of(word.removesuffix("rna")) is not None:
        return number_of(word.removesuffix("rna"))  # "sjuhundrafemtiorna"
    found = number_of(word)
    return number_of(skeleton(word)) if found is None and len(word) > _SHORT else found


def _is_slang(word: str) -> bool:
    is_number = number_of(word) is not None or number_of(skeleton(word)) is not None
    is_number = is_number or word in _ENGLISH
    return not is_number and not word.endswith(_DIGIT_ENDINGS)


def _single(token: Token) -> Iterator[Term]:
    quarter, half = _QUARTER.fullmatch(token.folded), _HALF_YEAR.fullmatch(token.folded)
    if quarter or half:
        found = quarter or half
        yield Term(kind="quarter" if quarter else "half", n=int(found.group(1) if found else 0))
        return
    masked = _MASKED.fullmatch(token.folded)
    stem, mark, ending = token.folded.partition(":")
    if masked:
        yield Term(kind="number", n=int(masked.group(1)), text=masked.group(1))
    elif mark and stem:
        yield from _with_ending(stem, ending)
    elif "-" in token.folded.strip("-"):
        yield from _hyphenated(token)
    else:
        yield from _compound(token.folded)


def _with_ending(stem: str, ending: str) -> Iterator[Term]:
    quarter = _QUARTER.fullmatch(stem)
    term = vocabulary().term((stem,), (stem,))
    if quarter or term:
        yield term or Term(kind="quarter", n=int(quarter.group(1) if quarter else 0))
        return
    form = MANY if ending in ("orna", "arna", "erna", "en?") else ONE
    *first, stem = stem.split("-")
    yield from (_as_part(part) for part in _parts([part for part in first if part]))
    yield Term(kind="word", text=stem, form=form)


def _hyphenated(token: Token) -> Iterator[Term]:
    parts = [part for part in re.split(r"-+", token.word) if part]
    if parts[0] == "e":
        yield from _compound(fold("".join(parts)))
    elif parts[0] in _TOP_LEVELS and len(parts) > 1:
        yield Term(kind="domain", text=f".{parts[0]}")
        yield from _parts(parts[1:])
    else:
        *first, last = _parts(parts)
        terms = [*(_as_part(term) for term in first), last]
        is_span = len(terms) == 2 and terms[0].kind == terms[1].kind == "month"
        yield from ([terms[0], Term(kind="to", text="-"), terms[1]] if is_span else terms)


def _as_part(term: Term) -> Term:
    return replace(term, form="") if term.kind == "word" else term


def _parts(parts: list[str]) -> Iterator[Term]:
    for part in parts:
        known = vocabulary().term((part,), (fold(part),))
        number = number_of(fold(part))
        if known:
            yield known
        elif number is not None:
            yield Term(kind="number", n=number, text=str(number), form="spelled")
        else:
            yield from _single(Token(word=part, folded=fold(part)))


def _compound(word: str) -> Iterator[Term]:
    """ "augustiräkningen" is a month and an invoice, "företagskortet" a word and a card."""
    match = _HEAD.fullmatch(word) or _CARD_HEAD.fullmatch(word)
    month = _MONTH_FIRST.fullmatch(word)
    if month and not match:
        known = vocabulary().term((month.group("month"),), (month.group("month"),))
        yield known or Term(kind="word", text=month.group("month"))
        yield from _compound(month.group("rest"))
        return
    if not match or word in _PRODUCTS or _FEES.fullmatch(word):
        yield from _plain(word)
        return
    stem = match.group("stem")
    known = vocabulary().term((stem,), (stem,)) or _numeric(stem)
    mended = vocabulary().mended(stem)
    yield known or vocabulary().term((mended,), (mended,)) or Term(kind="word", text=stem)
    head = vocabulary().term((match.group("head"),), (match.group("head"),))
    yield head or Term(kind="noun", form=MANY if match.group("head").endswith("na") else ONE)


def _numeric(stem: str) -> Term | None:
    value = number_of(stem.removesuffix("kronor"))
    if value is not None and stem.endswith("kronor"):
        return Term(kind="money", n=value * 100, text="" if value % 100 else "slang")
    return Term(kind="number", n=value, text=str(value)) if value is not None else None


def _plain(word: str) -> Iterator[Term]:
    yield Term(kind="word", text=word[:60], form=_form(word))


def _form(word: str) -> str:
    if word.endswith(_MANY_ENDINGS) or skeleton(word).endswith(_NEUTER_MANY):
        return MANY
    return ONE if word.endswith(("en", "et", "n")) else ""
