"""The words of the mails that identity sends, read from `texts.yml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

TEXTS = Path(__file__).with_name("texts.yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class MailText:
    subject: str
    body: str

    def filled(self, **values: object) -> MailText:
        return MailText(
            subject=self.subject.format(**values),
            body=self.body.format(**values),
        )


@lru_cache
def login_code_text() -> MailText:
    texts: dict[str, Any] = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    return MailText(**texts["login_code"])
