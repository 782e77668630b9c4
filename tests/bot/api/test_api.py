"""The API over real HTTP: who gets in, the kill switch, the audit trail."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from bot import api
from bot.api.admission import Door
from bot.api_tokens import ApiToken, read_tokens
from bot.config import Settings
from bot.health import served, web
from bot.kept import Storage, open_storage
from bot.killswitch import KillSwitch
from bot.slack_settings import read_slack_settings
from bot.sources import BadSetting
from tests.incident import made

READ, ALERT, ADMIN = "reads-" + "r" * 20, "pages-" + "p" * 20, "runs-" + "a" * 20
TOKENS = f"siem:read:{READ}, alertmanager:alert:{ALERT}, ops:admin:{ADMIN}"


class Served(NamedTuple):
    client: httpx.AsyncClient
    storage: Storage


@asynccontextmanager
async def serving(folder: Path, tokens: str = "", *, paused: bool = False) -> AsyncIterator[Served]:
    settings = Settings(database_url=f"sqlite+aiosqlite:///{folder / 'api.db'}", paused=paused)
    known: tuple[ApiToken, ...] = read_tokens(tokens)  # type: ignore[assignment]
    async with open_storage(settings) as storage:
        kill_switch = KillSwitch(storage.store.switch, _seen)
        app = web(lambda: 0, kill_switch)
        api.register(app, Door(known), kill_switch, storage.audit)
        async with served(app, "127.0.0.1", 0) as address, httpx.AsyncClient(base_url=address) as client:
            yield Served(client, storage)


async def _seen() -> None:
    """Nobody looks."""


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def problem(answer: httpx.Response, status: int) -> str:
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    told = answer.json()
    assert told.keys() == {"type", "title", "status", "detail", "instance"}
    assert told["status"] == status
    return str(told["detail"])


async def test_a_program_of_this_machine_pauses_and_resumes_and_both_are_kept(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, _):
        paused = (await client.post("/api/v1/pause", json={"reason": "migration"})).json()
        assert (await client.get("/health")).json()["paused"] is True
        assert (await client.post("/api/v1/pause")).json() == paused
        assert (await client.delete("/api/v1/pause")).json() == {"paused": False}
        assert (await client.get("/health")).json()["paused"] is False
        told = (await client.get("/api/v1/audit")).json()
    assert (paused["paused"], paused["by"], paused["reason"]) == (True, "api:this-machine", "migration")
    assert [each["kind"] for each in told["entries"]] == ["paused", "paused", "resumed"]
    assert told["next"] is None


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Origin": "https://evil.example"}, "A web page"),
        ({"Origin": "http://localhost:3000"}, "A web page"),
        ({"Origin": "null"}, "A web page"),
        ({"Sec-Fetch-Site": "cross-site"}, "A web page"),
        ({"Host": "evil.example"}, "called 127.0.0.1"),
        ({"Host": "127.0.0.1.evil.example"}, "called 127.0.0.1"),
        ({"Host": "[::1"}, "called 127.0.0.1"),
        ({"X-Forwarded-For": "203.0.113.9"}, "only this machine"),
    ],
)
async def test_a_web_page_in_somebodys_browser_can_not_press_it(
    tmp_path: Path, headers: Mapping[str, str], why: str
) -> None:
    async with serving(tmp_path) as (client, storage):
        for call in (client.post("/api/v1/pause", headers=headers), client.get("/api/v1/audit", headers=headers)):
            assert why in problem(await call, 403)
        assert await storage.store.paused() is None


async def test_where_tokens_are_set_each_opens_what_its_scope_says(tmp_path: Path) -> None:
    async with serving(tmp_path, TOKENS) as (client, storage):
        nobody = await client.post("/api/v1/pause")
        assert "Bearer" in problem(nobody, 401)
        assert nobody.headers["www-authenticate"] == "Bearer"
        problem(await client.post("/api/v1/pause", headers=bearer(READ + "x")), 401)
        problem(await client.post("/api/v1/pause", headers={"Authorization": f"Basic {ADMIN}"}), 401)
        assert "siem is for read" in problem(await client.post("/api/v1/pause", headers=bearer(READ)), 403)
        assert await storage.store.paused() is None
        assert (await client.post("/api/v1/pause", headers=bearer(ALERT))).json()["by"] == "api:alertmanager"
        problem(await client.delete("/api/v1/pause", headers=bearer(ALERT)), 403)
        problem(await client.get("/api/v1/audit", headers=bearer(ALERT)), 403)
        elsewhere = {"Host": "responder.example", **bearer(ADMIN)}
        assert (await client.delete("/api/v1/pause", headers=elsewhere)).json() == {"paused": False}
        assert len((await client.get("/api/v1/audit", headers=bearer(READ))).json()["entries"]) == 2
        assert (await client.get("/health")).status_code == 200


async def test_a_pause_that_a_setting_holds_is_a_conflict(tmp_path: Path) -> None:
    async with serving(tmp_path, paused=True) as (client, _):
        assert (await client.get("/health")).json()["paused"] is True
        assert "SFA_PAUSED" in problem(await client.delete("/api/v1/pause"), 409)


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"reason": 7}', b'{"reson": "x"}', b"[" * 10_000, b"\xff"])
async def test_a_body_that_says_nothing_is_refused_and_nothing_is_paused(tmp_path: Path, body: bytes) -> None:
    async with serving(tmp_path) as (client, storage):
        assert "reason" in problem(await client.post("/api/v1/pause", content=body), 422)
        problem(await client.post("/api/v1/pause", content=b" " * 20_000), 413)
        assert await storage.store.paused() is None


async def test_the_trail_comes_in_pages_and_by_incident(tmp_path: Path) -> None:
    async with serving(tmp_path) as (client, storage):
        incident = made.incident()
        await storage.store.open(incident)
        await storage.store.append(incident, made.OWNED)
        await client.post("/api/v1/pause")
        first = (await client.get("/api/v1/audit", params={"limit": 1, "since": "1h"})).json()
        second = (await client.get("/api/v1/audit", params={"limit": 2, "after": first["next"]})).json()
        ours = (await client.get("/api/v1/audit", params={"incident": "INC-1"})).json()
        assert "since: write a number" in problem(await client.get("/api/v1/audit", params={"since": "soon"}), 422)
        assert "limit" in problem(await client.get("/api/v1/audit", params={"limit": 0}), 422)
        problem(await client.get("/api/v1/nothing"), 404)
        problem(await client.put("/api/v1/pause"), 405)
    assert [each["kind"] for each in first["entries"]] == ["owned"]
    assert ([each["kind"] for each in second["entries"]], second["next"]) == (["paused"], None)
    assert ours["entries"] == first["entries"]
    assert first["entries"][0]["hash"] == second["entries"][0]["previous_hash"]


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("ops:admin", "too short"),
        ("ops:root:" + "secret" * 6, "write name:scope:token"),
        ("secret" * 6, "write name:scope:token"),
        (":admin:" + "secret" * 6, "write name:scope:token"),
        ("ops:admin:secret", "at least 20"),
    ],
)
def test_tokens_that_can_not_be_meant_are_refused_without_repeating_them(written: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as refused:
        read_tokens(written)
    assert "secret" not in str(refused.value)


def test_tokens_are_never_shown() -> None:
    (token,) = read_tokens(f"ops:admin:{ADMIN}")  # type: ignore[misc]
    assert str(token) == "ops:admin:***"
    assert ADMIN not in repr(token)


def test_tokens_are_read_from_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SFA_API_TOKENS", TOKENS)
    found = read_slack_settings().api_tokens
    assert [str(each) for each in found] == ["siem:read:***", "alertmanager:alert:***", "ops:admin:***"]
    assert found[2].opened_by(ADMIN)
    (home / "tokens").write_text(f"one:read:{READ}\n")
    monkeypatch.delenv("SFA_API_TOKENS")
    monkeypatch.setenv("SFA_API_TOKENS_FILE", str(home / "tokens"))
    assert [str(each) for each in read_slack_settings().api_tokens] == ["one:read:***"]
    monkeypatch.setenv("SFA_API_TOKENS", "ops:admin:hunter2")
    with pytest.raises(BadSetting, match="SFA_API_TOKENS: the token of ops is too short") as refused:
        read_slack_settings()
    assert "hunter2" not in str(refused.value)
