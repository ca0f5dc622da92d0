"""How each mention of one clause counts, by the signs around it: included, excluded, or talk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from actions.selection.clauses import Clause
from actions.selection.judging import judged
from actions.selection.mentions import Event, Mention
from actions.selection.modes import EXCLUDED, INCLUDED, TIMES, Mode, Step, is_kind, is_quiet
from actions.selection.terms import Term

_PAST = Term("take", text="past")
_THEN = Term("defer", text="then")
_LET = Term("defer", text="let")
_NEGATIONS = frozenset({"not", "except", "without", "remove", "none"})
_SUBJECTS = frozenset({"self", "third", "other", "word"})


def _is_unknown(events: Sequence[Event]) -> bool:
    return bool(events) and is_kind(events[0], "word")


def _is_kind_at(events: Sequence[Event], at: int, kind: str) -> bool:
    return at < len(events) and is_kind(events[at], kind)


class Walk:
    """Goes through the events of one clause from the left and looks back where Swedish does."""

    def __init__(self, index: int, clause: Clause, is_exception: bool) -> None:
        self._index = index
        self._clause = clause
        self._events = clause.events
        self._steps: list[Step] = []
        self._is_exception = is_exception
        self._modes = EXCLUDED if is_exception else INCLUDED
        self._since = 0
        self._is_alternative = False
        self._is_none = False

    def steps(self) -> list[Step]:
        for at, event in enumerate(self._events):
            if isinstance(event, Mention):
                self._add(at, event)
            else:
                self._sign(at, event)
        return judged(self._index, self._clause, self._steps)

    def _add(self, at: int, mention: Mention) -> None:
        if mention.is_pointer or self._is_when(at, mention) or self._is_predicate(at, mention):
            return
        if self._is_their_own(at) and all(term.kind == "word" for term in mention.terms):
            return
        is_some = all(term.kind == "some" for term in mention.terms)
        if is_some and not self._clause.has("take") and not self._is_alternative:
            return  # "vill inte vara skyldig någon något"
        following = self._events[at + 1 : at + 2]
        is_somebody = _is_unknown(following) and not self._clause.has("modal", "or")
        if is_somebody and all(term.kind == "some" for term in mention.terms):
            return  # "belastar en annan förvaltning"
        self._steps.append(
            Step(
                mention=mention,
                modes=self._modes,
                clause=self._index,
                opener=self._clause.opener if not self._steps else "inside",
                is_exception=self._is_exception,
                is_joined=self._is_joined(at),
                has_budget=self._clause.is_budget,
                is_loose=bool(self._clause.loose_words),
                is_alternative=self._is_alternative,
                is_told=self._has_words_before(at),
                is_none=self._is_none,
                is_explaining=self._is_explaining(at),
                is_adjunct=bool(self._steps) and at > 0 and is_kind(self._events[at - 1], "prep"),
            )
        )
        self._is_alternative = False

    def _is_when(self, at: int, mention: Mention) -> bool:
        """ "får vänta till december" says when, and not which."""
        put_off = [
            i
            for i, e in enumerate(self._events[:at])
            if (is_kind(e, "defer") and e != _THEN) or is_kind(e, "settled") or e == _PAST
        ]
        mentioned = [i for i, e in enumerate(self._events[:at]) if isinstance(e, Mention)]
        is_behind = bool(put_off) and bool(mentioned) and put_off[-1] > mentioned[-1]
        is_time = all(
            term.kind in (*TIMES, "prep", "det", "number", "after", "before")
            for term in mention.terms
        )
        is_week = all(term.kind == "period" for term in mention.terms) and not self._is_joined(at)
        is_chosen = bool(self._steps) and self._clause.has("take")
        if is_week and (is_chosen or self._clause.has("too_much")):
            return True  # "de två billigaste får det bli den här veckan"
        has_rest = any(step.is_rest for step in self._steps)  # "det andra tar jag i december"
        pointed = [e for e in self._events[:at] if isinstance(e, Mention) and e.is_pointer]
        has_said = bool(self._steps or (pointed and self._index))
        return (is_behind or has_rest) and is_time and has_said

    def _is_their_own(self, at: int) -> bool:
        """ "… bråkar jag om med er support"."""
        before = self._events[max(0, at - 2) : at]
        kinds = [event.kind if isinstance(event, Term) else "" for event in before]
        is_theirs = kinds == ["prep", "other"] and before[0] == Term("prep")
        return is_theirs and (bool(self._steps) or self._index > 0)

    def _is_explaining(self, at: int) -> bool:
        """ "support och lagring, alltså de två sista"."""
        said = tuple(event for event in self._events[:at] if event != Term("filler"))
        is_behind = self._events[-1:] == (Term("filler", text="that_is"),)
        is_before = said[-1:] == (Term("filler", text="that_is"),)
        is_second = self._index > 0 or bool(self._steps)
        return is_second and (is_before or (is_behind and len(self._events) == at + 2))

    def _is_predicate(self, at: int, mention: Mention) -> bool:
        """ "den på 499 är mest akut": said of what was named."""
        earlier = [
            event for event in self._events[:at] if not (is_quiet(event) or is_kind(event, "not"))
        ]
        before = earlier[-1] if earlier else None
        is_said = isinstance(before, Term) and before.kind == "state" and before.text != "have"
        is_bare = all(term.kind in ("superlative", "size") for term in mention.terms)
        is_bare = is_bare or {term.kind for term in mention.terms} == {"det", "fit"}
        return is_said and is_bare and (bool(self._steps) or self._index > 0)

    def _has_words_before(self, at: int) -> bool:
        """ "min son sköter domänerna" is no choice; a verb of ours in between makes it one."""
        before = [event.kind for event in self._events[:at] if isinstance(event, Term)]
        after = [event.kind for event in self._events[at + 1 :] if isinstance(event, Term)]
        is_ours = {"take", "and", "add", "self", "modal"} & set(before)
        has_verb = "word" in after and bool({"self", "modal", "state"} & set(after))
        return ("word" in before and not is_ours) or (has_verb and "take" not in before)

    def _is_joined(self, at: int) -> bool:
        before = [event for event in self._events[:at] if not is_quiet(event)]
        return bool(before) and isinstance(before[-1], Term) and before[-1].kind in ("and", "also")

    def _sign(self, at: int, sign: Term) -> None:
        if sign.kind in _NEGATIONS:
            self._is_none = sign.kind == "none" or sign.text == "neither"
            self._negate(at, sign)
        elif sign.kind in ("defer", "settled") or self._is_past(at, sign):
            self._defer(at, sign)
        elif sign.kind in ("take", "add", "only"):
            self._begin_anew(at, sign)
        elif sign == Term("filler", text="now"):
            self._since = len(self._steps)  # "april nu och maj när lönen kommer"
        elif sign.kind == "or":
            self._is_alternative = self._modes == INCLUDED

    def _is_past(self, at: int, sign: Term) -> bool:
        """ "ettan har jag betalat" is done; "ettan vill jag ha betald" is not."""
        before = [event for event in self._events[:at] if isinstance(event, Term)]
        has = any(event.text == "have" or event.kind == "modal_question" for event in before)
        if sign.kind == "take" and sign.text == "past":
            return not self._clause.has("modal")  # "vill ha dem betalade"
        return sign.kind == "take" and sign.text == "paid" and has

    def _begin_anew(self, at: int, sign: Term) -> None:
        is_negated = at > 0 and any(
            isinstance(event, Term) and event.kind == "not"
            for event in self._events[max(0, at - 2) : at]
        )
        if self._is_put_off_before(at, sign):
            return
        if self._follows(at) and not is_negated and sign.kind != "only":
            self._modes, self._is_exception, self._since = INCLUDED, False, len(self._steps)
        elif sign.kind in ("only", "add") and self._follows(at):
            self._modes, self._is_exception = INCLUDED, False

    def _is_put_off_before(self, at: int, sign: Term) -> bool:
        """ "på onsdag tar jag servern": a time in front of the verb, with nothing named between."""
        before = self._events[:at]
        put_off = [i for i, e in enumerate(before) if is_kind(e, "defer") and e != _LET]
        if not put_off or self._modes != EXCLUDED:
            return False
        between = before[put_off[-1] :]
        is_apart = sign.text != "then"
        return not any(
            isinstance(event, Mention) or (is_apart and event.kind == "and") for event in between
        )

    def _negate(self, at: int, sign: Term) -> None:
        is_adversative = sign.kind == "without" and self._is_adversative(at)
        if is_adversative or (sign.kind in ("except", "without") and self._is_none_but(at)):
            self._modes, self._is_exception = INCLUDED, False
        elif sign.kind == "without" and self._is_condition(at):
            self._modes, self._is_exception = (Mode.IGNORE, Mode.INCLUDE), False
        elif self._follows(at):
            is_loose = sign.kind == "not" and self._has_word_before_mention(at)
            is_everything = sign.kind == "not" and self._is_next_everything(at)
            self._modes = (Mode.EXCLUDE, Mode.IGNORE, Mode.INCLUDE) if is_loose else EXCLUDED
            if is_everything or self._is_no_such(at, sign):
                self._modes = (Mode.IGNORE,)
            self._is_exception = sign.kind in ("except", "without")
        elif sign.kind in ("not", "remove") and self._steps:
            self._negate_back(at)

    def _is_no_such(self, at: int, sign: Term) -> bool:
        """ "det är inget aprilskämt"."""
        before = [event for event in self._events[:at] if not is_quiet(event)]
        is_said = bool(before) and is_kind(before[-1], "state")
        return sign.kind == "none" and is_said and before[-1] != Term("state", text="have")

    def _is_adversative(self, at: int) -> bool:
        """ "inte ettan utan tvåan"."""
        earlier = [event for event in self._events[:at] if isinstance(event, Term)]
        return any(event.kind == "not" for event in earlier) or (
            at == 0 and self._clause.opener == "comma"
        )

    def _is_none_but(self, at: int) -> bool:
        """ "ingen av dem utom webbhotellet": that one alone."""
        before = [event for event in self._events[:at] if not is_quiet(event)]
        while before and isinstance(before[-1], Mention) and before[-1].is_pointer:
            before.pop()
        return not self._steps and bool(before) and before[-1] == Term("none")

    def _is_condition(self, at: int) -> bool:
        """ "utan servern står allt still": what would be without it."""
        before = [event for event in self._events[:at] if not is_quiet(event)]
        following = [event for event in self._events[at + 1 :] if not is_quiet(event)]
        is_first = not before and isinstance(following[0] if following else None, Mention)
        verb = following[1] if is_first and len(following) > 1 else None
        return isinstance(verb, Term) and verb.kind in ("state", "modal", "word")

    def _follows(self, at: int) -> bool:
        following = [event for event in self._events[at + 1 :] if isinstance(event, Mention)]
        return any(not mention.is_pointer for mention in following) or (
            bool(following) and not self._steps
        )

    def _is_next_everything(self, at: int) -> bool:
        """ "inte alla, bara de två första"."""
        following = next(e for e in self._events[at + 1 :] if isinstance(e, Mention))
        return all(term.kind in ("all", "noun") for term in following.terms)

    def _has_word_before_mention(self, at: int) -> bool:
        for event in self._events[at + 1 :]:
            if isinstance(event, Mention):
                return False
            if event.kind in ("word", "state"):
                return True
        return False

    def _negate_back(self, at: int) -> None:
        """ "den sista vill jag inte betala", but not "alla, jag vill inte ha skulder"."""
        if self._is_said_of_exception(at):
            return  # "allt utom migreringen den har jag inte godkänt"
        place = max(i for i, event in enumerate(self._events[:at]) if isinstance(event, Mention))
        gap = [event for event in self._events[place + 1 : at] if not is_quiet(event)]
        first = gap[0] if gap else None
        following = self._events[at + 1 : at + 2]
        is_deed = bool(following) and is_kind(following[0], "take") and first == Term("self")
        if isinstance(first, Term) and first.kind in _SUBJECTS and not is_deed:
            return  # but "domän vi vill inte betala"
        is_state = any(isinstance(event, Term) and event.kind == "state" for event in gap)
        is_loose = any(
            isinstance(event, Term) and event.kind == "word" for event in self._events[at + 1 :]
        )
        self._turn_back(
            (Mode.EXCLUDE, Mode.IGNORE, Mode.INCLUDE) if is_state or is_loose else EXCLUDED
        )

    def _turn_back(self, modes: tuple[Mode, ...]) -> None:
        """What was said since the last verb counts otherwise; of several, perhaps only the last."""
        last = len(self._steps) - 1
        if self._steps[last].is_rest:
            self._steps[last] = replace(self._steps[last], modes=modes)
            return
        for index in range(self._since, last + 1):
            following = self._steps[index + 1 : last + 1]
            is_one_list = all(step.is_joined for step in following)
            is_only_last = bool(following) and not is_one_list
            is_only_last = is_only_last and self._steps[index].modes == INCLUDED
            unsure = tuple(dict.fromkeys((Mode.INCLUDE, *modes)))
            self._steps[index] = replace(
                self._steps[index], modes=unsure if is_only_last else modes
            )

    def _defer(self, at: int, sign: Term) -> None:
        is_then = sign.text == "then"
        is_left = sign == _LET and _is_kind_at(self._events, at + 2, "state")
        if is_left and isinstance(self._events[at + 1], Mention):
            self._modes = EXCLUDED  # "låt servern vara"
            return
        if sign == _LET and self._clause.has("take"):
            return  # "låt den nyaste bli betald"
        if is_then and _is_kind_at(self._events, at + 1, "state"):
            return  # "… och sen är vi klara"
        following = next((event for event in self._events[at + 1 :] if not is_quiet(event)), None)
        is_pointed = isinstance(following, Mention) and following.is_pointer
        if is_pointed and self._steps and self._steps[-1].is_exception:
            return  # "allt utom servern har inte råd med den"
        if isinstance(following, Mention) and all(
            t.kind in (*TIMES, "det") for t in following.terms
        ):
            following = None if self._steps else following
        if isinstance(following, Mention) and following.is_pointer and following.unknown:
            following = None if self._steps else following  # "får vänta på sponsorpengarna"
        before = self._events[at - 1] if at else None
        is_next = isinstance(before, Term) and before.kind == "and"
        if is_then and (isinstance(following, Mention) or not self._steps or is_next):
            return
        if isinstance(following, Mention) and not self._is_last_word(at):
            self._modes, self._is_exception = EXCLUDED, False
        elif self._steps:
            if not self._is_said_of_exception(at):
                self._turn_back(EXCLUDED)
        elif self._follows(at):
            self._modes = EXCLUDED

    def _is_said_of_exception(self, at: int) -> bool:
        """ "alla utom mars, den har jag betalat"."""
        behind: list[Event] = []
        for event in reversed(self._events[:at]):
            if event is self._steps[-1].mention:
                break
            behind.append(event)
        is_pointed = any(isinstance(event, Mention) and event.is_pointer for event in behind)
        return self._steps[-1].is_exception and is_pointed

    def _is_last_word(self, at: int) -> bool:
        """ "ettan får vänta, tvåan": the verb stands behind what it is about."""
        before = self._events[at - 1] if at else None
        return bool(self._steps) and isinstance(before, Term) and before.kind in ("modal", "state")
