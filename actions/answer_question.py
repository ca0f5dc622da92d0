"""Questions answered from the knowledge base: one response for each `faq_` intent."""

from __future__ import annotations

from typing import ClassVar

from actions.base import Task
from actions.names import MISUNDERSTOOD
from actions.reply import Reply, say
from actions.services import Services
from actions.turn import Turn


class AnswerQuestion(Task):
    """Answers a question or a pleasantry by the response that is named like its intent."""

    NAME: ClassVar[str] = "action_answer_question"

    async def reply(self, turn: Turn, services: Services) -> Reply:
        response = f"utter_{turn.intent.replace('/', '_')}"
        if not services.words.has(response):
            return Reply(says=(say("utter_clarify_unknown"),))
        return Reply(
            says=(say(response, company=services.settings.company_name),),
            slots={MISUNDERSTOOD: 0},
        )
