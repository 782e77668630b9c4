"""How bad a log line says it is: levels are free text, and often missing."""

from typing import Final

import polars as pl

DEBUG, INFO, WARN, ERROR, FATAL = range(5)
NAMES: Final = ("DEBUG", "INFO", "WARN", "ERROR", "FATAL")
WEIGHTS: Final = (0.3, 0.6, 1.0, 1.5, 2.0)
"""How much more a line counts because of its level."""

SAID: Final = (
    (r"^(?:f$|fatal|crit|emerg|alert|panic|60$|[01]$)", FATAL),
    (r"^(?:e$|err|sev|fail|50$|3$)", ERROR),
    (r"^(?:w$|warn|40$|4$)", WARN),
    (r"^(?:i$|info|notice|30$|[56]$|log$|config$)", INFO),
    (r"^(?:d$|t$|debug|trace|verbose|fine|20$|10$|7$)", DEBUG),
)
"""Words, letters, syslog's 0-7 and bunyan's 10-60, by their beginning."""

MARKED: Final = (
    r"(?:^|[\s\[|\"=])(FATAL|CRITICAL|PANIC|SEVERE|ERROR|ERR|WARNING|WARN|INFO|NOTICE|DEBUG|TRACE)(?:[\s\]|\":]|$)"
)
"""A level inside a line, in the capitals that loggers write."""

FATAL_WORDS: Final = (
    r"(?i)\b(?:panic:|fatal|segfault|segmentation fault|out of memory|oomkilled|core dumped|unrecoverable)"
)
ERROR_WORDS: Final = (
    r"(?i)\b(?:error|errors|exception|traceback|failed|failure|refused|unavailable|exhausted|unreachable|denied|aborted|crash\w*"
    r"|cannot|could not|timed out|time-?out|deadline exceeded|no such host|servfail|reset by peer|broken pipe)\b"
    r"|[a-z](?:Exception|Error)\b"
)
WARN_WORDS: Final = (
    r"(?i)\b(?:warn\w*|slow|retry\w*|deprecated|degraded|throttl\w*|near capacity|backing off|stale|evict\w*)\b"
)


def severity(level: pl.Series, message: pl.Series) -> pl.Series:
    """Return 0 (debug) to 4 (fatal): what the level says, else a level in the line, else what its words sound like."""
    distinct = level.unique()
    meant = pl.select(_by(pl.lit(distinct).str.strip_chars().str.to_lowercase(), SAID)).to_series()
    said = level.replace_strict(distinct, meant, return_dtype=pl.Int8).cast(pl.Int8)  # an empty one keeps its own type
    if not said.has_nulls():
        return said
    lines = pl.DataFrame({"said": said, "head": message.set(said.is_not_null(), None).str.slice(0, 400)})
    head = pl.col("head")
    marked = _by(head.str.extract(MARKED).str.to_lowercase(), SAID)
    words = _by(head, ((FATAL_WORDS, FATAL), (ERROR_WORDS, ERROR), (WARN_WORDS, WARN)))
    return lines.select(pl.coalesce("said", marked, words, pl.lit(INFO, pl.Int8))).to_series()


def _by(text: pl.Expr, rules: tuple[tuple[str, int], ...]) -> pl.Expr:
    nothing = pl.lit(None, pl.Int8)
    return pl.coalesce(
        *(pl.when(text.str.contains(rule)).then(pl.lit(value, pl.Int8)) for rule, value in rules), nothing
    )
