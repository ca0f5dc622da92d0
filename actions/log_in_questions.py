"""The questions of logging in: which address, which code, which account."""

from __future__ import annotations

from typing import ClassVar

from actions.base import OFFERED, QUIET, Task
from actions.log_in import CHOOSE_ACCOUNT
from actions.names import ACCOUNT, LOGIN_ACCOUNT, PROBLEM
from actions.reply import Reply, say
from actions.services import Services
from actions.turn import Turn


class AskLoginEmail(Task):
    NAME: ClassVar[str] = "action_ask_login_email"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        if (turn.slot(PROBLEM) or {}).get("reason") == QUIET:
            return Reply(slots={PROBLEM: None})
        step = {"type": "login", "step": "email", "methods": ["code", "openid"]}
        return Reply(says=(say("utter_login_ask_email", step),))


class AskLoginCode(Task):
    NAME: ClassVar[str] = "action_ask_login_code"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        sent = turn.slot(PROBLEM) or {}
        if sent.get("reason") == QUIET:
            return Reply(slots={PROBLEM: {OFFERED: sent.get(OFFERED)}})
        if "email_masked" not in sent:
            reminder = say("utter_login_remind_code", {"type": "login", "step": "code"})
            return Reply(says=(reminder,), slots={PROBLEM: None})
        step = {"type": "login", "step": "code", **sent}
        asked = say("utter_login_ask_code", step, email=sent["email_masked"])
        return Reply(says=(asked,), slots={PROBLEM: None})


class AskLoginAccount(Task):
    NAME: ClassVar[str] = "action_ask_login_account"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        offered = turn.slot(LOGIN_ACCOUNT) or []
        lines = (
            services.words.part("numbered", position=n, text=account["name"])
            for n, account in enumerate(offered, start=1)
        )
        content = {
            "type": "login",
            "step": "choose",
            "select": {
                "intent": CHOOSE_ACCOUNT,
                "entity": ACCOUNT,
                "values": [account["id"] for account in offered],
                "titles": {str(a["id"]): a["name"] for a in offered},
                "multiple": False,
            },
            "accounts": offered,
        }
        return Reply(says=(say("utter_login_ask_account", content, accounts="\n".join(lines)),))
