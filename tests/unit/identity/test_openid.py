"""The billing system's own login: bound to one conversation and browser, and believed in nothing
that is not signed."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwk, jwt
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import NotReached
from kvitt.identity import KeyedHash
from kvitt.identity.openid import Linked, LinkRefusal, LinkRefused, OpenIdLogin
from kvitt.identity.openid_provider import OpenIdProvider, ProviderFailed
from tests.fakes.billing import FakeBilling
from tests.unit.identity.conftest import NOW

ISSUER = "https://kund.example"
CLIENT_ID, CLIENT_SECRET = "kvitt.app/+=", "se/cret+="
PRIVATE = rsa.generate_private_key(public_exponent=65537, key_size=2048)
PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PUBLIC = PRIVATE.public_key().public_bytes(
    serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
)


class Zone:
    """A customer zone with a login page; what it answers can be bent."""

    def __init__(self) -> None:
        self.discovery: dict[str, Any] = {
            "issuer": ISSUER,
            "authorization_endpoint": f"{ISSUER}/oauth/authorize.php?x=1",
            "token_endpoint": f"{ISSUER}/oauth/token.php",
            "userinfo_endpoint": f"{ISSUER}/oauth/userinfo.php",
            "jwks_uri": f"{ISSUER}/oauth/certs.php",
            "code_challenge_methods_supported": ["S256"],
        }
        self.person: dict[str, Any] = {
            "sub": "u1",
            "email": "anna@example.se",
            "email_verified": True,
        }
        self.changed_claims: dict[str, Any] = {}
        self.headers: dict[str, Any] = {"kid": "zone"}
        self.signing_key = PEM
        self.codes: dict[str, dict[str, str]] = {}
        self.requests: list[httpx.Request] = []
        self.failing: Callable[[httpx.Request], httpx.Response | None] = lambda request: None

    def log_in(self, url: str) -> dict[str, str]:
        """What the browser does there; returns the parameters of the way back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        self.codes["the-code"] = asked
        return {"state": asked["state"], "code": "the-code"}

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        failed = self.failing(request)
        if failed is not None:
            return failed
        match request.url.path:
            case "/oauth/openid-configuration.php":
                return httpx.Response(200, json=self.discovery)
            case "/oauth/token.php":
                return self._tokens(parse_qs(request.content.decode()))
            case "/oauth/userinfo.php":
                is_allowed = request.headers["Authorization"] == "Bearer the-token"
                return httpx.Response(200 if is_allowed else 401, json=self.person)
            case "/oauth/certs.php":
                key = jwk.construct(PUBLIC, "RS256").to_dict() | {"kid": "zone"}
                return httpx.Response(200, json={"keys": [key]})
        return httpx.Response(404)

    def _tokens(self, form: dict[str, list[str]]) -> httpx.Response:
        asked = self.codes.pop(form["code"][0], None)
        if asked is None or not self._is_proven(form, asked):
            return httpx.Response(400, json={"error": "invalid_grant"})
        at = int(NOW.timestamp())
        claims = {
            "iss": ISSUER,
            "aud": CLIENT_ID,
            "sub": self.person["sub"],
            "iat": at,
            "exp": at + 300,
            "nonce": asked["nonce"],
        } | self.changed_claims
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(claims, self.signing_key, "RS256", headers=self.headers)
        return httpx.Response(200, json={"access_token": "the-token", "id_token": token})

    def _is_proven(self, form: dict[str, list[str]], asked: dict[str, str]) -> bool:
        if form.get("client_id") != [CLIENT_ID] or form.get("client_secret") != [CLIENT_SECRET]:
            return False
        if "code_challenge" not in asked:
            return True
        digest = hashlib.sha256(form["code_verifier"][0].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        return challenge == asked["code_challenge"]


@pytest.fixture
def zone() -> Zone:
    return Zone()


@pytest.fixture
async def login(
    engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash, zone: Zone
) -> AsyncIterator[OpenIdLogin]:
    billing.add_customer(email="anna@example.se", id=7)
    async with httpx.AsyncClient(transport=httpx.MockTransport(zone)) as client:
        provider = OpenIdProvider(
            f"{ISSUER}/oauth/openid-configuration.php", CLIENT_ID, SecretStr(CLIENT_SECRET), client
        )
        yield OpenIdLogin(
            engine, billing, keyed, provider, redirect_uri="https://chatt.example/api/login/openid"
        )


async def begun(login: OpenIdLogin, browser: str = "browser-1") -> str:
    return await login.begin("c1", browser_binding=browser, now=NOW)


async def finished(login: OpenIdLogin, back: dict[str, str], browser: str = "browser-1") -> object:
    return await login.finish(back["state"], back["code"], browser_binding=browser, now=NOW)


async def test_a_login_there_links_this_conversation(login: OpenIdLogin, zone: Zone) -> None:
    url = await begun(login)
    linked = await finished(login, zone.log_in(url))

    assert url.startswith(f"{ISSUER}/oauth/authorize.php?x=1&")
    assert isinstance(linked, Linked)
    assert (linked.conversation_id, linked.email) == ("c1", "anna@example.se")
    assert [customer.client_id for customer in linked.customers] == [7]


async def test_without_pkce_on_offer_none_is_sent(login: OpenIdLogin, zone: Zone) -> None:
    del zone.discovery["code_challenge_methods_supported"]
    url = await begun(login)

    assert "code_challenge" not in url
    assert isinstance(await finished(login, zone.log_in(url)), Linked)


async def test_no_secret_is_ever_in_an_address(login: OpenIdLogin, zone: Zone) -> None:
    url = await begun(login)
    await finished(login, zone.log_in(url))

    asked = " ".join([url, *(str(request.url) for request in zone.requests)])
    assert "se%2Fcret" not in asked
    assert "the-token" not in asked


async def test_a_state_works_once(login: OpenIdLogin, zone: Zone) -> None:
    back = zone.log_in(await begun(login))
    await finished(login, back)

    assert await finished(login, back) == LinkRefused(reason=LinkRefusal.STATE)


async def test_of_many_returns_at_once_one_goes_through(login: OpenIdLogin, zone: Zone) -> None:
    back = zone.log_in(await begun(login))

    answers = await asyncio.gather(*(finished(login, back) for _ in range(8)))

    assert sum(isinstance(answer, Linked) for answer in answers) == 1


async def test_a_return_in_another_browser_gets_nothing_and_burns_nothing(
    login: OpenIdLogin, zone: Zone
) -> None:
    back = zone.log_in(await begun(login))

    assert await finished(login, back, "browser-2") == LinkRefused(reason=LinkRefusal.STATE)
    assert isinstance(await finished(login, back), Linked)


async def test_a_state_lives_ten_minutes(login: OpenIdLogin, zone: Zone) -> None:
    back = zone.log_in(await begun(login))
    late = NOW + timedelta(minutes=10)

    answer = await login.finish(back["state"], back["code"], browser_binding="browser-1", now=late)
    assert answer == LinkRefused(reason=LinkRefusal.STATE)


@pytest.mark.parametrize("state", ["", "x", "a" * 5000, "å\x00"])
async def test_a_state_that_is_made_up_is_refused(login: OpenIdLogin, state: str) -> None:
    answer = await login.finish(state, "code", browser_binding="browser-1", now=NOW)

    assert answer == LinkRefused(reason=LinkRefusal.STATE)


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://other.example"},
        {"aud": "another client"},
        {"aud": [CLIENT_ID, "another client"]},
        {"sub": "u2"},
        {"nonce": "of another login"},
        {"nonce": None},
        {"exp": int(NOW.timestamp()) - 61},
        {"exp": None},
        {"exp": "soon"},
        {"iat": int(NOW.timestamp()) + 90},
    ],
    ids=str,
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_id_token_that_is_not_right_is_refused(
    login: OpenIdLogin, zone: Zone, claims: dict[str, Any]
) -> None:
    back = zone.log_in(await begun(login))
    zone.changed_claims = claims

    assert await finished(login, back) == LinkRefused(reason=LinkRefusal.PROVIDER)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_id_token_signed_by_anyone_else_is_refused(login: OpenIdLogin, zone: Zone) -> None:
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    zone.signing_key = other.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()

    answer = await finished(login, zone.log_in(await begun(login)))

    assert answer == LinkRefused(reason=LinkRefusal.PROVIDER)


