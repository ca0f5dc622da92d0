"""Puts a scenario into the books in place of what was there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import count, islice

from msgspec.structs import replace

from sandbox import money
from sandbox.credentials import hash_password
from sandbox.ledger import totals
from sandbox.records import (
    TABLES,
    Client,
    Credit,
    Department,
    Invoice,
    InvoiceItem,
    Membership,
    OAuthClient,
    PayMethod,
    Quote,
    QuoteItem,
    Setting,
    Transaction,
    User,
)
from sandbox.scenario import (
    Amount,
    ClientData,
    InvoiceData,
    PayMethodData,
    QuoteData,
    Scenario,
    UserData,
)
from sandbox.switches import ClockSetting, write
from sandbox.world import World

DEFAULT_PASSWORD = "sandbox"  # noqa: S105 of invented people
KEPT = (Setting, OAuthClient)


class ScenarioError(ValueError):
    """A scenario that contradicts itself; the message says where."""


def load(world: World, scenario: Scenario) -> None:
    """Replace the data; switches, faults and OpenID credentials stay."""
    _check(scenario)
    with world.store.transaction():
        world.store.empty(table for table in TABLES if table not in KEPT)
        write(world.store, "clock", ClockSetting(today=scenario.today))
        for name in scenario.departments:
            world.store.add(Department(name=name))
        clients = numbered(scenario).clients
        _add_numbered_users(world, clients)
        for client in clients:
            _add_client(world, client)


def numbered(scenario: Scenario) -> Scenario:
    """The scenario with an id on everything: those that had none are counted on from the highest."""
    clients = _with_ids(scenario.clients)
    invoices = [row for client in clients for row in client.invoices]
    methods = [row for client in clients for row in client.paymethods]
    quotes = [row for client in clients for row in client.quotes]
    new_invoices, new_methods, new_quotes = (
        iter(_with_ids(invoices)),
        iter(_with_ids(methods)),
        iter(_with_ids(quotes)),
    )
    return replace(
        scenario,
        clients=[
            replace(
                client,
                invoices=list(islice(new_invoices, len(client.invoices))),
                paymethods=list(islice(new_methods, len(client.paymethods))),
                quotes=list(islice(new_quotes, len(client.quotes))),
            )
            for client in clients
        ],
    )


def _with_ids[D: ClientData | InvoiceData | PayMethodData | QuoteData](items: list[D]) -> list[D]:
    fresh = count(max((item.id or 0 for item in items), default=0) + 1)
    return [replace(item, id=item.id or next(fresh)) for item in items]


def _check(scenario: Scenario) -> None:
    clients = scenario.clients
    _check_unique("client", (row.id for row in clients))
    _check_unique("invoice", (row.id for client in clients for row in client.invoices))
    _check_unique("pay method", (row.id for client in clients for row in client.paymethods))
    _check_unique("quote", (row.id for client in clients for row in client.quotes))
    _check_users(row for client in clients for row in client.users)
    if scenario.today:
        _check_day("today", scenario.today)
    for client in clients:
        _check_client(client)


def _check_unique(kind: str, ids: Iterable[int | None]) -> None:
    seen: set[int] = set()
    for id in ids:
        if id is None:
            continue
        if id in seen:
            raise ScenarioError(f"two of kind {kind} have the id {id}")
        seen.add(id)


def _check_users(users: Iterable[UserData]) -> None:
    """The same person may be a user of several clients; two people cannot share an id."""
    emails: dict[int, str] = {}
    for user in users:
        email = user.email.strip().lower()
        if user.id and emails.setdefault(user.id, email) != email:
            raise ScenarioError(f"two users have the id {user.id}")
    ids: dict[str, int] = {}
    for id, email in emails.items():
        if ids.setdefault(email, id) != id:
            raise ScenarioError(f"the user {email} has two ids")


def _check_day(name: str, text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise ScenarioError(f"{name}: there is no day {text}") from None


def _check_client(client: ClientData) -> None:
    own = {row.id for row in client.paymethods}
    for invoice in client.invoices:
        where = f"invoice {invoice.id or ''} of {client.email}"
        _check_day(f"{where}: date", invoice.date)
        _check_day(f"{where}: duedate", invoice.duedate)
        if invoice.paymethodid is not None and invoice.paymethodid not in own:
            raise ScenarioError(f"{where}: paymethodid {invoice.paymethodid} is no card of theirs")
        for day in (invoice.datepaid, *(row.date for row in invoice.payments)):
            if day:
                _check_day(f"{where}: payment", day)
    for quote in client.quotes:
        for name, day in (("validuntil", quote.validuntil), ("datecreated", quote.datecreated)):
            if day:
                _check_day(f"quote {quote.subject}: {name}", day)


def _add_client(world: World, data: ClientData) -> None:
    client = world.store.add(
        Client(
            id=data.id or 0,
            uuid=world.token(),
            firstname=data.firstname,
            lastname=data.lastname,
            companyname=data.companyname,
            email=data.email.strip().lower(),
            address1=data.address1,
            postcode=data.postcode,
            city=data.city,
            phonenumber=data.phonenumber,
            credit_ore=ore(data.credit),
            defaultgateway=data.defaultgateway,
            status=data.status,
            is_sso_allowed=data.allow_single_sign_on,
            is_autocapture_off=data.disableautocc,
            is_late_fee_off=data.latefeeoveride,
            created_on=world.today.isoformat(),
        )
    )
    _log_credit(world, client)
    _add_users(world, client, data)
    _add_paymethods(world, client, data.paymethods)
    for invoice in data.invoices:
        _add_invoice(world, client, invoice)
    for quote in data.quotes:
        _add_quote(world, client, quote)


def ore(amount: Amount) -> int:
    return money.parse(amount)


def _log_credit(world: World, client: Client) -> None:
    if not client.credit_ore:
        return
    world.store.add(
        Credit(
            client_id=client.id,
            date=world.today.isoformat(),
            description="Opening balance (staff note)",
            amount_ore=client.credit_ore,
        )
    )


def _add_users(world: World, client: Client, data: ClientData) -> None:
    owner = UserData(
        email=data.email,
        firstname=data.firstname,
        lastname=data.lastname,
        password=data.password,
        owner=True,
    )
    has_owner = any(user.owner for user in data.users)
    listed = [_as_owner(user, data, has_owner=has_owner) for user in data.users]
    if not any(user.owner for user in listed):
        listed.insert(0, owner)
    for user in listed:
        _add_member(world, client, user)


def _as_owner(user: UserData, data: ClientData, *, has_owner: bool) -> UserData:
    """A listed user with the client's own address is its owner, unless another one is."""
    if has_owner or user.email.strip().lower() != data.email.strip().lower():
        return user
    return UserData(
        email=user.email,
        id=user.id,
        firstname=user.firstname or data.firstname,
        lastname=user.lastname or data.lastname,
        password=user.password or data.password,
        second_factor=user.second_factor,
        owner=True,
    )


