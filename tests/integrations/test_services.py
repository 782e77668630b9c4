"""Every service's rollback goes where its owners said."""

import pytest

from bot.deployers import access
from bot.github_settings import GitHubSettings
from incident.catalog import Catalog, Entry
from incident.facts import Outcome, Plan
from incident.ports import NotRecorded
from integrations.github.access import Access
from integrations.github.services import EachInItsOwn
from tests.github_standin import GitHub
from tests.incident.made import T
from tests.integrations.conftest import QUICK, sent_and_followed, unheard

CATALOG = Catalog(services={
    "checkout": Entry(aliases=("shop",), repository="acme/checkout", workflow="undo.yml"),
    "cart": Entry(workflow="undo.yml"),
})  # fmt: skip
KEY = "INC-7F3K2-0123456789abcdef"


def plan(service: str) -> Plan:
    return Plan(service=service, environment="production", from_version="v2", to_version="v1", change="d2")


@pytest.mark.parametrize(
    ("service", "place"),
    [
        ("shop", ("acme/checkout", "undo.yml")),
        ("cart", ("acme/all", "undo.yml")),
        ("search", ("acme/all", "rollback.yml")),
    ],
)
def test_what_owners_say_wins_over_the_repository_for_all(service: str, place: tuple[str, str]) -> None:
    there = access(GitHubSettings.model_construct(github_rollback_repo="acme/all"), CATALOG.entry(service))
    assert there is not None
    assert (there.repository, there.workflow) == place


async def test_a_service_is_dispatched_to_its_own_place_only(github: GitHub, access: Access) -> None:
    github.deployed("shop", "v1", T, "success")
    deployer = EachInItsOwn({"shop": access}.get, QUICK)
    assert [each.version for each in await deployer.history("shop", "production")] == ["v1"]
    done = await sent_and_followed(deployer, plan("shop"), KEY)
    assert done.outcome is Outcome.SUCCEEDED
    assert (await deployer.follow(plan("shop"), KEY, None, unheard)).outcome is Outcome.SUCCEEDED
    assert len(github.dispatches) == 1


async def test_of_a_service_without_a_place_nothing_is_read_sent_or_found(github: GitHub, access: Access) -> None:
    deployer = EachInItsOwn({"shop": access}.get, QUICK)
    with pytest.raises(NotRecorded, match="no repository is named for cart"):
        await deployer.history("cart", "production")
    assert (await sent_and_followed(deployer, plan("cart"), KEY)).outcome is Outcome.FAILED
    assert (await deployer.follow(plan("cart"), KEY, None, unheard)).outcome is Outcome.UNKNOWN
    assert github.dispatches == []
