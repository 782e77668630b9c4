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
    view = sound_view(dict(home(Home([Row(case.fresh(), address, "Ada")], [Row(case.resolved())]))))
    buttons = [node for node in nodes(view) if node.get("type") == "button"]
    assert [(b["action_id"], b.get("url")) for b in buttons] == [("open_thread", address), ("open_report", None)]
    assert {b["action_id"] for b in buttons} <= ACTIONS
    assert "Ada has got it" in "\n".join(strings(view))


def test_figures_are_given_or_said_to_be_missing() -> None:
    figures = Figures(12, timedelta(seconds=0.4), timedelta(seconds=80), 0.25, 0.9)
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
    assert "healthy · owner: payments · last change: cfg-412, 2 h ago" in text
    assert " ask \ntext\n(environment)" in text


def test_what_is_left_out_is_counted() -> None:
    assert "and 25 more: search for them" in said(Home(opened=[Row(case.fresh())] * 40))


def test_search_and_filter_keep_what_was_chosen() -> None:
    view = sound_view(dict(home(Home(query="checkout", only="resolved"))))
    values = [node.get("initial_value") for node in nodes(view)] + [
        node["initial_option"]["value"] for node in nodes(view) if "initial_option" in node
    ]
    assert {"checkout", "resolved"} <= set(values)
