"""A stand-in for GitHub over HTTP: one repository, its workflow's runs and its deployments, and answers of every kind.

In a test `async with GitHub() as github:`; as a process that outlives others, `python tests/github_standin.py PORT`.
`POST /_standin` changes the attributes of `Manner`; `GET /_standin` tells what was dispatched.
"""

import asyncio
import json
import sys
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import Any, NamedTuple, Self

from aiohttp import web
from aiohttp.typedefs import Handler

REPOSITORY = "acme/rollbacks"
READS, SENDS = "read-token", "send-token"
FATES = {
    "success": ("in_progress", "completed"),
    "failure": ("in_progress", "completed"),
    "cancelled": ("in_progress", "completed"),
    "timed_out": ("in_progress", "completed"),
    "never": (),
    "held": ("waiting",),
    "endless": ("in_progress",),
}
"""What a run's status becomes with each look at it; it stays at the last."""
REFUSALS = {401: "Bad credentials", 403: "Resource not accessible by personal access token", 404: "Not Found",
            422: "Workflow does not have 'workflow_dispatch' trigger", 429: "Too many requests"}  # fmt: skip


@dataclass
class Manner:
    """How it behaves. ``dispatch``: 204, details, old (no `return_run_details`), nested, a status, hang, lost or late.

    ``accepts``: whether what is answered with trouble was accepted all the same. ``hidden``: how many looks at the
    list a run stays invisible. ``reads``: the status of everything that is read, 200 where it works; ``nested``: in
    JSON that goes too deep.
    """

    dispatch: str = "204"
    accepts: bool = True
    fate: str = "success"
    hidden: int = 0
    reads: int = 200
    nested: bool = False
    topics: list[str] = field(default_factory=list)
    workflow: bool = True


class Asked(NamedTuple):
    """One request, and the address of the connection that it came over."""

    method: str
    path: str
    token: str
    connection: tuple[str, int]


