"""Services as their incidents show them: what is known, and what isn't, in the same words."""

from datetime import timedelta

from bot.services import known
from bot.thread.home import Health
from incident.catalog import Catalog, Entry
from incident.model import Incident
from incident.status import World
from tests.bot import report_cases as case

CATALOG = Catalog(
    services={"checkout": Entry(aliases=("checkout-service",), on_call="S0ONCALL"), "search": Entry()},
)


def by_name(*incidents: Incident) -> dict[str, Health]:
    return {row.service: row for row in known(incidents, CATALOG)}


def test_of_nothing_nothing_is_said() -> None:
    assert known((), Catalog()) == []


def test_an_open_incident_a_rollback_and_what_runs_beside_it_are_told_of() -> None:
    rows = by_name(case.resolved())
    checkout, beside = rows["checkout-service (made up)"], rows["notification-service (made up)"]
    assert checkout.health.startswith("no open incident; the last, ")
    assert checkout.health.endswith(" is resolved")
    assert "rolled back to cfg-411 by " in checkout.last_change
    assert beside.health == "no incident known"
    assert "UTC, " in beside.last_change
    assert rows["redis-cache (made up)"] == Health("redis-cache (made up)", "no incident known", "", "")


def test_what_is_open_comes_first_and_only_two_of_many_are_named() -> None:
    going_on = [case.fresh(World.REAL).model_copy(update={"id": f"INC-{number}"}) for number in range(5)]
    first, *_ = known([case.resolved(), *going_on], Catalog())
    assert first.service == "checkout-service"
    assert first.health == "INC-0 is being investigated; INC-1 is being investigated; and 3 more"


def test_a_real_service_is_another_one_than_a_made_up_one_of_its_name_and_has_an_owner() -> None:
    rows = by_name(case.fresh(World.REAL), case.resolved())
    assert rows["checkout"].owner == "S0ONCALL"
    assert rows["checkout"].health.endswith("is being investigated")
    assert rows["search"] == Health("search", "no incident known", "", "")
    assert rows["checkout-service (made up)"].owner == ""


def test_what_was_handed_over_is_not_called_well() -> None:
    row = by_name(case.unlucky())["checkout"]
    assert row.health.endswith("was handed over to a person; how it is now is not known")


def test_the_newest_change_counts_and_one_without_a_moment_doesnt() -> None:
    turns = case.turns()
    items = [item.model_copy(update={"values": {**item.values, "at": "soon"}}) for turn in turns for item in turn.found]
    dateless = [turn.model_copy(update={"found": tuple(items)}) for turn in turns[:1]]
    assert by_name(case.grown(case.fresh(), *dateless))["checkout-service (made up)"].last_change == ""
    late = case.fresh().model_copy(update={"opened_at": case.fresh().opened_at + timedelta(hours=1)})
    assert "UTC, " in by_name(late, case.grown(case.fresh(), *turns))["checkout-service (made up)"].last_change
