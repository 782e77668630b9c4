"""What people allow, in which world."""

import pytest

from incident.mode import Mode
from incident.policy import Policy
from incident.status import World


@pytest.mark.parametrize("world", list(World))
def test_where_a_person_has_to_be_asked_no_world_acts_by_itself(world: World) -> None:
    assert Policy(mode=Mode.AUTO, asks_first=True).mode_in(world) is Mode.ASK


@pytest.mark.parametrize("mode", [Mode.OFF, Mode.REPORT, Mode.ASK])
def test_asking_first_allows_nothing_that_was_not_allowed(mode: Mode) -> None:
    assert Policy(mode=mode, asks_first=True).mode_in(World.REAL) is mode
