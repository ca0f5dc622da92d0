"""Names that code shares with `domain.yml`, each once; a test holds the two together."""

from __future__ import annotations

from typing import Final

# Forms
LOGIN_FORM: Final = "login_form"
PAY_FORM: Final = "pay_form"
QUOTE_FORM: Final = "quote_form"
REMOVE_CARD_FORM: Final = "remove_card_form"

# Slots
REQUESTED_SLOT: Final = "requested_slot"
LOGIN_EMAIL: Final = "login_email"
LOGIN_CODE: Final = "login_code"
LOGIN_ACCOUNT: Final = "login_account"
LOGIN_NEXT: Final = "login_next"
PAY_INVOICES: Final = "pay_invoices"
PAY_CARD: Final = "pay_card"
PAY_CONFIRMATION: Final = "pay_confirmation"
PAY_SUMMARY: Final = "pay_summary"
SHOWN_INVOICES: Final = "shown_invoices"
SHOWN_CARDS: Final = "shown_cards"
SELECT_NEXT: Final = "select_next"
RETRY_NEXT: Final = "retry_next"
SAID: Final = "said"
TOPIC: Final = "topic"
NEWS_TOLD: Final = "news_told"
PAGE_PURPOSE: Final = "page_purpose"
PAGE_IDS: Final = "page_ids"
QUOTE_ID: Final = "quote_id"
QUOTE_ACCEPTED: Final = "quote_accepted"
REMOVE_CARD_ID: Final = "remove_card_id"
REMOVE_CARD_CONFIRMED: Final = "remove_card_confirmed"
PROBLEM: Final = "problem"
MISUNDERSTOOD: Final = "misunderstood"
TURN_SEEN: Final = "turn_seen"

# Entities
VALUES: Final = "values"
EMAIL: Final = "email"
CODE: Final = "code"
INVOICE_IDS: Final = "invoice_ids"
CARD_ID: Final = "card_id"
QUOTE: Final = "quote"
ACCOUNT: Final = "account"
CONFIRMATION: Final = "confirmation"
ORDER: Final = "order"
SCOPE: Final = "scope"
OVERDUE: Final = "overdue"
"""Value of `scope`: all that is overdue."""
NOTE: Final = "note"
PURPOSE: Final = "purpose"