class GitHub:
    """``port`` 0: any that is free."""

    def __init__(self, port: int = 0, manner: Manner | None = None) -> None:
        self.manner = manner or Manner()
        self.dispatches: list[dict[str, Any]] = []
        self.accepted: Counter[str] = Counter()
        self.runs: list[dict[str, Any]] = []
        self.deployments: list[dict[str, Any]] = []
        self.statuses: dict[int, list[dict[str, Any]]] = {}
        self.artifacts: list[dict[str, Any]] = []
        self.url = ""
        self.answering = asyncio.Event()
        """Set: what comes late is answered."""
        self._port, self._ending = port, asyncio.Event()
        self.asked: list[Asked] = []

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._noted])
        repository = f"/repos/{REPOSITORY}"
        app.router.add_get(repository, self._repository)
        app.router.add_get(f"{repository}/actions/workflows/rollback.yml", self._workflow)
        app.router.add_post(f"{repository}/actions/workflows/rollback.yml/dispatches", self._dispatch)
        app.router.add_get(f"{repository}/actions/workflows/rollback.yml/runs", self._list)
        app.router.add_get(f"{repository}/actions/runs", self._list)
        app.router.add_get(f"{repository}/actions/runs/{{id}}", self._run)
        app.router.add_get(f"{repository}/actions/runs/{{id}}/jobs", self._jobs)
        app.router.add_get(f"{repository}/actions/artifacts", self._uploaded)
        app.router.add_get(f"{repository}/deployments", self._deployed)
        app.router.add_post(f"{repository}/deployments", self._deploy)
        app.router.add_get(f"{repository}/deployments/{{id}}/statuses", self._stated)
        app.router.add_post(f"{repository}/deployments/{{id}}/statuses", self._state)
        app.router.add_get("/_standin", self._told)
        app.router.add_post("/_standin", self._behave)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None,
                        trace: TracebackType | None) -> None:  # fmt: skip
        self._ending.set()
        await self._runner.cleanup()

    def began(self, key: str, **more: object) -> dict[str, Any]:
        """Put a run there, as a dispatch does."""
        run = {"id": 1000 + len(self.runs), "status": "queued", "conclusion": None, "event": "workflow_dispatch",
               "name": "Roll back", "display_title": f"Roll back shop in production to v1, key {key}",
               "created_at": stamp(datetime.now(UTC)), "fate": self.manner.fate, "looks": 0,
               "hidden": self.manner.hidden, **more}  # fmt: skip
        self.runs.append(run)
        return run

    def deployed(self, service: str, version: str, at: datetime, *states: str, **more: object) -> dict[str, Any]:
        """Record a deployment and what became of it, a minute apart."""
        payload = {"service": service, "version": version, **more}
        made = {"id": 1 + len(self.deployments), "ref": "main", "sha": "0" * 40, "environment": "production",
                "created_at": stamp(at), "payload": payload}  # fmt: skip
        self.deployments.append(made)
        self.statuses[made["id"]] = [
            {"id": n, "state": state, "created_at": stamp(at + timedelta(minutes=n))} for n, state in enumerate(states)
        ]
        return made

    def uploaded(self, name: str, at: datetime, run: dict[str, Any]) -> None:
        """Let a run upload an artifact."""
        origin = {"id": run["id"], "head_branch": run["head_branch"], "head_sha": "0" * 40}
        self.artifacts.append({"id": 1 + len(self.artifacts), "name": name, "created_at": stamp(at),
                               "expired": False, "workflow_run": origin})  # fmt: skip

    @web.middleware
    async def _noted(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        self.asked.append(Asked(request.method, request.path, _token(request), request.get_extra_info("peername")))
        return await handler(request)

    async def _repository(self, request: web.Request) -> web.Response:
        body = {"full_name": REPOSITORY, "default_branch": "main", "topics": self.manner.topics, "archived": False}
        return self._refused(request) or web.json_response(body)

    async def _workflow(self, request: web.Request) -> web.Response:
        there = web.json_response({"state": "active"}) if self.manner.workflow else _problem(404)
        return self._refused(request) or there

    async def _dispatch(self, request: web.Request) -> web.StreamResponse:
        body, manner = await request.json(), self.manner
        self.dispatches.append(body)
        if _token(request) != SENDS:
            return _problem(401)
        if manner.dispatch == "old" and "return_run_details" in body:
            return _problem(422, 'Invalid request. "return_run_details" is not a permitted key.')
        if (manner.dispatch.isdigit() and 400 <= int(manner.dispatch) < 500) or not manner.workflow:
            return _problem(int(manner.dispatch) if manner.workflow else 404)
        run = self._accept(body) if manner.accepts else {}
        return await self._answer(request, run)

    def _accept(self, body: dict[str, Any]) -> dict[str, Any]:
        key = body["inputs"]["key"]
        self.accepted[key] += 1
        return self.began(key)

    async def _answer(self, request: web.Request, run: dict[str, Any]) -> web.StreamResponse:
        match self.manner.dispatch:
            case "details" | "late" as how:
                if how == "late":
                    await self.answering.wait()
                return web.json_response(
                    {"workflow_run_id": run["id"], "run_url": "", "html_url": "https://evil.example"}
                )
            case "hang":
                await self._ending.wait()
            case "lost":
                assert request.transport is not None
                request.transport.abort()
            case "nested":
                return _bottomless()
            case trouble if trouble.isdigit() and int(trouble) >= 500:
                return _problem(int(trouble))
        return web.Response(status=204)

    async def _list(self, request: web.Request) -> web.Response:
        if (refused := self._refused(request)) is not None:
            return refused
        visible = [run for run in reversed(self.runs) if run["hidden"] <= 0]
        for run in self.runs:
            run["hidden"] -= 1
        page, size = int(request.query.get("page", 1)), int(request.query.get("per_page", 30))
        shown = visible[(page - 1) * size : page * size]
        return web.json_response({"total_count": len(visible), "workflow_runs": [self._looked(run) for run in shown]})

    async def _run(self, request: web.Request) -> web.Response:
        found = [run for run in self.runs if str(run["id"]) == request.match_info["id"]]
        return self._refused(request) or (web.json_response(self._looked(found[0])) if found else _problem(404))

    def _looked(self, run: dict[str, Any]) -> dict[str, Any]:
        stages = FATES[run["fate"]]
        if run["looks"] and stages:
            run["status"] = stages[min(run["looks"], len(stages)) - 1]
        run["conclusion"] = run["fate"] if run["status"] == "completed" else None
        run["looks"] += 1
        return run

    async def _jobs(self, request: web.Request) -> web.Response:
        fate = next(run["fate"] for run in self.runs if str(run["id"]) == request.match_info["id"])
        steps = [{"name": "Refuse what may not run", "conclusion": "success"}, {"name": "Redeploy", "conclusion": fate}]
        return self._refused(request) or web.json_response({"jobs": [{"name": "Roll back", "steps": steps}]})

    async def _deployed(self, request: web.Request) -> web.Response:
        wanted = request.query.get("environment")
        there = [each for each in reversed(self.deployments) if wanted in (None, each["environment"])]
        page, size = int(request.query.get("page", 1)), int(request.query.get("per_page", 30))
        return self._refused(request) or web.json_response(there[(page - 1) * size : page * size])

    async def _uploaded(self, request: web.Request) -> web.Response:
        wanted = request.query.get("name")
        there = [each for each in reversed(self.artifacts) if wanted in (None, each["name"])]
        return self._refused(request) or web.json_response({"total_count": len(there), "artifacts": there})

    async def _deploy(self, request: web.Request) -> web.Response:
        body = await request.json()
        made = self.deployed("", "", datetime.now(UTC))
        made.update({"ref": body["ref"], "environment": body["environment"], "payload": body["payload"]})
        return web.json_response(made, status=201)

    async def _stated(self, request: web.Request) -> web.Response:
        there = self.statuses.get(int(request.match_info["id"]), [])
        return self._refused(request) or web.json_response(list(reversed(there)))

    async def _state(self, request: web.Request) -> web.Response:
        there = self.statuses[int(request.match_info["id"])]
        body = await request.json()
        there.append({"id": len(there), "state": body["state"], "created_at": stamp(datetime.now(UTC))})
        return web.json_response(there[-1], status=201)

    async def _told(self, _request: web.Request) -> web.Response:
        return web.json_response({"dispatches": self.dispatches, "accepted": self.accepted, "runs": self.runs})

    async def _behave(self, request: web.Request) -> web.Response:
        self.manner = Manner(**await request.json())
        return web.json_response({})

    def _refused(self, request: web.Request) -> web.Response | None:
        if _token(request) not in {READS, SENDS}:
            return _problem(401)
        if self.manner.nested:
            return _bottomless(self.manner.reads)
        return None if self.manner.reads == 200 else _problem(self.manner.reads)


def stamp(at: datetime) -> str:
    """Write a time as GitHub does."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _token(request: web.Request) -> str:
    """Return it; GitHub takes it behind "Bearer" and behind "token"."""
    return request.headers.get("Authorization", "").rpartition(" ")[2]


def _problem(status: int, message: str = "") -> web.Response:
    headers = {"Retry-After": "60"} if status == 429 else {}
    return web.json_response(
        {"message": message or REFUSALS.get(status, "Server Error")}, status=status, headers=headers
    )


def _bottomless(status: int = 200) -> web.Response:
    return web.Response(text="[" * 100_000, content_type="application/json", status=status)


async def _serve(port: int) -> None:
    async with GitHub(port) as github:
        print(json.dumps({"url": github.url, "repository": REPOSITORY, "reads": READS, "sends": SENDS}), flush=True)  # noqa: T201 - what starts it reads this
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]) if len(sys.argv) > 1 else 0))
