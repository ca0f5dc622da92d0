"""Who may call: the address, the credential in its three spellings, and the credential's role.

Every refusal is HTTP 403 with a JSON body, as reported by those who run WHMCS.
"""

from __future__ import annotations

import hmac
from hashlib import md5

from sandbox.api.call import Call
from sandbox.switches import Switches


def refusal(call: Call, action: str, switches: Switches) -> str | None:
    """Why this call is refused, or None."""
    if not _is_address_allowed(call, switches):
        return f"Invalid IP {call.address}"
    if not _is_credential_good(call, switches):
        return (
            "Invalid or missing credentials" if _has_credential(call) else "Authentication Failed"
        )
    if not _is_action_allowed(action, switches):
        return f'Invalid Permissions: API action "{action}" is not allowed'
    return None


def _is_address_allowed(call: Call, switches: Switches) -> bool:
    if switches.allowed_addresses is None or call.address in switches.allowed_addresses:
        return True
    key = switches.access_key
    return bool(key) and _same(call.text("accesskey"), key or "")


def _has_credential(call: Call) -> bool:
    return call.has("identifier") or call.has("secret") or not call.has("username")


def _is_credential_good(call: Call, switches: Switches) -> bool:
    digest = md5(switches.admin_password.encode(), usedforsecurity=False).hexdigest()
    pair = (switches.identifier, switches.secret)
    return (
        _matches(call, "identifier", "secret", pair)
        or _matches(call, "username", "password", pair)
        or _matches(call, "username", "password", (switches.admin_username, digest))
    )


def _matches(call: Call, name: str, secret: str, expected: tuple[str, str]) -> bool:
    good_name = _same(call.text(name), expected[0])
    return _same(call.text(secret), expected[1]) and good_name and bool(expected[0])


def _same(given: str, expected: str) -> bool:
    return hmac.compare_digest(given.encode(), expected.encode())


def _is_action_allowed(action: str, switches: Switches) -> bool:
    if switches.allowed_actions is None:
        return True
    return action in {name.lower() for name in switches.allowed_actions}
