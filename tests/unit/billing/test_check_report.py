"""What the operator reads for each finding, and how the check ends."""

from __future__ import annotations

from dataclasses import replace

import pytest

from billing.check.actions import ACTIONS, Action
from billing.check.findings import Fault, Findings, State
from billing.check.report import Mark, Verdict, report

ALL_ALLOWED = {action.name: State.ALLOWED for action in ACTIONS}
HEALTHY = Findings(
    address="https://billing.example.se",
    version="8.13.1",
    states=ALL_ALLOWED,
    mass_payment=True,
    accounts_seen=3,
    unpaid_seen=2,
    unpaid_by_card=2,
)


def bad(findings: Findings) -> list[str]:
    return [line.text for line in report(findings).lines if line.mark is Mark.BAD]


def noted(findings: Findings) -> list[str]:
    return [line.text for line in report(findings).lines if line.mark is Mark.NOTE]


def test_a_healthy_system_has_nothing_to_remark() -> None:
    assert report(HEALTHY).verdict is Verdict.READY
    assert bad(HEALTHY) == noted(HEALTHY) == []


@pytest.mark.parametrize("fault", Fault)
def test_every_fault_makes_it_unusable_and_says_what_to_do(fault: Fault) -> None:
    result = report(Findings(address="https://billing.example.se", fault=fault))

    assert result.verdict is Verdict.UNUSABLE
    assert result.lines[-1].advice


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.name)
def test_a_missing_permission_is_named_and_stops_only_when_it_is_needed(action: Action) -> None:
    findings = replace(HEALTHY, states=ALL_ALLOWED | {action.name: State.NOT_IN_ROLE})

    expected = Verdict.INCOMPLETE if action.is_needed else Verdict.READY
    assert report(findings).verdict is expected
    assert any(
        action.name in text and action.why in text for text in bad(findings) + noted(findings)
    )


@pytest.mark.parametrize("state", [State.NO_ANSWER, State.NOT_IN_VERSION, State.NOT_IN_ROLE])
def test_an_action_that_does_not_work_is_told_whatever_the_reason(state: State) -> None:
    findings = replace(HEALTHY, states=ALL_ALLOWED | {"GetInvoice": state})

    assert len(bad(findings)) == 1


@pytest.mark.parametrize(
    ("version", "verdict", "word"),
    [
        ("8.0.4", Verdict.INCOMPLETE, "för gammal"),
        ("7.10.2", Verdict.INCOMPLETE, "för gammal"),
        ("9.0.3", Verdict.READY, "låsta"),
        ("", Verdict.READY, "går inte att läsa"),
        ("nyaste", Verdict.READY, "går inte att läsa"),
    ],
)
def test_a_version_that_matters_is_remarked_on(version: str, verdict: Verdict, word: str) -> None:
    findings = replace(HEALTHY, version=version)

    assert report(findings).verdict is verdict
    assert any(word in text for text in bad(findings) + noted(findings))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"mass_payment": False}, "Massbetalning är av"),
        ({"mass_payment": None}, "massbetalning"),
        ({"accounts_without_sso": 2}, "2 av 3 kunder"),
        ({"unpaid_by_card": 0}, "0 av 2 obetalda"),
        ({"address": "http://billing.example.se"}, "okrypterade"),
    ],
)
def test_settings_that_limit_the_bot_are_remarked_on(change: dict[str, object], word: str) -> None:
    findings = replace(HEALTHY, **change)  # type: ignore[arg-type]

    assert report(findings).verdict is Verdict.READY
    assert any(word in text for text in noted(findings))


def test_an_answer_in_an_unknown_form_is_a_fault() -> None:
    assert report(replace(HEALTHY, unreadable=("GetInvoices",))).verdict is Verdict.INCOMPLETE


def test_no_line_is_too_long_for_a_terminal() -> None:
    text = str(report(replace(HEALTHY, version="9.0.3", states={}, mass_payment=False)))

    assert max(len(line) for line in text.splitlines()) <= 130
    assert len(text.splitlines()) <= 40
