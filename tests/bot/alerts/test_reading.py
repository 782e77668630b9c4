"""What is read from a message: escapes, figures, places, severities, times."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.alerts import Fired, Healed, Seen, read_message
from bot.alerts.escapes import clean, links_in, plain
from bot.alerts.figures import Quantity, number, quantity, reading_and_limit
from bot.alerts.moments import moment
from bot.alerts.places import environment_in, service_in
from bot.alerts.severities import severity_in
from bot.alerts.states import State, state_of, unmarked
from incident.alert import Severity

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def read(text: str = "", *, known: tuple[str, ...] = ("checkout",), **message: object) -> tuple[Seen, ...]:
    event = {"type": "message", "text": text, **message}
    return read_message(event, default_environment="production", seen_at=NOON, known_services=known)


def fired(text: str = "", **message: object) -> Fired:
    (found,) = read(text, **message)
    assert isinstance(found, Fired)
    return found


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("a &lt;b&gt; &amp;amp; c", "a <b> &amp; c"),
        ("<https://x.example/?a=1&amp;b=2|the board>", "the board"),
        ("<https://x.example/?a=1&amp;b=2>", "https://x.example/?a=1&b=2"),
        ("<@U012AB> <@U012AB|ann> <#C01|ops> <#C01>", "@U012AB @ann #ops #C01"),
        ("<!here> <!channel|channel> <!subteam^S1|@sre> <!subteam^S1>", "@here channel @sre @subteam"),
        ("<!date^1795521600^{date} at {time}|Nov 24>", "Nov 24"),
        ("*bold* `code` ```block``` _it_ snake_case_name 2*3*4", "bold code block it snake_case_name 2*3*4"),
        ("**bold** [label](https://x.example/y)", "bold label"),
        ("x\u202ey\u200bz\x07\u2028w", "xyz\nw"),
    ],
)
def test_slacks_writing_is_undone(written: str, shown: str) -> None:
    assert plain(written) == shown


def test_escaped_brackets_are_no_links() -> None:
    assert plain("&lt;https://x.example|label&gt;") == "<https://x.example|label>"
    assert links_in("<https://x.example/?a=1&amp;b=2|label> see https://y.example/z.") == (
        "https://x.example/?a=1&b=2",
        "https://y.example/z",
    )


def test_lines_stay_lines_and_tabs_become_gaps() -> None:
    assert clean("a\tb\r\nc") == "a  b\n\nc"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("2,300", 2300.0), ("1,234,567.5", 1234567.5), ("12,5", 12.5), ("2.3e+03", 2300.0)),
        *(("-4", -4.0), ("1e999", None), ("x", None)),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float | None) -> None:
    assert number(text) == value


@pytest.mark.parametrize(
    ("text", "reading", "limit"),
    [
        ("p99 is 2,300 ms (threshold 500)", Quantity(2300, "ms"), Quantity(500)),
        ("error rate 5.2% >= 2%", Quantity(5.2, "%"), Quantity(2, "%")),
        ("p99 is 2.3s, above the limit of 500ms", Quantity(2.3, "s"), Quantity(500, "ms")),
        ("errors over env:prod was > 90.0 on average", None, Quantity(90)),
        ("[2300.0 (24/11/26 11:55:00)] was greater than the threshold (500.0)", Quantity(2300), Quantity(500)),
        ("queue depth exceeds 1.2k", None, Quantity(1200)),
        ("p99 latency is above 500 ms", None, Quantity(500, "ms")),
        ("v2 of cart on db-01 is over 90 %", None, Quantity(90, "%")),
        ("deployed 3 pods in 20 seconds", None, None),
    ],
)
def test_the_reading_and_its_limit_are_told_apart(text: str, reading: Quantity | None, limit: Quantity | None) -> None:
    text = f"datapoint {text}" if text.startswith("[") else text
    assert reading_and_limit(text) == (reading, limit)


def test_grafanas_yes_and_no_is_not_the_reading() -> None:
    assert quantity("A=2300.5, C=1") == Quantity(2300.5)
    assert quantity("C=1") == Quantity(1)
    assert quantity("[no value]") is None


def test_figures_are_handed_on_in_one_unit() -> None:
    alert = fired("🚨 checkout p99 is 2.3s (threshold 500 ms)").alert
    assert (alert.value, alert.threshold) == (2300.0, 500.0)
    sized = fired("🚨 checkout memory is 2 GB (limit 512 MB)").alert
    assert (sized.value, sized.threshold) == (2000.0, 512.0)
    named = fired("🚨 checkout slow\nMetric: latency_p99_seconds\nValue: 2300 ms\nThreshold: 500 ms").alert
    assert (named.metric, named.value, named.threshold) == ("latency_p99_seconds", 2.3, 0.5)


def test_a_value_of_zero_is_a_value() -> None:
    alert = fired("🚨 checkout gets no requests\nValue: 0\nThreshold: 10").alert
    assert (alert.value, alert.threshold) == (0.0, 10.0)
    assert alert.fires_below


@pytest.mark.parametrize(
    ("labels", "prose", "known", "service"),
    [
        ({"service": "cart", "app": "shop"}, "", (), "cart"),
        ({"app": "shop", "container": "checkout"}, "", ("checkout",), "checkout"),
        ({"job": "kube-state-metrics", "container": "checkout"}, "", (), "checkout"),
        ({"service": "prom-kube-state-metrics", "pod": "checkout-7d9f8b6c5-x2x4z"}, "", (), "checkout"),
        ({"job": "production/checkout"}, "", (), "checkout"),
        ({"project": "cart"}, "the checkout provider did not answer", ("checkout",), "cart"),
        ({}, "Checkout and cart are slow", ("cart", "checkout"), "checkout"),
        ({}, "checkout-worker is slow", ("checkout", "checkout-worker"), "checkout-worker"),
        ({}, "checkouts are slow", ("checkout",), None),
        ({}, "order-api is slow", (), "order-api"),
        ({}, "it is slow", (), None),
    ],
)
def test_the_service_is_told_by_labels_then_by_known_names(
    labels: dict[str, str], prose: str, known: tuple[str, ...], service: str | None
) -> None:
    assert service_in(labels, (prose,), known) == service


@pytest.mark.parametrize(
    ("labels", "title", "default", "environment"),
    [
        ({"env": "prod"}, "", "production", "production"),
        ({"env": "production"}, "", "prod", "prod"),
        ({"env": "stg"}, "", "production", "staging"),
        ({"env": "blue"}, "", "production", "blue"),
        ({"namespace": "payments"}, "", "production", "production"),
        ({"namespace": "payments-staging", "cluster": "prod-eu"}, "", "production", "staging"),
        ({"cluster": "dev-2"}, "", "production", "development"),
        ({}, "[staging] checkout is slow", "production", "staging"),
        ({}, "checkout-5xx-staging", "production", "staging"),
        ({}, "the dev team is told", "production", "production"),
    ],
)
def test_the_environment_is_the_catalogs_word_where_both_mean_the_same(
    labels: dict[str, str], title: str, default: str, environment: str
) -> None:
    assert environment_in(labels, title, default) == environment


@pytest.mark.parametrize(
    ("text", "severity"),
    [("P1", Severity.CRITICAL), ("SEV-2", Severity.HIGH), ("warning", Severity.MEDIUM), ("page", Severity.CRITICAL),
     ("P2 (High)", Severity.HIGH), ("Error", Severity.HIGH), ("informational", Severity.LOW), ("blue", None)],
)  # fmt: skip
def test_severities_of_every_sender_become_ours(text: str, severity: Severity | None) -> None:
    assert severity_in(text) is severity


@pytest.mark.parametrize(
    ("title", "state", "name"),
    [
        ("[CRITICAL] checkout is down", State.FIRING, "checkout"),
        ("@here checkout is unreachable", State.FIRING, "checkout"),
        ("Monitor is DOWN: checkout health", State.FIRING, "Monitor: checkout health"),
        ("Monitor is UP: checkout health", State.RESOLVED, "Monitor: checkout health"),
        ("Incident #4412 triggered: checkout is slow", State.FIRING, "checkout is slow"),
        ("🔔 checkout was deployed", None, "checkout was deployed"),
        ("🔥 Firing: checkout is slow!", State.FIRING, "checkout is slow"),
        (":white_check_mark: checkout is slow", State.RESOLVED, "checkout is slow"),
        ("[OK] checkout is slow", State.RESOLVED, "checkout is slow"),
        ("Prod [P1] Alert: checkout is slow", State.FIRING, "Prod [P1] Alert: checkout is slow"),
        ("checkout is slow [RESOLVED]", State.RESOLVED, "checkout is slow"),
        ("checkout has recovered", State.RESOLVED, "checkout"),
        ("ok, I look at checkout", None, "ok, I look at checkout"),
        ("resolved it together with Ann", None, "resolved it together with Ann"),
    ],
)
def test_a_title_says_its_state_and_keeps_its_name(title: str, state: State | None, name: str) -> None:
    assert state_of(title) is state
    assert unmarked(title) == name


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("1795521600.000200", NOON + timedelta(microseconds=200)),
        (1795521600, NOON),
        (1795521600000, NOON),
        ("2026-11-24T13:00:00.123456789+01:00", NOON + timedelta(microseconds=123456)),
        ("0001-01-01T00:00:00Z", None),
        (True, None),
        ("soon", None),
        (float("inf"), None),
    ],
)
def test_times_are_read_and_unset_ones_are_none(value: object, found: datetime | None) -> None:
    assert moment(value) == found


def test_a_page_and_its_end_have_one_fingerprint() -> None:
    for page, end in (
        ("[CRITICAL] checkout error rate 5.2% >= 2%", "[OK] checkout error rate 0.1% < 2%"),
        (
            "🚨 checkout p99 latency is 2,300 ms (threshold 500)",
            "✅ checkout p99 latency is back to 210 ms (threshold 500)",
        ),
        ("ALERT: checkout is down", "RESOLVED: checkout is down"),
        ("** PROBLEM Service Alert: web1/checkout is CRITICAL **", "** RECOVERY Service Alert: web1/checkout is OK **"),
        ("@here checkout is down", "🟢 checkout is back to normal"),
    ):
        (first,), (second,) = read(page), read(end)
        assert isinstance(first, Fired)
        assert isinstance(second, Healed)
        assert first.fingerprint == second.fingerprint


def test_text_that_repeats_the_blocks_is_read_once() -> None:
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*🚨 checkout is down*\nno answer since 11:58"}}
    found = fired("🚨 checkout is down", blocks=[block])
    assert found.alert.name == "checkout"
    assert found.alert.summary == "no answer since 11:58"


def test_links_are_kept_as_addresses_and_nothing_but_web_addresses() -> None:
    found = fired("🚨 checkout is down <https://wiki.example/run|Runbook> <mailto:a@b.example|mail> <javascript:x|y>")
    assert found.links == ("https://wiki.example/run",)


def test_a_message_in_the_channel_that_only_talks_is_no_alert() -> None:
    for talk in ("checkout was slow for 20 minutes yesterday", "rolled back checkout", "is checkout ok?", "", "👀"):
        assert read(talk) == ()
