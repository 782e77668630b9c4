"""Who is there when the stand-in begins."""

from bot.workspace import cast
from scenarios.files import load_scenario, scenarios


def test_whoever_deploys_in_a_made_up_world_is_somebody_here_so_that_the_rule_of_two_can_be_tried() -> None:
    changes = [change for each in scenarios() for change in load_scenario(each.name).changes]
    authors = {change.author or (change.commit.author if change.commit else None) for change in changes} - {None}
    people = {name: user.id for user in cast.begin().users.values() for name in user.deploys_as}
    assert authors - {"dependabot"} <= people.keys()
    assert set(people.values()) == {"U0ADA", "U0CLEO"}