def _add_member(world: World, client: Client, data: UserData) -> None:
    email = data.email.strip().lower()
    user = world.store.first(User, email=email) or _new_user(world, client, data, email)
    if world.store.first(Membership, user_id=user.id, client_id=client.id):
        return
    permissions = ALL_PERMISSIONS if data.permissions is None else ",".join(data.permissions)
    world.store.add(
        Membership(
            user_id=user.id, client_id=client.id, is_owner=data.owner, permissions=permissions
        )
    )


ALL_PERMISSIONS = (
    "profile,contacts,products,manageproducts,productsso,domains,managedomains,invoices,quotes,"
    "tickets,affiliates,emails,orders"
)


def _add_numbered_users(world: World, clients: list[ClientData]) -> None:
    """Users with an id of their own, before anybody else is given one."""
    for client in clients:
        for user in client.users:
            email = user.email.strip().lower()
            if user.id and not world.store.get(User, user.id):
                _new_user(world, client, user, email)


def _new_user(world: World, client: Client | ClientData, data: UserData, email: str) -> User:
    return world.store.add(
        User(
            id=data.id or 0,
            firstname=data.firstname or client.firstname,
            lastname=data.lastname or client.lastname,
            email=email,
            password=hash_password(data.password or DEFAULT_PASSWORD),
            second_factor=data.second_factor or "",
            created_at=world.stamp,
        )
    )


