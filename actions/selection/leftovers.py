"""What the grammar did not use: is it talk beside the point, or could it change the choice?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from actions.selection.clauses import SUBORDINATE, Clause
from actions.selection.mentions import Event, Mention
from actions.selection.modes import INCLUDED, Mode, Step
from actions.selection.steps import is_comment, is_told_of_it
from actions.selection.terms import Term

_TALK = frozenset(
    [
        "self",
        "modal",
        "state",
        "take",
        "third",
        "other",
        "defer",
        "rel",
        "errand",
        "wh",
        "not",
        "fix",
        "polite_question",
        "modal_question",
        "subordinate",
        "budget",
        "only",
        "also",
        "yes",
        "settled",
    ]
)
_DATED = frozenset({"month", "quarter", "half", "date", "period", "year", "fraction", "age"})
_SMALL = 60
_PAST = ("te", "de")
_MEANS = frozenset({"money", "number", "at_most", "below", "approximately", "period", "sum"})
_ASKED = Term("take", text="asked")
_DANGLING = frozenset({"below", "at_most", "above", "at_least", "older", "newer", "onward"})


def has_question(said: Sequence[Clause]) -> bool:
    """Asks something instead of choosing; a polite "kan du ta ettan?" chooses."""
    said = said[_brushed_aside(said) :]
    questions = [
        clause for clause in said if clause.is_question and clause.opener not in SUBORDINATE
    ]
    if any(clause.has("split") for clause in said):
        return True
    if any(_begins_with(clause, "take") and _ASKED in clause.events for clause in questions):
        return True  # "ska jag betala för migreringen fast den aldrig blev klar?"
    if any(_is_delay(clause) for clause in questions):
        return True
    if any(_is_request(clause) for clause in questions) and not _is_chosen_first(said):
        return True
    is_chosen = any(clause.has("take") and clause.mentions for clause in said)
    for clause in said:
        is_exclaimed = not clause.is_question and is_chosen and not clause.has("take")
        if clause.opener not in SUBORDINATE and _begins_with(clause, "wh") and not is_exclaimed:
            return True
    if any(clause.has("excuse") and clause.has("wh") for clause in said):
        return True  # "en av domänerna ska bort, jag minns inte vilken"
    is_taken = any(clause.has("take") for clause in said)
    if not is_taken and any(_asks_whether_we_have(clause) for clause in questions):
        return True
    if any(clause.has("wh") for clause in questions) or _is_wondered_at(questions, said):
        return True
    if any(clause.has("take") and clause.mentions and not clause.is_question for clause in said):
        questions = [
            clause
            for clause in questions
            if not (_is_counting_only(clause) or Term("state", text="thought") in clause.events)
        ]
    if any(_is_taken_up(clause, said) for clause in questions):
        return False
    return any(_is_real(clause, _is_chosen_besides(clause, said)) for clause in questions)


def _brushed_aside(said: Sequence[Clause]) -> int:
    """ "vilken är värst? Skit samma, ta den dyraste": where the answer begins."""
    return max(
        (
            index
            for index, clause in enumerate(said)
            if clause.opener == "fix"
            and clause.has("take")
            and not clause.is_question
            and any(not mention.is_pointer for mention in clause.mentions)
            and said[index - 1].is_question
        ),
        default=0,
    )


def _asks_whether_we_have(clause: Clause) -> bool:
    """ "migreringen, har vi verkligen beställt den?"."""
    shape = [event.kind if isinstance(event, Term) else "" for event in clause.events[:2]]
    return shape == ["state", "self"] and bool(clause.loose_words)


def _is_wondered_at(questions: Sequence[Clause], said: Sequence[Clause]) -> bool:
    """ "migrering?? Det har vi aldrig beställt": nothing else is named, and that is refused."""
    named = [c for c in said if any(not mention.is_pointer for mention in c.mentions)]
    is_echo = len(named) == 1 and named[0] in questions and len(named[0].events) == 1
    following = said[said.index(named[0]) + 1 :] if is_echo else ()
    return any(clause.has("not", "defer", "settled") for clause in following)


def _is_taken_up(asked: Clause, said: Sequence[Clause]) -> bool:
    """ "är något sent? Det betalar jag": a condition, and what follows from it."""
    place = next(index for index, clause in enumerate(said) if clause is asked)
    following = said[place + 1 : place + 2]
    is_named = any(not mention.is_pointer for mention in asked.mentions)
    return is_named and any(
        clause.has("take") and (clause.has("self") or len(clause.events) == 2)
        and not clause.is_question and clause.mentions
        and all(mention.is_pointer or mention.has("rest") for mention in clause.mentions)
        for clause in following
    )  # fmt: skip


def _is_delay(clause: Clause) -> bool:
    """ "kan jag få anstånd till den 30:e?"."""
    kinds = {term.kind for mention in clause.mentions for term in mention.terms}
    is_asked = clause.has("defer") and _begins_with(clause, "polite_question")
    return is_asked and kinds <= {"date", "det", "month", "prep", "number", "period"}


def _is_counting_only(clause: Clause) -> bool:
    """ "har jag missat tre stycken? Dra alltihop."."""
    kinds = {term.kind for mention in clause.mentions for term in mention.terms}
    return bool(kinds) and kinds <= {"number", "noun", "det", "all"} and not clause.has("take")


def _is_request(clause: Clause) -> bool:
    """ "kan ni skicka om fakturan?", "vad gäller 1042?"."""
    is_topic = clause.events[:1] == (Term("filler", text="topic"),)
    is_wondering = clause.events[:1] == (Term("take", text="be"),)
    return is_topic or is_wondering or (clause.has("errand") and not clause.has("take"))


def _is_chosen_first(said: Sequence[Clause]) -> bool:
    """ "Trean! Och förresten, kan ni skicka kvittot …?": a plain choice, and then an errand."""
    first = said[0]
    events = [event for event in first.events if not _is_small(event)]
    is_plain = bool(events) and all(
        (isinstance(event, Mention) and not event.is_pointer and not event.unknown)
        or (isinstance(event, Term) and event.kind in ("and", "take", "self", "thanks", "only"))
        for event in events
    )  # fmt: skip
    is_apart = len(said) > 1 and said[1].opener in ("start", "fix")
    asked = [clause for clause in said if clause.is_question]
    is_errand = all(clause.has("errand") or not clause.mentions for clause in asked)
    return is_plain and bool(first.mentions) and not first.is_question and is_apart and is_errand


def _is_chosen_besides(asked: Clause, said: Sequence[Clause]) -> bool:
    """ "den på 1188, det var väl den ni ringde om?": the choice stands beside the question."""
    return any(
        clause is not asked
        and any(not mention.is_pointer for mention in clause.mentions)
        and (not clause.is_question or clause.opener == "start")
        for clause in said
    )


def _begins_with(clause: Clause, kind: str) -> bool:
    first = next(
        (
            e
            for e in clause.events
            if not isinstance(e, Term)
            or e.kind not in {"filler", "yes", "thanks", "and", "but", "or", "self"} - {kind}
        ),
        None,
    )
    return isinstance(first, Term) and first.kind == kind


def _is_real(clause: Clause, chosen_elsewhere: bool) -> bool:
    points = [mention for mention in clause.mentions if not mention.is_pointer]
    if not points:
        return False if chosen_elsewhere else bool(clause.loose_words)
    has_unknown = bool(clause.loose_words) or any(mention.unknown for mention in points)
    return has_unknown or _begins_with(clause, "modal_question") or _begins_with(clause, "state")


def is_commentary(step: Step, steps: Sequence[Step]) -> bool:
    """A number, day or sum in passing ("i två omgångar", "lönen kommer i december")."""
    others = [other for other in steps if other is not step and other.modes == INCLUDED]
    kinds = {term.kind for term in step.mention.terms} - {"det", "prep", "source", "to"}
    if others and kinds == {"count"}:
        return True  # "det har jag redan sagt två gånger"
    if not others or step.modes[0] is Mode.EXCLUDE:
        return False
    if is_counting(step.mention):
        return all(other.clause != step.clause for other in others)
    if step.has_budget and kinds <= _MEANS:
        return True
    is_passing = bool(kinds) and kinds <= _DATED and not step.mention.has("det")
    return is_passing and step.is_loose and not _is_of_list(step, others)


def _is_of_list(step: Step, others: Sequence[Step]) -> bool:
    """ "mars, april och maj ser rimliga ut"."""
    return any(
        abs(other.clause - step.clause) <= 1
        and (step.is_joined or other.is_joined or step.opener == "comma")
        and {term.kind for term in other.mention.terms} & _DATED
        for other in others
    )


def is_counting(mention: Mention) -> bool:
    """ "två omgångar", "14 dagar": a small number of something that is not on the list."""
    numbers = [term for term in mention.terms if term.kind not in ("det", "prep", "source", "to")]
    is_small = all(term.kind == "number" and term.n <= _SMALL for term in numbers)
    return bool(mention.unknown) and bool(numbers) and is_small


def unresolved(said: Sequence[Clause], steps: Sequence[Step]) -> tuple[str, ...]:
    """Words that stand where a choice stands and that nothing on the list explains."""
    words: list[str] = []
    for index, clause in enumerate(said):
        if clause.has("excuse") and not clause.mentions:
            continue
        if clause.opener in SUBORDINATE or _is_talk(clause) or _begins_with(clause, "thanks"):
            continue
        earlier = [step for step in steps if step.clause < index and step.modes == INCLUDED]
        if earlier and is_comment(clause, earlier):
            continue
        if any(step.clause == index and step.is_pointed_at for step in steps):
            continue
        if clause.opener == "fix" and not earlier and not _begins_with(clause, "take"):
            continue  # "ursäkta röran"
        is_signed = index > 0 and _begins_with(said[index - 1], "thanks") and not clause.mentions
        if is_signed and len(clause.events) == 1 and index + 1 == len(said):
            continue  # "mvh Ekonomi, Kerstin"
        if any(step.clause == index + 1 and step.is_explaining for step in steps):
            continue  # "sommarmånaderna, alltså juni till augusti"
        is_spoken_of = any(step.clause < index for step in steps)
        if is_spoken_of and _is_verb_of_it(clause):
            continue
        if any(is_told_of_it(mention) for mention in clause.mentions[:1]):
            continue
        for item, is_joined in _items(clause):
            words += _names_unknown(item, is_joined)
    return tuple(words)


def _is_verb_of_it(clause: Clause) -> bool:
    """ "…, den svider": a present tense ends in r, and an adjective does not."""
    first = clause.events[0] if clause.events else None
    if not isinstance(first, Mention) or {term.kind for term in first.terms} != {"det"}:
        return False
    is_alone = len(clause.events) == len(clause.mentions) == 1
    is_present = bool(first.unknown) and first.unknown[0].endswith("r") and is_alone
    is_past = bool(first.unknown) and first.unknown[0].endswith(_PAST)
    is_choice = clause.has("take", "add", "only", "also", "rest", "or", "defer", "settled")
    return is_present or (is_past and not is_choice and len(clause.mentions) == 1)


def unknown_exceptions(said: Sequence[Clause], steps: Sequence[Step]) -> tuple[str, ...]:
    """ "alla utom årsavgiften", where nothing on the list is called so: what shall be left out?"""
    words: list[str] = []
    is_excepted = any(step.modes[0] is Mode.EXCLUDE or step.is_pointed_at for step in steps)
    for clause in said:
        if clause.opener in SUBORDINATE:
            continue
        for at, event in enumerate(clause.events):
            if not isinstance(event, Term) or event.kind not in ("except", "remove"):
                continue
            following = [e for e in clause.events[at + 1 :] if not _is_small(e)]
            first = following[0] if following else None
            if isinstance(first, Term) and first.kind == "word":
                words.append(first.text)
            elif event.kind == "except" and _is_mere_pointer(first) and not is_excepted:
                words.append("…")  # "alla utom den": which?
    return tuple(words)


def _is_mere_pointer(event: Event | None) -> bool:
    return isinstance(event, Mention) and all(term.kind == "det" for term in event.terms)


def _is_small(event: Event) -> bool:
    return isinstance(event, Term) and event.kind in ("filler", "prep", "own", "article", "source")


def _is_talk(clause: Clause) -> bool:
    says = [m for m in clause.mentions if not m.is_pointer and not is_counting(m)]
    return not says and clause.has(*_TALK)


def _items(clause: Clause) -> Iterator[tuple[list[Event], bool]]:
    item: list[Event] = []
    is_joined = False
    for event in clause.events:
        if isinstance(event, Term) and event.kind in ("and", "or"):
            yield item, is_joined
            item, is_joined = [], True
        else:
            item.append(event)
    yield item, is_joined


def _behind_all(item: list[Event]) -> list[str]:
    """ "alla hyrbilar": all of what nothing on the list is called."""
    padded: list[Event | None] = [None, None, None, *item]
    before, first, last = padded[-3:]
    is_all = isinstance(first, Mention) and all(term.kind == "all" for term in first.terms)
    is_all = is_all and before != Term("prep")  # "galen på alla påminnelser"
    return [last.text] if is_all and isinstance(last, Term) and last.kind == "word" else []


def _names_unknown(item: list[Event], is_joined: bool) -> list[str]:
    mentions = [event for event in item if isinstance(event, Mention)]
    if any(not mention.is_pointer for mention in mentions):
        return _behind_all(item)
    item = [event for event in item if event != Term("defer", text="then")]
    if any(isinstance(event, Term) and event.kind in _TALK for event in item):
        return []
    if is_joined and any(mention.has(*_DANGLING) for mention in mentions):
        return ["…"]
    named = [mention for mention in mentions if mention.has("det", "noun")]
    pointed = [word for mention in named for word in mention.unknown]
    words = [event for event in item if isinstance(event, Term) and event.kind == "word"]
    is_name = is_joined or len(words) == 1
    nouns = [word.text for word in words if is_name and (word.form or is_joined)]
    return pointed + nouns
