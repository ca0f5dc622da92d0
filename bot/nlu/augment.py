"""Variation that can be made by rule, made at training time and never stored.

Every rule takes a text and a random generator and returns the text as some other customer might
have written it: without å, ä and ö, mistyped on a phone, with a compound split, spoken forms
("ja", "mej", "dom"), spelt by ear ("jälp", "kåd"), cut short as in ledgers ("bet", "fakt"), other
case and punctuation, a greeting before, a thanks or an emoji after, other figures. `vary`
draws a few rules for each copy. The same seed gives the same variants.
"""

from __future__ import annotations

import re
from random import Random
from typing import Callable, Dict, List, Mapping, Sequence, Tuple

Rule = Callable[[str, Random], str]

_BARE_LETTERS = str.maketrans("åäöÅÄÖéÉ", "aaoAAOeE")
_NEIGHBOURS: Mapping[str, str] = {
    "q": "wa", "w": "qes", "e": "wrd", "r": "etf", "t": "ryg", "y": "tuh", "u": "yij",
    "i": "uok", "o": "ipl", "p": "oåö", "å": "pä", "a": "qsz", "s": "awdx", "d": "sefc",
    "f": "drgv", "g": "fthb", "h": "gyjn", "j": "hukm", "k": "jil", "l": "köo", "ö": "läp",
    "ä": "öå", "z": "xa", "x": "zcs", "c": "xvd", "v": "cbf", "b": "vng", "n": "bmh", "m": "nk",
}  # fmt: skip
_SPOKEN: Mapping[str, Tuple[str, ...]] = {
    "jag": ("ja", "jak", "jg"), "mig": ("mej", "mig"), "dig": ("dej",), "sig": ("sej",),
    "de": ("dom", "di"), "dem": ("dom",), "det": ("de", "d"), "är": ("e", "ä"), "och": ("o", "å"),
    "inte": ("int", "inge", "ente"), "någon": ("nån",), "något": ("nåt", "nå"),
    "några": ("nåra",), "sedan": ("sen",), "sådan": ("sån",), "sådant": ("sånt",),
    "mycket": ("mycke", "mkt"), "skulle": ("sku", "skull"), "till": ("ti", "til"),
    "också": ("oxå", "osså"), "eller": ("elr", "ell"), "vad": ("va",), "med": ("me",),
    "att": ("å", "att"), "på": ("på", "pa"), "säger": ("säjer",), "morgon": ("morron",),
    "kronor": ("spänn", "kr", "kronor"), "fakturan": ("räkningen", "fakturan", "räkninga"),
    "faktura": ("räkning", "faktura", "fakkura"), "fakturor": ("räkningar", "faktura", "fakturer"),
    "fakturorna": ("räkningarna", "fakturona"), "räkningen": ("fakturan",),
    "räkning": ("faktura",), "räkningar": ("fakturor",), "räkningarna": ("fakturorna",),
    "nu": ("nu", "nuu"), "hej": ("hejsan", "tja", "hallå", "hej"), "kan": ("kan", "ka"),
    "mejl": ("mail", "epost", "e-post"), "mejlen": ("mailen", "e-posten"), "mail": ("mejl",),
    "kortet": ("kortet", "korte"), "ska": ("ska", "skall"), "vill": ("vill", "vil"),
    "mitt": ("mitt", "mit"), "hur": ("hur", "hu"), "varför": ("varför", "vaför"),
    "nej": ("nä", "näe", "nej"), "tack": ("tack", "tackar", "tack tack"),
}  # fmt: skip
_SHORT: Mapping[str, Tuple[str, ...]] = {
    "betala": ("bet", "bet."), "betalning": ("bet", "bet."), "betalningen": ("bet", "bet."),
    "betald": ("bet", "bet."), "betalt": ("bet", "bet."), "obetalda": ("obet", "obet."),
    "faktura": ("fakt", "fakt.", "fkt", "inv"), "fakturan": ("fakt", "fakt.", "fkt"),
    "fakturor": ("fakt", "fakt.", "fkt"), "fakturorna": ("fakt", "fakt."),
    "förfallna": ("förf", "förf."), "förfallen": ("förf", "förf."), "förfaller": ("förf", "förf."),
    "med": ("m", "m."), "till": ("t", "t."), "för": ("f", "f."), "från": ("fr", "fr."),
    "och": ("o", "&", "+"), "nummer": ("nr",), "påminnelse": ("påm", "påm."),
    "avgift": ("avg", "avg."), "månad": ("mån", "mån."), "månader": ("mån",), "dagar": ("dgr",),
    "belopp": ("bel", "bel."), "registrera": ("reg", "reg."), "sparade": ("reg.",),
    "angående": ("ang", "ang."), "alla": ("samtl", "samtl."), "kund": ("kd",), "offert": ("off",),
    "gånger": ("ggr",), "kundtjänst": ("kundtj", "kundtj."), "omgående": ("omg", "omg."),
    "eventuella": ("ev.",), "tillgodohavande": ("tillgodo",), "mastercard": ("MC",),
    "återbetalning": ("återbet", "återbet."), "uppsägning": ("uppsägn.",),
}  # fmt: skip
# How a sound may be spelt by who spells by ear.
_BY_EAR: Sequence[Tuple["re.Pattern[str]", str]] = tuple(
    (re.compile(sound), spelt)
    for sound, spelt in (
        ("å", "o"), ("o(?=[ckmnpt])", "å"), ("ä", "e"), ("e(?=[lmnrt])", "ä"), (r"\bhj", "j"),
        ("ck", "k"), ("k(?=t)", "ck"), ("sj", "sch"), (r"\btj", "kj"), (r"\btj", "sch"),
        ("tj", "sj"), (r"\bk(?=[äöy])", "tj"), (r"\bg(?=[eiäöy])", "j"), ("lj", "j"), ("x", "ks"),
        ("ks", "x"), ("rt", "t"), ("rd", "d"), ("rs", "sch"), ("ld", "l"), ("nd", "nn"),
        ("igt", "it"), (r"(?<=\w\w\w)t\b", ""), (r"(?<=\w\w\w)r\b", ""), ("ng", "nng"),
        ("nk", "ngk"), ("tion", "schon"), ("c(?=[ei])", "s"), ("skj", "sj"), ("gj", "j"),
        ("v(?=t)", "f"), ("b(?=[st])", "p"), ("d(?=s)", "t"), ("ö", "u"),
    )
)  # fmt: skip

