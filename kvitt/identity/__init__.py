"""Who is this customer, how was it proven, and until when.

    sessions = Sessions(engine, SessionLimits.from_settings(settings))
    keyed = KeyedHash.from_settings(settings)
    codes = LoginCodes(engine, billing, keyed, CodeLimits.from_settings(settings))
    mailer = CodeMailer(engine, billing, keyed, company=settings.company_name, tell=…)

Three ways lead to the same session: a code by e-mail (`LoginCodes`, `CodeMailer`), a signed
identity from the site (`SignedIdentity`), and the billing system's own login (`OpenIdLogin`). Each
ends with customers; with one, the caller calls `Sessions.begin`; with several, one is chosen first:

- `Sessions.current(conversation_id, now=…, touch=True)` → `Session | None`;
  `begin(conversation_id, customer, proof=…, now=…)` → `Session`; `end(conversation_id, now=…)`.
  `session.may("invoices")`, `session.is_fresh_for_payment(now)`.
- `LoginCodes.seen(conversation_id, address, now=…)`: the gateway says where a visitor comes from.
  `request(conversation_id, email, now=…)` → `CodeRequested | Limited | NotAnAddress`;
  `verify(conversation_id, code, now=…)` → `Verified | Wrong | Expired | Limited | NoneRequested`;
  `choose(conversation_id, client_id, now=…)` → `Customer | None`.
- `CodeMailer.run()` is a task of the gateway; `tell(CodeNotSent(conversation_id=…))` is awaited
  when no code can be sent to anybody at the moment.
- `mask(text, exempt=own_numbers(…))` → `Masked(text, found)`: before anything stores or logs it.
- `RateLimiter.take(kind, name, rate, now=…)` → None, or until when it is refused.
- `signed_identity.SignedIdentity.accept(token, now=…)` → `Accepted(customers) | Refused(reason)`.
- `openid.OpenIdLogin.begin(conversation_id, browser_binding=…, now=…)` → the address to go to;
  `finish(state, code, browser_binding=…, now=…)` → `Linked | LinkRefused`, from a POST only.
- `retention.forget_expired(engine, now=…, chats_kept_days=…)`: to be called hourly.
- `redaction.redact`, `redaction.RedactingFilter`: the last guard of the logs.
- `AccountChoices` holds what is proven and not yet chosen, whichever way it was proven.
"""

from kvitt.identity.account_choices import AccountChoices, Chosen
from kvitt.identity.code_mailer import CodeMailer, CodeNotSent
from kvitt.identity.emails import canonical_email, is_email, masked_email
from kvitt.identity.keyed_hash import KeyedHash
from kvitt.identity.login_codes import (
    CodeLimits,
    CodeRequested,
    Expired,
    Limited,
    LoginCodes,
    NoneRequested,
    NotAnAddress,
    Verified,
    Wrong,
)
from kvitt.identity.masking import Found, Masked, mask, own_numbers
from kvitt.identity.rates import (
    DatabaseCounter,
    Rate,
    RateLimiter,
    RedisCounter,
    per_hour,
    per_minute,
)
from kvitt.identity.sessions import Proof, Session, SessionLimits, Sessions

__all__ = [
    "AccountChoices",
    "Chosen",
    "CodeLimits",
    "CodeMailer",
    "CodeNotSent",
    "CodeRequested",
    "DatabaseCounter",
    "Expired",
    "Found",
    "KeyedHash",
    "Limited",
    "LoginCodes",
    "Masked",
    "NoneRequested",
    "NotAnAddress",
    "Proof",
    "Rate",
    "RateLimiter",
    "RedisCounter",
    "Session",
    "SessionLimits",
    "Sessions",
    "Verified",
    "Wrong",
    "canonical_email",
    "is_email",
    "mask",
    "masked_email",
    "own_numbers",
    "per_hour",
    "per_minute",
]
