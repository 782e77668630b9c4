"""The kinds of trouble a fault shows as, and the words by which metrics and logs tell of each."""

import re
from enum import StrEnum


class Symptom(StrEnum):
    """How a fault shows. The value reads in a sentence."""

    LATENCY = "slow answers"
    ERRORS = "failing requests"
    TIMEOUTS = "timeouts"
    POOL = "an exhausted pool or queue"
    MEMORY = "growing memory"
    CPU = "busy processors"
    DISK = "a filling disk"
    CRASH = "crashing instances"
    THROTTLING = "throttled requests"
    CACHE = "cache misses"
    QUERIES = "more or heavier queries"
    TRAFFIC = "more requests"
    LOGGING = "a flood of log lines"
    DNS = "names that don't resolve"
    CERTIFICATE = "refused certificates"
    ACCESS = "refused credentials"
    SHAPE = "data that doesn't fit its shape"
    UNREACHABLE = "refused connections"
    LOCKS = "waiting for locks"


TOLD_BY: dict[Symptom, str] = {
    Symptom.POOL: (
        r"pool|exhaust|in.use|saturat|queue|backlog|consumer.?lag|semaphore|too many connections|acquir|worker"
        r"|thread|slots|connections?.(?:limit|max)"
    ),
    Symptom.MEMORY: r"memory|heap|\brss\b|_rss|\boom|\bgc\b|gc_|garbage|working.?set|outofmemory|swap",
    Symptom.CPU: r"cpu|load.?avg|processor|throttled.?periods",
    Symptom.DISK: (
        r"disk|inode|no space|read-only|filesystem|volume.?(?:used|full)|wal.?size|enospc"
        r"|storage.?(?:used|full)"
    ),
    Symptom.CRASH: (
        r"restart|crash|panic|ready.?replicas|segfault|sigkill|sigsegv|exit.?code|failed to start"
        r"|backoff restarting|liveness|unhandled|fatal"
    ),
    Symptom.THROTTLING: r"\b429|_429|throttl|rate.?limit|too many requests|quota|slowdown|shedding|overload",
    Symptom.CACHE: r"cache|hit.?ratio|evict|miss.?(?:ratio|rate)",
    Symptom.QUERIES: (
        r"quer(?:y|ies)|rows.?(?:examined|read|scanned)|\bselect\b|statement|seq.?scan|full.?scan|\bdb_.*count"
        r"|n\+1|calls_in_request"
    ),
    Symptom.LOGGING: r"log.?(?:write|volume|lines|bytes|rate)|rotat",
    Symptom.DNS: (
        r"\bdns|servfail|nxdomain|enotfound|no such host|name.?resol|resolver|lookup .* on |getaddrinfo"
        r"|zero addresses|temporary failure in name"
    ),
    Symptom.CERTIFICATE: r"certificate|x509|\bcert\b|cert_|handshake|not.?after|\btls\b|\bssl",
    Symptom.ACCESS: (
        r"\b401|_401|\b403|_403|unauthori[sz]|forbidden|access denied|permission|credential|jwt|token|login"
        r"|authenticat|signature"
    ),
    Symptom.SHAPE: (
        r"pars(?:e|ing)|unknown (?:field|column)|no mapping|schema|deseriali|unmarshal|decod|malformed"
        r"|invalid (?:json|format|payload|value)|constraint|type ?error|cast|column .* does not exist"
        r"|null.?pointer|nil pointer|key ?error|missing field|unexpected (?:token|end|type)|undefined|poison"
        r"|dead.?letter|validation"
    ),
    Symptom.UNREACHABLE: (
        r"connection (?:refused|reset|closed)|unavailable|unreachable|econnrefused|no route|broken pipe"
        r"|host is down|network.?(?:error|loss)|packet|retransmi"
    ),
    Symptom.LOCKS: r"\block|deadlock|lock.?wait|blocked",
    Symptom.TIMEOUTS: r"time.?d? ?out|deadline",
    Symptom.LATENCY: r"latency|duration|response.?time|\bp9\d|_p9\d|slow|took \S+ ?m?s|elapsed|pause",
    Symptom.ERRORS: r"error|5xx|fail|exception|5\d\d\b|success|reject|declin",
}
"""How each is told of, whatever the case of letters: names of metrics and words of messages."""
PATTERNS = tuple((symptom, re.compile(pattern, re.IGNORECASE)) for symptom, pattern in TOLD_BY.items())
LONGEST = 2000
GENERAL = frozenset({Symptom.LATENCY, Symptom.ERRORS, Symptom.TIMEOUTS})
"""What nearly every fault shows sooner or later: it tells little about the cause."""


def symptoms_in(text: str) -> frozenset[Symptom]:
    """Return every symptom that a text's words tell of."""
    return frozenset(symptom for symptom, pattern in PATTERNS if pattern.search(text[:LONGEST]))
