"""Actions that let somebody in without a password: single sign-on tokens, OpenID credentials."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from sandbox.api.call import Answer, ApiError, Call, action
from sandbox.records import Client, Membership, OAuthClient, SsoToken, User
from sandbox.world import World

DESTINATIONS = {
    "clientarea:profile": "clientarea.php?action=details",
    "clientarea:billing_info": "clientarea.php?action=creditcard",
    "clientarea:emails": "clientarea.php?action=emails",
    "clientarea:announcements": "clientarea.php",
    "clientarea:downloads": "clientarea.php",
    "clientarea:knowledgebase": "clientarea.php",
    "clientarea:network_status": "clientarea.php",
    "clientarea:services": "clientarea.php",
    "clientarea:product_details": "clientarea.php",
    "clientarea:domains": "clientarea.php",
    "clientarea:domain_details": "clientarea.php",
    "clientarea:invoices": "clientarea.php?action=invoices",
    "clientarea:tickets": "clientarea.php",
    "clientarea:submit_ticket": "clientarea.php",
    "clientarea:shopping_cart": "clientarea.php",
    "clientarea:shopping_cart_addons": "clientarea.php",
    "clientarea:shopping_cart_domain_register": "clientarea.php",
    "clientarea:shopping_cart_domain_transfer": "clientarea.php",
}
SCOPES = frozenset(("openid", "email", "profile", "clientarea:sso", "clientarea:billing_info"))


@action("CreateSsoToken")
def create_sso_token(world: World, call: Call) -> Answer:
    client_id, user_id = _who(world, call)
    token = world.store.add(
        SsoToken(
            token=world.token(),
            user_id=user_id,
            client_id=client_id,
            path=_destination(call),
            issued_at=world.timestamp,
        )
    )
    return {
        "result": "success",
        "access_token": token.token,
        "redirect_url": f"{call.base_url}/oauth/singlesignon.php?access_token={token.token}",
    }


def _who(world: World, call: Call) -> tuple[int, int]:
    """The account and the user that the token will stand for."""
    if not call.has("client_id") and not call.has("user_id"):
        raise ApiError("A valid client_id or user_id is required")
    client = _client(world, call)
    user = _user(world, call, client)
    client_id = client.id if client else _first_client(world, user)
    if client is not None and not client.is_sso_allowed:
        raise ApiError(f"SSO authentication blocked for client {client.id}")
    return client_id, user.id


def _client(world: World, call: Call) -> Client | None:
    if not call.has("client_id"):
        return None
    client = world.store.get(Client, call.number("client_id"))
    if client is None:
        raise ApiError("Invalid client_id")
    return client


def _user(world: World, call: Call, client: Client | None) -> User:
    if call.has("user_id"):
        return _named_user(world, call.number("user_id"), client)
    assert client is not None
    owner = world.store.first(Membership, client_id=client.id, is_owner=True)
    user = world.store.get(User, owner.user_id) if owner else None
    if user is None:
        raise ApiError("Token could not be provisioned: the client has no owner")
    return user


def _named_user(world: World, id: int, client: Client | None) -> User:
    user = world.store.get(User, id)
    if user is None:
        raise ApiError("Invalid user_id")
    if client and not world.store.first(Membership, user_id=user.id, client_id=client.id):
        raise ApiError("Invalid user_id for client")
    return user


def _first_client(world: World, user: User) -> int:
    membership = world.store.first(Membership, user_id=user.id)
    return membership.client_id if membership else 0


def _destination(call: Call) -> str:
    """A path inside this install, never an address of somebody else's."""
    name = call.text("destination")
    if not name:
        return "clientarea.php"
    if name == "sso:custom_redirect":
        return _relative(call.text("sso_redirect_path"))
    if name not in DESTINATIONS:
        raise ApiError("Invalid destination")
    return DESTINATIONS[name]


def _relative(path: str) -> str:
    parts = urlsplit(path)
    bare = path.lstrip("/")
    is_foreign = parts.scheme or parts.netloc or "\\" in path or any(ord(c) < 32 for c in path)
    if not bare or is_foreign:
        raise ApiError("Invalid destination")
    return bare


@action("CreateOAuthCredential")
def create_oauth_credential(world: World, call: Call) -> Answer:
    credential = world.store.add(
        OAuthClient(
            identifier=f"{world.company.upper()}.{world.token()}==",
            secret=world.token(),
            name=_checked_name(call),
            grant_type=call.text("grantType"),
            scope=_checked_scope(call),
            redirect_uri=call.text("redirectUri"),
            service_id=call.number("serviceId"),
        )
    )
    return {
        "result": "success",
        "credentialId": credential.id,
        "clientIdentifier": credential.identifier,
        "clientSecret": credential.secret,
    }


def _checked_name(call: Call) -> str:
    grant = call.text("grantType")
    if not grant:
        raise ApiError("A valid grant type is required.")
    if grant not in ("authorization_code", "single_sign_on"):
        raise ApiError(f'The requested grant type "{grant}" is invalid.')
    if grant == "authorization_code" and not call.has("name"):
        raise ApiError("A name for the Client Credential is required.")
    if grant == "single_sign_on" and not call.has("serviceId"):
        raise ApiError("A service ID is required for the single sign-on grant type.")
    return call.text("name")


def _checked_scope(call: Call) -> str:
    scopes = call.text("scope").split()
    if not scopes:
        raise ApiError("At least one valid scope is required.")
    for scope in scopes:
        if scope not in SCOPES:
            raise ApiError(f'The requested scope "{scope}" is invalid.')
    return " ".join(scopes)


@action("ListOAuthCredentials")
def list_oauth_credentials(world: World, _call: Call) -> Answer:
    rows: list[dict[str, Any]] = [
        {
            "credentialId": row.id,
            "name": row.name,
            "grantType": row.grant_type,
            "scope": row.scope,
            "clientIdentifier": row.identifier,
            "clientSecret": row.secret,
            "redirectUri": row.redirect_uri,
        }
        for row in world.store.all(OAuthClient)
    ]
    return {"result": "success", "clients": rows}
