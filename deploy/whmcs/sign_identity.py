"""Tells Kvitt who is logged in to a site of your own, in Python.

For a site that is not WHMCS itself (for one that is, see kvitt_identity.php beside this file). Call
`identity_token` on your server when a logged-in customer's page is made, and hand the token to the
widget: `<script async src=".../widget.js" data-identity="TOKEN">`. It is good for five minutes and
once: make a new one for each page, and let no shared cache keep the page.

    KVITT_IDENTITY_KEY="site=$(openssl rand -base64 32)"  # the gateway has it too, among its KEYS

Needs python-jose (`pip install "python-jose[cryptography]>=3.4"`). To try it by hand:

    KVITT_IDENTITY_KEY=site=… python sign_identity.py anna@example.se
"""

from __future__ import annotations

import os
import secrets
import sys
import time

from jose import jwt

LIFE_SECONDS = 300


def identity_token(
    *,
    user_id: str,
    email: str,
    client_id: int | None = None,
    key: str,
    issuer: str = "kundzon",
    now: int | None = None,
) -> str:
    """A token that says who is logged in. `email` is the address of the user in WHMCS; `client_id`
    the account, for a user who has several; `key` is name=secret, the secret 32 bytes or more."""
    name, _, secret = key.partition("=")
    if not name or len(secret.encode()) < 32:
        raise ValueError("the key is name=secret, with a secret of 32 bytes or more")
    issued = int(time.time()) if now is None else now
    claims: dict[str, object] = {
        "iss": issuer,
        "aud": "kvitt",
        "sub": user_id,
        "email": email,
        "iat": issued,
        "exp": issued + LIFE_SECONDS,
        "jti": secrets.token_hex(16),
    }
    if client_id is not None:
        claims["client_id"] = client_id
    return jwt.encode(claims, secret, algorithm="HS256", headers={"kid": name})


if __name__ == "__main__":
    (address,) = sys.argv[1:]
    print(identity_token(user_id=address, email=address, key=os.environ["KVITT_IDENTITY_KEY"]))