_GREETINGS = ("hej", "Hej", "Hej!", "hejsan", "tja", "God dag,", "hallå", "Hej,", "du", "jo", "ok",
              "Hallå!", "asså", "ursäkta,", "alltså", "öh", "jaha", "tjena")  # fmt: skip
_CLOSINGS = ("tack", "tack!", ", tack", "tack på förhand", "snälla", "?", "!", "...", "mvh", "🙏",
             "😅", "🙂", "tack så mycket", "plz", ", är du snäll", "va", "liksom")  # fmt: skip
_BARE_INTENTS = frozenset({"greet", "goodbye", "thank", "affirm", "deny", "complain"})
_PUNCTUATION = re.compile(r"[.,!?;:]")
_WORD = re.compile(r"[^\W\d_]+")
_DIGITS = re.compile(r"\d+")
_LONG_COMPOUND = 9
_VOWELS = frozenset("aeiouyåäö")
_REPEATABLE = re.compile(r"([a-zåäö])\1")


def drop_dots(text: str, _random: Random) -> str:
    return text.translate(_BARE_LETTERS)


def lower(text: str, _random: Random) -> str:
    return text.lower()


def upper(text: str, random: Random) -> str:
    return text.upper() if random.random() < 0.3 else text.lower()


def drop_punctuation(text: str, _random: Random) -> str:
    return _PUNCTUATION.sub("", text)


def mistype(text: str, random: Random) -> str:
    """One or, in a longer text, two slips: a neighbouring key, a swap, a missing, a double one."""
    slips = 1 + (len(text) > 40 and random.random() < 0.5)
    for _ in range(slips):
        text = _slip(text, random)
    return text


def _slip(text: str, random: Random) -> str:
    places = [i for i, c in enumerate(text) if c.isalpha() and i > 0]
    if len(places) < 4:
        return text
    at = random.choice(places)
    kind = random.randrange(4)
    if kind == 0:
        near = _NEIGHBOURS.get(text[at].lower(), text[at])
        return text[:at] + random.choice(near) + text[at + 1 :]
    if kind == 1:
        return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
    if kind == 2:
        return text[:at] + text[at + 1 :]
    return text[:at] + text[at] + text[at:]


def misspell(text: str, random: Random) -> str:
    """A double consonant made single or a single one double, as where spelling is hard."""
    doubles = list(_REPEATABLE.finditer(text))
    if doubles and random.random() < 0.6:
        hit = random.choice(doubles)
        return text[: hit.start()] + text[hit.start() + 1 :]
    singles = [i for i, c in enumerate(text) if c.isalpha() and c.lower() not in _VOWELS and i]
    if not singles:
        return text
    at = random.choice(singles)
    return text[:at] + text[at] + text[at:]


