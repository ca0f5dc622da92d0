"""Puts a scenario into the books in place of what was there."""

from __future__ import annotations

from datetime import date

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
    Payment,
    PayMethodData,
    QuoteData,
    Scenario,
    UserData,
)
from sandbox.scenario_checks import check, numbered
from sandbox.switches import ClockSetting, write
from sandbox.world import World

DEFAULT_PASSWORD = "sandbox"  # noqa: S105 of invented people
KEPT = (Setting, OAuthClient)


def load(world: World, scenario: Scenario) -> None:
    """Replace the data; switches, faults and OpenID credentials stay."""
    check(scenario)
    with world.store.transaction():
        world.store.empty(table for table in TABLES if table not in KEPT)
        write(world.store, "clock", ClockSetting(today=scenario.today))
        for name in scenario.departments:
            world.store.add(Department(name=name))
        clients = numbered(scenario).clients
        _add_numbered_users(world, clients)
        for client in clients:
            _add_client(world, client)


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


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


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
    paid_on = _iso(data.datepaid or (data.duedate if data.status == "Paid" else None))
    invoice = world.store.add(
        Invoice(
            id=data.id or 0,
            client_id=client.id,
            number=data.invoicenum,
            date=data.date.isoformat(),
            duedate=data.duedate.isoformat(),
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
        _add_payment(world, invoice, payment)
    left = totals(world, invoice).balance
    if data.status == "Paid" and left > 0:
        paid_on = data.datepaid or data.duedate
        _add_payment(world, invoice, Payment(amount=money.plain(left), date=paid_on))


def _add_payment(world: World, invoice: Invoice, payment: Payment) -> None:
    world.store.add(
        Transaction(
            client_id=invoice.client_id,
            invoice_id=invoice.id,
            gateway=payment.gateway or invoice.paymentmethod,
            date=f"{_iso(payment.date) or invoice.date} 09:12:31",
            description="Invoice Payment",
            amount_in_ore=ore(payment.amount),
            transid=payment.transid or f"ch_{world.token()}",
            paymethod_id=invoice.paymethod_id,
        )
    )


def _add_quote(world: World, client: Client, data: QuoteData) -> None:
    created = _iso(data.datecreated or world.today)
    quote = world.store.add(
        Quote(
            id=data.id or 0,
            client_id=client.id,
            subject=data.subject,
            stage=data.stage,
            validuntil=_iso(data.validuntil),
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
