"""What can go wrong with a desk elsewhere.

DeskError
├── NoAnswer    nobody knows whether it was done: no connection, no answer in time, a server's fault
├── Busy        not done, and may be tried later: too many calls
└── Refused     not done, and it would not help to try again
NotProven       a webhook that nobody shows to come from the desk

Each carries the operation and a status, never a body.
"""

from __future__ import annotations


class DeskError(Exception):
    """The desk has not done what was asked, as far as we know."""

    def __init__(self, operation: str, reason: str) -> None:
        self.operation = operation
        self.reason = reason
        super().__init__(f"{operation}: {reason}")


class NoAnswer(DeskError):
    """It may have been done: look before it is tried again."""


class Busy(DeskError):
    """It was put off."""


class Refused(DeskError):
    """It will not be done: wrong credentials, or what it is about is not there."""


class NotProven(Exception):
    """No signature, a wrong one, or one of another time; the reason is for the log."""
