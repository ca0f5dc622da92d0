"""What one gateway process is made of, wired in one place: settings → clients → services."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncEngine

from billing.payments import service as payments
from billing.payments.accounts import Accounts
from billing.payments.service import Payments
from billing.port import BillingPort
from gateway import fanout, identities, rates
from gateway.accepting import Acceptance
from gateway.background import Background
from gateway.console import board as boards
from gateway.console import openid as agents_openid
from gateway.console.board import Board
from gateway.console.desk import Desk
from gateway.console.hours import OpeningHours
from gateway.console.insight import Insight
from gateway.console.keeping import Keeping
from gateway.console.openid import AgentOpenId
from gateway.console.reading import Reading
from gateway.console.requests import CustomerDesk
from gateway.console.sign_in import AgentSessions
from gateway.console.tickets import Tickets
from gateway.console.words import Words
from gateway.desks import wiring as desks
from gateway.desks.wiring import Elsewhere
from gateway.fanout import Fanout
from gateway.health import Health
from gateway.hub import Hub
from gateway.identities import Identities
from gateway.news import Newsroom
from gateway.opening import Reception
from gateway.policy import Policy
from gateway.rasa import RasaChannel
from gateway.rates import Rates
from gateway.recording import Recorder
from gateway.replies import Renderer
from gateway.storage import Store
from gateway.streams import StreamLimits, Streams
from gateway.turns import TurnRunner, TurnSettings
from kvitt.identity import AccountChoices, KeyedHash, LoginCodes, SessionLimits, Sessions, mask
from kvitt.identity.login_codes import CodeLimits
from kvitt.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    settings: Settings
    policy: Policy
    store: Store
    billing: BillingPort
    rasa: RasaChannel
    sessions: Sessions
    payments: Payments
    codes: LoginCodes
    keyed: KeyedHash
    hub: Hub
    fanout: Fanout
    runner: TurnRunner
    reception: Reception
    acceptance: Acceptance
    streams: Streams
    rates: Rates
    health: Health
    identities: Identities
    newsroom: Newsroom
    customer_desk: CustomerDesk
    desk: Desk
    board: Board
    reading: Reading
    agent_sessions: AgentSessions
    agent_openid: AgentOpenId | None
    insight: Insight
    keeping: Keeping
    tickets: Tickets
    elsewhere: Elsewhere | None
    background: Background
    clock: Callable[[], datetime]


def utc_now() -> datetime:
    return datetime.now(UTC)


def new_id() -> str:
    """An id of a conversation: 128 random bits, letters and digits only."""
    return secrets.token_hex(16)


def new_token() -> str:
    return secrets.token_urlsafe(32)


def wire(
    settings: Settings,
    engine: AsyncEngine,
    billing: BillingPort,
    rasa: RasaChannel,
    *,
    clock: Callable[[], datetime] = utc_now,
) -> Services:
    """All services on top of an engine, a billing port and a channel to Rasa."""
    store, hub = Store(engine), Hub()
    spread = fanout.connect(hub, settings.redis_url, channel=settings.redis_channel)
    sessions = Sessions(
        engine,
        SessionLimits.from_settings(settings),
        recognise=Accounts(engine, billing=settings.billing_url).recognise,
    )
    keyed = KeyedHash.from_settings(settings)
    journal = payments.connect(engine, billing, settings)
    words = Words(make_token=new_token)
    hours = OpeningHours.parse(settings.desk_hours, ZoneInfo(settings.timezone))
    known = identities.connect(settings, engine, billing, keyed, clock)
    agent_sessions = AgentSessions(
        store=store,
        clock=clock,
        idle=timedelta(minutes=settings.console_idle_minutes),
        absolute=timedelta(hours=settings.console_hours),
    )
    elsewhere = desks.connect(settings, store, sessions, spread, words, clock)
    customer_desk = desks.door(elsewhere, words, hours)
    runner = TurnRunner(
        store=store,
        rasa=rasa,
        renderer=_renderer(settings),
        sessions=sessions,
        recorder=Recorder(handover=customer_desk),
        fanout=spread,
        clock=clock,
        settings=_turn_settings(settings),
    )
    return Services(
        settings=settings,
        policy=Policy.from_settings(settings),
        store=store,
        billing=billing,
        rasa=rasa,
        sessions=sessions,
        payments=journal,
        codes=LoginCodes(engine, billing, keyed, CodeLimits.from_settings(settings)),
        keyed=keyed,
        hub=hub,
        fanout=spread,
        runner=runner,
        reception=Reception(
            store=store,
            sessions=sessions,
            account_choices=AccountChoices(engine, billing),
            fanout=spread,
            runner=runner,
            clock=clock,
            make_id=new_id,
            make_token=new_token,
        ),
        acceptance=Acceptance(
            store=store,
            sessions=sessions,
            fanout=spread,
            runner=runner,
            mask=mask,
            desk=customer_desk,
            clock=clock,
        ),
        streams=Streams(store=store, hub=hub, limits=_stream_limits(settings)),
        rates=rates.connect(settings, spread.redis, clock),
        health=Health(settings=settings, store=store, hub=hub, rasa=rasa),
        identities=known,
        newsroom=Newsroom(
            store=store,
            payments=journal,
            sessions=sessions,
            fanout=spread,
            runner=runner,
            clock=clock,
        ),
        customer_desk=customer_desk,
        desk=Desk(store=store, fanout=spread, runner=runner, words=words, mask=mask, clock=clock),
        board=boards.connect(store, hub, hours, clock),
        reading=Reading(
            store=store,
            sessions=sessions,
            payments=journal,
            billing=billing,
            timezone=ZoneInfo(settings.timezone),
            clock=clock,
        ),
        agent_sessions=agent_sessions,
        agent_openid=agents_openid.connect(settings, agent_sessions, keyed, known.client),
        insight=Insight(store=store, timezone=ZoneInfo(settings.timezone), clock=clock),
        keeping=Keeping(
            store=store,
            desk=customer_desk,
            sessions=sessions,
            fanout=spread,
            waiting=timedelta(minutes=settings.desk_waiting_minutes),
            login_kept=timedelta(minutes=settings.desk_login_kept_minutes),
            unknown_payment=timedelta(minutes=settings.desk_unknown_payment_minutes),
            clock=clock,
        ),
        tickets=Tickets(
            store=store,
            billing=billing,
            fanout=spread,
            words=words,
            department=settings.desk_department,
            timezone=ZoneInfo(settings.timezone),
            clock=clock,
        ),
        elsewhere=elsewhere,
        background=Background(),
        clock=clock,
    )


def _renderer(settings: Settings) -> Renderer:
    return Renderer(
        make_token=new_token,
        has_openid=bool(settings.openid_discovery_url),
        choice_lifetime=timedelta(minutes=settings.choice_lifetime_minutes),
        link_lifetime=timedelta(minutes=settings.link_lifetime_minutes),
    )


def _turn_settings(settings: Settings) -> TurnSettings:
    return TurnSettings(
        owner=new_id(),
        lease=timedelta(seconds=settings.turn_lease_seconds),
        concurrency=settings.turn_concurrency,
    )


def _stream_limits(settings: Settings) -> StreamLimits:
    return StreamLimits(
        in_all=settings.max_streams,
        per_conversation=settings.max_streams_per_conversation,
        heartbeat_seconds=settings.heartbeat_seconds,
    )
