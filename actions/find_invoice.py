"""Which single invoice a customer means, among all of theirs; asks when it is unclear."""

from __future__ import annotations

from actions.names import INVOICE_IDS, SELECT_NEXT, SHOWN_INVOICES
from actions.reading import numbers, without_question
from actions.reply import Reply, say
from actions.selection import Chosen, ShownInvoice, resolve_invoices
from actions.services import Services
from actions.shown import invoice_lines, invoices_content, read_invoices, shown_invoices
from actions.turn import Turn
from billing.model import Invoice
from kvitt.identity import Session


def _named(turn: Turn, listed: tuple[ShownInvoice, ...]) -> int | None:
    if not turn.values or not listed:
        return None
    said = set(numbers(turn.values))
    by_number = [row.id for row in listed if row.number.isdigit() and int(row.number) in said]
    if len(by_number) == 1:
        return by_number[0]
    read = resolve_invoices(without_question(turn.values), listed, today=turn.today)
    return read.ids[0] if isinstance(read, Chosen) and len(read.ids) == 1 else None


async def find_invoice(
    session: Session,
    turn: Turn,
    services: Services,
    *,
    candidates: tuple[Invoice, ...],
    ask: str,
    intent: str,
    action: str,
) -> Invoice | Reply:
    """The invoice that the message names; the only candidate; or a question with the candidates.

    `ask` is the response that asks, `intent` what tapping one becomes, `action` what a typed
    answer goes on with.
    """
    tapped = turn.ids(INVOICE_IDS)
    if tapped:
        return await services.billing.invoice(session.client_id, tapped[0])
    shown = read_invoices(shown_invoices(candidates))
    earlier = read_invoices(turn.slot(SHOWN_INVOICES))
    for listed in (earlier, shown):
        found = _named(turn, listed)
        if found is not None:
            return await services.billing.invoice(session.client_id, found)
    if len(candidates) == 1:
        return candidates[0]
    content = invoices_content(candidates, turn.today, services.words, select=intent)
    lines = invoice_lines(candidates, turn.today, services.words)
    return Reply(
        says=(say(ask, content, invoices=lines),),
        slots={SHOWN_INVOICES: shown_invoices(candidates), SELECT_NEXT: action},
    )
