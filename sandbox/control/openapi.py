"""The OpenAPI document of the control API, made from the types that the endpoints read."""

from __future__ import annotations

from typing import Any

import msgspec

from sandbox.api.call import NAMES
from sandbox.control.inputs import CronOptions, PendingOutcome
from sandbox.scenario import Scenario
from sandbox.switches import ClockSetting, Fault, Switches

INPUTS = (Scenario, Switches, Fault, ClockSetting, CronOptions, PendingOutcome)
TITLE = "Kvitt sandbox: control"
ABOUT = (
    "Sets up and inspects the WHMCS stand-in. PUT replaces the whole of what it names. Card"
    " behaviours and faults strike the API at /includes/api.php (credentials sandbox / sandbox"
    " by default)."
)
SCENARIO_EXAMPLE = {
    "today": "2026-05-20",
    "clients": [
        {
            "firstname": "Maja",
            "lastname": "Lundqvist",
            "email": "maja@exempel.se",
            "invoices": [
                {
                    "id": 1042,
                    "date": "2026-04-01",
                    "duedate": "2026-05-01",
                    "items": [{"description": "Webbhotell", "amount": "249.00"}],
                }
            ],
            "paymethods": [
                {"card_type": "Visa", "card_last_four": "4242", "expiry_date": "08/29"},
            ],
        }
    ],
}
FAULTS_EXAMPLE = {"CapturePayment": {"failure": "drop_after", "times": 1}}


def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    _, schemas = msgspec.json.schema_components(INPUTS, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": TITLE, "version": "1", "description": ABOUT},
        "servers": [{"url": "/_sandbox"}],
        "paths": _paths(),
        "components": {"schemas": {**schemas, **ANSWERS, "Faults": _faults()}},
    }


PROBLEM = {
    "type": "object",
    "properties": {"status": {"type": "integer"}, "message": {"type": "string"}},
    "required": ["status", "message"],
}
DONE = {
    "type": "object",
    "properties": {
        "result": {"const": "success"},
        "ignored": {
            "type": "array",
            "items": {"type": "string"},
            "description": "Fields of the scenario that the sandbox does not know.",
        },
    },
    "required": ["result", "ignored"],
}
ANSWERS = {"Problem": PROBLEM, "Done": DONE}


def _faults() -> dict[str, Any]:
    return {
        "type": "object",
        "description": 'By action (in any case), or "*" for every action.',
        "propertyNames": {"enum": ["*", *sorted(NAMES.values())]},
        "additionalProperties": _ref("Fault"),
    }


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _paths() -> dict[str, Any]:
    return {
        "/scenario": {"put": _operation("Replace all data", "Scenario", example=SCENARIO_EXAMPLE)},
        "/demo": {"post": _operation("Load the demo again, on the real day")},
        "/faults": {
            "get": _reading("The faults that are set", "Faults"),
            "put": _operation("Set faults; {} clears them", "Faults", example=FAULTS_EXAMPLE),
        },
        "/switches": {
            "get": _reading("How this install behaves", "Switches"),
            "put": _operation("Set switches; others return to their defaults", "Switches"),
        },
        "/clock": {
            "get": _reading("The sandbox's day and time"),
            "put": _operation("Set the day, or let tokens age", "ClockSetting"),
        },
        "/cron": {"post": _operation("The daily run: late fees, captures", "CronOptions")},
        "/pending": {"post": _operation("Settle one pending payment", "PendingOutcome")},
        "/state": {"get": _reading("The books: invoices, transactions, mails, cards, tickets")},
    }


def _answer(description: str, name: str | None = None) -> dict[str, Any]:
    schema = _ref(name) if name else {"type": "object"}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _reading(summary: str, name: str | None = None) -> dict[str, Any]:
    return {"summary": summary, "responses": {"200": _answer(summary, name)}}


def _operation(summary: str, name: str | None = None, *, example: Any = None) -> dict[str, Any]:
    responses = {
        "200": _answer("Done", "Done"),
        "400": _answer("Not understood; nothing was changed", "Problem"),
        "409": _answer("Contradicts itself or the books; nothing was changed", "Problem"),
    }
    operation: dict[str, Any] = {"summary": summary, "responses": responses}
    if name:
        content: dict[str, Any] = {"schema": _ref(name)}
        if example is not None:
            content["example"] = example
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    return operation
