"""Which tools are asked ahead of a turn."""

import pytest

from agents.orders import orders

LOGS = ("error_patterns", "search_logs", "log_suspects")


def test_at_first_all_are_asked_that_need_no_words() -> None:
    assert orders(LOGS) == [("error_patterns", {}), ("log_suspects", {})]


def test_a_question_that_names_something_asks_about_that_and_nothing_else() -> None:
    asked = orders(LOGS, "What of `edge` and of `a.b`?")
    assert asked == [
        ("error_patterns", {"service": "edge"}), ("search_logs", {"text": "edge"}),
        ("error_patterns", {"service": "a.b"}), ("search_logs", {"text": r"a\.b"}),
    ]  # fmt: skip


@pytest.mark.parametrize("question", ["", "What happened?", "``", "`"])
def test_a_question_that_names_nothing_asks_for_everything_again(question: str) -> None:
    assert orders(LOGS, question) == orders(LOGS)


def test_a_metric_is_asked_of_metrics_and_only_tools_that_were_given_are_asked() -> None:
    assert orders(("metric_shifts",), "the metric `queue_depth`?") == [("metric_shifts", {"metric": "queue_depth"})]
    assert orders(("changes",), "the metric `queue_depth`?") == []
    assert orders((), "What of `edge`?") == []
