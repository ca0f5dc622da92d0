"""Terms to sentences and clauses, with the mentions and signs in each."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from actions.selection.mentions import CONTENT, Event, Mention, events_of
from actions.selection.terms import Term

SUBORDINATE = frozenset({"subordinate", "time"})
_OPENERS_BY_TEXT = {"if": "condition", "when": "time"}
_FINITE = frozenset({"state", "modal", "take", "defer"})
_SUBJECTS = (["noun"], ["self"], ["det"], ["third"], ["other"], ["own"])
_MEANS = frozenset(
    ["money", "number", "at_most", "approximately", "period", "year", "prep", "to", "det", "sum"]
)
_PUTTING_OFF = frozenset({"defer", "remove", "not", "except", "settled"})
_FEW = 60  # more than that is no place in a list
_CLAUSE_MARKS = frozenset({"comma", "but", "subordinate", "fix", "dash"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause:
    """What stands between two marks; `opener` is the mark's kind, or "start"."""

    opener: str
    events: tuple[Event, ...]
    is_question: bool = False

    @property
    def mentions(self) -> tuple[Mention, ...]:
        return tuple(event for event in self.events if isinstance(event, Mention))

    def has(self, *kinds: str) -> bool:
        return any(isinstance(event, Term) and event.kind in kinds for event in self.events)

    @property
    def is_budget(self) -> bool:
        """Says what can be spent: "på kontot", or just "jag har 600 kronor"."""
        points = [mention for mention in self.mentions if not mention.is_pointer]
        is_money = any(mention.has("money") or _is_about_much(mention) for mention in points)
        is_owned = any(
            isinstance(e, Term) and e.text == "have" and e.kind in ("state", "modal_question")
            for e in self.events
        )
        are_sums = all(_is_means(mention) for mention in points)
        is_most = len(points) == 1 and "at_most" in [t.kind for t in points[0].terms[:2]]
        is_limit = is_most and any(t.kind == "money" or t.n > _FEW for t in points[0].terms)
        if is_limit and not self.has("take"):
            return are_sums  # "högst 250 kr", "jag får ut max 650 kr"
        is_sum = (
            len(points) == 1
            and self.events[:1] == tuple(points)
            and points[0].has("number", "money")
        )
        others = [e for e in self.events[2:] if not (isinstance(e, Term) and e.kind == "filler")]
        if is_sum and is_owned and not others:
            return are_sums  # "femhundra har jag"
        is_granted = self.has("third") and self.has("approved") and is_money
        if is_granted and not self.has("take"):
            return are_sums  # "chefen godkände 1900 kr"
        is_named = any(m.has("word", "domain") and m.has("money") for m in points)
        if is_named and not self.has("third"):
            return False  # "75 spänn för backupen har jag råd med"
        return self.has("budget") or (is_owned and is_money and are_sums and not self.has("take"))

    @property
    def loose_words(self) -> tuple[Term, ...]:
        return tuple(e for e in self.events if isinstance(e, Term) and e.kind == "word")


def _is_about_much(mention: Mention) -> bool:
    """ "drygt sexhundra", and not "tre barn och lite till"."""
    return mention.has("approximately") and any(term.n > _FEW for term in mention.terms)


def _is_means(mention: Mention) -> bool:
    """ "600 kronor", "räkningar den här månaden"; not "fakturan på 499 kr"."""
    has_sum = mention.has("money", "number")
    return all(t.kind in _MEANS or (t.kind == "noun" and not has_sum) for t in mention.terms)


def clauses(terms: Sequence[Term], is_known: Callable[[str], bool]) -> tuple[Clause, ...]:
    found: list[Clause] = []
    is_mistaken = False
    for sentence, is_question in _sentences(terms):
        for opener, part in _parts(sentence):
            events = tuple(events_of(part, is_known))
            opener = "fix" if is_mistaken and opener == "start" else opener
            found.append(Clause(opener=opener, events=events, is_question=is_question))
            is_mistaken = False
        is_mistaken = bool(sentence) and _is_mistake(sentence[-1])
    return tuple(found)


def _is_mistake(term: Term) -> bool:
    """ "… men jag hade fel. Det är trean": what follows takes its place."""
    return term.kind == "fix" and term.text == "mistake"


def _sentences(terms: Sequence[Term]) -> Iterator[tuple[list[Term], bool]]:
    sentence: list[Term] = []
    for term in terms:
        if term.kind in ("stop", "question"):
            yield _with_last_word(sentence), term.kind == "question"
            sentence = []
        else:
            sentence.append(term)
    yield _with_last_word(sentence), False


def _with_last_word(sentence: list[Term]) -> list[Term]:
    """ "mejlen, nej." takes nothing back: it answers no."""
    if len(sentence) < 2 or sentence[-1] != Term("fix", text="no"):
        return sentence
    said = sentence[:-2] if sentence[-2].kind == "comma" else sentence[:-1]
    return [*said, Term("not")]


