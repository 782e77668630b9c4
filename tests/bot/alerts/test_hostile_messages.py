"""Whatever a message holds, reading it never fails, stays bounded, and hands on data that hides nothing."""

import copy
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from unicodedata import category

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.alerts import Fired, Seen, alertmanager_webhook, read_message
from bot.alerts.moments import SKEW

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
FILES = sorted((Path(__file__).parent / "samples").rglob("*.json"))
SAMPLES = [json.loads(path.read_text())["message"] for path in FILES]
WORDS = [
    *(
        "[FIRING:2] ",
        "Resolved: ",
        "🚨",
        "checkout",
        "service: checkout",
        "1e999",
        "9" * 400,
        "\ud800",
        "\u202e",
        "\x00",
    ),
    *("<@U1|x>", "<!date^99999999999^Started|x>", "threshold (", "{a=b}", "::::", "``", "[[[["),
    "Labels:\n - service = checkout",
]
NASTY = (
    *("[" * 19_000, ":a" * 9_000, "*" * 19_000, "a-" * 9_000, "1," * 9_000, "`" * 19_000, " | " * 6_000, "a:" * 9_000),
    *("datapoint [1 " * 1_500, "is 1 " * 3_000, "<" * 19_000, "a over " * 2_500, "[a](" * 4_000, "{a:b," * 3_000),
    *('New alert "' * 1_500, "CloudWatch Alarm | " * 1_000, "x.x.x.x{" * 2_000, "_ " * 9_000, "a is 1 % " * 2_000),
)
TEXT = st.one_of(st.text(max_size=60), st.lists(st.sampled_from(WORDS), max_size=8).map("".join))
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=20,
)
KEYS = [
    *("text", "blocks", "attachments", "fields", "title", "value", "type", "elements", "ts", "color", "footer"),
    *("fallback", "pretext", "title_link", "subtype", "message", "url"),
]
MESSAGE = st.recursive(
    st.one_of(JSON, TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=5),
        st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    ),
    max_leaves=15,
)


def read(message: dict[str, Any]) -> tuple[Seen, ...]:
    return read_message(message, default_environment="production", seen_at=NOON, known_services=["checkout"])


def assert_sound(found: tuple[Seen, ...]) -> None:
    assert len(found) <= 20
    for seen in found:
        shown = seen.model_dump_json()
        assert len(shown) <= 60_000
        texts = [seen.environment, *(seen.alert.labels if isinstance(seen, Fired) else seen.labels)]
        if isinstance(seen, Fired):
            alert = seen.alert
            assert alert.fired_at <= NOON + SKEW
            assert len(alert.labels) <= 40
            assert len(seen.links) <= 10
            texts += [alert.service, alert.name, alert.summary, *alert.labels.values(), *seen.links]
        hidden = {c for text in texts for c in text if category(c) in {"Cc", "Cf", "Cs"} and c != "\n"}
        assert not hidden
        assert len(seen.fingerprint) == 16


@settings(max_examples=150, deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), MESSAGE, max_size=6))
def test_any_message_is_read_without_failing(message: dict[str, Any]) -> None:
    assert_sound(read(message))


def places(value: object, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, item in inner for place in places(item, (*path, key)))]


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(SAMPLES), st.data())
def test_a_sample_with_one_thing_changed_is_read_without_failing(sample: dict[str, Any], data: st.DataObject) -> None:
    changed = copy.deepcopy(sample)
    path = data.draw(st.sampled_from(places(changed)[1:]))
    holder = changed
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = data.draw(st.one_of(JSON, MESSAGE))
    assert_sound(read(changed))


@settings(max_examples=200, deadline=None)
@given(
    JSON.map(lambda value: {"alerts": [value]})
    | st.dictionaries(st.sampled_from(["alerts", "status", "commonLabels"]), JSON)
)
def test_any_webhook_is_read_without_failing(payload: dict[str, Any]) -> None:
    assert_sound(alertmanager_webhook(payload, default_environment="production", seen_at=NOON))


def test_a_huge_message_is_bounded() -> None:
    stanza = "Labels:\n - alertname = A\n - service = checkout\n" + "".join(f" - label_{i} = v\n" for i in range(100))
    message = {"attachments": [{"title": f"[FIRING:900] {'A' * 50_000}", "text": stanza * 500}] * 300}
    found = read(message)
    assert_sound(found)
    assert found


def test_deep_nesting_is_passed_over() -> None:
    deep: Any = "🚨 checkout is down"
    for _ in range(5_000):
        deep = {"type": "rich_text_section", "elements": [deep]}
    assert read({"blocks": [{"type": "rich_text", "elements": [deep]}]}) == ()


def test_text_made_to_make_patterns_slow_is_read_like_any_other() -> None:
    for nasty in NASTY:
        assert_sound(read({"text": f"🚨 checkout {nasty}", "attachments": [{"title": nasty, "text": nasty}]}))


def test_an_alert_is_never_in_the_future() -> None:
    later = str(int((NOON + timedelta(days=1)).timestamp()))
    (found,) = read({"text": "🚨 checkout is down", "ts": f"{later}.000100"})
    assert isinstance(found, Fired)
    assert found.alert.fired_at == NOON
