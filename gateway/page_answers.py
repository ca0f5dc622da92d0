"""Pages as answers, and what a login page has sent back; for routes that lead elsewhere."""

from __future__ import annotations

import re
from http import HTTPStatus

from sanic import HTTPResponse, Request

from gateway import pages
from gateway.http import services
from kvitt.identity.code_flow import LONGEST_VALUE

NAMES = ("state", "code")

_VALUE = re.compile(rf"[\x21-\x7e]{{1,{LONGEST_VALUE}}}")


def page(
    request: Request, html: str, status: int = HTTPStatus.OK, *, may_leave_by_form: bool = False
) -> HTTPResponse:
    csp = services(request).policy.page_csp(
        may_be_framed=False, may_leave_by_form=may_leave_by_form
    )
    headers = {
        "Content-Security-Policy": csp,
        "Cache-Control": "no-store",
        # With no-referrer a browser posts as Origin "null", which may change nothing here
        "Referrer-Policy": "same-origin",
    }
    return HTTPResponse(html, status, headers, "text/html; charset=utf-8")


def onward(
    request: Request,
    action: str,
    fields: dict[str, str],
    *,
    words: str = "go",
    may_leave_by_form: bool = False,
) -> HTTPResponse:
    """A page that posts itself."""
    company = services(request).settings.company_name
    html = pages.onward(action, fields, words=words, company=company)
    return page(request, html, may_leave_by_form=may_leave_by_form)


def come_back(request: Request, finish_path: str) -> HTTPResponse | None:
    """A login page sends the browser here; the page posts what it brought. None: it lacks a part.

    The post comes from our own page, so it carries cookies that the way back does not, and what
    only fetches the address uses nothing up.
    """
    fields = {name: _value(request.args.get(name)) for name in NAMES}
    return onward(request, finish_path, fields, words="login") if all(fields.values()) else None


def brought(request: Request) -> tuple[str, str]:
    """State and code, as the page above posts them; empty for anything else."""
    state, code = (_value(request.form.get(name) if request.form else None) for name in NAMES)
    return state, code


def _value(given: object) -> str:
    """A value that a login page may have sent; empty for anything else."""
    text = str(given or "")
    return text if _VALUE.fullmatch(text) else ""