def spell_by_ear(text: str, random: Random) -> str:
    """One sound, or in a longer text two, in letters that sound much the same."""
    for _ in range(1 + (len(text) > 30)):
        heard = [(m, spelt) for sound, spelt in _BY_EAR for m in sound.finditer(text)]
        if heard:
            match, spelt = random.choice(heard)
            text = text[: match.start()] + spelt + text[match.end() :]
    return text


def split_compound(text: str, random: Random) -> str:
    """A long word written as two ("faktura numret"), the cut being before a consonant."""
    words = [m for m in _WORD.finditer(text) if len(m.group()) >= _LONG_COMPOUND]
    if not words:
        return text
    word = random.choice(words)
    cuts = [i for i in range(4, len(word.group()) - 3) if word.group()[i].lower() not in _VOWELS]
    if not cuts:
        return text
    at = word.start() + random.choice(cuts)
    return f"{text[:at]} {text[at:]}"


def speak(text: str, random: Random) -> str:
    """Some of the words that have a spoken form, in that form."""
    return _with_forms(text, _SPOKEN, random)


def abbreviate(text: str, random: Random) -> str:
    """Some of the words that a ledger cuts short, cut short."""
    return _with_forms(text, _SHORT, random)


def _with_forms(text: str, all_forms: Mapping[str, Tuple[str, ...]], random: Random) -> str:
    def other(match: "re.Match[str]") -> str:
        forms = all_forms.get(match.group().lower())
        return random.choice(forms) if forms and random.random() < 0.5 else match.group()

    return _WORD.sub(other, text)


def change_figures(text: str, random: Random) -> str:
    """Other figures of the same length: a number says what it is by its length and neighbours."""

    def other(match: "re.Match[str]") -> str:
        first, *rest = match.group()
        head = first if first == "0" else str(random.randint(1, 9))
        return head + "".join(str(random.randint(0, 9)) for _ in rest)

    return _DIGITS.sub(other, text)


def greet(text: str, random: Random) -> str:
    return f"{random.choice(_GREETINGS)} {text}"


def close(text: str, random: Random) -> str:
    closing = random.choice(_CLOSINGS)
    glued = closing[0] in "?!.,"
    return f"{text.rstrip('.!?')}{'' if glued else ' '}{closing}"


def drop_word(text: str, random: Random) -> str:
    """One short word less, as in a hasty or dictated message."""
    words = text.split()
    short = [i for i, word in enumerate(words) if len(word) <= 4 and word.isalpha()]
    if len(words) < 5 or not short:
        return text
    del words[random.choice(short)]
    return " ".join(words)


# How often a copy gets each rule. Order matters: spoken forms need the right spelling before them.
RULES: Sequence[Tuple[Rule, float]] = (
    (change_figures, 0.5),
    (speak, 0.25),
    (abbreviate, 0.1),
    (drop_word, 0.12),
    (split_compound, 0.12),
    (mistype, 0.2),
    (misspell, 0.12),
    (spell_by_ear, 0.15),
    (drop_dots, 0.25),
    (lower, 0.4),
    (upper, 0.03),
    (drop_punctuation, 0.35),
)
FRAMING: Sequence[Tuple[Rule, float]] = ((greet, 0.1), (close, 0.1))


def vary(text: str, random: Random, *, may_frame: bool = True) -> str:
    """`text` after the rules that the dice chose; `may_frame` allows a greeting and a closing."""
    for rule, share in (*RULES, *FRAMING) if may_frame else RULES:
        if random.random() < share:
            text = rule(text, random)
    return text


def may_be_framed(intent: str) -> bool:
    """Whether "hej" before or "tack" after leaves a message with the intent that it has."""
    return intent not in _BARE_INTENTS


def augmented(
    examples: Sequence[Tuple[str, str]], *, copies: int, seed: int
) -> List[Tuple[str, str]]:
    """The (text, intent) examples and `copies` variants of each; the same every time for a seed."""
    random = Random(seed)  # noqa: S311 (variation, not secrecy)
    known: Dict[Tuple[str, str], None] = dict.fromkeys(examples)
    for text, intent in examples:
        for _ in range(copies):
            known[vary(text, random, may_frame=may_be_framed(intent)), intent] = None
    return list(known)
