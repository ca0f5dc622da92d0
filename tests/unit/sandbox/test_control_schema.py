"""The control API keeps its OpenAPI document's word, whatever is sent to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema

from sandbox.control.openapi import document
from tests.sandbox_server import running_sandbox

OPERATIONS = [
    (method, path, mode)
    for path, methods in document()["paths"].items()
    for method, operation in methods.items()
    for mode in GenerationMode
    if "requestBody" in operation or mode is GenerationMode.POSITIVE
]


@pytest.fixture(scope="module")
def control() -> Iterator[BaseSchema]:
    with running_sandbox() as sandbox:
        yield schemathesis.openapi.from_url(f"{sandbox.url}/_sandbox/openapi.json")


@pytest.mark.parametrize(("method", "path", "mode"), OPERATIONS)
def test_any_request_gets_an_answer_that_the_document_names(
    control: BaseSchema, method: str, path: str, mode: GenerationMode
) -> None:
    operation = control[path][method.upper()]

    @given(case=operation.as_strategy(generation_mode=mode))
    @settings(
        max_examples=4 if path == "/scenario" else 25,  # its bodies are large
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def check(case: Case[Any]) -> None:
        case.call_and_validate()

    check()
