"""Whether a deployment, a canary or a freeze is going on, as far as records and events say."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from incident.change import Change, Event

FRESH = timedelta(days=1)
"""A record that has said "in progress" for longer was forgotten."""
LONGEST_FREEZE = timedelta(days=14)
STANDING = ("status", "state", "phase", "stage", "rollout", "strategy_status")
"""The attributes in which sources say how far a change is."""
GOING_ON = frozenset({
    "in_progress", "running", "started", "pending", "queued", "waiting", "progressing", "promoting", "paused",
    "deploying", "rolling_out", "rolling_back", "canary", "canary_running",
})  # fmt: skip
WORK = re.compile(r"\b(?:canary|rollout|roll-out|deployment|deploying|rolling out|rolling update)\b", re.IGNORECASE)
BEGINS = re.compile(
    r"\b(?:started|begins?|began|in progress|under ?way|ongoing|running|paused|progressing|deploying|rolling out"
    r"|(?:at|to) \d{1,3} ?%|canary)",
    re.IGNORECASE,
)
ENDS = re.compile(
    r"\b(?:finished|completed?|done|succeeded|success|successful(?:ly)?|promoted|aborted|failed|cancell?ed|rolled back"
    r"|lifted|over|ended|ends|released|100 ?%|healthy)\b",
    re.IGNORECASE,
)
FREEZE = re.compile(r"^freeze\b|\b(?:change|deploy(?:ment)?|code|release|production)[ _-]?freeze\b", re.IGNORECASE)


def unfinished(changes: Iterable[Change], service: str, at: datetime) -> Iterator[str]:
    """Yield the changes of a service whose own record says that they are not through, one phrase each."""
    for change in changes:
        if change.service == service and at - FRESH < change.at <= at and (how := _standing(change)):
            yield f"{change.id} of {service} is {how} since {change.at:%H:%M}"


def announced(events: Iterable[Event], service: str, at: datetime) -> Iterator[str]:
    """Yield the deployments of a service that somebody said have begun and nobody said have ended."""
    about = [e for e in events if e.service == service and at - FRESH < e.at <= at and WORK.search(_words(e))]
    last = max(about, key=lambda e: e.at, default=None)
    if last is not None and BEGINS.search(_words(last)) and not ENDS.search(_words(last)):
        yield f"{last.source} said at {last.at:%H:%M} of {service}: {_words(last)[:80]!r}"


def frozen(events: Iterable[Event], service: str, at: datetime) -> Iterator[str]:
    """Yield the freezes that somebody announced for a service or for all, and nobody lifted."""
    about = [
        e
        for e in events
        if e.service in {None, service} and at - LONGEST_FREEZE < e.at <= at and FREEZE.search(_words(e))
    ]
    last = max(about, key=lambda e: e.at, default=None)
    if last is not None and not ENDS.search(_words(last)):
        yield f"{last.source} announced a freeze at {last.at:%Y-%m-%d %H:%M}: {_words(last)[:80]!r}"


def _standing(change: Change) -> str | None:
    told = {str(key).lower(): value for key, value in change.attributes.items()}
    for key in STANDING:
        word = re.sub(r"[\s-]+", "_", str(told.get(key, "")).strip().lower())
        if word in GOING_ON:
            return word.replace("_", " ")
    if told.get("canary") is True:
        return "a canary"
    return "without an end" if "finished_at" in told and told["finished_at"] is None else None


def _words(event: Event) -> str:
    return f"{event.status.replace('_', ' ')} {event.message}".strip()
