"""The processes of one Kvitt on one machine: how each is started, and with which environment."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from kvitt.settings import ROOT, VAR, Settings

RASA = ROOT / ".venv-rasa" / "bin" / "rasa"
SECRET_BYTES = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    name: str
    command: tuple[str, ...]
    port: int | None
    """Where it listens; None for one that does not."""


def processes(settings: Settings, *, sandbox: bool = True) -> tuple[Process, ...]:
    """All processes, in the order in which they are started."""
    python = (sys.executable, "-m")
    listed = [
        Process(name="actions", command=(*python, "actions"), port=settings.actions_port),
        Process(name="rasa", command=_rasa(settings), port=_rasa_port(settings)),
        Process(name="worker", command=(*python, "billing.payments.worker"), port=None),
        Process(name="gateway", command=(*python, "gateway"), port=settings.gateway_port),
    ]
    if sandbox:
        stand_in = Process(name="sandbox", command=(*python, "sandbox"), port=settings.sandbox_port)
        listed.insert(0, stand_in)
    return tuple(listed)


def uses_sandbox(settings: Settings) -> bool:
    """The sandbox is started only when it is the billing system."""
    return settings.billing_url == f"http://{settings.sandbox_host}:{settings.sandbox_port}"


def _rasa_port(settings: Settings) -> int:
    return urlsplit(settings.rasa_url).port or 5005


def _rasa(settings: Settings) -> tuple[str, ...]:
    address = urlsplit(settings.rasa_url)
    return (
        str(RASA), "run",
        "--model", settings.model,
        "--endpoints", str(ROOT / "endpoints.yml"),
        "--credentials", str(ROOT / "credentials.yml"),
        "--interface", address.hostname or "127.0.0.1",
        "--port", str(_rasa_port(settings)),
    )  # fmt: skip


def environment(settings: Settings, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What every process gets: the caller's environment, and what Rasa's YAML files refer to."""
    return {
        **base,
        **_demo(settings),
        "KVITT_SERVICE_SECRET": settings.service_secret.get_secret_value()
        or made_secret("service"),
        "KVITT_ACTIONS_URL": f"http://{settings.actions_host}:{settings.actions_port}/webhook",
        "KVITT_TRACKER_URL": settings.tracker_url,
        "MALLOC_ARENA_MAX": "2",  # many threads, little memory
        "PYTHONUNBUFFERED": "1",
        "PYTHONWARNINGS": "ignore::DeprecationWarning",
        "RASA_TELEMETRY_ENABLED": "false",
        "SANIC_WORKERS": "1",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def _demo(settings: Settings) -> dict[str, str]:
    """With the sandbox: visitors who are logged in on the page at `/`, and its own login page."""
    if not uses_sandbox(settings):
        return {}
    sandbox = f"http://{settings.sandbox_host}:{settings.sandbox_port}"
    keys = settings.identity_keys.get_secret_value() or f"demo={made_secret('demo-identity')}"
    chosen = settings.model_fields_set
    return {
        "KVITT_DEMO_ZONE": "true",
        "KVITT_IDENTITY_KEYS": keys,
        "KVITT_OPENID_DISCOVERY_URL": f"{sandbox}/oauth/openid-configuration.php",
        "KVITT_OPENID_CLIENT_ID": "kvitt",
        "KVITT_OPENID_CLIENT_SECRET": "sandbox",
        "KVITT_CONSOLE_DEMO_PASSWORD": str(VAR / "console-password"),
        "KVITT_DESK_HOURS": settings.desk_hours if "desk_hours" in chosen else "always",
    }


def made_secret(name: str) -> str:
    """A secret of this machine, made once and readable by its owner only."""
    path = VAR / f"{name}-secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(SECRET_BYTES))
    return path.read_text().strip()
