"""Which invoices a customer means, among all of theirs; asks when it is unclear."""

from __future__ import annotations

from actions.following import step
from actions.names import INVOICE_IDS, SELECT_NEXT, SHOWN_INVOICES, TOPIC
from actions.reading import numbers, points_back, without_question
from actions.reply import Reply, say
from actions.selection import Chosen, ShownInvoice, resolve_invoices
from actions.services import Services
from actions.shown import invoice_lines, invoices_content, read_invoices, shown_invoices
from actions.turn import Turn
from billing.model import Invoice
from kvitt.identity import Session

AT_ONCE = 5
"""More than this are not told or sent one by one."""


def _named(turn: Turn, listed: tuple[ShownInvoice, ...]) -> tuple[int, ...]:
    if not turn.values or not listed:
        return ()
    said = set(numbers(turn.values))
    by_number = [row.id for row in listed if row.number.isdigit() and int(row.number) in said]
    if by_number:
        return tuple(by_number)
    read = resolve_invoices(without_question(turn.values), listed, today=turn.today)
    return read.ids if isinstance(read, Chosen) and len(read.ids) <= AT_ONCE else ()


async def find_invoices(
    session: Session,
    turn: Turn,
    services: Services,
    *,
    candidates: tuple[Invoice, ...],
    ask: str,
    intent: str,
    action: str,
) -> tuple[Invoice, ...] | Reply:
    """The invoices that the message names; the only candidate; or a question with the candidates.

    One that was shown before, or is named by its number, may be any of the customer's. `ask` is
    the response that asks, `intent` what tapping one becomes, `action` what a typed answer goes on
    with.
    """
    tapped = turn.ids(INVOICE_IDS)[:1]
    named = tapped or await _ids(session, turn, services, candidates)
    if named:
        return tuple([await services.billing.invoice(session.client_id, i) for i in named])
    if len(candidates) == 1:
        return candidates
    content = invoices_content(candidates, turn.today, services.words, select=intent)
    lines = invoice_lines(candidates, turn.today, services.words)
    return Reply(
        says=(say(ask, content, invoices=lines),),
        slots={SHOWN_INVOICES: shown_invoices(candidates), SELECT_NEXT: step(action)},
    )


async def _ids(
    session: Session, turn: Turn, services: Services, candidates: tuple[Invoice, ...]
) -> tuple[int, ...]:
    for listed in (turn.slot(SHOWN_INVOICES), shown_invoices(candidates)):
        found = _named(turn, read_invoices(listed))
        if found:
            return found
    said = {str(number) for number in numbers(turn.values)}
    if said:
        every = await services.billing.invoices(session.client_id)
        return tuple(one.id for one in every if one.number in said)
    return tuple(turn.slot(TOPIC) or ()) if points_back(turn.values) else ()
