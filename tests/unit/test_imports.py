"""Imports go one way, as the design draws them; `bot` lives in another environment."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from kvitt.settings import ROOT

OWN = frozenset({"actions", "billing", "bot", "evaluation", "gateway", "kvitt", "sandbox", "tests"})
MAY_IMPORT = {
    "actions": {"billing", "kvitt"},
    "billing": {"kvitt"},
    "bot": set(),
    "gateway": {"billing", "kvitt"},
    "kvitt": {"billing"},
    "sandbox": {"kvitt.settings", "kvitt.logs", "kvitt.processes"},
}
NO_SERVER = frozenset({"sanic", "rasa", "rasa_sdk"})


def _imports(path: Path) -> set[str]:
    tree = ast.parse(path.read_text("utf-8"))
    plain = [n.name for node in ast.walk(tree) if isinstance(node, ast.Import) for n in node.names]
    named = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    of_package = [f"{node.module}.{name.name}" for node in named for name in node.names]
    assert not any(node.level for node in named), f"relative import in {path}"
    return {*plain, *of_package}


def _modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


@pytest.mark.parametrize("package", sorted(MAY_IMPORT))
def test_a_package_imports_only_what_the_design_lets_it(package: str) -> None:
    allowed = (package, *MAY_IMPORT[package])

    strays = {
        f"{path.relative_to(ROOT)}: {name}"
        for path in _modules(package)
        for name in _imports(path)
        if name.split(".")[0] in OWN
        and not any(name == one or name.startswith(f"{one}.") for one in allowed)
    }
    assert strays == set()


@pytest.mark.parametrize("package", ["billing", "kvitt"])
def test_what_all_build_on_knows_no_server_and_no_dialogue_engine(package: str) -> None:
    found = {name.split(".")[0] for path in _modules(package) for name in _imports(path)}

    assert found & NO_SERVER == set()


def test_every_package_has_modules_to_look_at() -> None:
    assert all(_modules(package) for package in MAY_IMPORT)
