"""The OpenID Connect provider: discovery, code flow (with or without PKCE), userinfo."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus, urlencode, urlsplit

from sanic import Blueprint, HTTPResponse, Request
from sanic.response import json as json_response
from sanic.response import redirect

from sandbox.pages.rendering import page
from sandbox.pages.signing import public_keys, sign
from sandbox.pages.visitor import (
    NotLoggedIn,
    NotShown,
    check_form,
    field,
    fields,
    session_of,
    world_of,
)
from sandbox.records import OAuthClient, OAuthGrant, User, WebSession
from sandbox.world import World

blueprint = Blueprint("openid", url_prefix="/oauth")

CODE_SECONDS = 60
TOKEN_SECONDS = 3600
SCOPES = ("openid", "profile", "email")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What a client's authorisation request asks for."""

    client: OAuthClient
    redirect_uri: str
    scope: str
    state: str
    nonce: str
    challenge: str


def _base(request: Request) -> str:
    return f"{request.scheme}://{request.host}"


@blueprint.get("/openid-configuration.php")
async def discovery(request: Request) -> HTTPResponse:
    base = _base(request)
    return json_response(
        {
            "issuer": base,
            "authorization_endpoint": f"{base}/oauth/authorize.php",
            "token_endpoint": f"{base}/oauth/token.php",
            "userinfo_endpoint": f"{base}/oauth/userinfo.php",
            "jwks_uri": f"{base}/oauth/jwks.php",
            "scopes_supported": list(SCOPES),
            "response_types_supported": ["code"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "code_challenge_methods_supported": ["S256"],
            "claims_supported": ["sub", "name", "email", "email_verified", "locale"],
        }
    )


@blueprint.get("/jwks.php")
async def jwks(request: Request) -> HTTPResponse:
    return json_response(public_keys(world_of(request)))


def _ask(request: Request, read: dict[str, str]) -> Ask:
    """The request, checked; a redirect address that is not the client's is never followed."""
    client = world_of(request).store.first(OAuthClient, identifier=read.get("client_id", ""))
    if client is None or client.grant_type != "authorization_code":
        raise NotShown("Tjänsten som skickade dig hit är okänd.", status=400)
    redirect_uri = read.get("redirect_uri", "")
    if not _is_redirect_good(client, redirect_uri):
        raise NotShown("Tjänsten som skickade dig hit har en okänd returadress.", status=400)
    if read.get("response_type") != "code" or "openid" not in read.get("scope", "").split():
        raise NotShown("Tjänsten som skickade dig hit bad om något som inte går.", status=400)
    if read.get("code_challenge") and read.get("code_challenge_method") != "S256":
        raise NotShown("Tjänsten som skickade dig hit bad om något som inte går.", status=400)
    return Ask(
        client=client,
        redirect_uri=redirect_uri,
        scope=read.get("scope", ""),
        state=read.get("state", ""),
        nonce=read.get("nonce", ""),
        challenge=read.get("code_challenge", ""),
    )


def _is_redirect_good(client: OAuthClient, uri: str) -> bool:
    """The registered address; a client without one may use any on this machine."""
    if client.redirect_uri:
        return uri == client.redirect_uri
    parts = urlsplit(uri)
    return parts.scheme in ("http", "https") and parts.hostname in LOOPBACK


def _logged_in(request: Request) -> WebSession:
    session = session_of(request)
    if session is None or not session.user_id:
        raise NotLoggedIn(request.raw_url.decode("ascii", "replace").lstrip("/"))
    return session


@blueprint.get("/authorize.php", name="authorize_get")
async def ask_consent(request: Request) -> HTTPResponse:
    read = {name: str(values[-1]) for name, values in request.args.items() if values}
    ask = _ask(request, read)
    session = _logged_in(request)
    world = world_of(request)
    user = world.store.get(User, session.user_id)
    return page(
        "consent.html",
        company=world.company,
        csrf=session.csrf,
        user=user,
        service=ask.client.name,
        fields=read,
    )


@blueprint.post("/authorize.php", name="authorize_post")
async def consent(request: Request) -> HTTPResponse:
    session = _logged_in(request)
    check_form(request, session)
    ask = _ask(request, fields(request))
    if field(request, "answer") != "allow":
        return _back(ask, error="access_denied")
    return _back(ask, code=_grant(world_of(request), ask, session).code)


def _back(ask: Ask, **values: str) -> HTTPResponse:
    if ask.state:
        values["state"] = ask.state
    mark = "&" if urlsplit(ask.redirect_uri).query else "?"
    return redirect(f"{ask.redirect_uri}{mark}{urlencode(values)}", status=303)


def _grant(world: World, ask: Ask, session: WebSession) -> OAuthGrant:
    return world.store.add(
        OAuthGrant(
            oauth_client_id=ask.client.id,
            user_id=session.user_id,
            scope=ask.scope,
            redirect_uri=ask.redirect_uri,
            nonce=ask.nonce,
            challenge=ask.challenge,
            code=world.token(),
            issued_at=world.timestamp,
        )
    )


def _refused(error: str, status: int = 400) -> HTTPResponse:
    return json_response({"error": error}, status=status, headers={"Cache-Control": "no-store"})


@blueprint.post("/token.php")
async def token(request: Request) -> HTTPResponse:
    world = world_of(request)
    client = _authenticated(request)
    if client is None:
        return _refused("invalid_client", 401)
    if field(request, "grant_type") != "authorization_code":
        return _refused("unsupported_grant_type")
    grant = world.store.first(OAuthGrant, code=field(request, "code"), oauth_client_id=client.id)
    if grant is None or not _is_exchange_good(request, world, grant):
        return _refused("invalid_grant")
    used = world.store.change(grant, access_token=world.token())
    answer = {
        "access_token": used.access_token,
        "token_type": "Bearer",
        "expires_in": TOKEN_SECONDS,
        "scope": used.scope,
        "id_token": sign(world, _id_claims(request, world, client, used)),
    }
    return json_response(answer, headers={"Cache-Control": "no-store"})


def _authenticated(request: Request) -> OAuthClient | None:
    """By form fields or by HTTP Basic."""
    identifier, secret = field(request, "client_id"), field(request, "client_secret")
    credentials = request.credentials
    if credentials is not None and credentials.username:
        identifier = unquote_plus(credentials.username)
        secret = unquote_plus(credentials.password or "")
    client = world_of(request).store.first(OAuthClient, identifier=identifier)
    if client is None or not hmac.compare_digest(client.secret.encode(), secret.encode()):
        return None
    return client


def _is_exchange_good(request: Request, world: World, grant: OAuthGrant) -> bool:
    """Once, in time, to the same address, by whoever began it."""
    return (
        not grant.access_token
        and world.timestamp - grant.issued_at <= CODE_SECONDS
        and grant.redirect_uri == field(request, "redirect_uri")
        and _challenge_of(field(request, "code_verifier")) == grant.challenge
    )


def _challenge_of(verifier: str) -> str:
    if not verifier:
        return ""
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def _id_claims(
    request: Request, world: World, client: OAuthClient, grant: OAuthGrant
) -> dict[str, Any]:
    now = int(world.timestamp)
    claims = {
        "iss": _base(request),
        "aud": client.identifier,
        "iat": now,
        "exp": now + TOKEN_SECONDS,
        **_about(world, grant),
    }
    return claims | ({"nonce": grant.nonce} if grant.nonce else {})


def _about(world: World, grant: OAuthGrant) -> dict[str, Any]:
    user = world.store.get(User, grant.user_id)
    if user is None:
        raise NotShown("Användaren finns inte.")
    scopes = grant.scope.split()
    about: dict[str, Any] = {"sub": f"user-{user.id}"}
    if "profile" in scopes:
        about |= {
            "name": user.name,
            "given_name": user.firstname,
            "family_name": user.lastname,
            "locale": "sv",
        }
    if "email" in scopes:
        about |= {"email": user.email, "email_verified": True}
    return about


@blueprint.get("/userinfo.php", name="userinfo_get")
@blueprint.post("/userinfo.php", name="userinfo_post")
async def userinfo(request: Request) -> HTTPResponse:
    """The token as a bearer header, or as `?access_token=`."""
    world = world_of(request)
    given = request.token or str(request.args.get("access_token") or "")
    grant = world.store.first(OAuthGrant, access_token=given) if given else None
    if grant is None or world.timestamp - grant.issued_at > TOKEN_SECONDS:
        return _refused("invalid_token", 401)
    return json_response(_about(world, grant))
