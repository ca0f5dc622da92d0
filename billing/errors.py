"""What can go wrong at the billing port.

BillingError
├── NotReached            certainly not carried out (refused, no connection), or a read unanswered
│   ├── NotConfigured     wrong credentials, address not allowed, role missing: for the operator
│   └── CircuitOpen       too many failures of late; not tried
├── OutcomeUnknown        sent, and nobody knows whether it took effect (timeout, dropped, garbage)
├── Refused               the billing system said no, and nothing changed
│   ├── NotFound          no such object, or it belongs to somebody else (the same to a customer)
│   ├── NotPayable        the invoice is not unpaid any more
│   ├── Declined          the payment attempt failed; the API gives no reason
│   │   └── AuthenticationRequired   the bank wants the customer to authenticate, where that is told
│   └── NotAllowed        this user lacks the permission, or the object is in the wrong state
└── BadAnswer             a read that cannot be understood

Each carries the operation and an id where there is one, never a body.
"""

from __future__ import annotations

from enum import StrEnum


class BillingError(Exception):
    """Any failure at the billing port."""

    def __init__(self, operation: str, detail: str = "", *, id: int | str | None = None) -> None:
        self.operation = operation
        self.detail = detail
        self.id = id
        about = f"{operation} {id}" if id is not None else operation
        super().__init__(f"{about}: {detail}" if detail else about)


class NotReached(BillingError):
    """The request was certainly not carried out, or was a read: it may be tried again."""


class Cause(StrEnum):
    """What an operator has to put right."""

    CREDENTIALS = "credentials"
    ADDRESS = "address"
    ROLE = "role"
    ACTION = "action"
    ENDPOINT = "endpoint"
    OTHER = "other"


class NotConfigured(NotReached):
    """Credentials, address or role refused; `detail` is a sentence for the operator."""

    def __init__(
        self,
        operation: str,
        detail: str = "",
        *,
        id: int | str | None = None,
        cause: Cause = Cause.OTHER,
        seen_address: str = "",
    ) -> None:
        super().__init__(operation, detail, id=id)
        self.cause = cause
        self.seen_address = seen_address
        """The address of ours that the billing system saw and does not allow."""


class CircuitOpen(NotReached):
    """Not tried: too many calls have failed of late."""


class OutcomeUnknown(BillingError):
    """The call was sent and may or may not have taken effect. A write is never sent again."""


class Refused(BillingError):
    """The billing system said no, and nothing changed."""


class NotFound(Refused):
    """There is no such object for this customer."""


class NotPayable(Refused):
    """The invoice is not unpaid (any more)."""


class Declined(Refused):
    """The payment attempt failed; the API tells no reason."""


class AuthenticationRequired(Declined):
    """The bank wants the customer to authenticate. WHMCS never tells; another system may."""


class NotAllowed(Refused):
    """The user lacks the permission, or the object is in a state that does not allow it."""


class BadAnswer(BillingError):
    """A read was answered with something that cannot be understood."""