@pytest.mark.parametrize("verified", [False, "false", None, 0, "no", [True]])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_address_that_is_not_verified_proves_nothing(
    login: OpenIdLogin, zone: Zone, verified: object
) -> None:
    zone.person = zone.person | {"email_verified": verified}

    answer = await finished(login, zone.log_in(await begun(login)))

    assert answer == LinkRefused(reason=LinkRefusal.EMAIL)


async def test_a_person_without_an_account_is_told_apart(login: OpenIdLogin, zone: Zone) -> None:
    zone.person["email"] = "bo@example.se"

    answer = await finished(login, zone.log_in(await begun(login)))

    assert answer == LinkRefused(reason=LinkRefusal.NO_ACCOUNT)


async def test_billing_that_is_down_is_said_as_such(
    login: OpenIdLogin, zone: Zone, billing: FakeBilling
) -> None:
    billing.script("find_customers", NotReached("GetUsers"))

    with pytest.raises(NotReached):
        await finished(login, zone.log_in(await begun(login)))


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(500),
        httpx.Response(200, content=b"<html>"),
        httpx.Response(200, content=b"[" * 50_000),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"id_token": 7}),
        httpx.Response(200, content=b" " * 200_000 + b"{}"),
        httpx.Response(302, headers={"Location": "https://other.example/"}),
    ],
    ids=["500", "html", "nesting", "list", "number", "large", "redirect"],
)
@pytest.mark.parametrize("place", ["token.php", "userinfo.php", "certs.php"])
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_answers_that_make_no_sense_end_in_a_refusal(
    login: OpenIdLogin, zone: Zone, place: str, answer: httpx.Response
) -> None:
    back = zone.log_in(await begun(login))
    zone.failing = lambda request: answer if request.url.path.endswith(place) else None

    assert await finished(login, back) == LinkRefused(reason=LinkRefusal.PROVIDER)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("token_endpoint", "http://kund.example/token"),
        ("userinfo_endpoint", "file:///etc/passwd"),
        ("jwks_uri", "https:///nowhere"),
        ("authorization_endpoint", "javascript:alert(1)"),
        ("issuer", None),
    ],
)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_login_page_with_unsafe_addresses_is_not_used(
    login: OpenIdLogin, zone: Zone, name: str, value: str | None
) -> None:
    zone.discovery[name] = value

    with pytest.raises(ProviderFailed):
        await begun(login)


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_an_authorization_address_may_be_local_without_https(
    login: OpenIdLogin, zone: Zone
) -> None:
    zone.discovery["authorization_endpoint"] = "http://127.0.0.1:8090/oauth/authorize.php"

    assert (await begun(login)).startswith("http://127.0.0.1:8090/oauth/authorize.php?")
