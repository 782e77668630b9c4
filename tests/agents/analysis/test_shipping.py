import pytest

from agents.analysis.observations import read
from agents.analysis.shipping import owner, shipments
from tests.agents.analysis.casebook import Ledger


def pairs(ledger: Ledger) -> list[tuple[str | None, str | None]]:
    seen = tuple(read(ledger.evidence))
    found = shipments(seen, frozenset({"basket-service", "edge"}), ledger.alert.fired_at)
    return [(s.deployed and s.deployed.id, s.committed and s.committed.sha) for s in found]


@pytest.mark.parametrize(
    ("path", "service"),
    [
        ("services/basket/a.go", "basket-service"), ("basket-service/src/a.go", "basket-service"),
        ("pkg/db/pool.go", None), ("go.mod", None), ("web/app.tsx", None),
    ],
)  # fmt: skip
def test_a_folder_tells_whose_a_file_is(path: str, service: str | None) -> None:
    assert owner([path], ["basket-service", "edge"]) == service


def test_a_deployment_ships_the_commit_it_names(ledger: Ledger) -> None:
    ledger.change("chg-1", "edge", 9, commit="a" * 40)
    ledger.commit("a" * 40, 30, "x", files=["pkg/x.go"])
    assert pairs(ledger) == [("chg-1", "a" * 40)]


def test_a_commit_goes_out_with_the_next_deployment_of_its_service(ledger: Ledger) -> None:
    ledger.change("chg-1", "edge", 20)
    ledger.change("chg-2", "basket-service", 10)
    ledger.commit("b" * 40, 30, "x", files=["services/basket/x.go"])
    assert ("chg-2", "b" * 40) in pairs(ledger)


def test_shared_code_goes_out_with_any_deployment_after_it(ledger: Ledger) -> None:
    ledger.change("chg-1", "edge", 20)
    ledger.commit("b" * 40, 30, "x", files=["pkg/x.go"])
    assert ("chg-1", "b" * 40) in pairs(ledger)


def test_a_commit_after_the_last_deployment_never_reached_production(ledger: Ledger) -> None:
    ledger.change("chg-1", "edge", 20)
    ledger.commit("b" * 40, 10, "x", files=["edge/x.go"])
    assert pairs(ledger) == [("chg-1", None)]


def test_a_change_that_names_a_stub_of_a_commit_names_none(ledger: Ledger) -> None:
    ledger.change("chg-1", "edge", 9, commit="a")
    ledger.commit("a" * 40, 30, "x", files=["services/basket/x.go"])
    assert ("chg-1", "a" * 40) not in pairs(ledger)


def test_a_folder_of_a_services_database_is_not_the_services() -> None:
    assert owner(["basket-db/tune.conf"], ["basket-service", "basket-db"]) == "basket-db"
    assert owner(["basket/main.go"], ["basket-service", "basket-db"]) == "basket-service"
