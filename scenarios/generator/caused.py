"""What changes of code do to production: each makes the change, with its diff, and lets it take effect."""

from incident.change import ChangeKind
from incident.diagnosis import Category, Remediation
from scenarios.faults import (
    AnyFault,
    CallChange,
    CapacityLoss,
    ConnectionLeak,
    ErrorRate,
    MemoryLeak,
    Slowdown,
    WrongResult,
)
from scenarios.generator.code import Bug, bug
from scenarios.generator.draft import HOUR, Draft, Trouble
from scenarios.generator.settings import Edited
from scenarios.system import Line, Pool, When

UNDO = (Remediation.ROLLBACK, Remediation.ROLL_FORWARD)
STACKS = 0.75
"""How often a failure is logged with where in the code it arose."""
REVERT = (Remediation.CONFIG_REVERT, Remediation.ROLLBACK)


def guilty(draft: Draft, services: tuple[str, ...], change: str, *faults: AnyFault, **more: float) -> Trouble:
    """Let the faults set in now, healed by undoing the change."""
    draft.faults += [fault.model_copy(update={"at": 0.0, "caused_by": (change,)}) for fault in faults]
    kind = next(c.kind for c in draft.changes if c.id == change)
    undo = REVERT if kind in {ChangeKind.CONFIG, ChangeKind.FLAG, ChangeKind.INFRA, ChangeKind.SCALE} else UNDO
    return Trouble(services, (Category.CHANGE,), undo, change, horizon=more.get("horizon", 2700.0))


def _ratio(draft: Draft, low: float = 0.08, high: float = 0.5) -> float:
    return min(0.95, draft.between(low, high) * draft.strength)


def _failing(draft: Draft, service: str, made: Bug) -> ErrorRate:
    stack = made.stack if draft.chance(STACKS) else ""
    logs = tuple(draft.speech.line(text, stack=stack) for text in made.said)
    return ErrorRate(kind="error_rate", service=service, ratio=_ratio(draft), logs=logs)


def _slower(draft: Draft, service: str, logs: tuple[Line, ...] = ()) -> Slowdown:
    return Slowdown(kind="slowdown", service=service, factor=1 + draft.between(4, 30) * draft.strength, logs=logs)


def exception(draft: Draft) -> Trouble:
    """A code path raises for some requests."""
    service = draft.some(draft.own())
    made = bug(draft, "exception", service)
    change = draft.change(service, -draft.before(), ChangeKind.DEPLOY, made.title, made.edited)
    return guilty(draft, (service,), change, _failing(draft, service, made))


def wrong_result(draft: Draft) -> Trouble:
    """A service answers in time, with nonsense; its callers stumble over it."""
    service = draft.some([n for n in draft.layout.inner if draft.callers(n)])
    made = bug(draft, "wrong", service)
    change = draft.change(service, -draft.before(), ChangeKind.DEPLOY, made.title, made.edited)
    logs = tuple(draft.speech.line(text) for text in made.said) if draft.chance(0.8) else ()
    fault = WrongResult(kind="wrong_result", service=service, ratio=_ratio(draft, 0.15, 0.9), logs=logs)
    return guilty(draft, (service,), change, fault)


def slow_code(draft: Draft) -> Trouble:
    """A service's own work takes longer, and so it can do less of it."""
    service = draft.some(draft.own())
    made = bug(draft, "slow", service)
    change = draft.change(service, -draft.before(), ChangeKind.DEPLOY, made.title, made.edited)
    logs = tuple(draft.speech.line(t, "WARN", when=When.ACTIVE) for t in made.said) if draft.chance(0.6) else ()
    slower = _slower(draft, service, logs)
    less = CapacityLoss(kind="capacity_loss", service=service, left=max(0.05, 1 / slower.factor**0.5))
    return guilty(draft, (service,), change, slower, less)


def queries(draft: Draft) -> Trouble:
    """One query a request becomes many."""
    service = draft.some([n for n in draft.layout.inner if set(draft.services[n].calls) & set(draft.layout.stores)])
    store = draft.some([s for s in draft.layout.stores if s in draft.services[service].calls])
    made = bug(draft, "queries", service)
    change = draft.change(service, -draft.before(), ChangeKind.DEPLOY, made.title, made.edited)
    share = min(400.0, draft.between(12, 80) * draft.strength)
    return guilty(draft, (service,), change, CallChange(kind="call_change", service=service, to=store, share=share))


