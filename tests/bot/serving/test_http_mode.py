"""HTTP mode: what is signed by Slack just now counts, once; everything else is refused."""

import json
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
from scene import ADA, INCIDENTS, Scene
from served import serve, slack

from bot.config import Settings
from bot.kept import open_storage
from bot.workspace.signed import signed
from incident.facts import Approval

OLD = 6 * 60
"""Seconds; Slack's signatures count for five minutes: docs.slack.dev/authentication/verifying-requests-from-slack."""


def over_http(scene: Scene) -> dict[str, str]:
    socket_mode = slack(scene)
    del socket_mode["SLACK_APP_TOKEN"]
    return {**socket_mode, "SLACK_SIGNING_SECRET": scene.workspace.signing_secret}


def forgeries(scene: Scene, body: str) -> dict[str, Mapping[str, str]]:
    secret, now = scene.workspace.signing_secret, time.time()
    return {
        "unsigned": {},
        "another secret": signed("another secret", body),
        "another body": signed(secret, body + " "),
        "too old": signed(secret, body, now - OLD),
        "a newer time on an old signature": {
            **signed(secret, body, now - OLD), "X-Slack-Request-Timestamp": str(int(now)),
        },
    }  # fmt: skip


async def test_a_whole_job_over_signed_requests_of_which_a_replay_does_nothing_and_a_forgery_is_refused(
    scene: Scene, tmp_path: Path
) -> None:
    async with serve(tmp_path, over_http(scene)) as served:
        url = served.said["health"].replace("/health", "/slack/events")
        scene.workspace.post_to(url)
        await scene.command(ADA, "/investigate payment-declines")
        await scene.press(ADA, await scene.question(INCIDENTS), "approve", INCIDENTS)
        assert "Approved" in await scene.answer(ADA, INCIDENTS, 2)

        scene.workspace.people.say(ADA, INCIDENTS, "<@UFRBOT> status")
        await scene.until(lambda: any("Worked on: " in m["text"] for m in scene.messages(INCIDENTS)))
        sent = scene.workspace.board.courier.sent.values()
        body = json.dumps(next(payload for _, payload in sent if payload["event"]["type"] == "app_mention"))
        async with httpx.AsyncClient(headers={"Content-Type": "application/json"}) as client:
            again = await client.post(url, content=body, headers=signed(scene.workspace.signing_secret, body))
            codes = {
                name: (await client.post(url, content=body, headers=dict(headers))).status_code
                for name, headers in forgeries(scene, body).items()
            }
        code, errors = await served.end()
    assert again.status_code == 200
    assert codes == dict.fromkeys(codes, 401)
    assert (code, "Traceback" in errors) == (0, False)
    assert sum("Worked on: " in m["text"] for m in scene.messages(INCIDENTS)) == 1
    async with open_storage(Settings(database_url=f"sqlite+aiosqlite:///{tmp_path / 'first-responder.db'}")) as kept:
        (incident,) = await kept.store.recent(10)
    assert [approval.by for approval in incident.every(Approval)] == [ADA]
