"""How a company's services log: plain, key=value, JSON, framework prefixes; and the words of routine lines."""

import json
import random
from collections.abc import Callable, Mapping, Sequence

from scenarios.system import Line, NodeKind, Occasion, When

Said = tuple[str, str]
WORDS: Mapping[Occasion, Sequence[Said]] = {
    "request": (
        ("INFO", "{operation} 200 {ms}ms"), ("INFO", "request completed operation={operation} took={ms}ms"),
        ("INFO", "handled {operation} in {ms} ms"), ("INFO", "{operation} ok rid={id} t={ms}"),
        ("INFO", "[{id}] <- {operation} done"),
    ),
    "started": (
        ("INFO", "{service} {version} is up"), ("INFO", "Started {service} (build {version})"),
        ("INFO", "listening on 0.0.0.0:8080, version {version}"),
    ),
    "warning": (
        ("WARN", "metrics exporter fell behind, dropped {n} points"), ("WARN", "unknown header ignored rid={id}"),
        ("WARN", "retrying export of traces ({n})"), ("WARN", "deprecated parameter in use by client {n}"),
        ("WARN", "feature file is older than 7 days"), ("WARN", "slow start of background job {n}"),
        ("ERROR", "could not send usage statistics: try later"), ("WARN", "entry {id} is stale, refreshing"),
    ),
    "failed": (
        ("ERROR", "{operation} failed rid={id}"), ("ERROR", "unexpected error in {operation}"),
        ("ERROR", "500 on {operation} ({id})"),
    ),
    "exhausted": (
        ("ERROR", "timeout waiting for a connection to {callee} ({active} of {max} busy)"),
        ("ERROR", "QueuePool limit of size {max} reached, connection timed out, timeout {wait}ms"),
        ("ERROR", "Connection is not available, request timed out after {wait}ms (total={max}, idle=0)"),
    ),
    "shed": (
        ("WARN", "rejected {operation}: {queue} requests waiting"), ("WARN", "429 {operation} over capacity"),
        ("WARN", "load shedding: {rps} rps, limit {capacity}"),
    ),
    "restarting": (("ERROR", "{operation} interrupted by shutdown"), ("ERROR", "server closed during {operation}")),
    "refused": (
        ("ERROR", "dial tcp: connect to {callee}: connection refused"), ("ERROR", "ECONNREFUSED {callee}"),
        ("ERROR", "I/O error on request to {callee}: Connection refused"),
    ),
    "timeout": (
        ("ERROR", "context deadline exceeded calling {callee}"), ("ERROR", "{callee}: read timed out ({timeout} ms)"),
        ("ERROR", "Timeout of {timeout}ms exceeded, upstream {callee}"),
    ),
    "throttled": (("WARN", "{callee} answered 429"), ("ERROR", "upstream {callee} is throttling us, gave up")),
    "call_failed": (
        ("ERROR", "{callee} replied with status 500"), ("ERROR", "upstream error from {callee} in {operation}"),
        ("ERROR", "{operation}: request to {callee} failed: 502"),
    ),
    "misled": (
        ("ERROR", "validation failed for answer of {callee} rid={id}"),
        ("ERROR", "{operation}: cannot use what {callee} returned"),
    ),
    "pause": (("WARN", "GC pause {pause}ms (heap {memory}M/{limit}M)"), ("WARN", "stop-the-world for {pause} ms")),
    "killed": (("FATAL", "Killed process (out of memory)"), ("FATAL", "container is over its limit of {limit}Mi")),
}  # fmt: skip
STORES: Mapping[NodeKind, Sequence[Said]] = {
    NodeKind.DATABASE: (
        ("INFO", "checkpoint complete: wrote {n} buffers"), ("INFO", "duration: {ms} ms  statement: {operation} ..."),
        ("INFO", "automatic vacuum of table done, {n} pages removed"),
    ),
    NodeKind.CACHE: (("INFO", "background saving terminated with success"), ("INFO", "{n} changes, saving")),
    NodeKind.QUEUE: (("INFO", "rolled new log segment in {ms} ms"), ("INFO", "group {n} rebalanced, generation {n}")),
}  # fmt: skip
"""What stores say of themselves day in, day out."""
SLOW: Sequence[Said] = (("WARN", "slow: {operation} took {ms} ms"), ("WARN", "{operation} exceeded its budget: {ms}ms"))

