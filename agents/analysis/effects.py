"""What a change can do to a running system, and which symptoms can follow from that."""

import math
import re
from enum import StrEnum
from typing import NamedTuple

from agents.analysis.diffs import Stuff
from agents.analysis.lexicon import Symptom
from agents.analysis.settings import Setting, figure

S = Symptom


class Kind(StrEnum):
    """One way in which a change works. The value reads after "a change that"."""

    LESS_ROOM = "leaves less room"
    MORE_ROOM = "leaves more room"
    LESS_TIME = "allows less time"
    LESS_CACHE = "caches less"
    MORE_RETRIES = "retries more"
    MORE_LOGGING = "logs more"
    MORE_QUERIES = "asks more often"
    HEAVIER_QUERIES = "asks for more at once"
    MORE_WORK = "works more for each request"
    GROWTH = "keeps what it never lets go"
    NO_RELEASE = "no longer releases something"
    NO_GUARD = "takes a safeguard away"
    REFUSAL = "refuses what used to pass"
    RENAME = "renames what others may still use"
    SCHEMA = "changes the shape of stored data"
    LIBRARY = "moves to another version of a library"
    ADDRESS = "changes an address or a credential"
    CONCURRENCY = "changes what runs at the same time"
    BEHAVIOUR = "changes behaviour"


CAN_CAUSE: dict[Kind, dict[Symptom, float]] = {
    Kind.LESS_ROOM: {
        S.POOL: 1, S.TIMEOUTS: 0.6, S.THROTTLING: 0.8, S.LATENCY: 0.4, S.MEMORY: 0.7, S.CPU: 0.4, S.CRASH:
        0.4, S.ERRORS: 0.3, S.DISK: 0.4,
    },
    Kind.MORE_ROOM: {S.MEMORY: 0.4, S.CPU: 0.3, S.POOL: 0.2, S.LOCKS: 0.3},
    Kind.LESS_TIME: {S.TIMEOUTS: 1, S.ERRORS: 0.5, S.UNREACHABLE: 0.2, S.ACCESS: 0.5},
    Kind.LESS_CACHE: {S.CACHE: 1, S.QUERIES: 0.9, S.CPU: 0.5, S.LATENCY: 0.5, S.TRAFFIC: 0.4},
    Kind.MORE_RETRIES: {S.TRAFFIC: 0.8, S.THROTTLING: 0.6, S.POOL: 0.5, S.CPU: 0.4},
    Kind.MORE_LOGGING: {S.LOGGING: 1, S.DISK: 0.9, S.CPU: 0.3, S.LATENCY: 0.2},
    Kind.MORE_QUERIES: {S.QUERIES: 1, S.LATENCY: 0.6, S.POOL: 0.5, S.CPU: 0.5, S.TRAFFIC: 0.6, S.TIMEOUTS: 0.4},
    Kind.HEAVIER_QUERIES: {S.QUERIES: 1, S.LATENCY: 0.6, S.CPU: 0.6, S.MEMORY: 0.5, S.TIMEOUTS: 0.5, S.DISK: 0.3},
    Kind.MORE_WORK: {S.CPU: 1, S.LATENCY: 0.7, S.TIMEOUTS: 0.4, S.POOL: 0.4, S.MEMORY: 0.3},
    Kind.GROWTH: {S.MEMORY: 1, S.CRASH: 0.5, S.LATENCY: 0.3, S.DISK: 0.3},
    Kind.NO_RELEASE: {S.MEMORY: 0.8, S.POOL: 0.9, S.DISK: 0.6, S.LOCKS: 0.8, S.TIMEOUTS: 0.4, S.CRASH: 0.3},
    Kind.NO_GUARD: {
        S.ACCESS: 0.8, S.ERRORS: 0.5, S.SHAPE: 0.7, S.CRASH: 0.6, S.LOCKS: 0.5, S.THROTTLING: 0.5,
        S.TIMEOUTS: 0.4, S.TRAFFIC: 0.4,
    },
    Kind.REFUSAL: {S.ERRORS: 0.8, S.SHAPE: 0.8, S.ACCESS: 0.8, S.CRASH: 0.4},
    Kind.RENAME: {S.SHAPE: 1, S.ERRORS: 0.5, S.ACCESS: 0.3, S.CRASH: 0.4},
    Kind.SCHEMA: {S.SHAPE: 0.9, S.LOCKS: 0.8, S.QUERIES: 0.4, S.LATENCY: 0.3, S.ERRORS: 0.4},
    Kind.LIBRARY: {
        S.CRASH: 0.9, S.ERRORS: 0.5, S.LATENCY: 0.3, S.SHAPE: 0.5, S.CERTIFICATE: 0.4, S.ACCESS: 0.3,
        S.MEMORY: 0.3,
    },
    Kind.ADDRESS: {S.UNREACHABLE: 1, S.DNS: 0.8, S.ACCESS: 0.8, S.CERTIFICATE: 0.8, S.TIMEOUTS: 0.5, S.ERRORS: 0.4},
    Kind.CONCURRENCY: {S.LOCKS: 0.9, S.CPU: 0.6, S.POOL: 0.6, S.MEMORY: 0.5, S.LATENCY: 0.4, S.CRASH: 0.4},
    Kind.BEHAVIOUR: {
        S.ERRORS: 0.35, S.LATENCY: 0.3, S.SHAPE: 0.35, S.CRASH: 0.35, S.CPU: 0.3, S.ACCESS: 0.3, S.TIMEOUTS:
        0.2, S.MEMORY: 0.2,
    },
}  # fmt: skip
"""How well each symptom follows from each effect, 0 to 1: what one would expect at any company."""

