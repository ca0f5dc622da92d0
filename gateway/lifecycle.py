"""Start and stop of one gateway process.

Stopping: no new streams and turns, the streams end (their readers come back elsewhere), the turns
that run may end, then the loops and connections. What was accepted and not answered stays queued.
"""

from __future__ import annotations

from functools import partial

import structlog
from sanic import Sanic

from gateway import fanout
from gateway.services import Services
from kvitt.identity import CodeMailer

log = structlog.get_logger()

POLL_SECONDS = 0.5


async def start(app: Sanic) -> None:
    found: Services = app.ctx.services
    background = found.background
    background.every(POLL_SECONDS, "turns", found.runner.poll)
    background.every(found.settings.turn_lease_seconds / 4, "leases", found.runner.renew)
    background.every(
        fanout.SWEEP_SECONDS, "sweep", partial(fanout.sweep, found.store, found.hub, found.clock)
    )
    background.forever("code_mailer", _mailer(found).run)
    if found.fanout.redis is not None:
        background.forever("fanout_send", found.fanout.send_forever)
        background.forever("fanout_receive", found.fanout.receive_forever)


def _mailer(found: Services) -> CodeMailer:
    return CodeMailer(
        found.store.engine, found.billing, found.keyed, company=found.settings.company_name
    )


async def stop(app: Sanic) -> None:
    found: Services = app.ctx.services
    found.hub.close()
    is_drained = await found.runner.drain(found.settings.stop_seconds - 2)
    await found.background.stop()
    await found.health.close()
    await found.rasa.close()
    await found.fanout.close()
    await found.billing.close()
    await found.store.engine.dispose()
    log.info("gateway_stopped", is_drained=is_drained)
