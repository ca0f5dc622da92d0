"""Ways into the hosted pages: single sign-on, a password and second factor, OpenID Connect."""

from __future__ import annotations

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from jose import jwt

from sandbox.credentials import one_time_code
from tests.sandbox_server import RunningSandbox
from tests.unit.sandbox.browsing import Browser, Page
from tests.unit.sandbox.scenarios import EMAIL, client, scenario

BACK = "http://127.0.0.1:1/back"
SECRET = "JBSWY3DPEHPK3PXP"
VERIFIER = "v" * 50
CHALLENGE = (
    base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
)


def test_a_single_sign_on_link_works_once(sandbox: RunningSandbox, browser: Browser) -> None:
    url = sandbox.call("CreateSsoToken", client_id=1)["redirect_url"]

    first = browser.open(url)
    browser.client.cookies.clear()
    second = browser.open(url)

    assert (first.status, second.status) == (200, 403)
    assert "Hej Kim!" in first.text


def test_a_single_sign_on_link_works_for_a_minute(
    sandbox: RunningSandbox, browser: Browser
) -> None:
    url = sandbox.call("CreateSsoToken", client_id=1)["redirect_url"]
    sandbox.put("clock", {"advance_seconds": 61})

    assert browser.open(url).status == 403


@pytest.mark.parametrize(
    "path", ["//example.com", "https://example.com/x", "\\example.com", "javascript:alert(1)"]
)
def test_a_single_sign_on_link_never_leaves_the_install(
    sandbox: RunningSandbox, browser: Browser, path: str
) -> None:
    answer = sandbox.call(
        "CreateSsoToken",
        client_id=1,
        destination="sso:custom_redirect",
        sso_redirect_path=path,
    )

    assert answer["message"] == "Invalid destination"


def log_in(browser: Browser, page: Page, password: str = "sandbox", email: str = EMAIL) -> Page:
    return browser.submit(page.form("/login.php"), email=email, password=password)


def test_a_page_asks_for_a_login_and_is_shown_after_it(
    sandbox: RunningSandbox, browser: Browser
) -> None:
    login = browser.open("/viewinvoice.php?id=1042")
    assert login.path.startswith("/login.php?next=")

    page = log_in(browser, login)

    assert page.path == "/viewinvoice.php?id=1042"


def test_a_wrong_password_lets_nobody_in(sandbox: RunningSandbox, browser: Browser) -> None:
    page = log_in(browser, browser.open("/login.php"), password="wrong")

    assert page.status == 401
    assert "stämmer inte" in page.text
    assert browser.open("/clientarea.php").path.startswith("/login.php")


def test_the_second_factor_is_asked_for_and_checked(
    sandbox: RunningSandbox, browser: Browser
) -> None:
    owner = {"email": EMAIL, "owner": True, "second_factor": SECRET}
    sandbox.put("scenario", scenario(client(users=[owner])))
    step = log_in(browser, browser.open("/login.php"))
    assert browser.open("/clientarea.php").path.startswith("/login.php")

    wrong = browser.submit(step.form("/login-second"), code="000000")
    code = one_time_code(SECRET, sandbox.world.timestamp)
    right = browser.submit(wrong.form("/login-second"), code=code)

    assert wrong.status == 401
    assert "Hej Kim!" in right.text
    assert sandbox.call("ValidateLogin", email=EMAIL, password2="sandbox") == {
        "result": "success",
        "userid": "1",
        "twoFactorEnabled": True,
    }


def test_the_code_is_that_of_the_standard() -> None:
    """RFC 6238, appendix B, the last six digits."""
    secret = base64.b32encode(b"12345678901234567890").decode()

    assert one_time_code(secret, 59) == "287082"
    assert one_time_code(secret, 1111111109) == "081804"


def test_somebody_with_two_accounts_chooses_one(sandbox: RunningSandbox, browser: Browser) -> None:
    second = client(id=2, companyname="Andra AB", paymethods=[], invoices=[])
    sandbox.put("scenario", scenario(client(), second))
    choice = log_in(browser, browser.open("/login.php"))

    page = browser.submit(choice.form("/choose-account"), client_id=2)

    assert "Andra AB" in page.text


def test_logging_out_ends_the_session(sandbox: RunningSandbox, browser: Browser) -> None:
    page = log_in(browser, browser.open("/login.php"))

    browser.submit(page.form("/logout.php"))

    assert browser.open("/clientarea.php").path.startswith("/login.php")


def ask(browser: Browser, **changes: str) -> Page:
    params = {
        "client_id": "kvitt",
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "openid email profile",
        "state": "s1",
        "nonce": "n1",
    } | changes
    return browser.open(str(httpx.URL("/oauth/authorize.php", params=params)))


