"""What commits say and touch: whose they are, what going back leaves behind, whether it would open a hole."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import PurePosixPath

from incident.change import Commit

SUFFIX = re.compile(r"(?:service|svc|server|srv|app)$")
PART = re.compile(r"(?:api|gateway|db)$")
"""What the parts of a service are called besides its own name."""
SHA = 7
"""Digits from which a commit's prefix names it."""
SHORTEST = 4
"""Letters of a name that can be looked for inside of text."""

MIGRATION = re.compile(
    r"(?:^|/)(?:migrations?|migrate|alembic|flyway|liquibase)(?:/|$)|(?:^|/)V\d+(?:[._]\d+)*__[^/]+\.sql$"
    r"|(?:^|/)(?:schema\.rb|structure\.sql|schema\.prisma)$|\.ddl$",
    re.IGNORECASE,
)
SCHEMA_STATEMENT = re.compile(
    r"\b(?:ALTER\s+(?:TABLE|TYPE|DATABASE|INDEX)|CREATE\s+(?:TABLE|TYPE|UNIQUE\s+INDEX|INDEX)"
    r"|RENAME\s+(?:TABLE|COLUMN)|(?:add|drop|alter|rename)_(?:column|table|index|constraint)s?\b"
    r"|(?:create|delete)_table\b)",
    re.IGNORECASE,
)
DELETION = re.compile(
    r"\b(?:DROP\s+(?:TABLE|COLUMN|DATABASE|SCHEMA|INDEX|VIEW)|TRUNCATE\s+(?:TABLE\s+)?\w|DELETE\s+FROM\s+\w|rm\s+-\w*r\w*\s"
    r"|FLUSHALL|FLUSHDB|kubectl\s+delete\s+(?:pvc|pv|namespace)|aws\s+s3\s+(?:rm|rb)\b|dropDatabase|deleteMany\s*\()",
    re.IGNORECASE,
)
FORMAT = re.compile(r"\.(?:proto|avsc|avdl|fbs|thrift|capnp|xsd|asn1?|sql)$", re.IGNORECASE)
FORMAT_WORD = re.compile(
    r"serialVersionUID|\b(?:schema|format|protocol|wire|storage|snapshot|pickle)[_\s-]?version\b"
    r"|\b(?:encoding|serializ\w+|serialis\w+|codec|compression)\s*[:=]|\bSerializer\(|@SerializedName|@JsonProperty",
    re.IGNORECASE,
)
LASTING_WORDS = re.compile(
    r"\b(?:migrat(?:e|es|ed|ing|ions?)|backfill\w*|(?:data|file|wire|storage|record|event|message)\s+format"
    r"|schema\s+change|irreversible|one[- ]way|purge[sd]?|delet\w+\s+(?:old|all|data|rows|records|tables?|columns?))\b",
    re.IGNORECASE,
)

PROSE = re.compile(r"(?:^|/)(?:docs?|tests?|__tests__)/|\.(?:md|rst|adoc)$|[._-](?:test|spec)\.\w+$", re.IGNORECASE)
COMMENT = re.compile(r"\s*(?:$|//|#(?:\s|$)|/\*|\*(?:\s|/|$)|<!--)")

ADVISORY = re.compile(
    r"\b(?:CVE-\d{4}-\d{3,}|GHSA(?:-[a-z0-9]{4}){3}|RUSTSEC-\d{4}-\d+|PYSEC-\d{4}-\d+)\b", re.IGNORECASE
)
SAFETY = re.compile(
    r"\b(?:security|vulnerab\w+|exploit\w*|advisory|advisories|0-?day|zero[- ]day|XSS|CSRF|SSRF|RCE|XXE|IDOR"
    r"|(?:sql|command|code|template|header)\s+injection|path\s+traversal|remote\s+code|privilege\s+escalation"
    r"|auth\w*\s+bypass|(?:leak|expos)\w*\s+(?:of\s+)?(?:secrets?|credentials?|tokens?|passwords?|personal)"
    r"|hardening|pentest|sicherheit\w*|seguran[cç]a|seguridad|s[ée]curit[ée])",
    re.IGNORECASE,
)
BUMP = re.compile(r"\b(?:bump|update|upgrade)s?\s+\S+\s+(?:from\s+\S+\s+)?to\s+v?\d", re.IGNORECASE)
ROBOTS = re.compile(r"\b(?:dependabot|renovate|snyk)\b", re.IGNORECASE)
WORD = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z0-9]+")
IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]{5,}")


