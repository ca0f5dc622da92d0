"""A company's login (OpenID Connect) on loopback: whoever comes is logged in and sent back at once.

What it says can be bent: claims, keys, the token as a whole.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwk, jwt

CLIENT_ID, CLIENT_SECRET = "kvitt-console", "a/secret+="

type Claims = dict[str, Any]


@cache
def key(name: str) -> tuple[str, str]:
    """A key pair by name, private and public, as PEM."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = made.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = made.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return private.decode(), public.decode()


class Provider:
    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.url = ""
        self.person: Claims = {
            "sub": "u-1",
            "given_name": "Anna",
            "preferred_username": "Anna.Berg@bolaget.example",
        }
        self.changed_claims: Claims = {}
        self.kid = "first"
        self.published = ["first"]
        self.token_of: Callable[[Claims], str] = self.signed
        self.is_down = False
        self.way_back = ""
        """Where the gateway really listens, when that is not its public address."""
        self.asked: dict[str, str] = {}
        """By the browser that came last."""
        self._codes: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()

    def signed(self, claims: Claims) -> str:
        token: str = jwt.encode(claims, key(self.kid)[0], "RS256", headers={"kid": self.kid})
        return token

    def answer(self, path: str, query: str, form: str) -> tuple[int, Claims | str]:
        """A status with a JSON body, or with an address to go to."""
        if self.is_down:
            return 503, {}
        with self._lock:
            return self._answer(path, query, form)

    def _answer(self, path: str, query: str, form: str) -> tuple[int, Claims | str]:
        match path:
            case "/.well-known/openid-configuration":
                return 200, self._discovery()
            case "/authorize":
                return 302, self._logged_in(dict(parse_qsl(query)))
            case "/token":
                return self._tokens(dict(parse_qsl(form)))
            case "/keys":
                keys = [
                    jwk.construct(key(kid)[1], "RS256").to_dict() | {"kid": kid}
                    for kid in self.published
                ]
                return 200, {"keys": keys}
        return 404, {}

    def _discovery(self) -> Claims:
        """As Entra ID's, which says nothing of PKCE."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
        }

    def _logged_in(self, asked: dict[str, str]) -> str:
        code = f"code-{len(self._codes)}"
        self.asked = self._codes[code] = asked
        address = self.way_back or asked["redirect_uri"]
        return f"{address}?{urlencode({'code': code, 'state': asked['state']})}"

    def _tokens(self, form: dict[str, str]) -> tuple[int, Claims]:
        asked = self._codes.get(form["code"], {})
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        proven = (form.get("client_id"), form.get("client_secret"), _urlsafe(digest))
        if proven != (CLIENT_ID, CLIENT_SECRET, asked.get("code_challenge")):
            return 400, {"error": "invalid_grant"}
        at = int(self.clock().timestamp())
        claims = {"iss": self.url, "aud": CLIENT_ID, "iat": at, "exp": at + 300}
        claims |= {"nonce": asked["nonce"]} | self.person | self.changed_claims
        return 200, {"access_token": "opaque", "id_token": self.token_of(claims)}


def unsigned(claims: Claims) -> str:
    return f"{_encoded({'alg': 'none', 'kid': 'first'})}.{_encoded(claims)}."


def signed_with_the_public_key(claims: Claims) -> str:
    """HS256 with what everybody can read as the secret."""
    text = f"{_encoded({'alg': 'HS256', 'kid': 'first'})}.{_encoded(claims)}"
    return f"{text}.{_urlsafe(hmac.digest(key('first')[1].encode(), text.encode(), 'sha256'))}"


def signed_by_somebody_else(claims: Claims) -> str:
    token: str = jwt.encode(claims, key("stranger")[0], "RS256", headers={"kid": "first"})
    return token


def _encoded(part: Claims) -> str:
    return _urlsafe(json.dumps(part).encode())


def _urlsafe(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def returned(address: str) -> dict[str, str]:
    """State and code of the way back."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


@contextmanager
def serving(provider: Provider) -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            parts = urlsplit(self.path)
            status, said = provider.answer(
                parts.path, parts.query, self.rfile.read(length).decode()
            )
            body = b"" if isinstance(said, str) else json.dumps(said).encode()
            self.send_response(status)
            if isinstance(said, str):
                self.send_header("Location", said)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settings(provider: Provider, **more: object) -> dict[str, Any]:
    return {
        "console_openid_discovery_url": f"{provider.url}/.well-known/openid-configuration",
        "console_openid_client_id": CLIENT_ID,
        "console_openid_client_secret": CLIENT_SECRET,
        **more,
    }
