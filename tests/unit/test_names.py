"""Each name once: what code, rules and `domain.yml` call the same thing must be the same thing."""

from __future__ import annotations

import ast
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import yaml

from actions import names
from actions.pay_outcome import SHOWN_AS
from actions.selection import Reason
from billing.model import InvoiceStatus
from billing.payments.model import Method, ProblemKind
from kvitt.settings import ROOT
from tests.unit.actions.desk import domain, registered

RULES = sorted((ROOT / "data" / "rules").glob("*.yml"))
SOURCES = sorted((ROOT / "actions").rglob("*.py"))
BUILT_IN = frozenset({"action_listen", "action_deactivate_loop"})
REQUESTED = "requested_slot"
OF_CARDS = Reason.NOT_UNDERSTOOD, Reason.QUESTION, Reason.AMBIGUOUS, Reason.ALTERNATIVES, (
    Reason.NO_SUCH_POSITION
), Reason.NO_SUCH_NUMBER, Reason.NO_MATCH, Reason.UNCLEAR  # fmt: skip
"""What `resolve_cards` gives as a reason to ask."""


def _intents() -> set[str]:
    return {next(iter(one)) if isinstance(one, dict) else one for one in domain()["intents"]}


def _responses() -> dict[str, Any]:
    found: dict[str, Any] = domain()["responses"]
    return found


@cache
def rules() -> tuple[dict[str, Any], ...]:
    return tuple(
        rule for path in RULES for rule in yaml.safe_load(path.read_text("utf-8"))["rules"]
    )


def _constants(prefix: str = "") -> set[str]:
    """Every string in the actions' code that begins so."""
    trees = (ast.parse(path.read_text("utf-8")) for path in SOURCES)
    return {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if node.value.startswith(prefix)
    }


def _computed() -> set[str]:
    """Responses whose names code puts together, each from the enumeration that it comes from."""
    pay = {f"utter_pay_problem_{kind.value}" for kind in ProblemKind}
    pay |= {f"utter_pay_unclear_invoices_{reason.value}" for reason in Reason}
    pay |= {f"utter_pay_unclear_card_{reason.value}" for reason in OF_CARDS}
    pay |= {"utter_pay_unclear_invoices_ambiguous_sum", "utter_pay_summary_card_many"}
    pay |= {f"utter_pay_summary_{method}" for method in (Method.CARD, Method.CREDIT)}
    parts = {f"status_{status.name.lower()}" for status in InvoiceStatus}
    parts |= {f"outcome_{shown}" for shown in SHOWN_AS.values()} | {"outcome_elsewhere"}
    parts |= {"advice_declined", "advice_needs_authentication", "advice_checking"}
    parts |= {"link_add_card", "link_pay_invoice", "link_mass_payment", "page_paid"}
    parts |= {"page_unpaid", "page_pending"}
    login = {"utter_login_no_email", "utter_login_no_code"}
    answered = {f"utter_{intent}" for intent in _answered_by_name()}
    return pay | login | answered | {f"utter_part_{part}" for part in parts}


def _answered_by_name() -> set[str]:
    """Intents that `action_answer_question` answers by the response of the same name."""
    return {
        intent
        for rule in rules()
        if "action_answer_question" in _actions_of(rule)
        for intent in intents_of(rule)
    }


