"""`first-responder serve` that kills itself at one named instruction: what `kill_matrix.py` starts.

It is the product's own program; only its waits for Slack and GitHub are shorter. Around each stored fact, each row of
the outbox and each call that leaves it passes points: "before fact rollback_sent", "after chat.postMessage check:0".
"""

import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from functools import wraps
from pathlib import Path
from typing import Any

from slack_sdk.web.async_base_client import AsyncBaseClient

from bot import serving
from bot.__main__ import main
from bot.connection import Way
from bot.slack.pace import Pace
from incident.facts import Fact, Turn
from incident.model import Incident
from integrations.github import deployer
from integrations.github.access import Patience
from integrations.github.calls import Calls
from storage.memory import SqlMemory
from storage.outbox import SqlOutbox
from storage.parcel import Parcel
from storage.store import SqlStore

AT, ONCE, PASSED = "DYING_AT", "DYING_ONCE", "DYING_PASSED"
"""Where to die, the file that whoever dies takes away (one of several replicas does), the file of what was passed."""
SLACK = Pace(
    post_every=0.001, burst=1000, edit_every=0.02, first_pause=0.05, longest_pause=0.5,
    sharing=2.0, look=0.2, look_back=2.0, hearing=4.0,
)  # fmt: skip
GITHUB = Patience(poll=timedelta(seconds=0.2), found=timedelta(seconds=4), started=timedelta(seconds=20))
RUN = re.compile(r"/\d+")

Named = Callable[..., str]


class Passage:
    """The points that are passed; nothing counts before an incident is being opened."""

    def __init__(self, at: str, once: Path | None, passed: Path | None) -> None:
        self._at, self._once, self._passed = at, once, passed
        self._times: Counter[str] = Counter()
        self._names: dict[int, str] = {}
        self.begun = False

    def numbered(self, name: str) -> str:
        """Tell one use of a name from the next."""
        self._times[name] += 1
        return f"{name} #{self._times[name]}" if self._times[name] > 1 else name

    def point(self, name: str) -> None:
        """Pass it, or die there."""
        if not self.begun:
            return
        if self._passed is not None:
            with self._passed.open("a") as written:
                written.write(f"{name}\n")
        if name == self._at and self._taken():
            os.kill(os.getpid(), signal.SIGKILL)

    def told(self, incident: Incident, fact: Fact) -> str:
        """Name the next fact of an incident."""
        self.begun = True
        names = list(named((*incident.facts, fact)))
        self._names = dict(enumerate(names, 1))
        return names[-1]

    def of_key(self, key: str) -> str:
        """Name a row of the outbox by its fact, in place of the incident and the fact's number."""
        seq, colon, part = key.partition(":")[2].partition(":")
        return f"{self._names.get(int(seq), seq)}:{part}" if colon and seq.isdigit() else seq

    def _taken(self) -> bool:
        try:
            (self._once or Path()).unlink()
        except OSError:
            return False
        return True


def named(facts: Sequence[Fact]) -> Iterator[str]:
    """Name facts the same in each telling: which of the agents that work side by side is the first differs."""
    times: Counter[str] = Counter()
    for fact in facts:
        name = f"turn of {fact.agent}" if isinstance(fact, Turn) else fact.kind
        times[name] += 1
        yield name if times[name] == 1 else f"{name}#{times[name]}"


def around(passage: Passage, owner: type, method: str, naming: Named, sides: str = "before after") -> None:
    """Pass a point on each side of what a method does. ``naming`` gives an empty name to what is no point."""
    original: Callable[..., Awaitable[Any]] = getattr(owner, method)

    @wraps(original)
    async def passing(self: object, *given: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever it takes and returns
        name = naming(*given, **more)
        name = passage.numbered(name) if name and passage.begun else name
        if name and "before" in sides:
            passage.point(f"before {name}")
        answer = await original(self, *given, **more)
        if name and "after" in sides:
            passage.point(f"after {name}")
        return answer

    setattr(owner, method, passing)


def surround(passage: Passage) -> None:
    """Put points around all that is stored and all that leaves."""

    def opening(incident: Incident) -> str:
        del incident
        passage.begun = True
        return "the opening"

    def heard(key: str) -> str:
        kind = key.partition(":")[0]
        passage.begun = passage.begun or kind == "event"
        return f"marked as heard: {kind}"

    def put(*parcels: Parcel) -> str:
        said = [each.key for each in parcels if each.key.partition(":")[2] != "card"]
        return f"outbox put {passage.of_key(said[0])}" if said else ""

    def slack(method: str, **given: Any) -> str:  # noqa: ANN401 - as the SDK
        body = given.get("json") or given.get("params") or given.get("data") or {}
        key = ((body.get("metadata") or {}).get("event_payload") or {}).get("key") if isinstance(body, dict) else None
        return f"{method} {passage.of_key(key)}" if key else method

    around(passage, SqlStore, "open", opening)
    around(passage, SqlStore, "append", lambda incident, fact: f"fact {passage.told(incident, fact)}")
    around(passage, SqlMemory, "first_time", heard)
    around(passage, SqlOutbox, "put", put, "after")
    around(passage, SqlOutbox, "drawn", lambda key, _: f"drawn {passage.of_key(key)}", "after")
    around(passage, SqlOutbox, "sent", lambda key, _=None: f"sent {passage.of_key(key)}", "after")
    around(passage, AsyncBaseClient, "api_call", slack)
    around(passage, AsyncBaseClient, "_upload_file", lambda **_: "the bytes of a file")
    around(passage, Calls, "_call", lambda _, method, path, **__: f"{method} {RUN.sub('/N', path) or '/'}")


def serve() -> None:
    """Serve as the command line does."""
    once, passed = (Path(os.environ[name]) if name in os.environ else None for name in (ONCE, PASSED))
    surround(Passage(os.environ.get(AT, ""), once, passed))
    serving.Way = lambda apart, thinking: Way(apart, SLACK, thinking)  # type: ignore[assignment,attr-defined,misc]
    deployer.Patience = lambda: GITHUB  # type: ignore[assignment,attr-defined,misc]
    sys.argv[1:] = ["serve", "--rehearse-on-github"]
    main()