def one_commit(sha: str, other: str) -> bool:
    """Tell whether two spellings are of one commit: sources cut them short."""
    return min(len(sha), len(other)) >= SHA and (sha.startswith(other) or other.startswith(sha))


@lru_cache(maxsize=8192)
def bare(name: str) -> str:
    """Return what is the same in all spellings of a name: CartService, cart-service and cart-svc are cart.

    What else a name ends in tells two apart: the cart's database is not the cart.
    """
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    return SUFFIX.sub("", plain) or plain


def loosely(name: str) -> str:
    """Return a service's name without what its parts are called: where a part may be meant, caution takes it for it."""
    short = bare(name)
    return PART.sub("", short) or short


def lies_in(service: str, files: Iterable[str]) -> bool:
    """Tell whether one of the files lies in a folder of the service."""
    mine = loosely(service)
    return any(loosely(part) == mine for path in files for part in PurePosixPath(path).parts[:-1])


def added(diff: str | None) -> tuple[str, ...]:
    """Return the lines that a diff brings."""
    return tuple(line[1:] for line in (diff or "").splitlines() if line.startswith("+") and not line.startswith("+++"))


def touched(diff: str | None) -> tuple[str, ...]:
    """Return the lines that a diff brings or takes away."""
    gone = (ln[1:] for ln in (diff or "").splitlines() if ln.startswith("-") and not ln.startswith("---"))
    return (*added(diff), *gone)


def lasting(commit: Commit) -> Iterator[str]:
    """Yield what of a commit surely stays in the data when its code is taken back, one phrase each."""
    yield from (f"{path} is a migration" for path in commit.files if MIGRATION.search(path))
    for line in added(commit.diff):
        if DELETION.search(line):
            yield f"it deletes what going back doesn't bring back ({line.strip()[:60]!r})"
        elif SCHEMA_STATEMENT.search(line):
            yield f"it changes a schema ({line.strip()[:60]!r})"


def perhaps_lasting(commit: Commit) -> Iterator[str]:
    """Yield what of a commit may stay in the data when its code is taken back, one phrase each."""
    yield from (f"{path} says what data looks like" for path in commit.files if FORMAT.search(path))
    yield from (
        f"it may change how data is written ({line.strip()[:60]!r})"
        for line in touched(commit.diff)
        if FORMAT_WORD.search(line)
    )
    if found := LASTING_WORDS.search(commit.message):
        yield f"its message speaks of {found[0]!r}"


def idle(commit: Commit) -> bool:
    """Tell whether a commit surely changes nothing that runs: it is all prose, tests or comments."""
    if commit.files and all(PROSE.search(path) for path in commit.files):
        return True
    lines = touched(commit.diff)
    return bool(lines) and all(COMMENT.match(line) for line in lines)


def advisory(text: str) -> str | None:
    """Return the published weakness that a text names, None where it names none."""
    found = ADVISORY.search(text)
    return found[0] if found else None


def about_safety(text: str, author: str | None = None) -> str | None:
    """Return why a text may be about a weakness, None where nothing in it hints at one."""
    if found := SAFETY.search(text):
        return f"its words are {found[0]!r}"
    if BUMP.search(text) and ROBOTS.search(f"{author or ''} {text}"):
        return "a robot raised a dependency, as it also does for published weaknesses"
    return None


def names(service: str, text: str) -> bool:
    """Tell whether a text speaks of a service, however it spells it."""
    whole, short = re.sub(r"[^a-z0-9]", "", service.lower()), loosely(service)
    if whole in re.sub(r"[^a-z0-9]", "", text.lower()):
        return True
    return len(short) >= SHORTEST and short in {word.lower() for word in WORD.findall(text)}


def new_names(commit: Commit) -> frozenset[str]:
    """Return the identifiers that a commit brings and that nothing shows to have been there before."""
    before = {word for line in (commit.diff or "").splitlines() if line[:1] != "+" for word in IDENTIFIER.findall(line)}
    return frozenset(word for line in added(commit.diff) for word in IDENTIFIER.findall(line)) - before
