"""All configuration, read in this one place from environment variables named `KVITT_…`.

A missing or wrong variable stops the start with one message that names it (`SettingsError`).
Secrets are `SecretStr`, which hides in `repr`; call `.get_secret_value()` only where one is sent.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"


class SettingsError(Exception):
    """A variable is missing or wrong; the message names it and says what is expected."""


class Settings(BaseSettings):
    """Field `x_y` is read from `KVITT_X_Y`."""

    model_config = SettingsConfigDict(env_prefix="KVITT_", extra="ignore", frozen=True)

    # Storage
    database_url: str = f"sqlite+aiosqlite:///{VAR / 'kvitt.sqlite'}"
    redis_url: str | None = None
    redis_channel: str = "kvitt:log"
    tracker_url: str = f"sqlite:///{VAR / 'rasa.sqlite'}"

    # Addresses
    gateway_host: str = "127.0.0.1"
    gateway_port: int = Field(8080, ge=1, le=65535)
    public_url: str = "http://127.0.0.1:8080"
    sandbox_host: str = "127.0.0.1"
    sandbox_port: int = Field(8090, ge=1, le=65535)
    sandbox_database: str = str(VAR / "sandbox.sqlite")
    rasa_url: str = "http://127.0.0.1:5005"
    model: str = str(ROOT / "models" / "kvitt.tar.gz")
    actions_host: str = "127.0.0.1"
    actions_port: int = Field(5055, ge=1, le=65535)

    # Between the parts: one secret, sent as a bearer token on every internal call
    service_secret: SecretStr = SecretStr("")

    # Billing system
    billing_url: str = "http://127.0.0.1:8090"
    billing_identifier: SecretStr = SecretStr("sandbox")
    billing_secret: SecretStr = SecretStr("sandbox")
    billing_access_key: SecretStr | None = None
    billing_connect_timeout_seconds: float = Field(5.0, gt=0)
    billing_read_timeout_seconds: float = Field(15.0, gt=0)
    billing_capture_timeout_seconds: float = Field(60.0, gt=0)
    billing_concurrency: int = Field(8, ge=1)

    # Gateway: who may embed it and call it (origins separated by spaces), cookies, proxies
    allowed_origins: str = ""
    frame_ancestors: str = ""
    cookie_same_site: Literal["lax", "strict", "none"] = "lax"
    proxies_count: int = Field(0, ge=0)

    # Gateway: conversations and turns
    rasa_timeout_seconds: float = Field(20.0, gt=0)
    turn_concurrency: int = Field(16, ge=1)
    turn_lease_seconds: float = Field(8.0, gt=0)
    choice_lifetime_minutes: float = Field(60.0, gt=0)
    link_lifetime_minutes: float = Field(30.0, gt=0)
    chat_retention_days: int = Field(90, ge=1)
    heartbeat_seconds: float = Field(15.0, gt=0)
    max_streams: int = Field(5000, ge=1)
    max_streams_per_conversation: int = Field(20, ge=1)
    stop_seconds: float = Field(10.0, gt=0)
    messages_per_minute_conversation: int = Field(600, ge=1)
    messages_per_minute_address: int = Field(6000, ge=1)
    messages_per_minute_account: int = Field(1200, ge=1)
    conversations_per_minute_address: int = Field(3000, ge=1)

    # Payments
    payments_concurrency: int = Field(8, ge=1)
    payments_poll_seconds: float = Field(0.1, gt=0)
    payments_lease_slack_seconds: float = Field(30.0, gt=0)
    payments_reconcile_hours: float = Field(24.0, gt=0)

    # What the customer meets
    company_name: str = "Nordhost"
    demo_zone: bool = False
    timezone: str = "Europe/Stockholm"

    # Who a customer is
    session_idle_minutes: float = Field(15, gt=0)
    session_hours: float = Field(12, gt=0)
    payment_proof_minutes: float = Field(60, gt=0)
    login_code_minutes: float = Field(10, gt=0, le=60)
    login_tries_per_code: int = Field(5, ge=1, le=10)
    login_tries_per_account_hour: int = Field(10, ge=4, le=100)
    login_tries_per_address_hour: int = Field(20, ge=4, le=1000)
    identity_keys: SecretStr = SecretStr("")
    identity_jwks: str = ""
    identity_issuer: str = "kundzon"
    identity_audience: str = "kvitt"
    openid_discovery_url: str = ""
    openid_client_id: str = ""
    openid_client_secret: SecretStr = SecretStr("")

    # People: when they are there (`mon-fri 08:00-17:00; sat 10:00-14:00`, or `always`), how long
    # a customer waits for one, and the department of the tickets made instead (its name)
    desk_hours: str = "mon-fri 08:00-17:00"
    desk_waiting_minutes: float = Field(10, gt=0)
    desk_department: str = ""
    desk_unknown_payment_minutes: float = Field(15, gt=0)
    desk_login_kept_minutes: float = Field(5, gt=0)
    console_idle_minutes: float = Field(60, gt=0)
    console_hours: float = Field(12, gt=0)
    console_demo_password: str = ""
    console_sign_ins_per_minute: int = Field(10, ge=1)
    console_passwords: bool = True

    # The company's login for agents; without a claim for roles, by address in the table of agents
    console_openid_discovery_url: str = ""
    console_openid_client_id: str = ""
    console_openid_client_secret: SecretStr = SecretStr("")
    console_openid_name: str = "företagets konto"
    console_openid_roles_claim: str = ""
    console_openid_agent_values: str = "agent"
    console_openid_supervisor_values: str = "supervisor"

    # Chatwoot in place of the console: all of the first five, or none
    chatwoot_url: str = ""
    chatwoot_account_id: str = ""
    chatwoot_inbox_identifier: str = ""
    chatwoot_token: SecretStr = SecretStr("")
    chatwoot_webhook_secret: SecretStr = SecretStr("")
    chatwoot_identity_secret: SecretStr = SecretStr("")
    chatwoot_connect_timeout_seconds: float = Field(5.0, gt=0, le=20)
    chatwoot_read_timeout_seconds: float = Field(10.0, gt=0, le=30)
    chatwoot_retry_seconds: float = Field(1.0, gt=0)
    chatwoot_patience_seconds: float = Field(60.0, gt=0)

    # Logs
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "console"


def load(**overrides: object) -> Settings:
    """Read the environment, or raise `SettingsError` with the names of what is wrong."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = (
            f"KVITT_{'_'.join(str(part) for part in item['loc']).upper()}: {item['msg']}"
            for item in error.errors()
        )
        raise SettingsError("; ".join(lines)) from None


@lru_cache
def settings() -> Settings:
    """The settings of this process."""
    return load()
