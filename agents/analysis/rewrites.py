"""What rewritten code does beyond setting values: queries in loops, lost bounds and safeguards, things never let go."""

import re
from collections import Counter

from agents.analysis.diffs import Hunk, Net, Stuff
from agents.analysis.effects import Effect, Kind
from agents.analysis.settings import settings

QUERY = re.compile(
    r"\bselect\b.+\bfrom\b|\.query\w*\(|queryrow|\.find(?:one|all|by\w+|_by\w*)?\(|\.execute\(|\.fetch\w*\(|\.load\w*\("
    r"|\.lookup\w*\(|\.get[a-z]*item\w*\(|requests\.get|http\.get",
    re.IGNORECASE,
)
LOOP = re.compile(r"^\s*(?:for\b|foreach\b|while\b)|\.(?:map|forEach|each|stream)\(", re.IGNORECASE)
REMOTE = re.compile(
    r"\w+\.\w+\.\w+\(|await\s+\w|\(\s*ctx\b"
    r"|\b(?:client|repo|repository|dao|db|session|api|store)\w*\.\w+\(",
    re.IGNORECASE,
)
BOUND = re.compile(
    r"\blimit\b|\btop\b|\bfetch first\b|page_?size|\.limit\(|\bwhere\b|using index|paginate", re.IGNORECASE
)
UNINDEXED = re.compile(r"drop\s+index", re.IGNORECASE)
RELEASE = re.compile(
    r"\.close\(|release\(|unlock\(|cancel\(|\bfree\(|dispose\(|\bdefer\b|finally|\.stop\(|unsubscribe|remove\w*listener"
    r"|evict|\.delete\(|\.pop\(|rotate|\bwith\b.*:",
    re.IGNORECASE,
)
GUARD = re.compile(
    r"leeway|toleran|skew|retr(?:y|ies)|backoff|jitter|fallback|breaker|^lock$|mutex|valid|check|guard"
    r"|sanitiz|escape|limit"
    r"|throttl|catch|except|ensure|verify|require",
    re.IGNORECASE,
)
CONDITION = re.compile(r"\b(?:if|unless|when)\b")
FORWARDED = re.compile(r"err(?:or)?\s*!=\s*(?:nil|null|None)")
LASTING = re.compile(
    r""
    r"^\s{0,2}(?:export\s+)?(?:var|let|const|static|val)\b.*(?:=\s*(?:\[\]|\{\}|new\b|make\(|\w*(?:List|Map|dict|list|set)\w*\()|\[\]\w+\s*$|map\[)"
    r"|^[A-Za-z_]\w*\s*(?::[^=]+)?=\s*(?:\[\]|\{\}|dict\(|list\(|set\(|defaultdict\(|deque\(\))"
    r"|^\s*(?:private|public|protected)?\s*(?:static\s+)?(?:final\s+)?\w*(?:List|Map|Set|Queue)\b.*=\s*new\b"
    r"|^\s*(?:self|this)\.\w+\s*=\s*(?:\[\]|\{\}|new\b|dict\(|list\(|set\()"
)
KEEPS = re.compile(
    r"append\(|\.push\w*\(|\.add\w*\(|\.put\w*\(|\.set\w*\(|\.insert\(|computeIfAbsent|\]\s*=[^=]|\+=|\.on\(|subscribe\("
)
BOUNDED = re.compile(
    r"lru|bounded|maxlen|max(?:imum)?_?(?:size|entries|items|len)|evict|ring_?buffer|\.clear\(|\.pop\(|expire|weak|trim|capacity",
    re.IGNORECASE,
)
UNBOUND = re.compile(
    r"^max(?:imum)?_?(?:size|entries|items|len|weight)|^maxlen|evict|^lru|expire_?after|ring_?buffer|^LRU",
    re.IGNORECASE,
)
PARALLEL = re.compile(
    r"\bgo\s+func|\bgo\s+\w+\(|thread|async|parallel|setinterval|executor|spawn|\.lock\(|mutex|synchronized|semaphore",
    re.IGNORECASE,
)
TOIL = re.compile(
    r"regexp?\b|re\.compile|bcrypt|scrypt|pbkdf|\bsleep\b|fsync|\bsort|compress|gzip|\bhash|sha\d|encrypt"
    r"|deepcopy|\breflect",
    re.IGNORECASE,
)
SUBSCRIBES = re.compile(r"\.on\(|add\w*listener\(|\bsubscribe\(|\.observe\(|setinterval\(", re.IGNORECASE)
SAFE = re.compile(
    r"\?\.(?=[A-Za-z_\[(])|\?\?|\?:|\.get\([^(),]{1,40},|\w*or_?(?:else|default)\w*\(|unwrap_or|optional"
    r"|[!=]==? ?(?:null|nil|undefined)\b|\bis (?:not )?none\b",
    re.IGNORECASE,
)
"""What keeps code from stumbling over a value that isn't there."""
HASHED = re.compile(r"(?:Set|Map)\b|\b(?:set|dict)\(|\.has\(|\.add\(|contains_?key|\bmap\[", re.IGNORECASE)
SCANNED = re.compile(r"List\b|\blist\(|\.append\(|\.push\(|\.includes\(|index_?of\(|slices\.|\[\]", re.IGNORECASE)
"""Where a look-up takes no time, and where it reads through everything."""
LONG_NAME = 4
NAMED = re.compile(r"[A-Za-z_]{2}")
REFUSAL = re.compile(
    r"\b(?:throw|raise|panic|abort|reject)\b|errors?\.(?:new|wrap)|errorf\(|return\b.*\berr(?:or)?\b|\.error\(|fail\(|exit\(",
    re.IGNORECASE,
)
"""Lines by which code refuses what it was asked."""
CACHED = re.compile(r"cache|memoi[sz]e", re.IGNORECASE)
CALM_SCHEMA = re.compile(r"create\s+index\s+concurrently|comment\s+on", re.IGNORECASE)


