"""What identity keeps in the database.

Everything here is short-lived. Codes, tokens, states and addresses are kept as keyed hashes only;
the one piece of personal data is the e-mail address of a session or of a code that is on its way.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Double, Index, Integer, String, Table

from kvitt.database import UtcDateTime, metadata

CONVERSATION_ID = String(128)
EMAIL = String(320)
HASH = String(64)

sessions = Table(
    "identity_sessions",
    metadata,
    Column("conversation_id", CONVERSATION_ID, primary_key=True),
    Column("id", String(64), nullable=False, index=True),
    Column("client_id", Integer, nullable=False, index=True),
    Column("user_id", Integer),
    Column("email", EMAIL, nullable=False),
    Column("name", String(255), nullable=False),
    Column("permissions", JSON, nullable=False),
    Column("proof", String(32), nullable=False),
    Column("proven_at", UtcDateTime, nullable=False),
    Column("idle_until", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False, index=True),
)

logins = Table(
    "identity_logins",
    metadata,
    # The session's id; the session goes when it ends, this stays as long as chats are kept
    Column("id", String(64), primary_key=True),
    Column("conversation_id", CONVERSATION_ID, nullable=False, index=True),
    Column("client_id", Integer, nullable=False, index=True),
    Column("user_id", Integer),
    Column("proof", String(32), nullable=False),
    Column("began_at", UtcDateTime, nullable=False, index=True),
    Column("ended_at", UtcDateTime),
)

code_requests = Table(
    "identity_code_requests",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=True),
    Column("conversation_id", CONVERSATION_ID, nullable=False, index=True),
    Column("email", EMAIL, nullable=False, index=True),
    Column("address_key", HASH, nullable=False),
    Column("salt", String(32), nullable=False),
    Column("code_hash", HASH),
    Column("tries_left", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_attempt_at", UtcDateTime, nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
    Column("used_at", UtcDateTime),
    Index("ix_identity_code_requests_due", "state", "next_attempt_at"),
)

visitors = Table(
    "identity_visitors",
    metadata,
    Column("conversation_id", CONVERSATION_ID, primary_key=True),
    Column("address_key", HASH, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
)

account_choices = Table(
    "identity_account_choices",
    metadata,
    Column("conversation_id", CONVERSATION_ID, primary_key=True),
    Column("email", EMAIL, nullable=False),
    Column("client_ids", JSON, nullable=False),
    Column("proof", String(32), nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

spent_tokens = Table(
    "identity_spent_tokens",
    metadata,
    Column("token_hash", HASH, primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

openid_logins = Table(
    "identity_openid_logins",
    metadata,
    Column("state_hash", HASH, primary_key=True),
    # Whose login it is: a conversation's, or `console` for an agent's
    Column("conversation_id", CONVERSATION_ID, nullable=False, index=True),
    Column("browser_hash", HASH, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)

rate_limits = Table(
    "identity_rate_limits",
    metadata,
    Column("key", HASH, primary_key=True),
    Column("full_at", Double, nullable=False, index=True),
)
