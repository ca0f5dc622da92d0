"""What the gateway answers when it does not do what was asked.

ApiError
├── BadRequest            400  the request itself is wrong; the code says what
├── NoConversation        401  no cookie, or one that opens nothing
├── Forbidden             403  another origin, or not logged in
├── Unknown               404  no such choice, link or page
├── WrongMethod           405
├── Conflict              409  a message id or a choice that has been used
├── Gone                  410  a choice or a link whose time is over
├── TooLarge              413
├── WrongContentType      415
├── TooMany               429  carries `retry_after_seconds`
└── Unavailable           503  the database cannot be reached, or the process is stopping

Each carries a code from `texts.yml`, and nothing of what was sent.
"""

from __future__ import annotations

from gateway.texts import error_text


class ApiError(Exception):
    """A refusal with a status, a code and a Swedish sentence."""

    status = 400

    def __init__(self, code: str, **values: object) -> None:
        self.code = code
        self.message = error_text(code, **values)
        super().__init__(code)

    def to_wire(self) -> dict[str, dict[str, str]]:
        return {"error": {"code": self.code, "message": self.message}}


class BadRequest(ApiError):
    status = 400


class NoConversation(ApiError):
    status = 401


class Forbidden(ApiError):
    status = 403


class Unknown(ApiError):
    status = 404


class WrongMethod(ApiError):
    status = 405


class Conflict(ApiError):
    status = 409


class Gone(ApiError):
    status = 410


class TooLarge(ApiError):
    status = 413


class WrongContentType(ApiError):
    status = 415


class TooMany(ApiError):
    status = 429

    def __init__(self, code: str = "too_many", *, retry_after_seconds: float = 1.0) -> None:
        super().__init__(code)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(ApiError):
    status = 503