def _parts(sentence: list[Term]) -> Iterator[tuple[str, list[Term]]]:
    opener = "start"
    part: list[Term] = []
    for at, term in enumerate(sentence):
        if _is_said_behind(sentence, at, part):
            opener = "fix" if opener == "comma" else opener
            continue
        is_after_choice = any(before.kind == "take" for before in part) or opener == "comma"
        is_reason = _begins_reason(sentence, at) or (not part and term == Term("prep", text="for"))
        if (is_after_choice and is_reason) or (
            (part or opener == "comma") and _begins_consequence(sentence, at)
        ):
            if part:
                yield opener, part
            opener, part = "subordinate", []
        elif part and _begins_clause(sentence, at, opener):
            yield opener, part
            opener, part = "comma", []
        if term.kind == "subordinate" and _ends_clause(sentence, at):
            continue  # "hoppa över VPS:en så länge, …"
        if term.text == "so_take" and part:
            yield opener, part
            is_put_off = any(one.kind in _PUTTING_OFF for one in part)
            so = [] if is_put_off else [Term("filler", text="so")]
            opener, part = "comma", [*so, Term("take"), Term("self")]
            continue
        is_first = at == 0 or sentence[at - 1] in (Term("and"), Term("filler", text="so"))
        is_then = is_first and term.kind == "subordinate" and _is_verb(sentence[at + 1 : at + 2])
        if term.kind not in _CLAUSE_MARKS or is_then:
            part += [] if is_then else [term]
            continue
        if part:
            yield opener, part
            opener = _opener_of(term)
            if opener == "subordinate" and sentence[at + 1 : at + 2] == [Term("only")]:
                opener = "comma"  # "…, så det är bara de andra"
        elif opener in ("start", "comma", "dash") or term.kind == "fix":
            opener = _opener_of(term) if opener != "fix" else "fix"
        part = []
    if part:
        yield opener, part


def _opener_of(mark: Term) -> str:
    return _OPENERS_BY_TEXT.get(mark.text, mark.kind) if mark.kind == "subordinate" else mark.kind


def _begins_reason(sentence: list[Term], at: int) -> bool:
    """ "…, för dem har vi flyttat", "… för hemsidan är nere": why, and not which."""
    if sentence[at] != Term("prep", text="for"):
        return False
    following = [term.kind for term in sentence[at + 1 : at + 5] if term.kind != "filler"]
    while following and following[0] in ("own", "det", "self", "third", "other", "article"):
        following = following[1:]
        if following[:1] and following[0] in _FINITE:
            return True
    return len(following) > 1 and following[0] in ("word", "noun") and following[1] in _FINITE


def _is_said_behind(sentence: list[Term], at: int, part: list[Term]) -> bool:
    """ "femman menar jag" stands for "jag menar femman"."""
    is_last = at + 1 == len(sentence) or sentence[at + 1].kind in _CLAUSE_MARKS
    is_said = sentence[at].kind == "fix" and sentence[at].text != "no" and bool(part)
    has_content = any(term.kind in CONTENT for term in part)
    is_final = at + 1 == len(sentence) and has_content
    return is_said and is_last and (sentence[at].text == "meant" or is_final)


def _begins_consequence(sentence: list[Term], at: int) -> bool:
    """ "ta alla så pratar vi om priset", "… annars dör sajten", "… innan chefen blir sur"."""
    if not any(term.kind in CONTENT or term.kind == "word" for term in sentence[:at]):
        return False
    term, kinds = sentence[at], [following.kind for following in sentence[at + 1 : at + 3]]
    if term.text == "conjunction":
        is_verb = kinds[1:] and kinds[1] in _FINITE | {"word"}
        is_noun = kinds[:1] == ["det"] or (kinds[:1] == ["word"] and bool(sentence[at + 1].form))
        is_subject = kinds[:1] in (["own"], ["third"], ["self"], ["other"], ["some"])
        return is_subject or bool(is_noun and is_verb)
    if term == Term("filler", text="else"):
        if kinds == ["modal", "self"]:
            return False  # "… annars vill jag ha med alltihop"
        is_done = kinds[:1] == ["take"] and kinds[1:] not in ([], ["self"])
        return is_done or kinds[:1] in (["state"], ["modal"], ["word"])
    if term == Term("defer", text="then"):
        is_deed = kinds in (["word", "self"], ["state", "self"])
        return is_deed and not sentence[at + 1].form  # "… sen hörs vi om hösten"
    if term != Term("filler", text="so"):
        return False
    if kinds[:1] == ["errand"]:
        return True  # "… så skickar jag kvittot vidare"
    is_running = kinds == ["det", "word"] and not sentence[at + 2].form
    if kinds[:1] == ["other"] or is_running:
        return True  # "… så ni slutar tjata"
    is_thing = kinds[:1] == ["word"] and bool(sentence[at + 1].form)
    if is_thing and kinds[1:] and (kinds[1] == "not" or _is_becoming(sentence, at + 2)):
        return True  # "… så sajten inte släcks", "… så bokföringen blir klar"
    is_verb = kinds[:1] == ["word"] and not sentence[at + 1].form and kinds[1:] in _SUBJECTS
    return is_verb or (kinds[:1] == ["state"] and kinds[1:] not in ([], ["take"]))


