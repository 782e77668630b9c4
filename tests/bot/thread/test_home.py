"""The App Home."""

from datetime import timedelta

from bot.thread.home import Figures, Health, Home, Row, home
from bot.thread.settings import Setting
from tests.bot import report_cases as case
from tests.bot.listening import ACTIONS
from tests.bot.thread.inspection import nodes, sound_view, strings


def said(shown: Home) -> str:
    return "\n".join(strings(sound_view(dict(home(shown)))))


def test_an_empty_home_says_how_to_begin() -> None:
    assert "Nothing is open. /investigate begins an investigation." in said(Home())


def test_open_incidents_lead_to_their_threads_and_history_to_its_reports() -> None:
    address = "https://example.slack.com/archives/C1/p1"
    view = sound_view(dict(home(Home([Row(case.fresh(), address, "U0ADA")], [Row(case.resolved())]))))
    buttons = [node for node in nodes(view) if node.get("type") == "button"]
    assert [(b["action_id"], b.get("url")) for b in buttons] == [("open_thread", address), ("open_report", None)]
    assert {b["action_id"] for b in buttons} <= ACTIONS
    assert {"type": "user", "user_id": "U0ADA"} in list(nodes(view))
    assert " has got it" in "\n".join(strings(view))


def test_figures_are_given_or_said_to_be_missing() -> None:
    figures = Figures(
        12, to_first_post=timedelta(seconds=0.4), to_cause=timedelta(seconds=80), rolled_back=0.25, agreed=0.9
    )
    text = said(Home(figures=figures))
    assert all(words in text for words in ("12", "under a second", "80 s", "25 %", "90 %"))
    assert "nothing to measure yet" in said(Home())


def test_services_and_settings_are_listed() -> None:
    text = said(
        Home(
            services=[Health("checkout-service", "healthy", "payments", "cfg-412, 2 h ago")],
            settings=[Setting("SFA_MODE", "ask", "environment")],
        )
    )
    assert " healthy\ntext\n · owner: \ntext\npayments\ntext\n · last change: cfg-412, 2 h ago" in text
    listed = Setting("SFA_ALERT_CHANNELS", ("C0ALERTS", "#named"), "set")
    shown = list(nodes(sound_view(dict(home(Home(settings=[listed, listed._replace(value=())]))))))
    assert {"type": "channel", "channel_id": "C0ALERTS"} in shown
    assert "SFA_MODE\ntext\n \ntext\nask\ntext\n \ntext\n(environment)" in text


def test_what_is_left_out_is_counted() -> None:
    assert "and 25 more: search for them" in said(Home(opened=[Row(case.fresh())] * 40))


def test_search_and_filter_keep_what_was_chosen() -> None:
    view = sound_view(dict(home(Home(query="checkout", only="resolved"))))
    values = [node.get("initial_value") for node in nodes(view)] + [
        node["initial_option"]["value"] for node in nodes(view) if "initial_option" in node
    ]
    assert {"checkout", "resolved"} <= set(values)


def test_a_full_home_of_long_names_stays_within_slacks_limits() -> None:
    long = "checkout-service-" * 11
    rows = [Row(case.fresh(service=long, name=long), owner="U0ADA")] * 60
    health = [Health(f"{long}{number}", long * 3, long, long * 9) for number in range(200)]
    plain = [Setting(f"SFA_{number}", long * 9, "default") for number in range(40)]
    changed = [each._replace(name="mode", by="U0ADA", at=case.FIRED) for each in plain[:6]]
    text = said(
        Home(rows, [row._replace(owner=None) for row in rows], services=health, settings=[*changed, *plain], admin=True)
    )
    assert "and 175 more" in text
    assert "and 45 more: search for them" in text
