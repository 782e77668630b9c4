from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import scenarios
from scenarios.answers import answer_key
from scenarios.files import CATALOG, UnknownScenario, load_scenario
from scenarios.files import scenarios as listed
from scenarios.world import World

FIRED = datetime(2026, 3, 10, 3, 40, tzinfo=UTC)
NAMES = [entry.name for entry in listed()]


def test_the_catalog_has_what_the_interface_promises() -> None:
    assert NAMES == [
        "checkout-latency", "gateway-throttling", "inventory-memory", "payment-declines",
        "quiet-day", "storefront-errors", "user-auth-blip",
    ]  # fmt: skip


def test_older_names_work() -> None:
    older = ["latent_config_bug", "memory_leak", "cascading_failure", "traffic_spike"]
    assert [load_scenario(name).name for name in older] == [
        "checkout-latency", "inventory-memory", "storefront-errors", "gateway-throttling",
    ]  # fmt: skip


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownScenario, match="did you mean checkout-latency"):
        load_scenario("chekout-latency")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", [0, 7, 19])
async def test_a_signal_crosses_its_threshold_shortly_before_it_pages(name: str, seed: int) -> None:
    here = World(load_scenario(name), seed, FIRED, elapsed=lambda: 0.0)
    readings = await here.signal(here.alert, await here.extent())
    early = [r.value for r in readings if r.at < FIRED - timedelta(minutes=16)]
    assert sum(bool(here.alert.breached_by(value)) for value in early) <= len(early) / 10
    assert here.alert.breached_by(here.alert.value or 0)
    late = [bool(here.alert.breached_by(r.value)) for r in readings[-4:]]
    healed = answer_key(name).remediation[0] == "none"
    assert not any(late[-2:]) if healed and name != "quiet-day" else all(late) or healed


@pytest.mark.parametrize("name", NAMES)
def test_every_scenario_has_an_innocent_change_near_the_onset(name: str) -> None:
    key = answer_key(name)
    guilty = {key.culprit_change, key.rival_change}
    near = [c for c in load_scenario(name).changes if c.id not in guilty and c.at > -30 * 60]
    assert near


@pytest.mark.parametrize("name", NAMES)
def test_an_answer_key_names_what_exists(name: str) -> None:
    scenario, key = load_scenario(name), answer_key(name)
    changes = {change.id for change in scenario.changes}
    assert {key.culprit_change, key.rival_change} - {None} <= changes
    assert {*key.culprit_services, *key.blast_radius} <= set(scenario.system.services)


def test_no_code_knows_a_scenario_or_its_services() -> None:
    code = "".join(path.read_text() for path in Path(scenarios.__file__).parent.glob("*.py"))
    services = [s for name in NAMES for s in load_scenario(name).system.services]
    assert [word for word in (*NAMES, *services) if word in code] == []


def test_what_is_listed_says_what_pages_and_no_cause() -> None:
    for entry in listed():
        assert entry.pages
        assert answer_key(entry.name).notes not in entry.pages


def test_aliases_lead_to_files_that_exist() -> None:
    assert (CATALOG / "aliases.yml").is_file()