def dependency(draft: Draft) -> Trouble:
    """A library in another version fails, or is slower."""
    service = draft.some(draft.own())
    old, new = f"{draft.dice.randint(2, 5)}.{draft.dice.randint(0, 9)}.1", f"{draft.dice.randint(6, 7)}.0.0"
    made = bug(draft, "library", service, old=old, new=new)
    change = draft.change(service, -draft.before(), ChangeKind.DEPLOY, made.title, made.edited)
    return guilty(
        draft, (service,), change, _failing(draft, service, made) if draft.chance(0.7) else _slower(draft, service)
    )


def flag(draft: Draft) -> Trouble:
    """A flag lets requests into code that isn't ready."""
    service = draft.some(draft.own())
    words = draft.words(service)
    name = f"{words['noun']}_{draft.dice.choice(['v2', 'new_path', words['field'], 'fast_lane'])}"
    title = f"{name}: {draft.dice.choice(['0 % -> 100 %', 'on', 'off -> on for everybody', '5 % -> 50 %'])}"
    change = draft.change(service, -draft.before(), ChangeKind.FLAG, title, attributes={"flag": name})
    fault = _slower(draft, service) if draft.chance(0.4) else _failing(draft, service, bug(draft, "exception", service))
    return guilty(draft, (service,), change, fault)


def schema(draft: Draft) -> Trouble:
    """A migration takes away a column that is still read, or an index that is needed."""
    service = draft.some([n for n in draft.layout.inner if set(draft.services[n].calls) & set(draft.layout.stores)])
    store = draft.some([s for s in draft.layout.stores if s in draft.services[service].calls])
    words = draft.words(service)
    table, column, number = f"{words['noun']}s", words["field"], draft.dice.randint(11, 240)
    path = draft.dice.choice([f"db/migrate/{number}_{table}.sql", f"migrations/V{number}__{table}.sql"])
    index = draft.chance(0.5)
    sql = (
        f"DROP INDEX idx_{table}_{column};"
        if index
        else f"ALTER TABLE {table} RENAME COLUMN {column} TO {column}_code;"
    )
    title = draft.dice.choice([f"clean up {table}", f"migration {number}", f"rename {column} in {table}"])
    edited = [Edited(path, f"@@ -0,0 +1,2 @@\n+-- {title}\n+{sql}\n")]
    change = draft.change(service, -draft.before(), ChangeKind.DEPLOY, title, edited, reversible=draft.chance(0.5))
    if index:
        slower = Slowdown(kind="slowdown", service=store, factor=1 + draft.between(10, 80) * draft.strength)
        busier = CapacityLoss(kind="capacity_loss", service=store, left=max(0.08, 0.35 / draft.strength))
        return guilty(draft, (store, service), change, slower, busier)
    logs = (draft.speech.line(f'ERROR: column "{column}" does not exist in {table} while running {{operation}}'),
            draft.speech.line(f"Unknown column '{table}.{column}' in 'field list'"))  # fmt: skip
    fault = ErrorRate(
        kind="error_rate", service=service, ratio=_ratio(draft, 0.15, 0.7), logs=logs[draft.dice.randint(0, 1) :]
    )
    return guilty(draft, (service,), change, fault)


def memory_leak(draft: Draft) -> Trouble:
    """Memory grows from the change on; hours later instances are killed."""
    service = draft.some(draft.own())
    made = bug(draft, "leak", service)
    hours = draft.between(0.4, 4)
    here = draft.services[service]
    room = (here.memory_limit or 2 * here.memory) - here.memory
    change = draft.change(service, -60, ChangeKind.DEPLOY, made.title, made.edited)
    logs = tuple(
        draft.speech.line(t, when=When.ACTIVE, per_minute=2).model_copy(update={"above": 0.96}) for t in made.said
    )
    fault = MemoryLeak(kind="memory_leak", service=service, mb_per_minute=room / hours / 60, logs=logs)
    return guilty(draft, (service,), change, fault, horizon=(hours + 0.5) * HOUR)


def connection_leak(draft: Draft) -> Trouble:
    """Connections aren't given back on one path; the pool runs dry."""
    service, hours = draft.pooled(), draft.between(0.3, 3)
    pool = draft.services[service].pool or Pool(to="", size=1)
    made = bug(draft, "unreturned", service)
    change = draft.change(service, -60, ChangeKind.DEPLOY, made.title, made.edited)
    fault = ConnectionLeak(kind="connection_leak", service=service, per_minute=pool.size / hours / 60)
    return guilty(draft, (service,), change, fault, horizon=(hours + 0.5) * HOUR)
