"""Single-sign-on links: what each purpose opens in the customer zone.

Only a few pages have a name of their own; the others are reached by a path. The path to add a card
depends on the installation's address style, so that opens the page of saved cards, which leads
there in one step.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode, urlsplit

from billing.model import LinkPurpose
from billing.whmcs.invoices import Invoices
from billing.whmcs.listing import together
from billing.whmcs.quotes import Quotes
from billing.whmcs.shapes import Payload, Unreadable
from billing.whmcs.wire import Wire

_PAGES = {
    LinkPurpose.BILLING_INFORMATION: "clientarea:billing_info",
    LinkPurpose.ADD_CARD: "clientarea:billing_info",
    LinkPurpose.INVOICES: "clientarea:invoices",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """A named page, or a path below the installation."""

    name: str = "sso:custom_redirect"
    path: str | None = None


class Links:
    def __init__(self, wire: Wire, invoices: Invoices, quotes: Quotes) -> None:
        self._wire = wire
        self._invoices = invoices
        self._quotes = quotes

    async def one(
        self, client_id: int, purpose: LinkPurpose, ids: Sequence[int], user_id: int | None
    ) -> str:
        """Asked for like a read, since a link that nobody got lapses within a minute."""
        await self._check(client_id, purpose, ids)
        destination = to_destination(purpose, ids)
        asked = {
            "client_id": client_id,
            "user_id": user_id,
            "destination": destination.name,
            "sso_redirect_path": destination.path,
        }
        return await self._wire.read("CreateSsoToken", asked, to_address, id=client_id)

    async def _check(self, client_id: int, purpose: LinkPurpose, ids: Sequence[int]) -> None:
        if purpose is LinkPurpose.VIEW_QUOTE:
            await together(*(self._quotes.one(client_id, id) for id in ids))
        elif purpose not in _PAGES:
            await together(*(self._invoices.sheet(client_id, id) for id in ids))


def to_destination(purpose: LinkPurpose, ids: Sequence[int]) -> Destination:
    """One invoice has its own page; mass payment is for several, or for all that can be paid."""
    if purpose in _PAGES:
        return Destination(name=_PAGES[purpose])
    if purpose is LinkPurpose.MASS_PAYMENT and len(ids) != 1:
        chosen = [("invoiceids[]", str(id)) for id in ids] or [("all", "true")]
        return Destination(path=f"clientarea.php?{urlencode([('action', 'masspay'), *chosen])}")
    if len(ids) != 1:
        raise ValueError(f"a link to {purpose} takes one id")
    page = "viewquote.php" if purpose is LinkPurpose.VIEW_QUOTE else "viewinvoice.php"
    return Destination(path=f"{page}?id={ids[0]}")


def to_address(payload: Payload) -> str:
    address = payload.get("redirect_url")
    if not isinstance(address, str) or not _is_web(address):
        raise Unreadable("redirect_url")
    return address


def _is_web(address: str) -> bool:
    if not address.isascii() or not address.isprintable() or " " in address:
        return False
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)
