"""What findings mean for the operator: plain Swedish, one screen, an exit code."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from urllib.parse import urlsplit

from billing.check.actions import ACTIONS, Action
from billing.check.findings import Fault, Findings, State

LOOPBACK = {"localhost", "127.0.0.1", "::1"}


class Mark(StrEnum):
    GOOD = "✓"
    NOTE = "!"
    BAD = "✗"


class Verdict(IntEnum):
    """Also the exit code."""

    READY = 0
    INCOMPLETE = 1
    UNUSABLE = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    mark: Mark
    text: str
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    verdict: Verdict
    lines: tuple[Line, ...]

    def __str__(self) -> str:
        return "\n".join([*_printed(self.lines), "", _CONCLUSIONS[self.verdict]])


_CONCLUSIONS = {
    Verdict.READY: "Klart: Kvitt kan arbeta med det här WHMCS.",
    Verdict.INCOMPLETE: "Inte klart: rätta det som är märkt ✗ och kör kontrollen igen.",
    Verdict.UNUSABLE: "Kvitt kan inte använda det här WHMCS än.",
}
_ROLE_PAGE = "Configuration > System Settings > Manage API Credentials > API Roles"
_STATES = {
    State.NOT_IN_ROLE: "saknas i rollen",
    State.NOT_IN_VERSION: "finns inte i den här versionen",
    State.NO_ANSWER: "svarade inte",
}
_FAULT_LINES = {
    Fault.NOT_REACHED: (
        "Ingen svarar på adressen",
        "Kontrollera KVITT_BILLING_URL, brandvägg och att WHMCS är igång.",
    ),
    Fault.NOT_WHMCS: (
        "Något svarar, men inte WHMCS API",
        "KVITT_BILLING_URL ska vara adressen till WHMCS, utan omdirigering (https, rätt mapp).",
    ),
    Fault.CREDENTIALS: (
        "WHMCS godtar inte nyckeln",
        "Kontrollera KVITT_BILLING_IDENTIFIER och KVITT_BILLING_SECRET, och att administratören "
        "bakom dem är aktiv och har behörigheten API Access.",
    ),
    Fault.ADDRESS: (
        "WHMCS släpper inte in den här datorns adress",
        "Lägg till den under General Settings > Security > API IP Access Restriction, "
        "eller sätt KVITT_BILLING_ACCESS_KEY.",
    ),
    Fault.REFUSED: (
        "WHMCS, eller en brandvägg framför, nekar anropet",
        "Kontrollera brandvägg och säkerhetstillägg framför WHMCS.",
    ),
}


def report(findings: Findings) -> Report:
    if findings.fault is not None:
        return _unusable(findings, findings.fault)
    lines = (
        *_about_reaching(findings),
        *_about_actions(findings),
        *_about_reading(findings),
        *_about_settings(findings),
    )
    is_incomplete = any(line.mark is Mark.BAD for line in lines)
    return Report(verdict=Verdict.INCOMPLETE if is_incomplete else Verdict.READY, lines=lines)


def _unusable(findings: Findings, fault: Fault) -> Report:
    said, advice = _FAULT_LINES[fault]
    detail = f" ({findings.detail})" if findings.detail else ""
    line = Line(mark=Mark.BAD, text=f"{findings.address}: {said}{detail}.", advice=advice)
    return Report(verdict=Verdict.UNUSABLE, lines=(*_about_transport(findings), line))


def _about_reaching(findings: Findings) -> Iterable[Line]:
    yield Line(mark=Mark.GOOD, text=f"{findings.address} svarar och godtar nyckeln.")
    yield from _about_transport(findings)
    yield _about_version(findings.version)


def _about_transport(findings: Findings) -> Iterable[Line]:
    parts = urlsplit(findings.address)
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        yield Line(
            mark=Mark.NOTE,
            text="Adressen är http: nyckel och kunddata går okrypterade.",
            advice="Använd https.",
        )


def _about_version(version: str) -> Line:
    numbers = _numbers(version)
    if not numbers:
        return Line(mark=Mark.NOTE, text="Versionen går inte att läsa (WhmcsDetails).")
    if numbers < (8, 1):
        return Line(
            mark=Mark.BAD,
            text=f"WHMCS {version} är för gammal.",
            advice="Kvitt behöver 8.1 eller nyare (GetUsers).",
        )
    if numbers < (9, 0):
        return Line(mark=Mark.GOOD, text=f"WHMCS {version}.")
    return Line(
        mark=Mark.NOTE,
        text=f"WHMCS {version}: utställda fakturor är låsta.",
        advice="Betalsätt och rader kan inte ändras i efterhand; Kvitt öppnar kundzonen i stället.",
    )


def _numbers(version: str) -> tuple[int, ...]:
    parts = version.split(".")[:2]
    return tuple(int(part) for part in parts) if all(part.isdecimal() for part in parts) else ()


def _about_actions(findings: Findings) -> Iterable[Line]:
    allowed = [one for one in ACTIONS if findings.states.get(one.name) is State.ALLOWED]
    is_complete = len(allowed) == len(ACTIONS)
    yield Line(
        mark=Mark.GOOD if is_complete else Mark.NOTE,
        text=f"{len(allowed)} av {len(ACTIONS)} API-behörigheter finns.",
        advice="" if is_complete else f"De som saknas läggs till under {_ROLE_PAGE}.",
    )
    missing = [one for one in ACTIONS if one not in allowed]
    for action in sorted(missing, key=lambda one: not one.is_needed):
        yield _about_missing(action, findings.states.get(action.name, State.NO_ANSWER))


def _about_missing(action: Action, state: State) -> Line:
    mark = Mark.BAD if action.is_needed else Mark.NOTE
    return Line(mark=mark, text=f"{action.name} {_STATES[state]} – {action.why}.")


def _about_reading(findings: Findings) -> Iterable[Line]:
    for name in findings.unreadable:
        yield Line(
            mark=Mark.BAD,
            text=f"{name} svarar i en form som Kvitt inte känner.",
            advice="Anmäl det som ett fel i Kvitt, med WHMCS version.",
        )
    if findings.unpaid_seen:
        yield _about_cards(findings)


def _about_cards(findings: Findings) -> Line:
    seen, by_card = findings.unpaid_seen, findings.unpaid_by_card
    return Line(
        mark=Mark.GOOD if by_card else Mark.NOTE,
        text=f"{by_card} av {seen} obetalda fakturor i ett stickprov kan betalas med sparat kort.",
        advice="" if by_card else "Övriga betalas på kundzonens egen sida.",
    )


def _about_settings(findings: Findings) -> Iterable[Line]:
    yield _about_mass_payment(findings.mass_payment)
    if findings.accounts_without_sso:
        yield Line(
            mark=Mark.NOTE,
            text=f"{findings.accounts_without_sso} av {findings.accounts_seen} kunder i ett "
            "stickprov har stängt av Single Sign-On.",
            advice="De får logga in själva i kundzonen för att betala med nytt kort.",
        )
    elif findings.accounts_seen:
        yield Line(mark=Mark.GOOD, text="Single Sign-On är på för kunderna i ett stickprov.")


def _about_mass_payment(is_on: bool | None) -> Line:
    if is_on is None:
        return Line(
            mark=Mark.NOTE,
            text="Det går inte att läsa om massbetalning är på (GetConfigurationValue).",
        )
    if is_on:
        return Line(mark=Mark.GOOD, text="Massbetalning är på.")
    return Line(
        mark=Mark.NOTE,
        text="Massbetalning är av: flera fakturor kan inte betalas i en enda dragning.",
        advice="Slå på den under General Settings > Invoices > Enable Mass Payment.",
    )


def _printed(lines: Iterable[Line]) -> Iterable[str]:
    for line in lines:
        yield f" {line.mark} {line.text}"
        if line.advice:
            yield f"     {line.advice}"
