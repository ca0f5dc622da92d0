"""The API actions that Kvitt uses: the least role that its credentials need.

An action that writes is tried with an id that no object has, or with nothing: WHMCS then answers
with the error it documents for that, unless the role refuses the action first. Nothing can happen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

NO_ID = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    name: str
    why: str
    """What a customer can do thanks to it (Swedish, for the operator)."""
    is_needed: bool = True
    """Whether the main path (log in, see, pay, receipt) stops without it."""
    parameters: Mapping[str, object] = field(default_factory=dict)


_INVOICE = {"invoiceid": NO_ID}
_CLIENT = {"clientid": NO_ID}

ACTIONS = (
    Action(name="GetUsers", why="hitta kunden på e-postadressen", parameters={"limitnum": 1}),
    Action(
        name="GetUserPermissions",
        why="veta vad en medanvändare får se och göra",
        parameters={"user_id": NO_ID, "client_id": NO_ID},
    ),
    Action(
        name="GetClientsDetails",
        why="kundens namn, valuta och tillgodohavande",
        parameters=_CLIENT,
    ),
    Action(name="GetInvoices", why="lista fakturor", parameters={"limitnum": 1}),
    Action(name="GetInvoice", why="vad som är kvar att betala", parameters=_INVOICE),
    Action(name="GetTransactions", why="se att pengar kommit in", parameters=_INVOICE),
    Action(name="GetPayMethods", why="visa sparade kort", parameters=_CLIENT),
    Action(name="CapturePayment", why="betala med sparat kort", parameters=_INVOICE),
    Action(name="SendEmail", why="skicka inloggningskod och kvitto"),
    Action(name="CreateSsoToken", why="öppna betalsidan i kundzonen"),
    Action(name="UpdatePayMethod", why="byta standardkort", is_needed=False),
    Action(name="DeletePayMethod", why="ta bort ett sparat kort", is_needed=False),
    Action(
        name="ApplyCredit",
        why="betala med tillgodohavande",
        is_needed=False,
        parameters=_INVOICE,
    ),
    Action(name="GetQuotes", why="visa offerter", is_needed=False, parameters={"limitnum": 1}),
    Action(
        name="AcceptQuote",
        why="godkänna en offert",
        is_needed=False,
        parameters={"quoteid": NO_ID},
    ),
    Action(
        name="GetSupportDepartments",
        why="lämna över till rätt avdelning",
        is_needed=False,
        parameters={"ignore_dept_assignments": True},
    ),
    Action(name="OpenTicket", why="öppna ett ärende åt kunden", is_needed=False),
    Action(
        name="GetTicket",
        why="se att ärendet är kundens",
        is_needed=False,
        parameters={"ticketid": NO_ID},
    ),
    Action(
        name="AddTicketReply",
        why="lägga till i ett ärende",
        is_needed=False,
        parameters={"ticketid": NO_ID},
    ),
    Action(name="GetCurrencies", why="valutans namn", is_needed=False),
    Action(name="WhmcsDetails", why="den här kontrollen: version", is_needed=False),
    Action(
        name="GetConfigurationValue",
        why="den här kontrollen: inställningar",
        is_needed=False,
        parameters={"setting": "EnableMassPay"},
    ),
)