ROOM = re.compile(
    r"max|pool|conn|worker|thread|concurren|replica|limit|quota|buffer|queue|memory|cpu|heap|size|capacity|burst|rate"
    r"|ceiling|parallel|slots|instances|budget|xmx|retention|backups",
    re.IGNORECASE,
)
TIME = re.compile(r"time_?out|deadline|time_?limit|leeway|skew|tolerance|grace|patience", re.IGNORECASE)
CACHE = re.compile(r"cache|ttl|expir|evict|memo(?!ry)", re.IGNORECASE)
RETRY = re.compile(r"retr(?:y|ies)|attempt", re.IGNORECASE)
VERBOSITY = re.compile(r"^(?:.*[._])?(?:log_?)?level$|verbos|^debug$|sampl(?:e|ing)|trac(?:e|ing)", re.IGNORECASE)
LOUD = re.compile(r"^(?:debug|trace|verbose|all|true|on)$", re.IGNORECASE)
IDLE = re.compile(r"idle|health|keep_?alive", re.IGNORECASE)
PACE = re.compile(r"interval|period|refresh|schedule|cron|poll|tick", re.IGNORECASE)
TOIL = re.compile(r"cost|rounds|iterations|depth|batch|page|chunk|compress|quality", re.IGNORECASE)
PLACE = re.compile(
    r"url|host|endpoint|addr|port$|dsn|uri|secret|password|credential|api_?key|cert|region|bucket|upstream"
    r"|server|issuer|audience",
    re.IGNORECASE,
)
BY_KEY: tuple[tuple[re.Pattern[str], Kind, Kind], ...] = (
    (CACHE, Kind.LESS_CACHE, Kind.MORE_ROOM),
    (TIME, Kind.LESS_TIME, Kind.MORE_ROOM),
    (RETRY, Kind.NO_GUARD, Kind.MORE_RETRIES),
    (PACE, Kind.MORE_WORK, Kind.BEHAVIOUR),
    (TOIL, Kind.BEHAVIOUR, Kind.MORE_WORK),
    (ROOM, Kind.LESS_ROOM, Kind.MORE_ROOM),
    (PLACE, Kind.ADDRESS, Kind.ADDRESS),
)
"""What lowering and raising a figure does, by its key; the first that fits counts."""
VERSION = re.compile(r"^[\^~=<>v]*(\d+)(?:\.(\d+))?(?:\.(\d+))?")
SLIGHT = 0.4
OFF = re.compile(r"(?:false|off|no|none|disabled?)", re.IGNORECASE)
SWITCH = re.compile(rf"(?:true|on|yes|enabled?|{OFF.pattern})", re.IGNORECASE)


class Effect(NamedTuple):
    """One thing a change does. ``strength`` says how surely, 0 to 1; ``what`` says it in the past tense."""

    kind: Kind
    strength: float
    what: str
    setting: Setting | None = None


def of_setting(one: Setting, stuff: Stuff | None = None) -> Effect:
    """Say what setting a value does; ``stuff`` is what the file it stands in is made of."""
    if stuff is Stuff.MANIFEST or (stuff is None and _versions(one)):
        return Effect(Kind.LIBRARY, _leap(one), _phrase(one), one)
    if VERBOSITY.search(one.key) and (LOUD.match(one.new or "") or one.direction > 0):
        return Effect(Kind.MORE_LOGGING, 1.0, _phrase(one), one)
    gone = one.new is None and figure(one.old) is not None
    down = one.direction < 0 or gone or _switched_off(one)
    for pattern, lowered, raised in BY_KEY:
        if pattern.search(one.key):
            kind = lowered if down else raised
            calm = SLIGHT if IDLE.search(one.key) or one.old is None else 1.0
            return Effect(kind, calm * _size(kind, one), _phrase(one), one)
    return Effect(Kind.BEHAVIOUR, 0.7, _phrase(one), one)


def _switched_off(one: Setting) -> bool:
    return (
        one.direction == 0 and SWITCH.fullmatch(one.old or "") is not None and OFF.fullmatch(one.new or "") is not None
    )


def _size(kind: Kind, one: Setting) -> float:
    """Say how much a setting was changed; an address or a switch is another one, however little of it differs."""
    if kind is Kind.ADDRESS or SWITCH.fullmatch(one.old or ""):
        return 1.0
    return 0.5 if kind is Kind.BEHAVIOUR else min(1.0, 0.25 + 0.45 * math.log2(max(1.0, one.factor)))


def _phrase(one: Setting) -> str:
    if not one.old or not one.new:
        return f"took {one.key} ({one.old}) away" if one.old else f"brought {one.key} ({one.new})"
    verb = {-1: "cut", 0: "set", 1: "raised"}[one.direction]
    return f"{verb} {one.key} from {one.old} to {one.new}"


def _versions(one: Setting) -> bool:
    return all(v and re.match(r"^[\^~v=]*\d+\.\d+\.\d+", v) for v in (one.old, one.new))


def _leap(one: Setting) -> float:
    """Return how much a version bump may break by semantic versioning: major, minor, and a patch hardly anything."""
    old, new = VERSION.match(one.old or ""), VERSION.match(one.new or "")
    if not old or not new:
        return 0.5
    first = next((i for i in range(3) if old[i + 1] != new[i + 1]), 3)
    return (0.9, 0.7, 0.12, 0.1)[first]
