"""Actions about people: users, the accounts they may act for, and what they may do there."""

from __future__ import annotations

from typing import Any

from sandbox import money
from sandbox.api.call import Answer, ApiError, Call, action, client_or_error, page
from sandbox.api.shapes import Listing
from sandbox.credentials import verify_password
from sandbox.ledger import balance, is_overdue
from sandbox.records import Client, Invoice, Membership, Quote, Ticket, User
from sandbox.world import World

PERMISSIONS = [
    "profile",
    "contacts",
    "products",
    "manageproducts",
    "productsso",
    "domains",
    "managedomains",
    "invoices",
    "quotes",
    "tickets",
    "affiliates",
    "emails",
    "orders",
]


@action("GetUsers")
def get_users(world: World, call: Call) -> Answer:
    search = call.text("search").lower()
    users = [user for user in world.store.all(User) if _has_prefix(user, search)]
    chosen, counts = page(call, _sorted(users, call.text("sorting")))
    return {"result": "success", **counts, "users": [_user_row(world, user) for user in chosen]}


def _has_prefix(user: User, search: str) -> bool:
    names = (user.email, user.firstname, user.lastname, user.name)
    return any(name.lower().startswith(search) for name in names)


def _sorted(users: list[User], order: str) -> list[User]:
    return users[::-1] if order.upper() == "DESC" else users


def _user_row(world: World, user: User) -> dict[str, Any]:
    memberships = world.store.all(Membership, user_id=user.id)
    return {
        "id": user.id,
        "firstname": user.firstname,
        "lastname": user.lastname,
        "email": user.email,
        "datecreated": user.created_at,
        "validationdata": "",
        "clients": [{"id": row.client_id, "isOwner": row.is_owner} for row in memberships],
    }


@action("GetUserPermissions")
def get_user_permissions(world: World, call: Call) -> Answer:
    user_id, client_id = call.number("user_id"), call.number("client_id")
    if world.store.get(User, user_id) is None:
        raise ApiError("Invalid user id")
    client_or_error(world, client_id, "Invalid client id")
    membership = world.store.first(Membership, user_id=user_id, client_id=client_id)
    if membership is None:
        raise ApiError("User is not associated with client")
    return {
        "result": "success",
        "user_id": user_id,
        "client_id": client_id,
        "permissions": permissions_of(membership),
    }


def permissions_of(membership: Membership) -> list[str]:
    """An owner may do everything."""
    if membership.is_owner:
        return list(PERMISSIONS)
    return [name for name in membership.permissions.split(",") if name]


@action("GetPermissionsList")
def get_permissions_list(_world: World, _call: Call) -> Answer:
    permissions = [{"key": name, "displayName": name.capitalize()} for name in PERMISSIONS]
    return {"status": "success", "permissions": permissions}


@action("ValidateLogin")
def validate_login(world: World, call: Call) -> Answer:
    user = world.store.first(User, email=call.text("email").lower())
    if user is None or not verify_password(user.password, call.params.get("password2", "")):
        raise ApiError("Email or Password Invalid")
    answer: Answer = {"result": "success", "userid": str(user.id)}
    if user.second_factor:
        return answer | {"twoFactorEnabled": True}
    return answer | {"passwordhash": world.token(), "twoFactorEnabled": "false"}


@action("GetClientsDetails")
def get_clients_details(world: World, call: Call) -> Answer:
    if not call.has("clientid") and not call.has("email"):
        raise ApiError("Either clientid Or email Is Required")
    client = _find_client(world, call)
    details = _client_row(world, client)
    answer: Answer = {"result": "success", **details, "client": details}
    if call.flag("stats"):
        answer["stats"] = _stats(world, client)
    return answer


def _find_client(world: World, call: Call) -> Client:
    if call.has("clientid"):
        return client_or_error(world, call.number("clientid"), "Client Not Found")
    client = world.store.first(Client, email=call.text("email").lower())
    if client is None:
        raise ApiError("Client Not Found")
    return client


def _client_row(world: World, client: Client) -> dict[str, Any]:
    memberships = world.store.all(Membership, client_id=client.id)
    owner = next((row.user_id for row in memberships if row.is_owner), 0)
    return {
        "userid": client.id,
        "client_id": client.id,
        "id": client.id,
        "owner_user_id": owner,
        "uuid": client.uuid,
        "firstname": client.firstname,
        "lastname": client.lastname,
        "fullname": client.name,
        "companyname": client.companyname,
        "email": client.email,
        "address1": client.address1,
        "address2": "",
        "city": client.city,
        "fullstate": "",
        "state": "",
        "postcode": client.postcode,
        "countrycode": "SE",
        "country": "SE",
        "countryname": "Sweden",
        "phonenumber": client.phonenumber,
        "phonenumberformatted": client.phonenumber,
        "currency": client.currency_id,
        "currency_code": "SEK",
        "defaultgateway": client.defaultgateway,
        "groupid": 0,
        "status": client.status,
        "credit": money.plain(client.credit_ore),
        "taxexempt": False,
        "latefeeoveride": client.is_late_fee_off,
        "overideduenotices": False,
        "separateinvoices": False,
        "disableautocc": client.is_autocapture_off,
        "allowSingleSignOn": int(client.is_sso_allowed),
        "email_verified": True,
        "language": client.language,
        "datecreated": client.created_on,
        "lastlogin": "No Login Logged",
        "customfields": [],
        "email_preferences": {"general": "1", "invoice": "1", "support": "1", "product": "1"},
        "users": {"user": [_member_row(world, row) for row in memberships]},
    }


def _member_row(world: World, membership: Membership) -> dict[str, Any]:
    user = world.store.get(User, membership.user_id)
    assert user is not None
    return {
        "id": user.id,
        "name": user.name,
        "email": user.email,
        "is_owner": membership.is_owner,
    }


def _stats(world: World, client: Client) -> dict[str, Any]:
    invoices = world.store.all(Invoice, client_id=client.id)
    unpaid = [row for row in invoices if row.status == "Unpaid"]
    overdue = [row for row in unpaid if is_overdue(world, row)]
    return {
        "numdueinvoices": len(unpaid),
        "dueinvoicesbalance": _sum(world, unpaid),
        "numoverdueinvoices": len(overdue),
        "overdueinvoicesbalance": _sum(world, overdue),
        "numunpaidinvoices": len(unpaid),
        "unpaidinvoicesamount": _sum(world, unpaid),
        "numpaidinvoices": sum(row.status == "Paid" for row in invoices),
        "incredit": client.credit_ore > 0,
        "creditbalance": f"{money.plain(client.credit_ore)} kr",
        "numquotes": len(world.store.all(Quote, client_id=client.id)),
        "numtickets": len(world.store.all(Ticket, client_id=client.id)),
    }


def _sum(world: World, invoices: list[Invoice]) -> str:
    """Formatted for the eye, as WHMCS does."""
    return f"{money.plain(sum(balance(world, row) for row in invoices))} kr"


@action("GetClients")
def get_clients(world: World, call: Call) -> Answer:
    search = call.text("search").lower()
    clients = [
        client
        for client in world.store.all(Client)
        if any(search in text.lower() for text in (client.email, client.name, client.companyname))
    ]
    chosen, counts = page(call, clients)
    rows = [
        {
            "id": row.id,
            "firstname": row.firstname,
            "lastname": row.lastname,
            "companyname": row.companyname,
            "email": row.email,
            "datecreated": row.created_on,
            "groupid": 0,
            "status": row.status,
        }
        for row in chosen
    ]
    return {"result": "success", **counts, "clients": Listing(key="client", rows=rows)}
