import pytest

from agents.analysis.diffs import parse
from agents.analysis.settings import Setting, figure, settings, told


@pytest.mark.parametrize(
    ("line", "value"),
    [("15m", 900.0), ("15 * time.Minute", 900.0), ("500ms", 0.5), ("512Mi", 512 * 1024**2), ("1_000", 1000.0),
     ("80%", 0.8), ("on", None)],
)  # fmt: skip
def test_values_are_compared_in_their_base_unit(line: str, value: float | None) -> None:
    assert figure(line) == value


@pytest.mark.parametrize(
    ("removed", "added", "expected"),
    [
        ("  max_conns: 50", "  max_conns: 10", Setting("max_conns", "50", "10")),
        ("const limit = 50", "const limit = 10", Setting("limit", "50", "10")),
        ("\tcfg.Timeout = 5 * time.Second", "\tcfg.Timeout = 1 * time.Second",
         Setting("cfg.Timeout", "5 * time.Second", "1 * time.Second")),
        ('"retries": 3,', '"retries": 30,', Setting("retries", "3", "30")),
        ('<Resource name="jdbc/core" maxActive="60"/>', '<Resource name="jdbc/core" maxActive="14"/>',
         Setting("maxActive", "60", "14")),
        ("  url: http://ledger:8080", "  url: http://ledger:8081",
         Setting("url", "http://ledger:8080", "http://ledger:8081")),
        ("pool.setMaxSize(40);", "pool.setMaxSize(4);", Setting("MaxSize", "40", "4")),
    ],
)  # fmt: skip
def test_a_setting_is_found_in_any_dress(removed: str, added: str, expected: Setting) -> None:
    assert expected in settings(parse(f"@@ a.conf @@\n-{removed}\n+{added}\n"))


def test_a_figure_that_says_the_same_in_another_unit_is_no_change() -> None:
    assert settings(parse("@@ a.yaml @@\n-ttl: 60s\n+ttl: 1m\n")) == ()


def test_a_value_that_merely_moved_is_no_change() -> None:
    assert settings(parse("@@ a.yaml @@\n-host: db.local\n-port: 1\n+port: 1\n+host:   db.local\n")) == ()


@pytest.mark.parametrize(
    "text",
    ["pool.max 100 -> 10", '{"key": "pool.max", "old": 100, "new": 10}', "change pool.max from 100 to 10"],
)
def test_a_change_record_tells_what_it_set(text: str) -> None:
    assert ("pool.max", "100", "10") in [tuple(s) for s in told(text)]


def test_direction_and_factor_come_from_the_figures() -> None:
    cut = Setting("pool", "100", "10")
    assert (cut.direction, cut.factor) == (-1, 10.0)