def of_hunks(hunks: tuple[Hunk, ...], changed: Net) -> tuple[Effect, ...]:
    """Say what rewritten code does; lines that only moved and plain settings count for nothing here."""
    changed = Net(_unset(hunks, changed.lost), changed.gained)
    lost = [line for h in hunks for line in h.code("-") if _fresh(line, changed.lost)]
    gained = [line for h in hunks for line in h.code("+") if _fresh(line, changed.gained)]
    found = [*_queries(hunks, lost, gained, changed), *_losses(lost, gained, changed), *_gains(hunks, gained, changed)]
    found += _carelessness(hunks)
    found += [Effect(Kind.RENAME, 0.9, f"renamed {old} to {new}") for old, new in _renamed(changed)]
    if any(h.stuff is Stuff.SCHEMA for h in hunks):
        calm = CALM_SCHEMA.search("\n".join(gained))
        found.append(Effect(Kind.SCHEMA, 0.3 if calm else 0.8, "changed the shape of stored data"))
    return tuple(found)


def _losses(lost: list[str], gained: list[str], changed: Net) -> list[Effect]:
    found = []
    guards = [token for token in changed.lost if GUARD.search(token)]
    if any(RELEASE.search(line) for line in lost) and not any(RELEASE.search(line) for line in gained):
        found.append(Effect(Kind.NO_RELEASE, 0.8, "stopped releasing or cleaning up something"))
    if guards:
        found.append(Effect(Kind.NO_GUARD, 0.9, f"took '{guards[0]}' away"))
    elif "if" in changed.lost and any(CONDITION.search(line) and not FORWARDED.search(line) for line in lost):
        found.append(Effect(Kind.NO_GUARD, 0.6, "took a condition away"))
    if any(CACHED.search(line) for line in lost):
        found.append(Effect(Kind.LESS_CACHE, 0.8, "changed what is read from a cache"))
    return found


