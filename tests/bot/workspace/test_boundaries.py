import grimp

PROJECT = {"agents", "bot", "incident", "scenarios", "storage"}


def test_the_stand_in_knows_nothing_of_what_is_tested_against_it() -> None:
    graph = grimp.build_graph("bot", include_external_packages=True)
    ours = {"bot.workspace", *graph.find_descendants("bot.workspace")}
    imported = {name for module in ours for name in graph.find_modules_directly_imported_by(module)} - ours

    assert imported
    assert not {name for name in imported if name.split(".")[0] in {*PROJECT, "slack_bolt", "slack_sdk"}}
