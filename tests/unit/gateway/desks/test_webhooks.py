"""Who sends a webhook: forged, stale and repeated ones get nothing."""

from __future__ import annotations

import json
import uuid

from tests.unit.gateway.console.people import kinds
from tests.unit.gateway.desks.conftest import Company, event_of, written_again


async def test_forged_and_stale_webhooks_get_nothing(company: Company) -> None:
    visitor, _, place = await company.handed_over()
    body = json.dumps(event_of(company.chatwoot, place, "förfalskat")).encode()
    post = company.chatwoot.post

    answers = [
        await post(body, secret="another"),
        await post(body, signed_body=body + b" "),
        await post(body, age_seconds=301),
        await post(body, age_seconds=-301),
        await post(body, headers={"X-Chatwoot-Signature": ""}),
        await post(body, headers={"X-Chatwoot-Timestamp": ""}),
        await post(body, headers={"X-Chatwoot-Timestamp": "1"}),
        await post(body, headers={"X-Chatwoot-Timestamp": "nu"}),
        await post(body, headers={"X-Chatwoot-Signature": "sha256=" + "0" * 64}),
        await post(b"\xff", secret="another"),
    ]

    assert [answer.status_code for answer in answers] == [403] * 10
    assert {answer.json()["error"]["code"] for answer in answers} == {"not_allowed"}
    assert "förfalskat" not in str(await visitor.history())
    assert (await post(body, age_seconds=290)).status_code == 200
    assert "förfalskat" in str(await visitor.history())


async def test_a_replay_under_another_delivery_id_has_no_effect(company: Company) -> None:
    """The id of a delivery is not signed: who has recorded one may change it."""
    visitor, _, place = await company.handed_over()
    await company.chatwoot.say(place, "Hej!")
    place.status = "resolved"
    event = company.chatwoot.conversation_event(place, "conversation_status_changed")
    recorded = await company.chatwoot.post(json.dumps(event).encode())
    sent = recorded.request
    place.status = "open"
    await written_again(company, place)

    headers = dict(sent.headers) | {"x-chatwoot-delivery": str(uuid.uuid4())}
    again = await company.chatwoot.http.post(str(sent.url), content=sent.content, headers=headers)

    assert again.status_code == 200
    assert kinds(await visitor.history(), "handover")[-1]["state"] == "agent"


async def test_nonsense_with_a_right_signature_is_a_bad_request(company: Company) -> None:
    for body in (b"", b"[]", b"{", b'"x"', b'{"id": {}}', b"\xff"):
        assert (await company.chatwoot.post(body)).status_code == 400
    assert (await company.chatwoot.post(b"{}")).status_code == 200