def _gains(hunks: tuple[Hunk, ...], gained: list[str], changed: Net) -> list[Effect]:
    added = "\n".join(gained)
    whole = "\n".join(line for h in hunks for line in h.code("+"))
    found = []
    lasting = any(LASTING.match(line) for line in whole.splitlines()) and KEEPS.search(added) is not None
    if any(UNBOUND.search(token) for token in changed.lost) and not BOUNDED.search(added):
        found.append(Effect(Kind.GROWTH, 1.0, "took the bound of what it keeps in memory away"))
    elif lasting and not BOUNDED.search(whole):
        found.append(Effect(Kind.GROWTH, 0.9, "kept adding to something that outlives the request"))
    elif SUBSCRIBES.search(added) and not RELEASE.search(added):
        found.append(Effect(Kind.GROWTH, 0.8, "subscribed to something and never unsubscribed"))
    if any(REFUSAL.search(line) for line in gained) and any(CONDITION.search(line) for line in gained):
        found.append(Effect(Kind.REFUSAL, 0.9, "made it refuse some of what it used to take"))
    if PARALLEL.search(added):
        found.append(Effect(Kind.CONCURRENCY, 0.6, "changed what runs at the same time"))
    if TOIL.search(added):
        found.append(Effect(Kind.MORE_WORK, 0.6, "added work to each request"))
    return found


def _carelessness(hunks: tuple[Hunk, ...]) -> list[Effect]:
    found = []
    if _more(SAFE, hunks) < 0:
        found.append(Effect(Kind.NO_GUARD, 0.9, "stopped minding that a value may be missing"))
    if _more(HASHED, hunks) < 0 < _more(SCANNED, hunks):
        found.append(Effect(Kind.MORE_WORK, 0.8, "made it look things up by reading through all of them"))
    return found


def _more(what: re.Pattern[str], hunks: tuple[Hunk, ...]) -> int:
    """Return how much more of something there is than there was; what only moved adds nothing."""
    lost, gained = (sum(len(what.findall(line)) for h in hunks for line in h.code(sign)) for sign in "-+")
    return gained - lost


def _queries(hunks: tuple[Hunk, ...], lost: list[str], gained: list[str], changed: Net) -> list[Effect]:
    found = []
    if any(_in_loop(h, changed) for h in hunks):
        found.append(Effect(Kind.MORE_QUERIES, 1.0, "made a call for every single item of a loop"))
    elif any(QUERY.search(line) for line in gained):
        found.append(Effect(Kind.MORE_QUERIES, 0.7, "added a query or a remote call"))
    unbound = any(BOUND.search(line) for line in lost) and not any(BOUND.search(line) for line in gained)
    if unbound or any(UNINDEXED.search(line) for line in gained):
        found.append(
            Effect(Kind.HEAVIER_QUERIES, 0.9, "dropped the bound of a query" if unbound else "dropped an index")
        )
    return found


def _in_loop(hunk: Hunk, changed: Net) -> bool:
    """Tell whether a new remote call stands within four lines of a loop's head."""
    after = [(sign, text) for sign, text in hunk.lines if sign != "-"]
    heads = [i for i, (_, text) in enumerate(after) if LOOP.search(text)]
    near = [text for i in heads for sign, text in after[i : i + 5] if sign == "+" and _fresh(text, changed.gained)]
    return any(QUERY.search(text) or REMOTE.search(text) for text in near)


def _unset(hunks: tuple[Hunk, ...], lost: Counter[str]) -> Counter[str]:
    """Leave out what stands in plain settings: `of_setting` has said what those do."""
    kept = [one for h in hunks for one in settings((h,)) if one.new is not None]
    keys = {token for one in kept for token in re.findall(r"\w+", f"{one.key} {one.old}")}
    return Counter({token: n for token, n in lost.items() if token not in keys})


def _fresh(line: str, counted: Counter[str]) -> bool:
    """Tell whether a line holds anything that did not merely move."""
    return any(token in counted for token in re.findall(r"[A-Za-z_]\w*|\"[^\"]*\"|\d+", line))


def _renamed(changed: Net) -> list[tuple[str, str]]:
    lost, gained = ([t for t in c if t[:1] in "\"'" and len(t) >= LONG_NAME and NAMED.search(t)] for c in changed)
    return list(zip(lost, gained, strict=False)) if len(lost) == len(gained) else []