def _ends_clause(sentence: list[Term], at: int) -> bool:
    return at + 1 == len(sentence) or sentence[at + 1].kind in ("comma", "but", "dash")


def _is_verb(terms: list[Term]) -> bool:
    """ "då är det bara domänen kvar": no reason, but what follows."""
    return bool(terms) and terms[0].kind in ("state", "modal", "take", "modal_question", "fit")


def _is_becoming(sentence: list[Term], at: int) -> bool:
    return [term.kind for term in sentence[at : at + 2]] == ["take", "word"]


def _begins_clause(sentence: list[Term], at: int, opener: str) -> bool:
    if opener in SUBORDINATE and (_goes_on(sentence, at) or _turns_to_main(sentence, at)):
        return True
    return _begins_main_clause(sentence, at) or _begins_others_part(sentence, at)


def _goes_on(sentence: list[Term], at: int) -> bool:
    """ "domänen, så den inte försvinner, och sen webbhotellet"."""
    return sentence[at].kind == "and" and sentence[at + 1 : at + 2] == [Term("defer", text="then")]


def _turns_to_main(sentence: list[Term], at: int) -> bool:
    """ "nu när pengarna kommit kan vi ta allt", "eftersom den är äldst vill jag betala den"."""
    kinds = [term.kind for term in sentence[at : at + 3]]
    is_asking = kinds[:2] == ["polite_question", "take"]
    is_told = any(term.kind in ("state", "word") for term in sentence[:at])
    return is_told and (is_asking or kinds == ["modal", "self", "take"])


def _is_mere_deed(terms: list[Term]) -> bool:
    return [term.kind for term in terms if term.kind != "filler"] == ["take"]


def _begins_others_part(sentence: list[Term], at: int) -> bool:
    """ "jag tar domänerna och min kollega tar resten"."""
    kinds = [term.kind for term in sentence[at : at + 4]]
    is_put_off = kinds[:2] == ["and", "defer"] and sentence[at + 1].text != "then"
    return is_put_off or kinds[:3] == ["and", "own", "third"] or kinds[:2] == ["and", "third"]


def _begins_main_clause(sentence: list[Term], at: int) -> bool:
    """Speech has no commas: "min kollega fixar ettan jag tar tvåan", "så ta trean"."""
    kinds = [term.kind for term in sentence[at - 1 : at + 3]] if at else []
    match kinds:
        case [_, "self", "take", *_] if sentence[at + 1].text in ("past", "paid"):
            return False  # "ettan tror jag att jag redan betalade"
        case ["rest", "self", "take", *_]:
            return False  # "resten jag betalar i december"
        case [before, "defer", "modal", *_] if sentence[at].text == "then" and before in CONTENT:
            return True  # "tar åttan sen får resten vänta"
        case ["third", named, "take", "self"] if named in CONTENT:
            return True  # "ettan tar frugan tvåan tar jag"
        case ["third", "self", "take", *_]:
            return True  # "servern betalar min sambo jag tar resten"
        case [_, "self", "modal", "not"] if _is_mere_deed(sentence[at + 3 :]):
            return False  # "domänen vi vill inte betala nu"
        case [before, "self", "take" | "modal", *_]:
            return before in CONTENT or before in ("word", "card", "filler", "thanks", "only")
        case [before, "det", "state" | "modal", *_] if before in CONTENT or before == "word":
            return True  # "allt utom flytten den är inte min"
        case [_, "and", "modal", "take", *_] if sentence[0].text == "have" or (
            len(sentence) > 1 and sentence[1].text == "have"
        ):
            return True  # "jag har 300 kronor och vill få bort …"
        case ["money" | "budget", "take", *_] if any(
            t.text == "have" or t.kind == "budget" for t in sentence[:2]
        ):
            return True  # "har 450 kr ta de som får plats"
        case [_, "and", "self", "take", *_] if not any(t.kind == "third" for t in sentence[:at]):
            return True  # "vi är fyra delägare och jag står för 8702"
        case [_, "and", "det", "modal" | "take" | "defer" | "settled", *_]:
            return True  # "… om backupen och den ska krediteras"
        case ["third", "filler", "det", "superlative" | "number"]:
            return sentence[at].text == "so"  # "fick 400 av mormor så de äldsta"
        case [_, "filler", "filler", "take" | "only"]:
            return sentence[at].text == "so" and sentence[at + 1].text == "now"
        case [_, "filler", "take" | "only" | "modal" | "self" | "defer", *_]:
            return sentence[at].text == "so"
        case [_, "filler", "det", "take" | "defer" | "modal"]:
            return sentence[at].text == "so"
        case _:
            return False
