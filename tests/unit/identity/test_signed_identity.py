"""A site's signed identity: every claim counts, the key decides the algorithm, and once is once."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jose import jwk, jwt
from sqlalchemy.ext.asyncio import AsyncEngine

from billing.errors import NotReached
from kvitt.identity import KeyedHash
from kvitt.identity.signed_identity import (
    Accepted,
    Expectations,
    Refusal,
    Refused,
    SignedIdentity,
    TokenRefused,
    header_of,
    read_claim,
)
from kvitt.identity.verification_keys import (
    AllKeys,
    KeySet,
    SharedSecrets,
    public_keys,
    shared_secrets,
)
from kvitt.settings import SettingsError
from tests.fakes.billing import FakeBilling
from tests.unit.identity.conftest import NOW

SECRET, NEXT_SECRET = "s" * 32, "n" * 40
EXPECTED = Expectations(issuer="kundzon", audience="kvitt")


def claims(**changes: Any) -> dict[str, Any]:
    at = int(NOW.timestamp())
    good = {
        "iss": "kundzon",
        "aud": "kvitt",
        "sub": "7",
        "email": "anna@example.se",
        "jti": "first",
        "iat": at,
        "exp": at + 120,
    }
    return {name: value for name, value in (good | changes).items() if value is not None}


def signed(
    payload: Mapping[str, Any] | None = None,
    *,
    key: Any = SECRET,
    kid: str | None = "old",
    algorithm: str = "HS256",
    **headers: Any,
) -> str:
    named = {"kid": kid} if kid is not None else {}
    token: str = jwt.encode(dict(payload or claims()), key, algorithm, headers=named | headers)
    return token


def raw_token(header: object, payload: object, signature: bytes = b"") -> str:
    parts = [json.dumps(part).encode() for part in (header, payload)] + [signature]
    return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


@pytest.fixture
def door(engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash) -> SignedIdentity:
    billing.add_customer(email="anna@example.se", id=7)
    secrets = SharedSecrets({"old": SECRET, "new": NEXT_SECRET})
    return SignedIdentity(engine, billing, keyed, secrets, EXPECTED)


async def test_a_good_token_names_the_customer(door: SignedIdentity) -> None:
    accepted = await door.accept(signed(), now=NOW)

    assert isinstance(accepted, Accepted)
    assert [customer.client_id for customer in accepted.customers] == [7]


async def test_either_key_is_good_while_one_replaces_the_other(door: SignedIdentity) -> None:
    new = signed(claims(jti="second"), key=NEXT_SECRET, kid="new")

    assert isinstance(await door.accept(signed(), now=NOW), Accepted)
    assert isinstance(await door.accept(new, now=NOW), Accepted)


async def test_a_token_is_accepted_once(door: SignedIdentity) -> None:
    await door.accept(signed(), now=NOW)

    assert await door.accept(signed(), now=NOW) == Refused(reason=Refusal.USED)


async def test_of_many_at_once_one_is_accepted(door: SignedIdentity) -> None:
    answers = await asyncio.gather(*(door.accept(signed(), now=NOW) for _ in range(10)))

    assert sum(isinstance(answer, Accepted) for answer in answers) == 1


async def test_a_token_is_not_used_up_while_the_accounts_cannot_be_read(
    door: SignedIdentity, billing: FakeBilling
) -> None:
    billing.script("find_customers", NotReached("GetUsers"))
    with pytest.raises(NotReached):
        await door.accept(signed(), now=NOW)

    assert isinstance(await door.accept(signed(), now=NOW), Accepted)


AT = int(NOW.timestamp())
on_sqlite_only = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@on_sqlite_only
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        *[({name: None}, Refusal.CLAIMS) for name in ("iss", "aud", "sub", "jti", "exp", "iat")],
        ({"iss": "other"}, Refusal.CLAIMS),
        ({"aud": "other"}, Refusal.CLAIMS),
        ({"aud": ["other", "more"]}, Refusal.CLAIMS),
        ({"sub": ""}, Refusal.CLAIMS),
        ({"jti": "x" * 400}, Refusal.CLAIMS),
        ({"email": None}, Refusal.CLAIMS),
        ({"email": 7}, Refusal.CLAIMS),
        ({"email": None, "client_id": True}, Refusal.CLAIMS),
        ({"email": None, "client_id": "7 or 1"}, Refusal.CLAIMS),
        ({"exp": AT + 301}, Refusal.TOO_LONG_LIVED),
        ({"iat": AT - 1000, "exp": AT + 10}, Refusal.TOO_LONG_LIVED),
        ({"iat": AT + 100, "exp": AT + 50}, Refusal.TOO_LONG_LIVED),
        ({"iat": AT - 200, "exp": AT}, Refusal.EXPIRED),
        ({"iat": AT + 60, "exp": AT + 120}, Refusal.NOT_YET),
        ({"nbf": AT + 60}, Refusal.NOT_YET),
        ({"exp": str(AT + 100)}, Refusal.CLAIMS),
        ({"exp": 10**40}, Refusal.CLAIMS),
        ({"exp": float("nan")}, Refusal.CLAIMS),
        ({"exp": float("inf")}, Refusal.CLAIMS),
        ({"exp": True}, Refusal.CLAIMS),
        ({"email": "bo@example.se"}, Refusal.NO_ACCOUNT),
        ({"email": "anna@example"}, Refusal.NO_ACCOUNT),
        ({"client_id": 8}, Refusal.NO_ACCOUNT),
        ({"email": None, "client_id": 8}, Refusal.NO_ACCOUNT),
    ],
)
async def test_a_claim_that_is_missing_or_wrong_refuses(
    door: SignedIdentity, change: dict[str, Any], reason: Refusal
) -> None:
    payload = claims(**change)
    assert await door.accept(signed(payload), now=NOW) == Refused(reason=reason)


async def test_an_account_may_be_named_by_its_number(
    door: SignedIdentity, billing: FakeBilling
) -> None:
    other = billing.add_customer(email="bo@example.se", id=8)
    billing.add_user(other.client_id, "anna@example.se", ["invoices"])

    both = await door.accept(signed(), now=NOW)
    one = await door.accept(signed(claims(jti="second", client_id="8")), now=NOW)

    assert isinstance(both, Accepted)
    assert isinstance(one, Accepted)
    assert len(both.customers) == 2
    assert [(c.client_id, set(c.permissions)) for c in one.customers] == [(8, {"invoices"})]


@on_sqlite_only
@pytest.mark.parametrize("algorithm", ["HS384", "HS512", "none", "RS256", "ES256", "hs256"])
async def test_a_token_cannot_choose_its_algorithm(door: SignedIdentity, algorithm: str) -> None:
    swapped = raw_token({"alg": algorithm, "kid": "old"}, claims(), b"x" * 32)

    answer = await door.accept(swapped, now=NOW)

    assert answer in (Refused(reason=Refusal.MALFORMED), Refused(reason=Refusal.BAD_SIGNATURE))


@on_sqlite_only
async def test_a_public_key_is_never_a_secret(
    engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash, tmp_path: Path
) -> None:
    """The swap of old: an HS256 token signed with the text of the published RSA key."""
    private, public = rsa_keys("site")
    (tmp_path / "keys.json").write_text(json.dumps({"keys": [public]}))
    door = await door_with_file(engine, billing, keyed, tmp_path / "keys.json")
    pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    header = {"alg": "HS256", "kid": "site"}
    forged = jws_hs256(header, claims(), pem)

    assert await door.accept(forged, now=NOW) == Refused(reason=Refusal.BAD_SIGNATURE)
    with pytest.raises(SettingsError):
        SharedSecrets({"site": pem.decode()})


def jws_hs256(header: object, payload: object, secret: bytes) -> str:
    unsigned = raw_token(header, payload).rpartition(".")[0]
    signature = hmac.digest(secret, unsigned.encode(), hashlib.sha256)
    return unsigned + "." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


@on_sqlite_only
@pytest.mark.parametrize(
    "token",
    [
        signed(key="w" * 32),
        signed(kid="unknown"),
        signed(kid=None),
        signed(crit=["exp"]),
        signed()[:-2],
        signed() + "x",
        signed().replace(".", ".."),
        "",
        "a.b.c",
        "...",
        "é.é.é",
        "a" * 9000,
        raw_token({"alg": ["HS256"], "kid": "old"}, claims()),
        raw_token({"alg": "HS256", "kid": {"x": 1}}, claims()),
        raw_token({"alg": "HS256", "kid": "old"}, [1, 2]),
        raw_token([], {}),
        raw_token("HS256", 1),
    ],
)
async def test_what_is_no_token_of_ours_is_refused(door: SignedIdentity, token: str) -> None:
    assert isinstance(await door.accept(token, now=NOW), Refused)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60) | st.builds(raw_token, st.just({"alg": "HS256"}), st.just({})))
def test_no_text_at_all_breaks_the_reading_of_a_header(text: str) -> None:
    with suppress(TokenRefused):
        header_of(text)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(claims() | {"client_id": 1, "nbf": 1})), json_values))
def test_claims_of_any_shape_are_read_or_refused(changes: dict[str, Any]) -> None:
    try:
        claim = read_claim(claims() | changes, NOW)
    except TokenRefused:
        return
    assert claim.expires_at > NOW
    assert claim.expires_at <= NOW + timedelta(minutes=6)


def test_weak_secrets_stop_the_start() -> None:
    with pytest.raises(SettingsError, match="KVITT_IDENTITY_KEYS"):
        SharedSecrets({"site": "short"})
    with pytest.raises(SettingsError, match="KVITT_IDENTITY_KEYS"):
        shared_secrets("no-name-here")
    assert shared_secrets("a=b=c d=e") == {"a": "b=c", "d": "e"}


# Key sets


def rsa_keys(kid: str, bits: int = 2048) -> tuple[rsa.RSAPrivateKey, dict[str, Any]]:
    private = rsa.generate_private_key(public_exponent=65537, key_size=bits)
    public = public_jwk(private, "RS256")
    return private, public | {"kid": kid, "use": "sig", "alg": "RS256"}


def public_jwk(
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey, algorithm: str
) -> dict[str, Any]:
    pem = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    public: dict[str, Any] = jwk.construct(pem, algorithm).to_dict()
    return public


def pem_of(private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    ).decode()


async def door_with_file(
    engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash, path: Path
) -> SignedIdentity:
    billing.add_customer(email="anna@example.se", id=7)
    async with httpx.AsyncClient() as client:
        keys = AllKeys(SharedSecrets({}), KeySet(str(path), client))
    return SignedIdentity(engine, billing, keyed, keys, EXPECTED)


@on_sqlite_only
async def test_keys_of_a_file_verify_rsa_and_elliptic_signatures(
    engine: AsyncEngine, billing: FakeBilling, keyed: KeyedHash, tmp_path: Path
) -> None:
    rsa_private, rsa_public = rsa_keys("rsa")
    ec_private = ec.generate_private_key(ec.SECP256R1())
    ec_public = public_jwk(ec_private, "ES256") | {"kid": "ec"}
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"keys": [rsa_public, ec_public]}))
    door = await door_with_file(engine, billing, keyed, path)

    by_rsa = signed(key=pem_of(rsa_private), kid="rsa", algorithm="RS256")
    by_ec = signed(claims(jti="2"), key=pem_of(ec_private), kid="ec", algorithm="ES256")
    confused = signed(claims(jti="3"), key=pem_of(rsa_private), kid="ec", algorithm="RS256")

    assert isinstance(await door.accept(by_rsa, now=NOW), Accepted)
    assert isinstance(await door.accept(by_ec, now=NOW), Accepted)
    assert await door.accept(confused, now=NOW) == Refused(reason=Refusal.BAD_SIGNATURE)


def test_keys_that_are_no_use_are_left_out() -> None:
    _, good = rsa_keys("good")
    _, weak = rsa_keys("weak", bits=1024)
    secret = {"kty": "oct", "k": base64.urlsafe_b64encode(b"s" * 32).decode(), "kid": "oct"}
    listed = [
        good,
        weak,
        secret,
        good | {"kid": "enc", "use": "enc"},
        good | {"kid": "alg", "alg": "RS512"},
        good | {"kid": "private", "d": "AQAB"},
        good | {"kid": 7},
        {"kty": "RSA", "kid": "no numbers"},
        {"kty": "EC", "crv": "P-521", "kid": "curve"},
        "text",
        None,
    ]

    keys = public_keys(json.dumps({"keys": listed}).encode())

    assert [(key.kid, key.algorithm) for key in keys] == [("good", "RS256")]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"keys": 1}', b"\xff", b"{" * 5000])
def test_what_is_no_key_set_says_so(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 (msgspec's errors are ValueErrors too)
        public_keys(body)


class Site:
    """A site that publishes keys, counts the readers, and can be down."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = []
        self.reads = 0
        self.is_up = True

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.reads += 1
        if not self.is_up:
            raise httpx.ConnectError("down", request=request)
        return httpx.Response(200, json={"keys": self.keys})


async def test_a_new_key_is_found_without_a_restart_and_strangers_cause_no_storm() -> None:
    site, now = Site(), datetime(2026, 11, 24, 9, tzinfo=UTC)
    site.keys = [rsa_keys("first")[1]]
    async with httpx.AsyncClient(transport=httpx.MockTransport(site)) as client:
        keys = KeySet("https://site.example/jwks", client)
        assert await keys.find("first", now=now) is not None

        site.keys = [rsa_keys("second")[1]]
        for _ in range(50):
            assert await keys.find("forged", now=now) is None
        assert site.reads == 1

        assert await keys.find("second", now=now + timedelta(seconds=61)) is not None
        assert await keys.find("first", now=now + timedelta(seconds=61)) is None


async def test_known_keys_stay_good_while_the_site_is_down() -> None:
    site, now = Site(), datetime(2026, 11, 24, 9, tzinfo=UTC)
    site.keys = [rsa_keys("first")[1]]
    async with httpx.AsyncClient(transport=httpx.MockTransport(site)) as client:
        keys = KeySet("https://site.example/jwks", client)
        await keys.find("first", now=now)
        site.is_up = False

        assert await keys.find("first", now=now + timedelta(hours=2)) is not None
