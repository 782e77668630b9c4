"""The catalog: as people write it, what it narrows, and what its names mean."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.catalog import read_catalog
from bot.config import read_settings
from bot.doctor.catalog import catalog as examine
from bot.doctor.finding import State
from bot.mistakes import Mistake
from bot.sources import BadSetting
from bot.targets import meant, refuse_real
from incident.catalog import Catalog, Entry
from incident.mode import Mode
from incident.policy import Policy
from incident.status import World

DOCUMENTED = Path(__file__).parents[2] / "docs" / "catalog.md"
BEGIN = "services:\n  shop: {}\n"


def written(folder: Path, text: str) -> Path:
    path = folder / "catalog.yml"
    path.write_text(text, encoding="utf-8")
    return path


def read(folder: Path, text: str) -> Catalog:
    found = read_catalog(written(folder, text))
    assert isinstance(found, Catalog)
    return found


@pytest.fixture
def documented(tmp_path: Path) -> Catalog:
    (example,) = re.findall(r"```yaml\n(.*?)```", DOCUMENTED.read_text(encoding="utf-8"), re.DOTALL)
    return read(tmp_path, example)


def test_the_documented_example_is_read(documented: Catalog) -> None:
    entry = documented.entry("Kasse")
    assert (entry.repository, entry.workflow, entry.on_call) == ("acme/checkout", "rollback.yml", "S0CHECKOUT")
    assert (entry.mode, entry.reversible, entry.environment) == (Mode.AUTO, True, "production")
    assert documented.entry("ledger").reversible is False


def test_people_are_found_by_their_login_and_apps_are_nobody(documented: Catalog) -> None:
    assert (documented.person("Octo-Ada"), documented.person("somebody"), documented.person(None)) == (
        "U0ADA",
        None,
        None,
    )
    assert Catalog(people={"ci[bot]": "U0ADA"}).person("ci[bot]") is None


def test_the_documented_keys_are_the_keys() -> None:
    table = re.findall(r"^\| (`[^|]*) \|", DOCUMENTED.read_text(encoding="utf-8"), re.MULTILINE)
    assert {key for cell in table for key in re.findall(r"`(\w+)`", cell)} == set(Entry.model_fields)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("services:\n  shop:\n    aprovers: [U1]\n", 3, "was approvers meant?"),
        ("servces: {}\n", 1, "was services meant?"),
        ("services:\n  shop:\n    mode: careful\n", 3, "'off', 'report', 'ask' or 'auto'"),
        ("services:\n  shop:\n    repository: checkout\n", 3, "pattern"),
        ("services:\n  shop:\n    reversible: perhaps\n", 3, "bool"),
        ("services:\n  shop:\n    aliases: shop2\n", 3, "a list, such as `[a, b]`"),
        ("services:\n  shop: {aliases: [a]}\n  web:\n    aliases: [A]\n", 4, "'a' would mean shop and web"),
        ("services:\n  shop: {aliases: [web]}\n  web: {}\n", 3, "'web' would mean shop and web"),
        ("services:\n  shop:\n", 2, "keys with values"),
        (BEGIN + "freeze:\n  - {starts: friday, ends: mon 08:00}\n", 4, "like fri 16:00"),
        (BEGIN + "freeze:\n  - starts: 2026-12-18\n    ends: 2027-01-04\n", 4, "with its zone"),
        (BEGIN + "freeze:\n  - starts: fri 16:00\n    ends: 2027-01-04T00:00:00Z\n", 4, "both moments of a week"),
        (BEGIN + "freeze:\n  - {starts: fri 16:00, ends: mon 08:00, timezone: Mars/Olympus}\n", 4, "Europe/Berlin"),
        ("services:\n  shop: {on_call: @oncall}\n", 2, "no YAML"),
        ("services:\n  shop: {}\n  shop: {}\n", 3, "only once"),
        ("- shop\n", 1, "the key `services`"),
        (BEGIN + "people:\n  octocat: ada\n", 4, "pattern"),
        (BEGIN + "people:\n  octocat: S0ONCALL\n", 4, "pattern"),
    ],
)
def test_a_mistake_is_one_line_that_says_where_it_is_and_what_would_be_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, line: int, says: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SFA_CATALOG", str(written(tmp_path, text)))
    with pytest.raises(BadSetting) as wrong:
        read_settings()
    said = str(wrong.value)
    assert said.startswith(f"SFA_CATALOG: {tmp_path}/catalog.yml:{line}: ")
    assert says in said
    assert "\n" not in said


def test_a_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SFA_CATALOG", "nowhere.yml")
    with pytest.raises(BadSetting, match=r"SFA_CATALOG: nowhere.yml: No such file"):
        read_settings()


def test_the_policy_knows_the_catalog(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SFA_CATALOG", str(written(tmp_path, "services:\n  shop: {mode: off}\n")))
    monkeypatch.setenv("SFA_MODE", "auto")
    policy = read_settings().policy()
    assert [policy.mode_in(World.REAL, name) for name in ("shop", "web")] == [Mode.OFF, Mode.AUTO]
    assert policy.mode_in(World.SCENARIO, "shop") is Mode.AUTO


@pytest.mark.parametrize("own", Mode)
@pytest.mark.parametrize("all_", Mode)
def test_an_entry_never_allows_more_than_the_settings(own: Mode, all_: Mode) -> None:
    policy = Policy(mode=all_, catalog=Catalog(services={"shop": Entry(mode=own)}))
    order = list(Mode)
    assert order.index(policy.mode_in(World.REAL, "shop")) == min(order.index(own), order.index(all_))


@pytest.mark.parametrize(
    ("at", "holds"),
    [
        ("2026-03-06T14:59:59", False),  # Friday, 15:59:59 in Berlin
        ("2026-03-06T15:00:00", True),
        ("2026-03-08T12:00:00", True),
        ("2026-03-09T06:59:59", True),
        ("2026-03-09T07:00:00", False),  # Monday, 08:00 in Berlin
        ("2026-07-06T06:00:00", False),  # in summer an hour earlier
        ("2026-07-06T05:59:59", True),
        ("2026-12-18T00:00:00", True),
        ("2027-01-03T23:59:59", True),
        ("2027-01-06T00:00:00", False),
    ],
)
def test_a_freeze_holds_in_its_own_time_zone_each_week_or_once(documented: Catalog, at: str, holds: bool) -> None:  # noqa: FBT001
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert any(freeze.holds(moment) for freeze in documented.entry("checkout").freeze) is holds


def test_a_freeze_for_all_holds_for_what_is_not_listed(documented: Catalog) -> None:
    assert documented.entry("unheard-of").freeze == documented.freeze


@pytest.mark.parametrize(
    ("target", "service"),
    [
        ("checkout", "checkout-service"),
        ("CHECKOUT-SERVICE", "checkout-service"),
        ("checkout-latency", "checkout-service"),
        ("checkout-service-errors", "checkout-service"),
        ("search", "search"),
        ("research", None),
    ],
)
def test_a_target_means_a_service_by_name_or_alias_with_a_symptom_or_without(
    documented: Catalog, target: str, service: str | None
) -> None:
    assert meant(target, documented) == service


def test_a_real_service_is_answered_with_what_is_missing_and_a_scenario_stays_one(documented: Catalog) -> None:
    with pytest.raises(Mistake, match="checkout-service is in the catalog, and no source"):
        refuse_real("checkout", documented)
    with pytest.raises(Mistake, match="did you mean ledger"):
        refuse_real("ledgr", documented)
    refuse_real("checkout-latency", documented)
    refuse_real("scenario:quiet-day", documented)
    refuse_real("no-such-thing-at-all", documented)


def test_the_doctor_shows_what_is_said_and_what_nobody_could_approve(documented: Catalog) -> None:
    found = list(examine(documented, everyone=False))
    said = "\n".join(finding.said for finding in found)
    assert "nothing is changed anywhere 2026-12-18 00:00 to 2027-01-04 00:00 UTC (year end)" in said
    assert "checkout-service: also called checkout, kasse; in production alone; at most auto" in said
    assert "nothing is changed each week fri 16:00 to mon 08:00 Europe/Berlin" in said
    assert [f.state for f in found].count(State.NOTE) == 1
    assert [f.state for f in examine(Catalog(), everyone=True)] == [State.RIGHT]
    assert "nobody can approve" in next(examine(Catalog(), everyone=True, two_person=True)).said
    assert not any("nobody can approve" in f.said for f in examine(documented, everyone=True, two_person=True))