def consent(browser: Browser, page: Page, answer: str = "allow") -> dict[str, list[str]]:
    """What comes back to the client's address."""
    form = page.form("/oauth/authorize.php")
    response = browser.client.post(
        form.action, data=form.values | {"answer": [answer]}, follow_redirects=False
    )
    assert response.status_code == 303
    location = response.headers["location"]
    assert location.startswith(BACK)
    return parse_qs(urlsplit(location).query)


def exchange(sandbox: RunningSandbox, code: str, **changes: str) -> httpx.Response:
    data = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": BACK,
        "client_id": "kvitt",
        "client_secret": "sandbox",
    } | changes
    return sandbox.client.post("/oauth/token.php", data=data)


def code_for(browser: Browser, **changes: str) -> str:
    login = ask(browser, **changes)
    return consent(browser, log_in(browser, login))["code"][0]


def test_the_whole_code_flow_tells_who_it_is(sandbox: RunningSandbox, browser: Browser) -> None:
    discovery = sandbox.client.get("/oauth/openid-configuration.php").json()
    back = consent(browser, log_in(browser, ask(browser)))
    tokens = exchange(sandbox, back["code"][0]).json()
    keys = sandbox.client.get(discovery["jwks_uri"]).json()

    claims: dict[str, Any] = jwt.decode(
        tokens["id_token"],
        keys,
        algorithms=["RS256"],
        audience="kvitt",
        issuer=discovery["issuer"],
    )
    about = sandbox.client.get(
        discovery["userinfo_endpoint"], params={"access_token": tokens["access_token"]}
    ).json()

    assert back["state"] == ["s1"]
    assert (claims["nonce"], claims["email"]) == ("n1", EMAIL)
    assert about == {
        "sub": claims["sub"],
        "name": "Kim Prov",
        "given_name": "Kim",
        "family_name": "Prov",
        "locale": "sv",
        "email": EMAIL,
        "email_verified": True,
    }


def test_a_code_is_good_once(sandbox: RunningSandbox, browser: Browser) -> None:
    code = code_for(browser)

    first, second = exchange(sandbox, code), exchange(sandbox, code)

    assert first.status_code == 200
    assert (second.status_code, second.json()) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"client_secret": "wrong"}, 401),
        ({"client_id": "stranger"}, 401),
        ({"redirect_uri": "http://127.0.0.1:2/other"}, 400),
        ({"grant_type": "password"}, 400),
        ({"code": "guess"}, 400),
        ({"code_verifier": "unasked"}, 400),
    ],
)
def test_a_code_is_given_up_only_to_whom_it_was_made_for(
    sandbox: RunningSandbox, browser: Browser, changes: dict[str, str], status: int
) -> None:
    assert exchange(sandbox, **{"code": code_for(browser)} | changes).status_code == status


def test_a_code_grows_old(sandbox: RunningSandbox, browser: Browser) -> None:
    code = code_for(browser)
    sandbox.put("clock", {"advance_seconds": 61})

    assert exchange(sandbox, code).json() == {"error": "invalid_grant"}


def test_a_challenge_needs_its_verifier(sandbox: RunningSandbox, browser: Browser) -> None:
    pkce = {"code_challenge": CHALLENGE, "code_challenge_method": "S256"}
    code = code_for(browser, **pkce)

    without = exchange(sandbox, code)
    with_it = exchange(sandbox, code, code_verifier=VERIFIER)

    assert (without.status_code, with_it.status_code) == (400, 200)


def test_somebody_who_says_no_is_sent_back_with_that(
    sandbox: RunningSandbox, browser: Browser
) -> None:
    back = consent(browser, log_in(browser, ask(browser)), "deny")

    assert back == {"error": ["access_denied"], "state": ["s1"]}


@pytest.mark.parametrize(
    "changes",
    [
        {"redirect_uri": "https://evil.example.com/"},
        {"redirect_uri": "javascript://127.0.0.1/"},
        {"client_id": "stranger"},
        {"response_type": "token"},
        {"scope": "email"},
    ],
)
def test_a_request_that_is_not_the_clients_goes_nowhere(
    sandbox: RunningSandbox, browser: Browser, changes: dict[str, str]
) -> None:
    page = ask(browser, **changes)

    assert page.status == 400
    assert page.forms == []


def test_userinfo_needs_a_token(sandbox: RunningSandbox) -> None:
    assert sandbox.client.get("/oauth/userinfo.php").status_code == 401
    assert (
        sandbox.client.get("/oauth/userinfo.php", params={"access_token": "x"}).status_code == 401
    )