Wrap = Callable[[str, str, str], str]


def _plain(level: str, message: str, stack: str) -> str:
    del level
    return _with(message, stack)


def _bracketed(level: str, message: str, stack: str) -> str:
    return _with(f"[{level:<5}] {message}", stack)


def _spring(level: str, message: str, stack: str) -> str:
    return _with(f"{level:>5} 1 --- [nio-8080-exec-{{n}}] c.a.Application : {message}", stack)


def _python(level: str, message: str, stack: str) -> str:
    return _with(f"{level}:app:{message}", stack)


def _logfmt(level: str, message: str, stack: str) -> str:
    quoted = message.replace('"', "'")
    tail = f' err="{stack.strip().splitlines()[-1].strip()}"'.replace("\t", " ") if stack else ""
    return f'level={level.lower()} msg="{quoted}"{tail}'


def _json(level: str, message: str, stack: str) -> str:
    record = {"level": level.lower(), "message": message} | ({"stack": stack.rstrip()} if stack else {})
    return json.dumps(record, ensure_ascii=False)


def _bunyan(level: str, message: str, stack: str) -> str:
    number = {"INFO": 30, "WARN": 40, "ERROR": 50, "FATAL": 60}[level]
    return json.dumps({"v": 0, "level": number, "msg": message} | ({"err": {"stack": stack.rstrip()}} if stack else {}))


def _with(message: str, stack: str) -> str:
    return f"{message}\n{stack.rstrip()}" if stack else message


WRAPS: Sequence[Wrap] = (_plain, _plain, _bracketed, _spring, _python, _logfmt, _json, _bunyan)
LEVELS: Sequence[Mapping[str, str]] = (
    {}, {"WARN": "WARNING", "FATAL": "CRITICAL"}, {n: n.lower() for n in ("INFO", "WARN", "ERROR", "FATAL")},
    {"INFO": "Information", "WARN": "Warning", "ERROR": "Error", "FATAL": "Fatal"},
)  # fmt: skip


class Speech:
    """One company's way to log."""

    def __init__(self, dice: random.Random) -> None:
        self._dice, self._wrap, self._levels = dice, dice.choice(WRAPS), dice.choice(LEVELS)
        chosen = {occasion: self._some(said) for occasion, said in WORDS.items()}
        self.wording = {
            occasion: tuple(self.line(text, level) for level, text in said) for occasion, said in chosen.items()
        }
        slow = [self.line(text, level, when=When.ACTIVE, per_minute=3) for level, text in self._some(SLOW)]
        self.wording["slow"] = tuple(line.model_copy(update={"above": 0.3}) for line in slow)

    def routine(self, kind: NodeKind) -> tuple[Line, ...]:
        """Return what a store says all the time; nothing for whoever has operations to tell of."""
        return tuple(self.line(text, level) for level, text in STORES.get(kind, ()))

    def _some(self, said: Sequence[Said]) -> list[Said]:
        most = len(said) if len(said) > 3 else 2  # noqa: PLR2004 - the more there are the more are used
        return self._dice.sample(said, self._dice.randint(1, min(most, len(said))))

    def line(  # noqa: PLR0913, PLR0917 - a line has that many sides
        self, message: str, level: str = "ERROR", stack: str = "", when: When = When.FAILING,
        per_minute: float = 4, service: str | None = None,
    ) -> Line:  # fmt: skip
        """Return a line in this company's form."""
        text = self._wrap(level, message, stack)
        return Line(
            message=text, level=self._levels.get(level, level), when=when, per_minute=per_minute, service=service
        )
