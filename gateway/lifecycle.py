"""Start and stop of one gateway process.

Stopping: no new streams and turns, the streams end (their readers come back elsewhere), the turns
that run may end, then the loops and connections. What was accepted and not answered stays queued.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path

import structlog

from gateway import fanout, retention
from gateway.console import agents
from gateway.http import App
from gateway.services import Services
from kvitt.identity import CodeMailer

log = structlog.get_logger()

POLL_SECONDS = 1.0
NEWS_SECONDS = 0.25
LOGINS_SECONDS = 10.0
DESK_SECONDS = 2.0
FORWARDING_SECONDS = 0.25
RETENTION_SECONDS = 3600.0


async def start(app: App) -> None:
    found: Services = app.ctx.services
    background = found.background
    background.every(POLL_SECONDS, "turns", found.runner.poll)
    background.every(found.settings.turn_lease_seconds / 4, "leases", found.runner.renew)
    background.every(
        fanout.SWEEP_SECONDS, "sweep", partial(fanout.sweep, found.store, found.hub, found.clock)
    )
    background.every(NEWS_SECONDS, "news", found.newsroom.deliver_payments)
    background.every(LOGINS_SECONDS, "logins", found.newsroom.end_expired_logins)
    background.every(DESK_SECONDS, "tickets", found.tickets.open_due)
    background.every(DESK_SECONDS, "waiting", found.keeping.give_up_waiting)
    background.every(LOGINS_SECONDS, "desk_logins", found.keeping.end_logins)
    background.every(LOGINS_SECONDS, "unknown_payments", found.keeping.ask_for_unknown_payments)
    if found.elsewhere is not None:
        forwarder = found.elsewhere.forwarder
        background.every(FORWARDING_SECONDS, "forwarding", forwarder.send_due)
        background.every(RETENTION_SECONDS, "deliveries", forwarder.forget_deliveries)
    if found.settings.console_demo_password:
        password = Path(found.settings.console_demo_password)
        await agents.ensure_demo(found.store.engine, now=found.clock(), path=password)
    background.every(RETENTION_SECONDS, "retention", partial(_clear_old, found))
    background.forever("code_mailer", _mailer(found).run)
    if found.fanout.redis is not None:
        background.forever("fanout_send", found.fanout.send_forever)
        background.forever("fanout_receive", found.fanout.receive_forever)


def _mailer(found: Services) -> CodeMailer:
    return CodeMailer(
        found.store.engine,
        found.billing,
        found.keyed,
        company=found.settings.company_name,
        tell=found.newsroom.tell_code_not_sent,
    )


async def _clear_old(found: Services) -> None:
    await retention.clear(found.store, now=found.clock(), days=found.settings.chat_retention_days)


async def stop(app: App) -> None:
    found: Services = app.ctx.services
    found.hub.close()
    is_drained = await found.runner.drain(found.settings.stop_seconds - 2)
    await found.background.stop()
    await found.health.close()
    await found.identities.close()
    await found.rasa.close()
    await found.fanout.close()
    await found.billing.close()
    if found.elsewhere is not None:
        await found.elsewhere.desk.close()
    await found.store.engine.dispose()
    log.info("gateway_stopped", is_drained=is_drained)