def _add_paymethods(world: World, client: Client, methods: list[PayMethodData]) -> None:
    default_id = 0
    for data in methods:
        is_card = data.type.endswith("CreditCard")
        gateway = client.defaultgateway if data.gateway_name is None else data.gateway_name
        method = world.store.add(
            PayMethod(
                id=data.id or 0,
                client_id=client.id,
                type=data.type,
                description=data.description,
                gateway_name=gateway,
                card_type=data.card_type,
                last_four=data.card_last_four,
                expiry=data.expiry_date,
                bank_name=data.bank_name,
                behaviour=data.behaviour,
                remote_token=f"pm_{world.token()}" if is_card and gateway else "",
                updated_at=world.stamp,
            )
        )
        if data.default or not default_id:
            default_id = method.id
    world.store.change(client, default_paymethod_id=default_id)


def _add_invoice(world: World, client: Client, data: InvoiceData) -> None:
    gateway = client.defaultgateway if data.paymentmethod is None else data.paymentmethod
    paid_on = data.datepaid or (data.duedate if data.status == "Paid" else "")
    invoice = world.store.add(
        Invoice(
            id=data.id or 0,
            client_id=client.id,
            number=data.invoicenum,
            date=data.date,
            duedate=data.duedate,
            datepaid=f"{paid_on} 09:12:31" if paid_on else "",
            credit_ore=ore(data.credit),
            taxrate=f"{float(data.taxrate):.3f}",
            status=data.status,
            paymentmethod=gateway,
            paymethod_id=data.paymethodid or 0,
            notes=data.notes,
            created_at=f"{data.date} 06:00:00",
            updated_at=f"{data.date} 06:00:00",
        )
    )
    _add_lines(world, invoice, data)
    _add_payments(world, invoice, data)


def _add_lines(world: World, invoice: Invoice, data: InvoiceData) -> None:
    for item in data.items:
        world.store.add(
            InvoiceItem(
                invoice_id=invoice.id,
                type=item.type,
                relid=item.relid,
                description=item.description,
                amount_ore=ore(item.amount),
                is_taxed=item.taxed,
            )
        )


def _add_payments(world: World, invoice: Invoice, data: InvoiceData) -> None:
    for payment in data.payments:
        _add_payment(
            world, invoice, ore(payment.amount), payment.date, payment.gateway, payment.transid
        )
    left = totals(world, invoice).balance
    if data.status == "Paid" and left > 0:
        _add_payment(world, invoice, left, invoice.datepaid[:10], None, None)


def _add_payment(
    world: World,
    invoice: Invoice,
    amount_ore: int,
    day: str | None,
    gateway: str | None,
    transid: str | None,
) -> None:
    world.store.add(
        Transaction(
            client_id=invoice.client_id,
            invoice_id=invoice.id,
            gateway=gateway or invoice.paymentmethod,
            date=f"{day or invoice.date} 09:12:31",
            description="Invoice Payment",
            amount_in_ore=amount_ore,
            transid=transid or f"ch_{world.token()}",
            paymethod_id=invoice.paymethod_id,
        )
    )


def _add_quote(world: World, client: Client, data: QuoteData) -> None:
    created = data.datecreated or world.today.isoformat()
    quote = world.store.add(
        Quote(
            id=data.id or 0,
            client_id=client.id,
            subject=data.subject,
            stage=data.stage,
            validuntil=data.validuntil or "",
            proposal=data.proposal,
            customernotes=data.customernotes,
            adminnotes=data.adminnotes,
            taxrate=f"{float(data.taxrate):.3f}",
            datecreated=created,
            lastmodified=created,
            datesent=created if data.stage != "Draft" else "",
            dateaccepted=created if data.stage == "Accepted" else "",
        )
    )
    for item in data.items:
        world.store.add(
            QuoteItem(
                quote_id=quote.id,
                description=item.description,
                quantity=str(item.quantity),
                unitprice_ore=ore(item.unitprice),
                discount=f"{float(item.discount):.2f}",
                is_taxable=item.taxable,
            )
        )
