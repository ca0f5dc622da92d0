"""The README lists every setting with the default that it really has."""

from __future__ import annotations

import pytest
from pydantic import SecretStr

from kvitt.settings import ROOT, Settings

README = (ROOT / "README.md").read_text("utf-8")


def _shown(default: object) -> str:
    plain = default.get_secret_value() if isinstance(default, SecretStr) else default
    text = "" if plain is None else str(plain).replace(f"{ROOT}/", "")
    return f"`{text}`" if text else ""


@pytest.mark.parametrize("name", sorted(Settings.model_fields))
def test_each_setting_is_in_the_readme_with_its_default(name: str) -> None:
    default = Settings.model_fields[name].default

    assert f"| `KVITT_{name.upper()}` | {_shown(default)} |" in README