def _steps(rule: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for step in rule["steps"]:
        yield from step.get("or", [step])


def _actions_of(rule: dict[str, Any]) -> list[str]:
    return [step["action"] for step in _steps(rule) if "action" in step]


def intents_of(rule: dict[str, Any]) -> list[str]:
    return [step["intent"] for step in _steps(rule) if "intent" in step]


def form_of(rule: dict[str, Any]) -> str | None:
    conditions = rule.get("condition") or []
    return next((one["active_loop"] for one in conditions if "active_loop" in one), None)


def _buttons() -> list[tuple[str, str]]:
    return [
        (name, button["payload"])
        for name, variants in _responses().items()
        for button in variants[0].get("buttons") or ()
    ]


# Names of code and domain


def test_the_names_of_slots_forms_and_entities_are_those_of_the_domain() -> None:
    values = {value for name, value in vars(names).items() if name.isupper()}
    known = {*domain()["slots"], *domain()["forms"], *domain()["entities"], REQUESTED}

    assert values - {names.OVERDUE} == known


def test_every_question_of_a_form_has_its_asking_action_and_every_form_its_validation() -> None:
    wanted = {f"validate_{form}" for form in domain()["forms"]}
    for form in domain()["forms"].values():
        wanted |= {f"action_ask_{slot}" for slot in form["required_slots"]}

    assert wanted <= set(registered())


def test_the_action_server_serves_exactly_the_actions_of_the_domain() -> None:
    assert set(registered()) == set(domain()["actions"])


def test_every_action_is_reached_by_a_rule_a_form_or_another_action() -> None:
    by_rules = {action for rule in rules() for action in _actions_of(rule)}
    by_forms = {name for name in registered() if name.startswith(("validate_", "action_ask_"))}

    unreached = set(registered()) - by_rules - by_forms
    assert unreached == set()


def test_rules_name_actions_and_intents_that_exist() -> None:
    known = {*domain()["actions"], *domain()["forms"], *_responses(), *BUILT_IN}
    named = {action for rule in rules() for action in _actions_of(rule)}
    asked = {intent for rule in rules() for intent in intents_of(rule)}

    assert named <= known
    assert asked <= _intents()


def test_what_an_action_goes_on_with_exists() -> None:
    followed = {name for name in _constants("action_") if name != "action_session_start"}

    own = {"action_listen", "action_extract_slots", "action_deactivate_loop"}
    own |= {"action_ask_", "action_"}
    assert followed - own <= set(registered())


# Responses


def test_every_response_that_code_rules_or_names_of_families_need_exists() -> None:
    named = {name for name in _constants("utter_") if not name.endswith("_")}
    named |= {a for rule in rules() for a in _actions_of(rule) if a.startswith("utter_")}

    assert (named | _computed()) - set(_responses()) == set()


def test_every_response_is_used() -> None:
    used = _constants("utter_") | _computed() | {f"utter_part_{name}" for name in _constants()}
    used |= {a for rule in rules() for a in _actions_of(rule)}
    used |= {f"utter_offer_{intent}" for intent in _intents()}

    assert set(_responses()) - used == set()


def test_every_task_and_question_can_be_offered_by_a_button_of_its_own() -> None:
    tasks = {i for i in _intents() if i.startswith("faq_")} | {
        "pay_invoices", "list_invoices", "show_invoice", "list_cards", "add_card", "remove_card",
        "request_receipt", "payment_status", "use_credit", "list_quotes", "accept_quote",
        "log_in", "log_out", "request_human", "dispute_invoice", "request_extension",
    }  # fmt: skip

    for intent in tasks:
        (button,) = _responses()[f"utter_offer_{intent}"][0]["buttons"]
        assert button["payload"] == f"/{intent}"


@pytest.mark.parametrize(("response", "payload"), _buttons())
def test_a_button_says_an_intent_of_the_domain_with_known_values(
    response: str, payload: str
) -> None:
    found = re.fullmatch(r"/(\w+)(\{.*\})?", payload)

    assert found, response
    assert found.group(1) in _intents()
    assert set(json.loads(found.group(2) or "{}")) <= set(domain()["entities"])


def test_texts_are_composed_swedish_without_stray_spaces_or_half_filled_names() -> None:
    for name, (variant, *more) in _responses().items():
        text = variant["text"]
        assert not more, name
        assert text.strip(), name
        assert "  " not in text, name
        assert all(field != "" for _, field, _, _ in Formatter().parse(text)), name


@pytest.mark.parametrize("path", [ROOT / "domain.yml", *RULES, *SOURCES], ids=lambda p: p.name)
def test_files_are_in_composed_unicode(path: Path) -> None:
    text = path.read_text("utf-8")

    assert unicodedata.normalize("NFC", text) == text


def _fields(response: str) -> set[str]:
    parsed = Formatter().parse(_responses()[response][0]["text"])
    return {field for _, field, _, _ in parsed if field}


# Values that a text takes, and those that code gives it

CALLS = {"say": "", "_ask_again": "", "part": "utter_part_"}
PASSED_ON = frozenset({"company"})


def _functions() -> Iterator[tuple[str, ast.AST, dict[str, ast.FunctionDef]]]:
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        helpers = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path.name, node, helpers


def _texts(node: ast.expr | None, scope: ast.AST, helpers: dict[str, ast.FunctionDef]) -> set[str]:
    """The literal strings that an expression can come to, as far as that can be seen."""
    match node:
        case ast.Constant(value=str(value)):
            return {value}
        case ast.IfExp(body=body, orelse=orelse):
            return _texts(body, scope, helpers) | _texts(orelse, scope, helpers)
        case ast.Name(id=name):
            values = [
                one.value
                for one in ast.walk(scope)
                if isinstance(one, ast.Assign)
                if any(isinstance(t, ast.Name) and t.id == name for t in one.targets)
            ]
            return set[str]().union(*(_texts(value, scope, helpers) for value in values))
        case ast.Call(func=ast.Name(id=name)) if name in helpers:
            returns = [n for n in ast.walk(helpers[name]) if isinstance(n, ast.Return)]
            return set[str]().union(*(_texts(one.value, helpers[name], helpers) for one in returns))
        case _:
            return set()


def _given() -> Iterator[tuple[str, str, set[str]]]:
    """(module, response, names of the values given) of each call that can be followed."""
    for module, function, helpers in _functions():
        for call in (n for n in ast.walk(function) if isinstance(n, ast.Call)):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            if name not in CALLS or not call.args or any(k.arg is None for k in call.keywords):
                continue
            place = call.args[1] if name == "_ask_again" and len(call.args) > 1 else call.args[0]
            given = {keyword.arg for keyword in call.keywords if keyword.arg}
            for text in _texts(place, function, helpers):
                yield module, f"{CALLS[name]}{text}", given


@pytest.mark.parametrize(
    ("module", "response", "given"),
    [one for one in sorted(_given(), key=str) if one[1] in _responses()],
)
def test_a_text_takes_no_value_that_the_code_does_not_give(
    module: str, response: str, given: set[str]
) -> None:
    assert _fields(response) <= given


def test_enough_calls_can_be_followed_for_that_to_mean_something() -> None:
    followed = {response for _, response, _ in _given() if response in _responses()}

    assert len(followed) > 100


@pytest.mark.parametrize(
    ("family", "given"),
    [
        ("utter_pay_problem_", {"number"}),
        ("utter_pay_unclear_invoices_", {"invoices", "number", "amount"}),
        ("utter_pay_unclear_card_", {"cards", "number"}),
        ("utter_faq_", {"company"}),
        ("utter_part_advice_", set()),
        ("utter_part_outcome_", {"number", "amount", "status"}),
        ("utter_part_page_", set()),
        ("utter_part_status_", {"day"}),
        (
            "utter_pay_summary_",
            {"invoices", "total", "card", "details", "credit", "remaining"},
        ),
    ],
)
def test_a_family_of_texts_takes_only_what_its_caller_gives(family: str, given: set[str]) -> None:
    members = [name for name in _responses() if name.startswith(family)]

    assert members
    assert all(_fields(name) <= given for name in members)


# Answers


def test_every_intent_has_a_rule_where_no_question_is_open() -> None:
    answered = {i for rule in rules() if form_of(rule) is None for i in intents_of(rule)}

    assert _intents() - answered == set()
