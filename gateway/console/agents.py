"""Agents' accounts: `python -m gateway.console.agents add NAME --role agent`.

Without `--generate` the password is asked for; it is stored as an argon2 hash.
"""

from __future__ import annotations

import argparse
import asyncio
import getpass
import re
import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.console import tables
from kvitt import migrate
from kvitt.database import create_engine
from kvitt.identity.upserts import insert_for
from kvitt.settings import VAR, settings

ROLES = ("agent", "supervisor")
SHORTEST_PASSWORD = 12
NAME = re.compile(r"[a-z0-9](?:[a-z0-9._@-]{0,62}[a-z0-9])?")
DEMO_FILE = VAR / "console-password"
DEMO_AGENTS = (("demo", "Demo", "supervisor"), ("robin", "Robin", "agent"))

_hasher = PasswordHasher()
_NO_PASSWORD = _hasher.hash(secrets.token_urlsafe(16))
"""Checked for names that do not exist, so that they take as long as those that do."""


def is_right(password_hash: str, password: str) -> bool:
    """Whether the password is the account's; takes some 50 ms of a processor, so use a thread."""
    try:
        _hasher.verify(password_hash or _NO_PASSWORD, password)
    except (Argon2Error, InvalidHashError):
        return False
    return bool(password_hash)


async def put(
    connection: AsyncConnection,
    name: str,
    *,
    display_name: str,
    role: str,
    password: str | None,
    now: datetime,
    is_for_new_owner: bool = False,
) -> None:
    """A new account, or new values for an old one; no password: OpenID Connect only. It stays with
    the person who has signed in to it there, unless it is for a new owner."""
    values = {
        "display_name": display_name,
        "role": role,
        "password_hash": _hasher.hash(password) if password else "",
        "is_active": True,
    } | ({"openid_subject": None} if is_for_new_owner else {})
    await connection.execute(
        insert_for(connection, tables.agents)
        .values(name=name, created_at=now, **values)
        .on_conflict_do_update(index_elements=["name"], set_=values)
    )


async def remove(connection: AsyncConnection, name: str) -> bool:
    """The account opens nothing any more; what it did stays in the audit log."""
    sessions = tables.agent_sessions
    await connection.execute(sessions.delete().where(sessions.c.agent == name))
    done = await connection.execute(
        update(tables.agents).where(tables.agents.c.name == name).values(is_active=False)
    )
    return done.rowcount == 1


async def ensure_demo(engine: AsyncEngine, *, now: datetime, path: Path = DEMO_FILE) -> None:
    """Two accounts for the demo with one password, made once and readable by its owner only."""
    password = demo_password(path)
    async with engine.begin() as connection:
        for name, display_name, role in DEMO_AGENTS:
            if await _has_password(connection, name, password):
                continue
            await put(
                connection, name, display_name=display_name, role=role, password=password, now=now
            )


def demo_password(path: Path = DEMO_FILE) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(12) + "\n")
    return path.read_text().strip()


async def _has_password(connection: AsyncConnection, name: str, password: str) -> bool:
    query = select(tables.agents.c.password_hash).where(tables.agents.c.name == name)
    known = (await connection.execute(query)).scalar_one_or_none()
    return known is not None and is_right(known, password)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m gateway.console.agents", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    adding = commands.add_parser("add", help="make an account, or change one")
    adding.add_argument("name", type=_name)
    adding.add_argument("--display-name", help="what customers see (default: the name)")
    adding.add_argument("--role", choices=ROLES, default="agent")
    adding.add_argument(
        "--new-owner", action="store_true", help="the name or address belongs to somebody else now"
    )
    how = adding.add_mutually_exclusive_group()
    how.add_argument("--generate", action="store_true", help="make a password and print it")
    how.add_argument("--openid-only", action="store_true", help="no password")
    removing = commands.add_parser("remove", help="close an account and its sessions")
    removing.add_argument("name", type=_name)
    commands.add_parser("list", help="all accounts")
    asyncio.run(_run(parser.parse_args()))


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise argparse.ArgumentTypeError("small letters, digits and . _ @ - only, at most 64")
    return text


async def _run(arguments: argparse.Namespace) -> None:
    engine = create_engine(settings().database_url)
    try:
        await migrate.upgrade(engine)
        async with engine.begin() as connection:
            match arguments.command:
                case "add":
                    await _add(connection, arguments)
                case "remove" if not await remove(connection, arguments.name):
                    sys.exit(f"agents: there is no account {arguments.name!r}")
                case "list":
                    await _list(connection)
    finally:
        await engine.dispose()


async def _add(connection: AsyncConnection, arguments: argparse.Namespace) -> None:
    password = None if arguments.openid_only else _password(is_generated=arguments.generate)
    await put(
        connection,
        arguments.name,
        display_name=arguments.display_name or arguments.name.capitalize(),
        role=arguments.role,
        password=password,
        now=datetime.now(UTC),
        is_for_new_owner=arguments.new_owner,
    )


def _password(*, is_generated: bool) -> str:
    if is_generated:
        made = secrets.token_urlsafe(12)
        print(f"Password: {made}")
        return made
    given = getpass.getpass("Password: ")
    if len(given) < SHORTEST_PASSWORD:
        sys.exit(f"agents: a password has at least {SHORTEST_PASSWORD} characters")
    if getpass.getpass("Again: ") != given:
        sys.exit("agents: the two are not the same")
    return given


async def _list(connection: AsyncConnection) -> None:
    table = tables.agents
    for row in await connection.execute(select(table).order_by(table.c.name)):
        state = "" if row.is_active else "  (closed)"
        print(f"{row.name}  {row.role}  {row.display_name}{state}")


if __name__ == "__main__":
    main()
